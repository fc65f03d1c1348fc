"""A private file system, small or read-only, if this user may create namespaces. Run as a program:

small_disk.py mount DIRECTORY OPTIONS COMMAND...   mount a tmpfs there, make DIRECTORY/site, become the command
small_disk.py remount PID DIRECTORY (ro|rw)        remount it for a process, read-only or writable
"""

import ctypes
import os
import subprocess
import sys
from pathlib import Path

MS_RDONLY, MS_REMOUNT = 1, 32


def mount(directory: str, options: str, flags: int = 0) -> None:
    """mount(2) of a tmpfs."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"none", directory.encode(), b"tmpfs", flags, options.encode()) != 0:
        raise OSError(ctypes.get_errno(), "mount", directory)


def enter_own_namespaces() -> None:
    """Become root of a new user namespace with mounts of its own."""
    uid, gid = os.getuid(), os.getgid()
    os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNS)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"0 {uid} 1")
    Path("/proc/self/gid_map").write_text(f"0 {gid} 1")


def is_possible(directory: Path) -> bool:
    """Whether this user may mount one."""
    command = [sys.executable, __file__, "mount", str(directory), "size=1m", "true"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def remount(process: int, directory: Path, how: str) -> None:
    """Make a process's file system read-only ("ro"), or writable again ("rw")."""
    subprocess.run(
        [sys.executable, __file__, "remount", str(process), str(directory), how], check=True
    )


def main(arguments: list[str]) -> None:
    """Mount or remount."""
    if arguments[0] == "mount":
        enter_own_namespaces()
        mount(arguments[1], arguments[2])
        os.mkdir(f"{arguments[1]}/site")
        os.execvp(arguments[3], arguments[3:])
    for name in ("user", "mnt"):
        with open(f"/proc/{arguments[1]}/ns/{name}") as namespace:
            os.setns(namespace.fileno())
    mount(arguments[2], "", MS_REMOUNT | (MS_RDONLY if arguments[3] == "ro" else 0))


if __name__ == "__main__":
    main(sys.argv[1:])
