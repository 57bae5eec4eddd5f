"""The rows as a question wants them shown: its columns, its order, its limit, its formats."""

from dataclasses import replace

from assistant.cells import as_number
from assistant.events import Cell, Column, QueryResult
from assistant.render import cell_text
from assistant.report.formats import formatted
from assistant.report.questions import Question


def shown(result: QueryResult, question: Question) -> QueryResult:
    """The result cut to what the question shows; names that no column has are passed over."""
    return _limited(_sorted(_chosen(result, question.columns), question.sort), question.limit)


def shown_cell(cell: Cell, column: Column, formats: dict[str, str]) -> str:
    """A cell as a person reads it, in the column's own format where the question gives one."""
    name = formats.get(column.name)
    return (formatted(cell, name) if name else None) or cell_text(cell, column)


def _chosen(result: QueryResult, names: list[str]) -> QueryResult:
    at = {column.name.lower(): index for index, column in enumerate(result.columns)}
    indexes = [at[name.lower()] for name in names if name.lower() in at]
    if not indexes:
        return result
    columns = tuple(result.columns[index] for index in indexes)
    rows = tuple(tuple(row[index] for index in indexes) for row in result.rows)
    return replace(result, columns=columns, rows=rows)


def _sorted(result: QueryResult, wish: str) -> QueryResult:
    name, _, direction = wish.rpartition(" ")
    if direction.lower() not in ("asc", "desc"):
        name, direction = wish, "asc"
    names = [column.name.lower() for column in result.columns]
    if name.lower() not in names:
        return result
    at = names.index(name.lower())
    known = [row for row in result.rows if row[at] is not None]
    unknown = [row for row in result.rows if row[at] is None]
    known.sort(key=lambda row: _order(row[at]), reverse=direction.lower() == "desc")
    return replace(result, rows=(*known, *unknown))


def _order(cell: Cell) -> tuple[int, object]:
    number = as_number(cell)
    return (0, number) if number is not None else (1, str(cell))


def _limited(result: QueryResult, limit: int | None) -> QueryResult:
    return replace(result, rows=result.rows[:limit]) if limit else result
