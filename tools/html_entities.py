"""Write the HTML standard's named character references as a C table: `struct tdom_entity` (src/tdom/entities.h).

usage: html_entities.py OUTPUT.c

The table is the one of Python's standard library, sorted by name, for a binary search.
"""

import sys
from html.entities import html5
from pathlib import Path


def literal(text: str) -> str:
    """The text's UTF-8 bytes as a C string of escapes."""
    return '"' + "".join(f"\\{byte:03o}" for byte in text.encode()) + '"'


def main() -> None:
    """Write OUTPUT.c."""
    lines = ['#include "tdom/entities.h"', "", "const struct tdom_entity tdom_entities[] = {"]
    lines += [f'    {{"{name}", {literal(text)}}},' for name, text in sorted(html5.items())]
    lines += ["};", "", f"const size_t tdom_entity_count = {len(html5)};", ""]
    Path(sys.argv[1]).write_text("\n".join(lines))


if __name__ == "__main__":
    main()
