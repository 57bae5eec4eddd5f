"""What a person installs: the wheel and the sdist, and the command in an environment of its own."""

import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import toolbox

ROOT = Path(__file__).parents[2]
PACKAGES = {"assistant", "inference", "mcp_server"}
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
LITTER = ("__pycache__", ".pyc", "tests/", ".toml.part", ".venv")


@dataclass(frozen=True, slots=True)
class Distribution:
    wheel: Path
    sdist: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Distribution:
    """Wheel and sdist of this tree; the wheel is built from the sdist, as a publisher does."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ROOT]
    subprocess.run(command, check=True, capture_output=True)
    return Distribution(next(out.glob("*.whl")), next(out.glob("*.tar.gz")))


def data_files() -> set[str]:
    """Everything in the packages that git knows: code and what the code reads."""
    command = ["git", "ls-files", *PACKAGES]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return set(listed.stdout.splitlines())


def test_the_wheel_holds_all_of_the_three_packages_and_nothing_else(built: Distribution) -> None:
    names = set(zipfile.ZipFile(built.wheel).namelist())
    ours = {name for name in names if ".dist-info/" not in name}
    assert ours == data_files()
    kinds = {Path(name).suffix for name in ours}
    assert {".toml", ".tcss", ".json", ".typed"} <= kinds


def test_the_sdist_builds_the_wheel_and_holds_neither_tests_nor_litter(built: Distribution) -> None:
    with tarfile.open(built.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert data_files() <= names
    assert {"README.md", "README.ja.md", "LICENSE", "CHANGELOG.md"} <= names
    assert not [name for name in names if any(part in name for part in LITTER)]


def test_a_package_index_would_take_the_metadata(built: Distribution) -> None:
    twine = toolbox.environment("twine", "twine==6.2.0") / "twine"
    command = [twine, "check", "--strict", built.wheel, built.sdist]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_metadata_names_the_command_and_the_extras(built: Distribution) -> None:
    with zipfile.ZipFile(built.wheel) as wheel:
        home = f"kotae-{VERSION}.dist-info"
        scripts = wheel.read(f"{home}/entry_points.txt").decode()
        metadata = wheel.read(f"{home}/METADATA").decode()
    assert "kotae = assistant.cli:main" in scripts
    assert "Provides-Extra: engine" in metadata
    assert "Provides-Extra: keyring" in metadata


@pytest.mark.timeout(600)
def test_installed_as_a_tool_in_a_clean_environment_the_command_answers(
    built: Distribution, tmp_path: Path
) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment = kept | {
        "LANG": "C.UTF-8",
        "UV_TOOL_DIR": str(tmp_path / "tools"),
        "UV_TOOL_BIN_DIR": str(tmp_path / "bin"),
        **{name: value for name, value in os.environ.items() if name.startswith(("UV_", "SSL_"))},
    }
    uv = Path(sys.executable).with_name("uv")
    # Certificates are trusted as this machine does, which may be behind an index of its own.
    trusting = [uv, "--system-certs", "tool", "install"]
    install = [*trusting, "--python", sys.executable, built.wheel]
    done = subprocess.run(install, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

    def kotae(*words: str) -> str:
        command = [tmp_path / "bin" / "kotae", *words]
        said = subprocess.run(
            command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
        )
        return said.stdout

    assert kotae("--version") == f"kotae {VERSION}\n"
    assert "Usage: kotae" in kotae("--help")
    assert kotae("sample", "sales", "--into", "sqlite:///sales.db").endswith("/sales.db\n")
