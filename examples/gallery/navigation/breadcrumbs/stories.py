"""Stories of Breadcrumbs."""

from storytime import Story, Subject

from .breadcrumbs import Breadcrumbs


def this_subject() -> Subject:
    """Return the subject with its stories."""
    return Subject(
        title="Breadcrumbs",
        description="Where one is, and the way back up.",
        target=Breadcrumbs,
        items=[
            Story(title="Deep down", props={"trail": ["Home", "Shop", "Shoes", "Boots"]}),
            Story(title="At the top", props={"trail": ["Home"]}),
        ],
    )
