"""The wheel's bill of materials: the libraries linked into it, and those bundled in its pages. CycloneDX 1.6, as JSON (PEP 770)."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

LICENCES = {
    "lexbor": "Apache-2.0",
    "libuv": "MIT",
    "libwslay": "MIT",
    "libxxhash": "BSD-2-Clause",
    "md4c": "MIT",
    "uthash": "BSD-1-Clause",
    "yyjson": "MIT",
}
"""The licences of the C libraries, by their SPDX names."""

BUILD_TOOLS = {"esbuild"}
"""Dependencies of package.json that only run during the build, and are not part of the pages."""


def describe_library(name: str, version: str) -> dict[str, object]:
    """Describe a C library. Fails if its licence is not in LICENCES."""
    if name not in LICENCES:
        raise SystemExit(
            f"wheel: the licence of {name} is not known; add it to LICENCES in tools/wheel.d/sbom.py"
        )
    return {
        "type": "library",
        "bom-ref": f"pkg:generic/{name}@{version}",
        "name": name,
        "version": version,
        "licenses": [{"license": {"id": LICENCES[name]}}],
        "purl": f"pkg:generic/{name}@{version}",
    }


def describe_package(name: str, locked: dict[str, str]) -> dict[str, object]:
    """Describe an npm package by its entry in package-lock.json."""
    algorithm, _, digest = locked["integrity"].partition("-")
    address = f"pkg:npm/{name.replace('@', '%40')}@{locked['version']}"
    return {
        "type": "library",
        "bom-ref": address,
        "name": name,
        "version": locked["version"],
        "licenses": [{"license": {"id": locked["license"]}}],
        "hashes": [
            {
                "alg": algorithm.upper().replace("SHA", "SHA-"),
                "content": base64.b64decode(digest).hex(),
            }
        ],
        "purl": address,
    }


def describe_packages(root: Path) -> list[dict[str, object]]:
    """Describe the npm packages that are bundled in pages."""
    wanted = json.loads((root / "package.json").read_text())["dependencies"].keys() - BUILD_TOOLS
    locked = json.loads((root / "package-lock.json").read_text())["packages"]
    return [describe_package(name, locked[f"node_modules/{name}"]) for name in sorted(wanted)]


def make_sbom(root: Path, name: str, version: str, libraries: dict[str, str], time: int) -> str:
    """The whole document. `libraries`: versions by name. `time`: in seconds since the epoch. Equal inputs give equal texts."""
    parts = [describe_library(*library) for library in sorted(libraries.items())]
    parts += describe_packages(root)
    address = f"pkg:pypi/{name}@{version}"
    return (
        json.dumps(
            {
                "bomFormat": "CycloneDX",
                "specVersion": "1.6",
                "version": 1,
                "metadata": {
                    "timestamp": datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "component": {
                        "type": "application",
                        "bom-ref": address,
                        "name": name,
                        "version": version,
                        "licenses": [{"license": {"id": "MIT"}}],
                        "purl": address,
                    },
                },
                "components": parts,
                "dependencies": [
                    {"ref": address, "dependsOn": [part["bom-ref"] for part in parts]}
                ],
            },
            indent=2,
        )
        + "\n"
    )
