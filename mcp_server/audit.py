"""Who asked what, as JSON lines: never a value, for literals are taken out of the statement."""

import hashlib
import json
import logging
import os
import time
from collections.abc import Awaitable
from datetime import UTC, datetime
from pathlib import Path

import anyio

from mcp_server.errors import AuditUnwritable, DatabaseToolError, StatementUnreadable
from mcp_server.lexer import MYSQL, tokens
from mcp_server.results import QueryResult
from mcp_server.settings import AuditSettings

log = logging.getLogger(__name__)

_MOST_CHARACTERS = 500
_DIGEST = 16
_LITERALS = frozenset({"string", "number"})


class Audit:
    """Writes one line a statement; nothing at all when no file is configured.

    Raises AuditUnwritable at once when the file cannot be opened.
    """

    def __init__(self, settings: AuditSettings) -> None:
        self._file = Path(settings.file).expanduser() if settings.file else None
        self._most, self._kept = settings.bytes, settings.files
        if self._file:
            try:
                self._append(self._file, "")
            except OSError as error:
                raise AuditUnwritable(file=str(self._file), reason=error.strerror) from error

    async def following(
        self,
        answer: Awaitable[QueryResult],
        client: str,
        connection: str,
        sql: str,
    ) -> QueryResult:
        """The answer, after it was written down how it went."""
        started = time.perf_counter()
        verdict, result = "failed", None
        try:
            result = await answer
            verdict = "answered"
            return result
        except DatabaseToolError as error:
            verdict = type(error).__name__
            raise
        except anyio.get_cancelled_exc_class():
            verdict = "cancelled"
            raise
        finally:
            if self._file:
                entry = {
                    "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
                    "client": client,
                    "connection": connection,
                    **_statement(sql),
                    "verdict": verdict,
                    "rows": len(result.rows) if result else 0,
                    "bytes": _size(result) if result else 0,
                    "ms": round((time.perf_counter() - started) * 1000, 1),
                }
                self._write(self._file, json.dumps(entry, ensure_ascii=False) + "\n")

    def _write(self, file: Path, line: str) -> None:
        try:
            self._append(file, line)
        except OSError as error:
            log.error("audit line not written: %s", error)

    def _append(self, file: Path, line: str) -> None:
        if file.exists() and file.stat().st_size + len(line.encode()) > self._most:
            self._rotate(file)
        with open(file, "a", encoding="utf-8", opener=_private) as opened:
            opened.write(line)

    def _rotate(self, file: Path) -> None:
        """file → file.1 → file.2 …; the last one is dropped."""
        for number in range(self._kept - 1, 0, -1):
            older = file.with_name(f"{file.name}.{number}")
            if older.exists():
                older.replace(file.with_name(f"{file.name}.{number + 1}"))
        file.replace(file.with_name(f"{file.name}.1"))


def normalised(sql: str) -> str:
    """The statement without comments, blanks and values; "" when it cannot be read.

    Read by MySQL's rules on every server: what SQLite calls a name in double quotes is taken
    out as well.
    """
    try:
        parts = [token for token in tokens(sql, MYSQL) if token.kind != "comment"]
    except StatementUnreadable:
        return ""
    return " ".join("?" if token.kind in _LITERALS else token.text for token in parts)


def _statement(sql: str) -> dict[str, str]:
    text = normalised(sql)
    digest = hashlib.sha256((text or sql).encode("utf-8", "surrogatepass")).hexdigest()
    return {"digest": digest[:_DIGEST], "statement": text[:_MOST_CHARACTERS]}


def _size(result: QueryResult) -> int:
    return sum(len(str(cell).encode()) for row in result.rows for cell in row)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
