"""What pages are made of."""

import htpy as h


def page(*, title: str, content: h.Node) -> h.Element:
    """Return a whole page."""
    return h.html(lang="en")[
        h.head[
            h.meta(charset="utf-8"),
            h.meta(name="viewport", content="width=device-width"),
            h.title[title],
            h.link(rel="stylesheet", href="/static/site.css"),
        ],
        h.body[h.main[content]],
    ]


def notice(*, text: str, kind: str = "info") -> h.Element:
    """Return a message to the reader."""
    return h.div(class_=["notice", f"notice-{kind}"], role="status")[
        h.strong[kind.title()], " ", text
    ]


def menu(*, links: dict[str, str], current: str | None = None) -> h.Element:
    """Return links to the parts of a site."""
    return h.nav(aria_label="Main")[
        h.ul[
            (
                h.li[h.a(href=address, aria_current="page" if text == current else None)[text]]
                for text, address in links.items()
            )
        ]
    ]
