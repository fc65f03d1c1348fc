"""The ways in which editors and other programs save a file."""

import os
import shutil
import subprocess
import tempfile
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
    """Remove it, then write it again: git checkout."""
    path.unlink()
    path.write_text(text)


def vim_in_place(path: Path, text: str) -> None:
    """vim with backupcopy=yes: copy to a backup, write the file itself, sync, remove the backup; a swap file all along."""
    swap = path.with_name(f".{path.name}.swp")
    backup = path.with_name(path.name + "~")
    swap.write_bytes(b"b0VIM")
    shutil.copy2(path, backup)
    with path.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    backup.unlink()
    swap.unlink()


def vim_by_renaming(path: Path, text: str) -> None:
    """vim with backupcopy=no or auto: try to make the file 4913, rename the old file, write a new one, remove the old."""
    probe = path.with_name("4913")
    backup = path.with_name(path.name + "~")
    swap = path.with_name(f".{path.name}.swp")
    swap.write_bytes(b"b0VIM")
    os.close(os.open(probe, os.O_CREAT | os.O_WRONLY | os.O_EXCL))
    probe.unlink()
    path.rename(backup)
    with path.open("x") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o644)
    backup.unlink()
    swap.unlink()


def jetbrains(path: Path, text: str) -> None:
    """JetBrains' safe write: a temporary file, the old one moved away, the new one in its place."""
    new, old = (path.with_name(f"{path.name}___jb_{word}___") for word in ("tmp", "old"))
    new.write_text(text)
    path.rename(old)
    new.rename(path)
    old.unlink()


def visual_studio_code(path: Path, text: str) -> None:
    """VS Code: open and truncate, write, sync the data."""
    descriptor = os.open(path, os.O_WRONLY | os.O_TRUNC)
    os.write(descriptor, text.encode())
    os.fdatasync(descriptor)
    os.close(descriptor)


def emacs(path: Path, text: str) -> None:
    """Emacs: a lock that is a link to nowhere, an auto-save file, the old file renamed to a backup that stays."""
    lock = path.with_name(f".#{path.name}")
    automatic = path.with_name(f"#{path.name}#")
    lock.symlink_to("somebody@somewhere.123:456")
    automatic.write_text(text)
    path.rename(path.with_name(path.name + "~"))
    path.write_text(text)
    automatic.unlink()
    lock.unlink()


def sed_in_place(path: Path, text: str) -> None:
    """sed -i, with a script that replaces the whole text."""
    lines = "".join(f"i\\\n{line}\n" if line else "i\\\n\n" for line in text.splitlines())
    script = "1{\n" + lines + "}\nd\n"
    subprocess.run(
        ["sed", "-i", "-f", "/dev/stdin", str(path)], check=True, input=script, text=True
    )


def copy_with_times(path: Path, text: str) -> None:
    """cp -p of a file that is an hour older than the one it replaces."""
    with tempfile.NamedTemporaryFile("w") as source:
        source.write(text)
        source.flush()
        os.utime(source.name, (path.stat().st_mtime - 3600, path.stat().st_mtime - 3600))
        subprocess.run(["cp", "-p", source.name, str(path)], check=True)


def same_time(path: Path, text: str) -> None:
    """In place, with the old modification time: rsync, tar, a container's layer."""
    before = path.stat()
    path.write_text(text)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


SAVES: list[Callable[[Path, str], None]] = [
    in_place,
    temporary_and_rename,
    backup_and_rename,
    truncate_then_write,
    in_pieces,
    delete_and_create,
    vim_in_place,
    vim_by_renaming,
    jetbrains,
    visual_studio_code,
    emacs,
    sed_in_place,
    copy_with_times,
    same_time,
]
