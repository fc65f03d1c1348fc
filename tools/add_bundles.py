#!/usr/bin/env python3
"""Add the bundled CSS and JavaScript to a source archive. Meson runs this for `meson dist`."""

import os
import shutil
import subprocess
from pathlib import Path

LICENCES = {
    "axe-core": "axe-core/LICENSE",
    "idiomorph": "idiomorph/LICENSE",
    "pico": "@picocss/pico/LICENSE.md",
}
BUNDLES = ("storytime.css", "storytime.js", "theme.js", "live.js", "iframe.js", "axe.js")


def main() -> None:
    build, archive = (Path(os.environ[f"MESON_{name}_ROOT"]) for name in ("BUILD", "DIST"))
    made = [f"assets/{name}" for name in BUNDLES]
    subprocess.run(["ninja", "-C", build, *made], check=True)
    bundled = archive / "assets/bundled"
    bundled.mkdir(exist_ok=True)
    for name in made:
        shutil.copy(build / name, bundled)
    modules = Path(os.environ["MESON_SOURCE_ROOT"]) / "node_modules"
    for name, file in LICENCES.items():
        shutil.copy(modules / file, bundled / f"LICENSE.{name}")


if __name__ == "__main__":
    main()
