"""The protocol's inspector as a client: strict on the tools' schemas, then a question."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence

from tests.conformance.served import COMMAND
from tests.conformance.suites import Outcome
from tests.toolbox import npm_package, with_node

VERSION = "2.12.0"
ERAS = ("legacy", "modern")
_QUESTION = "SELECT COUNT(*) AS prefectures FROM prefectures"
_ANSWER = [[47]]
_LIST = ("--strict", "--method", "tools/list")
_CALL = ("--method", "tools/call", "--tool-name", "query", "--tool-arg", f"sql={_QUESTION}")


def run(database: str, label: str, url: str) -> Iterator[Outcome]:
    """Over stdio and over the server at `url`, in both eras of the protocol."""
    over_stdio = ("-e", f"KOTAE_DATABASE_URL={database}", "--", *COMMAND)
    over_http = ("--transport", "http", "--server-url", url)
    for transport, target in (("stdio", over_stdio), ("HTTP", over_http)):
        for era in ERAS:
            tool = f"inspector {VERSION} --cli, {era}"
            listed = _inspect(era, _LIST, target)
            asked = _inspect(era, _CALL, target)
            yield _outcome(tool, transport, f"tools/list --strict, {label}", listed, _lists(listed))
            yield _outcome(tool, transport, f"tools/call query, {label}", asked, _answers(asked))


def _inspect(
    era: str, method: Sequence[str], target: Sequence[str]
) -> subprocess.CompletedProcess[str]:
    program = npm_package("@modelcontextprotocol/inspector", VERSION) / "mcp-inspector"
    command = [program, "--cli", "--protocol-era", era, "--format", "json", *method, *target]
    return subprocess.run(
        command,
        env=with_node(PYTHON=sys.executable, HOME=os.environ.get("HOME", "/")),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def _lists(done: subprocess.CompletedProcess[str]) -> bool:
    return done.returncode == 0 and len(json.loads(done.stdout)["result"]["tools"]) == 5


def _answers(done: subprocess.CompletedProcess[str]) -> bool:
    if done.returncode:
        return False
    return bool(json.loads(done.stdout)["result"]["structuredContent"]["rows"] == _ANSWER)


def _outcome(
    tool: str, transport: str, scenario: str, done: subprocess.CompletedProcess[str], right: bool
) -> Outcome:
    note = "" if right else f"exit {done.returncode}: {done.stderr.strip()[-200:]}"
    return Outcome(tool, transport, scenario, "pass" if right else "FAIL", note)
