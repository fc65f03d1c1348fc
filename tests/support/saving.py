"""How editors save a file."""

import os
from collections.abc import Callable
from pathlib import Path


def in_place(path: Path, text: str) -> None:
    """Open, truncate, write, close: nano, VS Code, `echo >`."""
    path.write_text(text)


def temporary_and_rename(path: Path, text: str) -> None:
    """Write beside it and rename over it: JetBrains' safe write, sed -i."""
    other = path.with_name(path.name + "___jb_tmp___")
    other.write_text(text)
    other.replace(path)


def backup_and_rename(path: Path, text: str) -> None:
    """Move the old file away, write the new one, remove the old: vim with backupcopy=no."""
    backup = path.with_name(path.name + "~")
    path.rename(backup)
    path.write_text(text)
    backup.unlink()


def truncate_then_write(path: Path, text: str) -> None:
    """Empty the file and close it, open it again and write it."""
    path.write_bytes(b"")
    path.write_text(text)


def in_pieces(path: Path, text: str) -> None:
    """Several writes to one open file."""
    with path.open("w") as file:
        for line in text.splitlines(keepends=True):
            file.write(line)
            file.flush()
        os.fsync(file.fileno())


def delete_and_create(path: Path, text: str) -> None:
    """Remove it, then write it anew: git checkout."""
    path.unlink()
    path.write_text(text)


SAVES: list[Callable[[Path, str], None]] = [
    in_place,
    temporary_and_rename,
    backup_and_rename,
    truncate_then_write,
    in_pieces,
    delete_and_create,
]
