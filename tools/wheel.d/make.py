"""The part of tools/wheel that runs in the root, after the crates were fetched. See there."""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import venv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sbom import make_sbom

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PYTHONS = ("3.14", "3.15")
"""The versions that the wheel has an extension for."""
GLIBC = "2.28"
LARGEST = 3_000_000
"""The largest size of a wheel, in bytes."""
FLAGS = ["-O2", "-g0", "-fPIC", "-fno-sanitize=undefined"]

LIBUV_SOURCES = [
    "fs-poll",
    "idna",
    "inet",
    "random",
    "strscpy",
    "strtok",
    "thread-common",
    "threadpool",
    "timer",
    "uv-common",
    "uv-data-getter-setters",
    "version",
    "unix/async",
    "unix/core",
    "unix/dl",
    "unix/fs",
    "unix/getaddrinfo",
    "unix/getnameinfo",
    "unix/linux",
    "unix/loop",
    "unix/loop-watcher",
    "unix/pipe",
    "unix/poll",
    "unix/process",
    "unix/procfs-exepath",
    "unix/proctitle",
    "unix/random-devurandom",
    "unix/random-getrandom",
    "unix/random-sysctl-linux",
    "unix/signal",
    "unix/stream",
    "unix/tcp",
    "unix/thread",
    "unix/tty",
    "unix/udp",
]
"""The sources for Linux, by the list in libuv's CMakeLists.txt."""
LEXBOR_MODULES = ["core", "css", "dom", "html", "ns", "selectors", "tag"]
"""The modules that parse HTML and find elements in it, and those that they need."""


def run(*command: object, **options: object) -> str:
    """Run a command. Its output is returned, and shown if it fails."""
    done = subprocess.run(
        list(map(str, command)),
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **options,  # type: ignore[call-overload]
    )
    if done.returncode != 0:
        sys.exit(f"wheel: this command failed: {' '.join(map(str, command))}\n{done.stdout}")
    return str(done.stdout)


def make_tools(cache: Path) -> Path:
    """Make the environment with zig and auditwheel, unless it is up to date. Returns its bin directory."""
    directory, wanted = cache / "tools", (HERE / "tools.txt").read_text()
    stamp = directory / "tools.txt"
    if not stamp.exists() or stamp.read_text() != wanted:
        venv.create(directory, clear=True, with_pip=True)
        run(directory / "bin/python", "-m", "pip", "install", "--quiet", "-r", HERE / "tools.txt")
        stamp.write_text(wanted)
    return directory / "bin"


def find_zig(tools: Path) -> Path:
    """The compiler in the environment of make_tools()."""
    return next((tools.parent / "lib").glob("python3*/site-packages/ziglang/zig"))


def fetch_sources(cache: Path, tools: Path) -> Path:
    """Download and unpack the libraries' sources. Returns the directory that they are in."""
    directory, wanted = cache / "sources", (HERE / "sources.txt").read_text()
    crates = sorted(cache.glob("*.crate"))
    stamp = directory / "stamp"
    wanted += "".join(crate.name for crate in crates)
    if stamp.exists() and stamp.read_text() == wanted:
        return directory
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir()
    # Only these come as sources. pip may use wheels of the build backends, some of which take an hour to compile.
    names = ",".join(re.findall(r"^([\w.-]+)==", wanted, re.MULTILINE))
    pip = [tools / "python", "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", names]
    run(*pip, "--require-hashes", "-r", HERE / "sources.txt", "--dest", directory)
    for archive in [*directory.glob("*.tar.gz"), *crates]:
        with tarfile.open(archive) as opened:
            opened.extractall(directory, filter="data")
        if archive.parent == directory:
            archive.unlink()
    stamp.write_text(wanted)
    return directory


class Target:
    """The machine to compile for, and how."""

    def __init__(self, machine: str, tools: Path, cache: Path) -> None:
        self.machine = machine
        self.platform = f"manylinux_{GLIBC.replace('.', '_')}_{machine}"
        self.prefix = cache / machine
        zig = find_zig(tools)
        self.compiler = [str(zig), "cc", "-target", f"{machine}-linux-gnu.{GLIBC}"]
        self.archiver = [str(zig), "ar"]
        # The checkout's path is not among these, so that zig's cache of the libraries' objects serves all checkouts.
        self.library_flags = [*FLAGS, f"-ffile-prefix-map={cache}=libraries"]
        self.libraries: dict[str, str] = {}
        """The versions of the libraries that are linked in, by name."""

    def add_library(
        self, name: str, version: str, files: list[Path], include: Path, *flags: str
    ) -> None:
        """Compile a static library, and describe it to pkg-config. `include`: where its public headers are."""
        library = self.prefix / f"lib{name.removeprefix('lib')}.a"
        (self.prefix / "objects").mkdir(parents=True, exist_ok=True)

        def compiled(number: int, file: Path) -> Path:
            path = self.prefix / "objects" / f"{name}-{number}-{file.stem}.o"
            run(*self.compiler, *self.library_flags, f"-I{include}", *flags, "-c", file, "-o", path)
            return path

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            objects = list(pool.map(compiled, range(len(files)), files))
        library.unlink(missing_ok=True)
        run(*self.archiver, "rcsD", library, *objects)
        (self.prefix / f"{name}.pc").write_text(
            f"Name: {name}\nDescription: {name}\nVersion: {version}\nCflags: -I{include}\n"
            f"Libs: {library} -lpthread -ldl\n"
        )
        self.libraries[name] = version

    def write_machine_file(self, headers: Path) -> Path:
        """Write Meson's machine file: the compiler, its options and the machine."""
        path = self.prefix / "machine.ini"
        words = {
            "c": self.compiler,
            "ar": self.archiver,
            "pkg-config": ["pkg-config"],
            "c_args": [
                *(*FLAGS, f"-ffile-prefix-map={ROOT}=storytime"),
                *("-idirafter", str(headers)),
            ],
            "c_link_args": ["-s"],
            "pkg_config_path": [str(self.prefix)],
        }
        binaries = "\n".join(f"{name} = {words[name]!r}" for name in ("c", "ar", "pkg-config"))
        options = "\n".join(
            f"{name} = {words[name]!r}" for name in ("c_args", "c_link_args", "pkg_config_path")
        )
        machine = ", ".join(
            f"{name} = '{value}'"
            for name, value in (
                ("system", "linux"),
                ("cpu_family", self.machine),
                ("cpu", self.machine),
                ("endian", "little"),
            )
        ).replace(", ", "\n")
        path.write_text(
            f"[binaries]\n{binaries}\n[built-in options]\n{options}\n[host_machine]\n{machine}\n"
        )
        return path


def version_of(header: Path, prefix: str) -> str:
    """A library's version, read from its header."""
    text = header.read_text()
    return ".".join(
        re.search(rf"define {prefix}_{part}\s+(\d+)", text)[1]  # type: ignore[index]
        for part in ("MAJOR", "MINOR", "RELEASE" if f"{prefix}_RELEASE" in text else "PATCH")
    )


def add_lexbor(target: Target, headers: Path) -> None:
    """Compile the modules of lexbor that are needed."""
    modules = [headers / "lexbor" / module for module in LEXBOR_MODULES]
    target.add_library(
        "lexbor",
        version_of(headers / "lexbor/core/base.h", "LEXBOR_VERSION"),
        [
            file
            for module in [*modules, headers / "lexbor/ports/posix"]
            for file in sorted(module.rglob("*.c"))
        ],
        headers,
        "-DLEXBOR_STATIC",
        "-D_POSIX_C_SOURCE=200809L",
        "-ffunction-sections",
        "-fdata-sections",
    )


def build_libraries(target: Target, sources: Path) -> dict[str, Path]:
    """Build all libraries that are linked in. Returns the licence texts of everything in the wheel, by name."""
    uv = next(sources.glob("uvloop-*")) / "vendor/libuv"
    json = next(sources.glob("yyjson-*"))
    hash_ = next(sources.glob("xxhash-*")) / "deps/xxhash"
    lexbor = next(sources.glob("selectolax-*")) / "lexbor"
    wslay = next(sources.glob("wslay-sys-*")) / "vendor"
    markdown = next(sources.glob("marktip-*")) / "third_party/md4c"
    shutil.rmtree(target.prefix, ignore_errors=True)
    target.add_library(
        "libuv",
        version_of(uv / "include/uv/version.h", "UV_VERSION"),
        [uv / "src" / f"{name}.c" for name in LIBUV_SOURCES],
        uv / "include",
        f"-I{uv / 'src'}",
        "-D_GNU_SOURCE",
        "-D_FILE_OFFSET_BITS=64",
        "-std=gnu11",
    )
    target.add_library(
        "yyjson",
        version_of(json / "yyjson/yyjson.h", "YYJSON_VERSION"),
        [json / "yyjson/yyjson.c"],
        json / "yyjson",
    )
    target.add_library(
        "libxxhash",
        version_of(hash_ / "xxhash.h", "XXH_VERSION"),
        [hash_ / "xxhash.c"],
        hash_,
    )
    add_lexbor(target, lexbor / "source")
    target.add_library(
        "libwslay",
        re.search(r'VERSION "([^"]+)"', (wslay / "includes/wslay/wslayver.h").read_text())[1],  # type: ignore[index]
        sorted(wslay.glob("*.c")),
        wslay / "includes",
        "-DHAVE_ARPA_INET_H",
        "-DHAVE_NETINET_IN_H",
    )
    target.add_library(
        "md4c",
        re.search(r"MD4C ([\d.]+) source", (markdown / "upstream_metadata/README.md").read_text())[
            1
        ],  # type: ignore[index]
        [markdown / "src/md4c.c"],
        markdown / "src",
    )
    modules = ROOT / "node_modules"
    return {
        "lexbor": lexbor / "LICENSE",
        "lexbor-notice": lexbor / "NOTICE",
        "axe-core": modules / "axe-core/LICENSE",
        "axe-core-3rd-party": modules / "axe-core/LICENSE-3RD-PARTY.txt",
        "idiomorph": modules / "idiomorph/LICENSE",
        "pico": modules / "@picocss/pico/LICENSE.md",
        "libuv": uv / "LICENSE",
        "libuv-extra": uv / "LICENSE-extra",
        "md4c": markdown / "LICENSE.md",
        "yyjson": json / "LICENSE",
        "xxHash": hash_ / "LICENSE",
        "wslay": wslay / "COPYING",
    }


def collect_headers(target: Target, version: str) -> Path:
    """Copy pyconfig.h, which Debian keeps apart from Python's other headers, and uthash, which is only a header.

    A target looks for pyconfig.h in a directory of its own name. That of another machine is used for it: x86_64 and aarch64
    have types of the same sizes, and their files only differ in what CPython's own sources use.
    """
    directory = target.prefix / f"include-{version}"
    directory.mkdir(parents=True, exist_ok=True)
    for path in (Path("/usr/include").glob("*-linux-gnu*"),):
        for multiarch in path:
            if (multiarch / f"python{version}").is_dir():
                for name in (multiarch.name, f"{target.machine}-linux-gnu"):
                    place = directory / name / f"python{version}"
                    shutil.copytree(multiarch / f"python{version}", place, dirs_exist_ok=True)
    for header in Path("/usr/include").glob("ut*.h"):
        if header.name in ("uthash.h", "utlist.h"):
            shutil.copy(header, directory)
    found = re.search(r"define UTHASH_VERSION ([0-9.]+)", (directory / "uthash.h").read_text())
    target.libraries["uthash"] = found[1]  # type: ignore[index]
    return directory


def build(target: Target, version: str, staged: Path) -> None:
    """Build the extension for one Python, and install it below `staged`. The first time, build the program, too."""
    machine_file = target.write_machine_file(collect_headers(target, version))
    directory = target.prefix / f"build-{version}"
    shutil.rmtree(directory, ignore_errors=True)
    kind = "--native-file" if target.machine == os.uname().machine else "--cross-file"
    setup = [
        "meson",
        "setup",
        directory,
        ROOT,
        kind,
        machine_file,
        "--prefix=/",
        "--buildtype=release",
    ]
    settings = [f"-Dpython=python{version}", "-Dtests=false", "-Dpython.platlibdir=/package"]
    run(*setup, *settings, "-Dpython.purelibdir=/package", "-Doptimization=2")
    made, installed = (
        ([], []) if version == PYTHONS[0] else (["extension"], ["--tags=python-runtime"])
    )
    run("ninja", "-C", directory, *made)
    run("meson", "install", "-C", directory, "--no-rebuild", "--destdir", staged, *installed)


def write_metadata(directory: Path, licences: dict[str, Path], project: dict[str, object]) -> None:
    """Write the wheel's metadata, by pyproject.toml."""
    from pyproject_metadata import StandardMetadata

    metadata = StandardMetadata.from_pyproject({"project": project}, project_dir=ROOT)
    directory.mkdir()
    places = directory / "licenses"
    places.mkdir()
    shutil.copy(ROOT / "LICENSE", places)
    for name, path in licences.items():
        shutil.copyfile(path, places / f"LICENSE.{name}")
    (directory / "METADATA").write_text(str(metadata.as_rfc822()))
    groups: dict[str, dict[str, str]] = metadata.entrypoints
    text = "".join(
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in entries.items())
        for group, entries in groups.items()
    )
    if text:
        (directory / "entry_points.txt").write_text(text)


def make_wheel(
    target: Target, staged: Path, licences: dict[str, Path], directory: Path, tools: Path
) -> Path:
    """Pack the wheel. No build backend puts the extensions for two versions of Python into one wheel."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    project = {**project, "version": (ROOT / "VERSION").read_text().strip()}
    project.pop("dynamic", None)
    title, version = str(project["name"]), str(project["version"])
    name = f"{title.replace('-', '_')}-{version}"
    unpacked = target.prefix / name
    shutil.rmtree(unpacked, ignore_errors=True)
    shutil.copytree(staged / "package", unpacked, ignore=shutil.ignore_patterns("__pycache__"))
    scripts = unpacked / f"{name}.data/scripts"
    scripts.mkdir(parents=True)
    shutil.copy(staged / "bin/storytime", scripts)
    for extension in (unpacked / "storytime").glob("_native*.so"):
        extension.rename(
            extension.with_name(extension.name.replace(os.uname().machine, target.machine))
        )
    write_metadata(unpacked / f"{name}.dist-info", licences, project)
    (unpacked / f"{name}.dist-info/sboms").mkdir()
    (unpacked / f"{name}.dist-info/sboms" / f"{title}.cdx.json").write_text(
        make_sbom(ROOT, title, version, target.libraries, int(os.environ["SOURCE_DATE_EPOCH"]))
    )
    (unpacked / f"{name}.dist-info/WHEEL").write_text(
        f"Wheel-Version: 1.0\nGenerator: storytime\nRoot-Is-Purelib: false\nTag: py3-none-{target.platform}\n"
    )
    directory.mkdir(parents=True, exist_ok=True)
    run(tools / "wheel", "pack", unpacked, "--dest-dir", directory)  # SOURCE_DATE_EPOCH is set
    return directory / f"{name}-py3-none-{target.platform}.whl"


def check(wheel: Path, target: Target, tools: Path) -> None:
    """Fail if the wheel is too large, or does not run everywhere that its name promises."""
    size = wheel.stat().st_size
    if size > LARGEST:
        sys.exit(f"wheel: {wheel} has {size} bytes, more than {LARGEST}")
    shown = run(tools / "auditwheel", "show", wheel)
    if f'"{target.platform}"' not in shown.replace("\n", " "):
        sys.exit(f"wheel: auditwheel does not find it consistent with {target.platform}:\n{shown}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--target", required=True)
    parser.add_argument("--directory", type=Path, required=True)
    options = parser.parse_args()
    tools = make_tools(options.cache)
    target = Target(options.target, tools, options.cache)
    sys.path.append(str(next((tools.parent / "lib").glob("python3*/site-packages"))))
    os.environ["ZIG_GLOBAL_CACHE_DIR"] = str(options.cache / "zig")
    licences = build_libraries(target, fetch_sources(options.cache, tools))
    staged = target.prefix / "staged"
    shutil.rmtree(staged, ignore_errors=True)
    for version in PYTHONS:
        build(target, version, staged)
    wheel = make_wheel(target, staged, licences, options.directory, tools)
    check(wheel, target, tools)
    print(wheel)


if __name__ == "__main__":
    main()
