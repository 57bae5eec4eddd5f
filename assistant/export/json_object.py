"""A result as one JSON object, its keys those of `kotae ask --json`."""

import json

from assistant.events import QueryResult


def json_object(result: QueryResult) -> str:
    """Columns with their types, rows as the database gave them, and the statement."""
    content = {
        "sql": result.sql,
        "columns": [{"name": column.name, "type": column.type} for column in result.columns],
        "rows": [list(row) for row in result.rows],
        "row_count": result.row_count,
        "truncated": result.truncated,
    }
    return json.dumps(content, ensure_ascii=False) + "\n"
