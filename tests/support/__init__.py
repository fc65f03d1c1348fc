"""What the tests share: packages to build, servers to talk to, ways to save a file."""

from .bare import BareServer, bare_server, parse, read_all
from .crowd import Crowd, percentile
from .packages import example, story_module, write_files
from .processes import Server, listen, run
from .saving import SAVES
from .trees import links_of, tree

__all__ = [
    "SAVES",
    "BareServer",
    "Crowd",
    "Server",
    "bare_server",
    "example",
    "links_of",
    "listen",
    "parse",
    "percentile",
    "read_all",
    "run",
    "story_module",
    "tree",
    "write_files",
]
