"""llama.cpp's own release archives: which one is for this machine, and how it gets here."""

import os
import platform
import re
import shutil
import tarfile
import tempfile
import zipfile
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import httpx2

from inference.download import Fetch, fetch_all
from inference.errors import EngineBroken, EngineNotFetched, UnknownVariant
from inference.models import ModelFile
from inference.places import engines_folder, writable
from inference.process import Engine
from inference.programs import at, server_in
from inference.progress import OnProgress, unheard
from inference.sources import SourceFailed
from inference.transfer import client, reason, streamed
from inference.trial import Unfit, fit

LATEST = "https://api.github.com/repos/ggml-org/llama.cpp/releases/latest"
_ARCHIVE = re.compile(r"^llama-(b\d+)-bin-(.+?)\.(tar\.gz|zip)$")
# By system and processor, the best first. Vulkan runs on the cards of all makers, and without one
# on the CPU.
VARIANTS = {
    ("Linux", "x86_64"): ("ubuntu-vulkan-x64", "ubuntu-x64"),
    ("Linux", "aarch64"): ("ubuntu-vulkan-arm64", "ubuntu-arm64"),
    ("Darwin", "arm64"): ("macos-arm64",),
    ("Darwin", "x86_64"): ("macos-x64",),
    ("Windows", "AMD64"): ("win-vulkan-x64", "win-cpu-x64"),
    ("Windows", "ARM64"): ("win-cpu-arm64",),
}
AGAIN = "kotae engine install"
COMMANDS = {
    "Linux": 'pip install "kotae[engine]" (or: brew install llama.cpp)',
    "Darwin": "brew install llama.cpp",
    "Windows": "winget install llama.cpp",
}


@dataclass(frozen=True, slots=True)
class Archive:
    """One archive of a release."""

    tag: str
    variant: str
    file: ModelFile
    url: str


@dataclass(frozen=True, slots=True)
class ArchiveSource:
    """An archive as something that can be fetched."""

    archive: Archive

    @property
    def name(self) -> str:
        """What a person calls it."""
        return "llama.cpp releases"

    def facts(self, file: ModelFile) -> ModelFile:
        """The release stated size and SHA-256 already."""
        return file

    def chunks(self, file: ModelFile, start: int) -> Generator[bytes]:
        """The archive's bytes."""
        with client() as web:
            yield from streamed(web, self.archive.url, start)


def install(variant: str | None = None, on_progress: OnProgress = unheard) -> Engine:
    """Fetch, unpack and try the newest release for this machine, or a variant by name.

    Raises EngineNotFetched with another way to get one, UnknownVariant, EngineBroken.
    """
    folder = writable(engines_folder(), "KOTAE_ENGINES_DIR")
    try:
        archive = _chosen(archives(), variant)
        home = folder / f"{archive.tag}-{archive.variant}"
        if not home.exists():
            source = ArchiveSource(archive)
            fetch_all(Fetch("llama.cpp", AGAIN, folder, source, on_progress), [archive.file])
            _unpack(folder / archive.file.name, home)
    except SourceFailed as failure:
        command = COMMANDS.get(platform.system(), COMMANDS["Linux"])
        raise EngineNotFetched(reason=failure, command=command) from failure
    return _proven(home, on_progress)


def archives() -> list[Archive]:
    """The archives of the newest release that state a SHA-256; raises SourceFailed."""
    if os.environ.get("KOTAE_OFFLINE", "0") not in ("", "0"):
        raise SourceFailed("KOTAE_OFFLINE is set")
    try:
        with client() as web:
            reply = web.get(os.environ.get("KOTAE_RELEASES") or LATEST, follow_redirects=True)
            assets = reply.raise_for_status().json()["assets"]
            found = [_archive(asset) for asset in assets]
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, KeyError, TypeError) as error:
        raise SourceFailed(reason(error)) from error
    return [archive for archive in found if archive]


def _archive(asset: dict[str, object]) -> Archive | None:
    match = _ARCHIVE.match(str(asset["name"]))
    kind, _, sha256 = str(asset.get("digest")).partition(":")
    if not match or kind != "sha256":
        return None
    file = ModelFile(match[0], int(str(asset["size"])), sha256)
    return Archive(match[1], match[2], file, str(asset["browser_download_url"]))


def _chosen(found: list[Archive], variant: str | None) -> Archive:
    by_variant = {archive.variant: archive for archive in found}
    ours = VARIANTS.get((platform.system(), platform.machine()), ())
    for name in (variant,) if variant else ours:
        if name in by_variant:
            return by_variant[name]
    if variant:
        raise UnknownVariant(variant=variant, known=", ".join(sorted(by_variant)) or "-")
    raise SourceFailed(f"no archive for {platform.system()} {platform.machine()}")


def _unpack(archive: Path, home: Path) -> None:
    """Unpack beside its place and move there in one step; the archive is deleted."""
    with tempfile.TemporaryDirectory(prefix=".unpack-", dir=home.parent) as scratch:
        inside = Path(scratch) / "inside"
        if archive.suffix == ".zip":
            with zipfile.ZipFile(archive) as packed:
                packed.extractall(inside)
        else:
            with tarfile.open(archive) as packed_tar:
                # Python before 3.11.4 knows no filter; the checksum vouches for the archive.
                if filtering := getattr(tarfile, "data_filter", None):
                    packed_tar.extraction_filter = filtering
                packed_tar.extractall(inside)
        inside.replace(home)
    archive.unlink()


def _proven(home: Path, on_progress: OnProgress) -> Engine:
    binary = server_in(home)
    try:
        if binary is None:
            raise Unfit("the archive holds no llama-server")
        return fit(at(binary), on_progress)
    except Unfit as fault:
        shutil.rmtree(home)
        raise EngineBroken(engine=binary or home, reason=fault) from fault
