"""The pictures of `kotae doctor` in the READMEs: a real run on a MariaDB that holds the sample.

    python -m tests.documents.pictures      writes examples/pictures/doctor.<language>.svg

The model and the engine are those of this machine; the home of the pictures is a new one.
"""

import html
import io
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.cells import cell_len
from rich.console import Console
from sqlalchemy import create_engine, text

from assistant.cli.doctor import as_lines
from assistant.doctor.finding import Finding
from assistant.locale import Language, set_language
from inference.places import models_folder
from mcp_server.samples.loader import load
from tests.fixtures.databases import private_mariadb

ROOT = Path(__file__).parents[2]
OUT = ROOT / "examples" / "pictures"
CELL = 12.2  # of Rich's picture
TEXT = re.compile(r'textLength="[\d.]+"([^>]*)>([^<]*)<')
# Fonts of the web are not fetched for a picture.
SVG = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.S)


def findings(environ: dict[str, str]) -> list[Finding]:
    """What the doctor finds there."""
    done = subprocess.run(
        [sys.executable, "-m", "assistant.cli", "doctor", "--json"],
        env=environ,
        cwd=environ["HOME"],
        capture_output=True,
        check=False,
    )
    return [Finding(**entry) for entry in json.loads(done.stdout)]


def picture(found: list[Finding], language: Language) -> str:
    """The lines as a terminal shows them, as SVG."""
    set_language(language)
    lines = list(as_lines(found))
    console = Console(
        record=True,
        file=io.StringIO(),
        width=max(cell_len(line.plain) for line in lines) + 1,
        force_terminal=True,
        color_system="truecolor",
        highlight=False,
    )
    for line in lines:
        console.print(line, soft_wrap=True)
    svg = console.export_svg(title="kotae doctor", code_format=SVG, unique_id="kotae-doctor")
    return TEXT.sub(_in_cells, svg)


def _in_cells(text: re.Match[str]) -> str:
    """Rich counts characters; a Japanese one is two cells wide."""
    width = CELL * cell_len(html.unescape(text[2]))
    return f'textLength="{width:.1f}"{text[1]}>{text[2]}<'


def home(folder: Path) -> dict[str, str]:
    """The environment of a person who has a model and has tried their engine."""
    data = folder / ".local" / "share" / "kotae"
    data.mkdir(parents=True)
    (data / "models").symlink_to(models_folder().absolute())
    environ = {"HOME": str(folder), "PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    trial = [sys.executable, "-m", "assistant.cli", "engine", "test"]
    subprocess.run(trial, env=environ, capture_output=True, check=False)
    return environ


def settle(folder: Path, url: str, language: Language) -> None:
    """Their kotae.toml."""
    config = folder / ".config" / "kotae"
    config.mkdir(parents=True, exist_ok=True)
    written = f'language = "{language}"\n[database]\nurl = "{url}"\n'
    (config / "kotae.toml").write_text(written, encoding="utf-8")


def main() -> None:
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, private_mariadb(Path(folder)) as admin:
        engine = create_engine(admin)
        with engine.begin() as connection:
            connection.execute(text("CREATE DATABASE sales CHARACTER SET utf8mb4"))
        engine.dispose()
        load("sales", f"{admin}sales", lambda _: None)
        person = Path(folder) / "home"
        environ = home(person)
        languages: tuple[Language, ...] = ("en", "ja")
        for language in languages:
            settle(person, f"{admin}sales".replace("mysql+pymysql", "mysql"), language)
            svg = picture(findings(environ), language)
            (OUT / f"doctor.{language}.svg").write_text(svg, encoding="utf-8")
            print(OUT / f"doctor.{language}.svg")


if __name__ == "__main__":
    main()
