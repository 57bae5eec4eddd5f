"""The databases and the model server of `make bench-answers`."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import create_engine, text

from inference.download import pull
from inference.endpoint import Endpoint
from inference.engine import find_engine
from inference.flags import Launch
from inference.hardware import physical_cores
from inference.memory import on_cpu
from inference.models import model_named
from inference.places import models_folder
from inference.process import start
from inference.progress import unheard
from inference.server import ServerWish, connect
from mcp_server.samples.loader import load
from tests.benchmarks.big_schema import fill
from tests.fixtures.databases import private_mariadb

SLOTS = 8
"""kotae repeats one prompt, a peer two: one for the statement and one for the answer. Those that
come only once need a few beside, or push out one of these."""
CONTEXT = 12288
HIDDEN = 984
"""Further tables, a thousand with the sample's."""


def _make_large(admin: str) -> None:
    """The sample's tables among others that look real."""
    engine = create_engine(admin)
    with engine.begin() as connection:
        connection.execute(text("CREATE DATABASE large CHARACTER SET utf8mb4"))
    engine.dispose()
    load("sales", f"{admin}large", lambda _: None)
    fill(f"{admin}large", HIDDEN)


@contextmanager
def databases(folder: Path | None, *, large: bool = False) -> Iterator[dict[str, str]]:
    """The sample and the folder's databases on a private MariaDB, by name."""
    with tempfile.TemporaryDirectory() as home, private_mariadb(Path(home)) as admin:
        engine = create_engine(admin)
        with engine.begin() as connection:
            connection.execute(text("CREATE DATABASE sales CHARACTER SET utf8mb4"))
        engine.dispose()
        load("sales", f"{admin}sales", lambda _: None)
        names = ["sales"]
        if large:
            _make_large(admin)
            names.append("large")
        for file in sorted((folder / "mysql").glob("*.sql")) if folder else ():
            _load_file(file, admin)
            names.append(file.stem)
        yield {name: f"{admin}{name}" for name in names}


def _load_file(file: Path, admin: str) -> None:
    client = shutil.which("mariadb") or "mysql"
    port = str(urlsplit(admin).port)
    command = [client, "--no-defaults", "-h127.0.0.1", "-uroot", f"-P{port}"]
    create = f"CREATE DATABASE IF NOT EXISTS {file.stem} CHARACTER SET utf8mb4"
    subprocess.run([*command, "-e", create], check=True)
    with file.open("rb") as source:
        subprocess.run([*command, file.stem], stdin=source, check=True)


@contextmanager
def model_server(model: str, url: str | None, log: Path) -> Iterator[Endpoint]:
    """The server that is named, or one of our own with a slot for each repeated prompt."""
    key = os.environ.get("KOTAE_API_KEY")
    if url:
        with connect(ServerWish(endpoint=url, api_key=key)) as endpoint:
            yield endpoint
        return
    place = replace(on_cpu(CONTEXT * SLOTS, physical_cores()), slots=SLOTS)
    file = pull(model_named(model), models_folder())
    log.parent.mkdir(parents=True, exist_ok=True)
    launch = Launch(file, model, place)
    server, endpoint = start(find_engine(), launch, log, unheard)
    try:
        yield endpoint
    finally:
        server.close()
