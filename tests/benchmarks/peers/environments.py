"""The peers' environments, kept in the cache, and the programs that run in them."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

NEEDS = {
    "llamaindex": (
        "llama-index-core==0.14.25",
        "llama-index-llms-openai-like",
        "sqlalchemy",
        "pymysql",
    ),
    "langchain": (
        "langchain-classic",
        "langchain-community==0.4.2",
        "langchain-openai",
        "pymysql",
    ),
}


def python_of(peer: str) -> Path:
    """The interpreter of the peer's environment, made when it is not there."""
    home = user_cache_path("kotae") / "peers" / peer
    python = home / "bin" / "python"
    if not (home / ".complete").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", home], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *NEEDS[peer]], check=True)
        (home / ".complete").touch()
    return python


class Peer:
    """A running peer, asked one question at a time."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, question: str) -> dict[str, Any]:
        """What it answers; an error when it has died."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"question": question}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        answer: dict[str, Any] = json.loads(line) if line else {"sql": None, "error": "it died"}
        return answer


@contextmanager
def running(peer: str, url: str, model: str, database: str) -> Iterator[Peer]:
    """The peer, asking the model at `url` about the database."""
    script = Path(__file__).with_name(f"{peer}.py")
    process = subprocess.Popen(
        [python_of(peer), "-W", "ignore", script, url, model, database],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
    )
    try:
        yield Peer(process)
    finally:
        process.terminate()
        process.communicate()
