"""Results and costs as text, the same in every front end."""

from dataclasses import asdict
from typing import Any

from assistant.events import Answer, Cell, Column, QueryResult, Usage
from assistant.locale import Language, t

_NUMERIC = {"integer", "decimal", "float"}


def is_numeric(column: Column) -> bool:
    """Whether the column's values are numbers, to be aligned on the right."""
    return column.type in _NUMERIC


def cell_text(cell: Cell, column: Column) -> str:
    """The value as a person reads it; NULL is visible."""
    match cell:
        case None:
            return "NULL"
        case bool() | int() if column.type == "boolean":
            return "true" if cell else "false"
        case _:
            return str(cell)


def footer(usage: Usage, lang: Language | None = None) -> str:
    """What the question cost: prompt tokens, generated tokens, speed, seconds."""
    return t(
        "render.footer",
        lang,
        new=f"{usage.new_prompt_tokens:,}",
        cached=f"{usage.cached_tokens:,}",
        generated=f"{usage.completion_tokens:,}",
        speed=f"{usage.tokens_per_second:.1f}",
        seconds=f"{usage.seconds:.1f}",
    )


def markdown_table(result: QueryResult, limit: int) -> str:
    """The first `limit` rows as a Markdown table, numbers aligned on the right."""
    heads = [_markdown_cell(column.name) for column in result.columns]
    rules = ["---:" if is_numeric(column) else "---" for column in result.columns]
    rows = [
        [
            _markdown_cell(cell_text(c, column))
            for c, column in zip(row, result.columns, strict=True)
        ]
        for row in result.rows[:limit]
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in [heads, rules, *rows])


def _markdown_cell(text: str) -> str:
    literal = text.replace("&", "&amp;").replace("<", "&lt;").replace("\\", "\\\\")
    return literal.replace("|", "\\|").replace("\r\n", "<br>").replace("\n", "<br>")


def answer_json(answer: Answer) -> dict[str, Any]:
    """The one object that `kotae ask --json` prints for an answer."""
    result = answer.result
    return {
        "status": answer.status,
        "answer": answer.text,
        "sql": answer.sql,
        "columns": [asdict(column) for column in result.columns] if result else [],
        "rows": [list(row) for row in result.rows] if result else [],
        "row_count": result.row_count if result else 0,
        "truncated": result.truncated if result else None,
        "notes": list(answer.notes),
        "model": answer.model,
        "database": answer.database,
        "usage": asdict(answer.usage),
    }
