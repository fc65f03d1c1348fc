"""Helpers for all tests: packages to build, servers to talk to, ways to save a file."""

from .background import repeating
from .bare import BareServer, bare_server, parse, read_all
from .crowd import Crowd, percentile
from .packages import PREVIEW, example, helper, shows, story_module, uses, write_files
from .processes import Page, Server, listen, run, wait_for_page, wait_for_text
from .sanitizers import SANITIZED, own_memory
from .saving import SAVES
from .trees import links_of, tree

__all__ = [
    "PREVIEW",
    "SANITIZED",
    "SAVES",
    "BareServer",
    "Crowd",
    "Page",
    "Server",
    "bare_server",
    "example",
    "helper",
    "links_of",
    "listen",
    "own_memory",
    "parse",
    "percentile",
    "read_all",
    "repeating",
    "run",
    "shows",
    "story_module",
    "tree",
    "uses",
    "wait_for_page",
    "wait_for_text",
    "write_files",
]
