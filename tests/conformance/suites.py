"""The conformance suites of the protocol's maintainers, run on our server over HTTP."""

import json
import re
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.toolbox import npm_package, with_node

PACKAGE = "@modelcontextprotocol/conformance"
VERSIONS = ("0.1.16", "0.2.0-alpha.12")
_EXEMPT = Path(__file__).with_name("exempt.toml")
_FOLDER = re.compile(r"server-(?P<scenario>.+)-\d{4}-\d\d-\d\dT[\d-]+Z")


@dataclass(frozen=True, slots=True)
class Exemption:
    """Why a scenario does not apply; `checks` are those of its checks, or none for all."""

    reason: str
    checks: frozenset[str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One scenario of one suite or tool. `verdict` is pass, exempt or FAIL; `note` says why."""

    tool: str
    transport: str
    scenario: str
    verdict: str
    note: str = ""


def exemptions() -> dict[str, Exemption]:
    """By scenario."""
    groups = tomllib.loads(_EXEMPT.read_text(encoding="utf-8"))["exempt"]
    return {
        scenario: Exemption(group["reason"], frozenset(group.get("checks", ())))
        for group in groups
        for scenario in group["scenarios"]
    }


def run(version: str, url: str) -> Iterator[Outcome]:
    """Every scenario of the suite, those of drafts, extensions and the newest era included."""
    program = npm_package(PACKAGE, version) / "conformance"
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "server", "--url", url, "--suite", "all", "-o", folder]
        subprocess.run(command, env=with_node(), capture_output=True, check=False, timeout=600)
        for results in sorted(Path(folder).iterdir()):
            if (name := _FOLDER.fullmatch(results.name)) is None:
                continue
            checks = json.loads((results / "checks.json").read_text(encoding="utf-8"))
            tool = f"conformance {version}"
            yield _judged(tool, name["scenario"], checks)


def _judged(tool: str, scenario: str, checks: Sequence[dict[str, str]]) -> Outcome:
    failed = {check["id"]: check.get("errorMessage", "") for check in checks if _fails(check)}
    exemption = exemptions().get(scenario)
    if exemption is None:
        verdict, note = ("FAIL", "; ".join(failed.values())) if failed else ("pass", "")
    elif not failed:
        verdict, note = "FAIL", "passes, but is listed as exempt"
    elif exemption.checks and failed.keys() - exemption.checks:
        verdict, note = "FAIL", "; ".join(failed.values())
    else:
        verdict, note = "exempt", exemption.reason
    return Outcome(tool, "HTTP", scenario, verdict, note)


def _fails(check: dict[str, str]) -> bool:
    return check["status"] == "FAILURE"
