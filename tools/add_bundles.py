#!/usr/bin/env python3
"""Put the bundled CSS and JavaScript into a source archive: Meson runs this for `meson dist`."""

import os
import shutil
import subprocess
from pathlib import Path

BUNDLES = ("storytime.css", "storytime.js", "theme.js", "live.js")


def main() -> None:
    build, archive = (Path(os.environ[f"MESON_{name}_ROOT"]) for name in ("BUILD", "DIST"))
    made = [f"assets/{name}" for name in BUNDLES]
    subprocess.run(["ninja", "-C", build, *made], check=True)
    bundled = archive / "assets/bundled"
    bundled.mkdir(exist_ok=True)
    for name in made:
        shutil.copy(build / name, bundled)


if __name__ == "__main__":
    main()
