"""Values, tables and footers as text; widths are counted in terminal cells."""

import csv
import io
import re
from typing import Any

from rich.cells import cell_len

from assistant.events import Answer, Cell, Column, QueryResult, Usage
from assistant.locale import Language, t

NULL = "NULL"
_NUMERIC = {"integer", "decimal", "float"}
# Numbers that name something rather than count it are not grouped: 2025, not 2,025.
_NAMES_SOMETHING = re.compile(
    r"(^|_)(id|year|yr|month|code|no|zip|number)$|年$|月$|番号$|コード$", re.I
)


def is_numeric(column: Column) -> bool:
    """Whether the column's cells are right-aligned numbers."""
    return column.type in _NUMERIC


def is_measure(column: Column) -> bool:
    """Whether the column counts something; a year, a code or an id only names it."""
    return is_numeric(column) and not _NAMES_SOMETHING.search(column.name)


def cell_text(cell: Cell, column: Column) -> str:
    """A cell as a person reads it: NULL visible, numbers grouped, control characters shown."""
    if cell is None:
        return NULL
    if column.type == "boolean" and cell in (0, 1):
        return "true" if cell else "false"
    if is_measure(column):
        return number_text(cell)
    if isinstance(cell, float):
        return format(cell, "g") if abs(cell) < 1e15 else repr(cell)
    return printable(str(cell)).replace("\n", "⏎").replace("\t", "⇥")


_VISIBLE = {code: 0x2400 + code for code in range(32) if chr(code) not in "\n\t"}
_VISIBLE |= {0x7F: 0x2421} | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)


def printable(text: str) -> str:
    """Text that cannot steer a terminal: escape sequences above all are made visible."""
    return text.replace("\r\n", "\n").translate(_VISIBLE)


def number_text(value: Cell) -> str:
    """1234567.50 → 1,234,567.50; digits are never added or dropped, except a float's noise."""
    text = format(value, ".12g") if isinstance(value, float) else str(value)
    plain = re.fullmatch(r"(-?)(\d+)(\.\d+)?", text)
    return f"{plain[1]}{int(plain[2]):,}{plain[3] or ''}" if plain else text


def table_lines(result: QueryResult, limit: int) -> list[str]:
    """The first `limit` rows as aligned lines under a header."""
    grid = [[cell_text(c, col) for c, col in zip(row, result.columns, strict=True)]
            for row in result.rows[:limit]]  # fmt: skip
    names = [cell_text(column.name, Column(column.name, "text")) for column in result.columns]
    widths = [max(map(cell_len, cells)) for cells in zip(names, *grid, strict=True)]
    aligns = [is_numeric(column) for column in result.columns]
    lines = [names, ["─" * width for width in widths], *grid]
    return ["  ".join(map(_pad, line, widths, aligns)).rstrip() for line in lines]


def _pad(text: str, width: int, right: bool) -> str:
    space = " " * (width - cell_len(text))
    return space + text if right else text + space


def markdown_table(result: QueryResult, limit: int) -> str:
    """The first `limit` rows as a Markdown table; pipes and markup in cells are inert."""
    head = [_markdown_cell(column.name) for column in result.columns]
    rule = ["---:" if is_numeric(column) else "---" for column in result.columns]
    body = [
        [_markdown_cell(cell_text(c, col)) for c, col in zip(row, result.columns, strict=True)]
        for row in result.rows[:limit]
    ]
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, rule, *body])


def _markdown_cell(text: str) -> str:
    literal = text.replace("&", "&amp;").replace("<", "&lt;")
    return re.sub(r"([\\`*\[\]|])", r"\\\1", literal)


def csv_text(result: QueryResult) -> str:
    """RFC 4180 with a header; NULL is an empty field, numbers are not grouped."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([column.name for column in result.columns])
    writer.writerows(["" if cell is None else cell for cell in row] for row in result.rows)
    return buffer.getvalue()


def footer(usage: Usage, lang: Language | None = None) -> str:
    """What the question cost, in one line."""
    return t(
        "render.footer",
        lang,
        new=number_text(usage.new_prompt_tokens),
        cached=number_text(usage.cached_tokens),
        generated=number_text(usage.completion_tokens),
        speed=f"{usage.tokens_per_second:.1f}",
        seconds=f"{usage.seconds:.1f}",
    )


def answer_json(answer: Answer) -> dict[str, Any]:
    """The object that `kotae ask --json` prints; its JSON schema is `answer.schema.json`."""
    result = answer.result
    return {
        "status": answer.status,
        "answer": answer.text,
        "sql": answer.sql,
        "columns": [{"name": c.name, "type": c.type} for c in result.columns] if result else [],
        "rows": [list(row) for row in result.rows] if result else [],
        "row_count": result.row_count if result else 0,
        "truncated": result.truncated if result else None,
        "notes": list(answer.notes),
        "choices": list(answer.choices),
        "default": answer.default,
        "model": answer.model,
        "database": answer.database,
        "usage": {
            "calls": answer.usage.calls,
            "prompt_tokens": answer.usage.prompt_tokens,
            "cached_tokens": answer.usage.cached_tokens,
            "completion_tokens": answer.usage.completion_tokens,
            "tokens_per_second": answer.usage.tokens_per_second,
            "seconds": round(answer.usage.seconds, 2),
        },
    }
