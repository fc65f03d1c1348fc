"""An environment that all tests share, with libraries that projects use: template engines, frameworks and others."""

import fcntl
import shutil
import subprocess
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).parents[1] / "projects/requirements.txt"


def _make(directory: Path, requirements: Path) -> bool:
    """Make an environment. False: that failed."""
    shutil.rmtree(directory, ignore_errors=True)
    pip = (directory / "bin/python", "-m", "pip", "install", "--quiet", "--retries", "1")
    commands = [
        (sys.executable, "-m", "venv", directory),
        (*pip, "--timeout", "15", "--requirement", requirements),
    ]
    return all(subprocess.run(command, check=False).returncode == 0 for command in commands)


def library_environment(
    build: Path, name: str = "libraries", requirements: Path = REQUIREMENTS
) -> Path | None:
    """Make an environment in a build directory, or wait for another process that does. None: no package index can be reached."""
    directory, stamp = build / name, build / name / ".made-for"
    wanted = f"{sys.version}\n{requirements.read_text()}"
    with (build / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != wanted:
            if not _make(directory, requirements):
                return None
            stamp.write_text(wanted)
    return directory


if __name__ == "__main__":
    made = library_environment(Path(sys.argv[1]).resolve())
    print(made or "")
    sys.exit(0 if made else 77)
