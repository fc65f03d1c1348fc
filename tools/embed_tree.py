"""Write a C file that embeds the files of directories, as `struct sty_embedded_file` (src/base/embedded.h).

usage: embed_tree.py OUTPUT.c SYMBOL ROOT FILE...

Each FILE is named by its path below ROOT. The output is sorted by these names, so it does not depend on the order of the
arguments. The compiler reads the contents with `#embed`.
"""

import sys
from pathlib import Path


def main() -> None:
    """Write OUTPUT.c."""
    output, symbol, root, *files = sys.argv[1:]
    names = sorted(
        Path(file).resolve().relative_to(Path(root).resolve()).as_posix() for file in files
    )
    lines = ['#include "base/embedded.h"', ""]
    for number, name in enumerate(names):
        lines += [
            f"static const unsigned char file_{number}[] = {{",
            f'#embed "{Path(root).resolve() / name}" suffix(,)',
            "    0};",
        ]
    lines += ["", f"const struct sty_embedded_file {symbol}[] = {{"]
    lines += [
        f'    {{"{name}", file_{number}, sizeof(file_{number}) - 1}},'
        for number, name in enumerate(names)
    ]
    lines += ["    {0}};", ""]
    Path(output).write_text("\n".join(lines))


if __name__ == "__main__":
    main()
