"""Stories of Progress."""

import re

from storytime import Story, Subject

from .progress import Progress


def is_a_share(story: str) -> None:
    """What is done is at most all that there is to do."""
    done, total = (int(number) for number in re.findall(r'="(\d+)"', story))
    assert done / total <= 1, f"{done} of {total} is more than all"


def this_subject() -> Subject:
    """Return the subject with its stories."""
    return Subject(
        title="Progress",
        description="How far something has come.",
        target=Progress,
        arg_types={"done": {"control": {"type": "range", "min": 0, "max": 100}}},
        items=[
            Story(
                title="Begun",
                props={"label": "Uploading", "done": 12},
                assertions=[is_a_share],
            ),
            Story(title="Finished", props={"label": "Uploaded", "done": 100}, tags=["stable"]),
            Story(
                title="Nothing to do",
                description="Left so on purpose: an assertion that raises shows as an error.",
                props={"label": "No files", "done": 0, "total": 0},
                tags=["edge"],
                assertions=[is_a_share],
            ),
        ],
    )
