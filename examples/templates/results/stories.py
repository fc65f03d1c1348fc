"""A story for each kind of result, and one that is all template."""

from string.templatelib import Template

from storytime import Story, Subject

from .results import AsMarkup, AsTemplate, AsText, Badge, Frame, Later, Nothing, Twice


def composed() -> Template:
    """Return a story's whole body: components within components."""
    return t"""<{Frame} legend="Guests">
  <{AsTemplate} name="Ada" />
  <{Later} name="Grace" />
</{Frame}>"""


def this_subject() -> Subject:
    """Return the subject."""
    props = {"name": "<you & me>"}
    return Subject(
        title="Results",
        description="Whatever a component returns, what was typed in is escaped once.",
        items=[
            Story(title="Template", target=AsTemplate, props=props),
            Story(title="Text", target=AsText, props=props),
            Story(title="Markup", target=AsMarkup, props=props),
            Story(title="Object", target=Badge, props=props),
            Story(title="Dataclass", target=Later, props=props),
            Story(title="Component as a value", target=Twice, props={"what": AsTemplate, **props}),
            Story(title="Nothing", target=Nothing),
            Story(title="Composed", template=composed),
        ],
    )
