"""Stories of web components: the classes that catalogs are written with."""

from storytime._globals import Global
from storytime._native import (
    Catalog,
    Section,
    Site,
    Story,
    Subject,
    build_catalog,
    build_site,
    find_path,
    make_catalog,
    make_site,
)
from storytime._native import (
    __version__ as __version__,
)
from storytime._rendered import Element, RenderedStory

__all__ = [
    "Catalog",
    "Element",
    "Global",
    "RenderedStory",
    "Section",
    "Site",
    "Story",
    "Subject",
    "build_catalog",
    "build_site",
    "find_path",
    "make_catalog",
    "make_site",
]
