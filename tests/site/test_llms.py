"""llms.txt and llms-full.txt."""

import subprocess
from collections.abc import Callable
from pathlib import Path

from support import Server, listen, run, tree, write_files

type Build = Callable[..., subprocess.CompletedProcess[str]]

SUBJECT = '''
from storytime import Story, Subject

def Button(label: str, kind="quiet"):
    """A button.

    Args:
        label: {}
    """
    return "<button>"

def this_subject() -> Subject:
    return Subject(title="Button", target=Button, description="Starts *something*.", items=[
        Story(title="Primary", props={{"label": "Save"}}),
        Story(title="Other", props={{"label": "No"}}),
    ])
'''
FULL = """
## Button

Component `Button`, stories in `components/button/stories.py`.

Starts *something*.

A button.

### Parameters

- `label` `str`, required: A verb.
- `kind`, default `'quiet'`

### Example

```python
Story(title="Primary", props={"label": "Save"})
```

Use it.
"""


def write(package: Path, label: str = "A verb.") -> None:
    """Write documents, and a subject whose component has a docstring."""
    write_files(
        package,
        {
            "components/button/stories.py": SUBJECT.format(label),
            "components/button/docs.md": "Use it.",
            "guide.md": "# Guide\n\nRead this.\n",
        },
    )


def test_a_build_writes_both_files(build: Build, package: Path, tmp_path: Path) -> None:
    write(package)
    assert build(package, tmp_path / "out").returncode == 0
    assert (tmp_path / "out/llms.txt").read_text().splitlines()[3:] == [
        "",
        "## Shop",
        "",
        "- [Guide](guide.html): Read this.",
        "",
        "## Components",
        "",
        "- [Button](components/button/index.html): Starts something.",
    ]
    full = (tmp_path / "out/llms-full.txt").read_text()
    assert FULL in full
    assert "# Guide\n\nRead this.\n" in full
    assert "No" not in full.replace("None", "")


def test_both_files_can_be_left_out(build: Build, package: Path, tmp_path: Path) -> None:
    assert build(package, tmp_path / "out", "--no-llms-txt").returncode == 0
    assert not [path for path in tree(tmp_path / "out") if "llms" in path]


def test_both_files_follow_saves(
    serve: Callable[..., Server], package: Path, tmp_path: Path, program: Path
) -> None:
    write(package)
    server = serve(package, tmp_path / "out")
    with listen(server) as page:
        write(package, "Another verb.")
        while "Another verb." not in server.get("llms-full.txt"):
            page.reload()
        assert run(program, "build", package, tmp_path / "whole").returncode == 0
        while tree(tmp_path / "out") != tree(tmp_path / "whole"):
            page.reload()
