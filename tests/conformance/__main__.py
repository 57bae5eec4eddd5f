"""`make conformance`: the protocol's own suites and its inspector on our server.

Prints a Markdown table; exit code 1 when something failed that exempt.toml does not explain.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from mcp_server.samples.loader import Progress, load
from tests.conformance import inspector, suites
from tests.conformance.served import over_http
from tests.conformance.suites import Outcome
from tests.fixtures.databases import empty_database, private_mariadb


def main() -> int:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        outcomes = list(_outcomes(Path(folder)))
    print("| tool | transport | scenario | verdict |\n|---|---|---|---|")
    for outcome in outcomes:
        note = f" ({' '.join(outcome.note.split())[:160]})" if outcome.note else ""
        verdict = f"{outcome.verdict}{note}"
        print(f"| {outcome.tool} | {outcome.transport} | {outcome.scenario} | {verdict} |")
    counts = Counter(outcome.verdict for outcome in outcomes)
    print(f"\n{counts['pass']} passed, {counts['exempt']} exempt, {counts['FAIL']} failed")
    return 1 if counts["FAIL"] or not counts["pass"] else 0


def _outcomes(folder: Path) -> Iterator[Outcome]:
    sqlite = f"sqlite:///{folder / 'sales.db'}"
    load("sales", sqlite, _quietly)
    with over_http(sqlite) as url:
        for version in suites.VERSIONS:
            yield from suites.run(version, url)
        yield from inspector.run(sqlite, "SQLite", url)
    with private_mariadb(folder) as administrator, empty_database(administrator) as mariadb:
        load("sales", mariadb, _quietly)
        with over_http(mariadb) as url:
            yield from inspector.run(mariadb, "MariaDB", url)


def _quietly(_: Progress) -> None:
    """Progress that nobody watches."""


if __name__ == "__main__":
    sys.exit(main())
