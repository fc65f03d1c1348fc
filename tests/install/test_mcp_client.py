"""storytime mcp and storytime serve with the official client of the Model Context Protocol."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support import Server
from support.installing import command, install_from_index, make_environment

pytestmark = pytest.mark.long

CLIENT = Path(__file__).with_name("mcp_client.py")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with the client."""
    environment = make_environment(tmp_path_factory.mktemp("client") / "environment")
    install_from_index(environment, "mcp>=1.20,<2")
    return environment / "bin/python"


@pytest.fixture
def slow(package: Path, tmp_path: Path) -> Path:
    """Add an assertion that writes a file and does not end. Only the tool test-run runs it. Returns the file."""
    stories = package / "components/button/stories.py"
    text = stories.read_text().replace("title='First',", "title='First', assertions=wrong(),")
    body = f"open('{tmp_path}/pid', 'w').write(str(os.getpid())) and time.sleep(60)"
    text += f"\ndef wrong():\n    import os, sys, time\n    slow = 'pytest' in sys.argv[0]\n    return [lambda story: {body}] if slow else []\n"
    stories.write_text(text)
    return tmp_path / "pid"


def test_all_tools_on_standard_input_and_output(
    client: Path, program: Path, package: Path, slow: Path
) -> None:
    words = ["stdio", program, "mcp", package, "--python", sys.executable]
    assert "all is well" in command(
        client, CLIENT, slow, *words, cwd=package.parent, env=dict(os.environ)
    )


def test_all_tools_of_a_server(
    client: Path, serve: Callable[..., Server], package: Path, slow: Path
) -> None:
    server = serve(package, "--python", sys.executable)
    assert "all is well" in command(client, CLIENT, slow, "http", f"{server.url}/mcp")
