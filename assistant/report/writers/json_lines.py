"""answers.jsonl: a line a question, the object of `kotae ask --json` and where it came from."""

import json
from importlib.metadata import version
from typing import Any

from assistant.render import answer_json
from assistant.report.document import Document, Item


def json_lines(document: Document) -> str:
    """All questions; all rows of each, whatever the report shows of them."""
    return "".join(
        json.dumps(_object(item, document), ensure_ascii=False) + "\n" for item in document.items
    )


def _object(item: Item, document: Document) -> dict[str, Any]:
    finished = item.finished
    identity = {"id": finished.question.id, "question": finished.question.text}
    change = item.change
    return {
        **identity,
        **answer_json(finished.answer),
        "provenance": {
            "origin": finished.origin,
            "statement": finished.statement,
            "at": finished.at,
            "parameters": {name: str(value) for name, value in document.parameters.items()},
            "broken_expectations": list(finished.broken),
            "previous": finished.previous,
            "previous_of": finished.previous_of or None,
            "change": str(change.difference) if change else None,
            "sql_diff": list(finished.diff),
            "kotae": version("kotae"),
        },
    }
