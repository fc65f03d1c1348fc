"""What the tests share: packages to build, servers to talk to, ways to save a file."""

from .packages import example, story_module, write_files
from .processes import Server, listen, run
from .saving import SAVES
from .trees import links_of, tree

__all__ = [
    "SAVES",
    "Server",
    "example",
    "links_of",
    "listen",
    "run",
    "story_module",
    "tree",
    "write_files",
]
