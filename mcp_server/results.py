"""Rows on their way out: exact cells, typed columns, TSV text and structured content."""

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, Protocol

Cell = str | int | float | None
ColumnType = Literal[
    "integer", "decimal", "float", "text", "date", "datetime", "time", "boolean", "json", "binary"
]
Cut = Literal["rows", "bytes", "cell"]

_EXACT = 2**53 - 1
_SHOWN_BYTES = 16
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DATETIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?")
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
NULL = r"\N"
HIDDEN = "***"


@dataclass(frozen=True, slots=True)
class Column:
    """A result column: the label that the statement gave it, and its type.

    "boolean" is MySQL's TINYINT(1); its cells stay numbers, for it may hold 2 as well.
    """

    name: str
    type: ColumnType


@dataclass(frozen=True, slots=True)
class QueryResult:
    """Rows as the database returned them, and why they are not all of them, if so."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    truncated: Cut | None
    elapsed_ms: float
    sql: str
    connection: str


class Stream(Protocol):
    """The rows of a running statement, converted one by one as they are taken."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """Known for certain once the rows were taken."""

    def __iter__(self) -> Iterator[tuple[Cell, ...]]: ...


@dataclass(frozen=True, slots=True)
class TypedStream:
    """Rows of cells from a driver that tells the type of each column."""

    columns: tuple[Column, ...]
    rows: Iterator[tuple[Cell, ...]]

    def __iter__(self) -> Iterator[tuple[Cell, ...]]:
        return self.rows


class JudgedStream:
    """Rows of values that each have a type of their own; `hidden` columns tell nothing."""

    def __init__(
        self,
        names: Sequence[str],
        rows: Iterable[Sequence[Any]],
        hidden: frozenset[int] = frozenset(),
    ) -> None:
        self._names, self._rows, self._hidden = names, rows, hidden
        self._seen: list[set[ColumnType]] = [set() for _ in names]

    def __iter__(self) -> Iterator[tuple[Cell, ...]]:
        convert = [self._converter(at) for at in range(len(self._names))]
        for row in self._rows:
            yield tuple([take(value) for take, value in zip(convert, row, strict=True)])

    def _converter(self, at: int) -> Callable[[Any], Cell]:
        return hide if at in self._hidden else partial(_judged, self._seen[at])

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(
            Column(name, "text" if at in self._hidden else _common(seen))
            for at, (name, seen) in enumerate(zip(self._names, self._seen, strict=True))
        )


def _judged(seen: set[ColumnType], value: Any) -> Cell:
    if value is None:
        return None
    seen.add(kind_of_value(value))
    match value:
        case int():
            return exact(value)
        case float():
            return value if math.isfinite(value) else str(value)
        case bytes():
            return shown_bytes(value)
    return str(value)


def kind_of_value(value: object) -> ColumnType:
    """The type of a value that comes without one, as all do from SQLite."""
    match value:
        case int():
            return "integer"
        case float():
            return "float"
        case bytes():
            return "binary"
        case str() if _DATE.fullmatch(value):
            return "date"
        case str() if _DATETIME.fullmatch(value):
            return "datetime"
    return "text"


def _common(kinds: set[ColumnType]) -> ColumnType:
    if len(kinds) == 1:
        return next(iter(kinds))
    if kinds == {"integer", "float"}:
        return "float"
    return "datetime" if kinds == {"date", "datetime"} else "text"


def hide(_: Any) -> Cell:
    """A cell of a masked column."""
    return HIDDEN


def exact(number: int) -> Cell:
    """The number as every reader of JSON keeps it."""
    return number if -_EXACT <= number <= _EXACT else str(number)


def shown_bytes(value: bytes) -> Cell:
    """How many bytes, and the first few."""
    more = "…" if len(value) > _SHOWN_BYTES else ""
    return f"<{len(value)} bytes 0x{value[:_SHOWN_BYTES].hex()}{more}>"


def structured(result: QueryResult) -> dict[str, Any]:
    """The result for programs; cells as JSON can hold them exactly."""
    return {
        "columns": [{"name": column.name, "type": column.type} for column in result.columns],
        "rows": result.rows,
        "row_count": len(result.rows),
        "truncated": result.truncated,
        "elapsed_ms": result.elapsed_ms,
        "sql": result.sql,
        "connection": result.connection,
    }


def tsv(result: QueryResult) -> str:
    r"""The rows for the model: a header, then a line a row.

    NULL is \N; backslash, tab and line ends inside a cell are escaped, so that '\N' as a text
    reads \\N.
    """
    lines = ["\t".join(_written(column.name) for column in result.columns)]
    shape = "\t".join(["%s"] * len(result.columns))
    lines += [_line(row, shape) for row in result.rows]
    return "\n".join(lines)


def _line(row: tuple[Cell, ...], shape: str) -> str:
    """Few rows hold anything to escape, and to look at one as a whole is cheap."""
    if None not in row:
        line = shape % row
        clean = "\\" not in line and "\n" not in line and "\r" not in line
        if clean and line.count("\t") == len(row) - 1:
            return line
    return "\t".join(map(_written, row))


def compact(result: QueryResult) -> str:
    """The rows as one line of JSON: the names of the columns once, then the cells."""
    content = {"columns": [column.name for column in result.columns], "rows": result.rows}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def summary(result: QueryResult) -> str:
    """How many rows there are, what is missing, and what to do about it."""
    return f"({_missing(result)}{_null_note(result)})"


def _written(cell: Cell) -> str:
    if cell is None:
        return NULL
    return str(cell).translate(_ESCAPES)


def _null_note(result: QueryResult) -> str:
    return rf"; {NULL} is NULL" if any(None in row for row in result.rows) else ""


def _missing(result: QueryResult) -> str:
    count = len(result.rows)
    rows = f"{count} row" if count == 1 else f"{count} rows"
    match result.truncated:
        case "rows":
            return f"first {rows}; more exist: aggregate, filter or raise max_rows"
        case "bytes":
            return f"first {rows}; more exist: the size limit was reached, select fewer columns"
        case "cell":
            return f"{rows}; long cells are cut at …"
    return rows
