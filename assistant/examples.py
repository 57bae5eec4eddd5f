"""Exchanges that show every kind of reply, in both languages, before the first question.

The statements are about the database's own tables, since a small model takes the names of any
other for tables. What is refused or asked back is what hardly a database answers.
"""

import json
from collections.abc import Callable, Iterator

from assistant.model import Message
from assistant.schema import Schema, SchemaColumn, Table

_NUMBERS = {"int", "integer", "bigint", "decimal", "numeric", "double", "float", "real"}
_BY_KIND = "SELECT {column}, COUNT(*) AS n FROM {table} GROUP BY {column}"
_KINDS = "How many {table} are there of each {column}?", _BY_KIND, "There are <n> of <{column}>."
_KINDS_JA = "{table_said}を{column_said}別に数えてください。", _BY_KIND, "<{column}>は<n>件です。"
_ALL_JA = "{table_said}は全部で何件ありますか?", "SELECT COUNT(*) AS n FROM {table}", "<n>件です。"
_SUM_JA = (
    "{column_said}の合計は?",
    "SELECT SUM({column}) AS total FROM {table}",
    "合計は<total>です。",
)
_SPAN = (
    "What is the first and the last {column} of {table}?",
    "SELECT MIN({column}) AS first, MAX({column}) AS last FROM {table}",
    "From <first> to <last>.",
)
_ASKED = {"ask": "Good by which measure?", "choices": ["the highest total", "the largest number"]}


def examples(schema: Schema) -> list[Message]:
    """The same for the same schema."""
    return [message for asked, reply in _exchanges(schema) for message in _messages(asked, reply)]


def _messages(asked: str, reply: dict[str, object]) -> tuple[Message, Message]:
    return (
        {"role": "user", "content": asked},
        {"role": "assistant", "content": json.dumps(reply, ensure_ascii=False)},
    )


def _exchanges(schema: Schema) -> Iterator[tuple[str, dict[str, object]]]:
    kinds = _Place.first(schema, lambda _, column: bool(column.values))
    dates = _Place.first(schema, lambda _, column: column.range is not None)
    measures = _Place.first(schema, _is_measure)
    yield "昨日のサッカーの試合はどこが勝ちましたか?", {"refuse": "試合のデータはありません。"}
    yield "Which ones are good?", {**_ASKED}
    yield from dates.filled(_ALL_JA)
    yield "What is the blood type of each?", {"refuse": "There is no data on blood types."}
    yield "身長の平均は?", {"refuse": "身長のデータはありません。"}
    yield from measures.filled(_SUM_JA)
    yield from dates.filled(_SPAN)
    yield from kinds.filled(_KINDS_JA)
    yield from kinds.filled(_KINDS)


def _is_measure(table: Table, column: SchemaColumn) -> bool:
    """Whether it counts something; a key, or what is called like one, only names it."""
    names = column.name in table.primary_key or column.name.lower().endswith("id")
    return column.base_type in _NUMBERS and not names and not table.reference(column.name)


class _Place:
    """The first column of a kind, whose names fill an exchange; without one there is none."""

    def __init__(self, table: Table | None = None, column: SchemaColumn | None = None) -> None:
        self._names: dict[str, str] = {}
        if table and column:
            # The comment is in the language of the house.
            self._names = {
                "table": table.name,
                "table_said": table.comment or table.name,
                "column": column.name,
                "column_said": column.comment or column.name,
            }

    @classmethod
    def first(cls, schema: Schema, fits: Callable[[Table, SchemaColumn], bool]) -> "_Place":
        places = ((table, column) for table in schema.tables for column in table.columns)
        return cls(*next((place for place in places if fits(*place)), (None, None)))

    def filled(self, exchange: tuple[str, str, str]) -> Iterator[tuple[str, dict[str, object]]]:
        if self._names:
            asked, sql, answer = (part.format_map(self._names) for part in exchange)
            yield asked, {"sql": sql, "answer": answer.replace("<", "{").replace(">", "}")}
