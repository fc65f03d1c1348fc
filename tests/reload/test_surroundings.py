"""Environment variables, sys.path and built-in names, which all code sees: a save gives the same result as a full build, even if
modules or libraries depend on what another module has set."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from support import PREVIEW, Server, listen, wait_for_text, write_files
from support.modes import BUILD_MODES, MODES
from support.processes import wait_until

STORIES = "components/button/stories.py"
SITE = """
import os
from storytime import Site
{line}
def this_site() -> Site:
    return Site(title="Shop")
"""
AT_IMPORT = """
import builtins, os, sys
from pathlib import Path
from storytime import Story, Subject

os.environ["KIT_COLOUR"] = "teal"
sys.path.append(str(Path(__file__).parents[2] / "vendored"))
builtins.shout = str.upper

def this_subject() -> Subject:
    return Subject(title="Another", items=[Story(title="First", template=lambda: "first")])
"""
IN_A_PROVIDER = """
import builtins, os, sys
from pathlib import Path
from storytime import Story, Subject

def this_subject() -> Subject:
    os.environ["KIT_COLOUR"] = "teal"
    sys.path.append(str(Path(__file__).parents[2] / "vendored"))
    builtins.shout = str.upper
    return Subject(title="Another", items=[Story(title="First", template=lambda: "first")])
"""
SEES = """
import os
from storytime import Story, Subject
from size_of_vendored import SIZE

def this_subject() -> Subject:
    text = shout("{word}") + f" {{os.environ['KIT_COLOUR']}} {{SIZE}}"
    return Subject(title="Button", items=[Story(title="First", template=lambda: text)])
"""


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("way", [AT_IMPORT, IN_A_PROVIDER], ids=["at-import", "in-a-provider"])
def test_a_module_that_changes_what_all_code_sees_causes_full_builds(
    serve: Callable[..., Server], package: Path, mode: tuple[str, ...], way: str
) -> None:
    write_files(
        package,
        {
            "components/another/__init__.py": "",
            "components/another/stories.py": way,
            "vendored/size_of_vendored.py": "SIZE = 12\n",
            STORIES: SEES.format(word="zero"),
        },
    )
    server = serve(package, "-v", *mode)
    assert "ZERO teal 12" in server.get(PREVIEW)
    with listen(server, PREVIEW) as page:
        for word in ("one", "two"):
            (package / STORIES).write_text(SEES.format(word=word))
            wait_for_text(server, page, f"{word.upper()} teal 12")
    server.wait_for(
        "builds everything: a module other than the site's changes environment variables, sys.path or builtins:"
        r" shop\.components\.another\.stories$"
    )


REGISTERS = """
from shop import registry
from storytime import Story, Subject

registry.COMPONENTS["button"] = "{word}"

def this_subject() -> Subject:
    return Subject(title="Button", items=[Story(title="First", template=lambda: "{word}")])
"""


@pytest.mark.parametrize("mode", BUILD_MODES[:2])
def test_the_log_names_a_registry_because_of_which_the_site_is_affected(
    serve: Callable[..., Server], package: Path, mode: tuple[str, ...]
) -> None:
    site = SITE.format(line="from shop import registry")
    story = REGISTERS.format(word="zero")
    write_files(package, {"stories.py": site, "registry.py": "COMPONENTS = {}\n", STORIES: story})
    server = serve(package, "-v", *mode)
    with listen(server, PREVIEW) as page:
        (package / STORIES).write_text(REGISTERS.format(word="one"))
        wait_for_text(server, page, "one")
    server.wait_for(
        "builds everything: the site imports a module whose state other modules change: shop.registry$"
    )


CONFIGURES = 'import os\nos.environ["KIT_COLOUR"] = "teal"\n'
CONFIGURED = """
import os
from shop import config
from storytime import Story, Subject

def this_subject() -> Subject:
    text = f"{word} {{os.environ['KIT_COLOUR']}}"
    return Subject(title="Button", items=[Story(title="First", template=lambda: text)])
"""


@pytest.mark.parametrize("mode", MODES)
def test_a_module_that_the_site_imports_may_change_what_all_code_sees(
    serve: Callable[..., Server], package: Path, mode: tuple[str, ...]
) -> None:
    site = SITE.format(line="from shop import config")
    story = CONFIGURED.format(word="zero")
    write_files(package, {"stories.py": site, "config.py": CONFIGURES, STORIES: story})
    server = serve(package, "-v", *mode)
    with listen(server, PREVIEW) as page:
        for word in ("one", "two"):
            (package / STORIES).write_text(CONFIGURED.format(word=word))
            wait_for_text(server, page, f"{word} teal")
            server.wait_for("partial build")


@pytest.mark.parametrize("mode", MODES)
def test_a_variable_for_native_code_needs_no_full_builds(
    serve: Callable[..., Server], package: Path, mode: tuple[str, ...]
) -> None:
    """polars sets this one when it is imported."""
    story = CONFIGURED.format(word="zero").replace("KIT_COLOUR", "_RJEM_MALLOC_CONF")
    config = CONFIGURES.replace("KIT_COLOUR", "_RJEM_MALLOC_CONF")
    write_files(package, {"config.py": config, STORIES: story})
    server = serve(package, "-v", *mode)
    with listen(server, PREVIEW) as page:
        for word in ("one", "two"):
            (package / STORIES).write_text(story.replace("zero", word))
            wait_for_text(server, page, f"{word} teal")
            server.wait_for("partial build")


PUTS_BACK = """
import os
from unittest.mock import patch
from storytime import Story, Subject

def this_subject() -> Subject:
    with patch.dict(os.environ, {{"KIT_COLOUR": "teal"}}):
        text = f"{word} {{os.environ['KIT_COLOUR']}}"
    return Subject(title="Button", items=[Story(title="First", template=lambda: text)])
"""


@pytest.mark.parametrize("mode", MODES)
def test_a_change_that_is_undone_needs_no_full_builds(
    serve: Callable[..., Server], package: Path, mode: tuple[str, ...]
) -> None:
    (package / STORIES).write_text(PUTS_BACK.format(word="zero"))
    server = serve(package, "-v", *mode)
    with listen(server, PREVIEW) as page:
        for word in ("one", "two"):
            (package / STORIES).write_text(PUTS_BACK.format(word=word))
            wait_for_text(server, page, f"{word} teal")
            server.wait_for("partial build")


LIBRARY = "import os\nCOLOUR = os.environ.get('KIT_COLOUR', 'none')\n"
USES_LIBRARY = """
import kit
from storytime import Story, Subject

def this_subject() -> Subject:
    return Subject(title="Button", items=[Story(title="First", template=lambda: f"{word} {{kit.COLOUR}}")])
"""


@pytest.fixture
def with_library(package: Path, site: Path) -> Path:
    """A package whose story shows what a library read when it was imported."""
    write_files(site, {"kit.py": LIBRARY})
    write_files(
        package, {"stories.py": SITE.format(line=""), STORIES: USES_LIBRARY.format(word="zero")}
    )
    return package


def wait_for_imports_ahead(server: Server, builds: int = 1) -> None:
    """Wait until a process has imported ahead, or interpreters have after so many builds. The line may come before that of the
    build's end."""
    wait_until(
        lambda: (
            re.search("imported ahead .* is ready", server.log) is not None
            or server.log.count("modules ahead") >= builds
        )
    )


SETS_COLOUR = 'os.environ["KIT_COLOUR"] = "teal"'


@pytest.mark.parametrize("mode", MODES)
def test_the_site_may_set_what_a_library_reads(
    serve: Callable[..., Server], with_library: Path, environment: Path, mode: tuple[str, ...]
) -> None:
    (with_library / "stories.py").write_text(SITE.format(line=SETS_COLOUR))
    server = serve(with_library, "-v", *mode, "--python", environment)
    assert "zero teal" in server.get(PREVIEW)
    with listen(server, PREVIEW) as page:
        for number, word in enumerate(("one", "two", "three"), 1):
            wait_for_imports_ahead(server, number)
            (with_library / STORIES).write_text(USES_LIBRARY.format(word=word))
            wait_for_text(server, page, f"{word} teal")
            server.wait_for("partial build")


@pytest.mark.parametrize("mode", MODES)
def test_a_save_of_the_site_changes_what_a_library_reads(
    serve: Callable[..., Server], with_library: Path, environment: Path, mode: tuple[str, ...]
) -> None:
    """Standby processes and interpreters have imported the library already."""
    server = serve(with_library, "-v", *mode, "--python", environment)
    assert "zero none" in server.get(PREVIEW)
    wait_for_imports_ahead(server)
    with listen(server, PREVIEW) as page:
        (with_library / "stories.py").write_text(SITE.format(line=SETS_COLOUR))
        wait_for_text(server, page, "zero teal")
        (with_library / STORIES).write_text(USES_LIBRARY.format(word="one"))
        wait_for_text(server, page, "one teal")
        (with_library / "stories.py").write_text(SITE.format(line=""))
        wait_for_text(server, page, "one none")


@pytest.mark.parametrize("mode", MODES)
def test_imports_ahead_are_used_after_a_save_of_the_site(
    serve: Callable[..., Server], with_library: Path, environment: Path, mode: tuple[str, ...]
) -> None:
    """After a full build, the next partial build uses imports ahead again."""
    server = serve(with_library, "-v", *mode, "--python", environment)
    wait_for_imports_ahead(server)
    with listen(server, PREVIEW) as page:
        (with_library / STORIES).write_text(USES_LIBRARY.format(word="one"))
        wait_for_text(server, page, "one none")
        server.wait_for("partial build")
        # Otherwise, those for this save may come after the next one.
        wait_for_imports_ahead(server, 2)
        (with_library / "stories.py").write_text(SITE.format(line="COLOUR = 1"))
        server.wait_for("builds everything: the site itself is affected")
        # Until here, imports ahead were for that save.
        server.wait_for("takes the job|The build runs in process")
        server.wait_for("imported ahead .* is ready|modules ahead")
        (with_library / STORIES).write_text(USES_LIBRARY.format(word="two"))
        server.wait_for("forked from the one that has imported ahead|job: modules imported ahead")
        wait_for_text(server, page, "two none")
