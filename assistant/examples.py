"""Exchanges that show every kind of reply, in both languages, before the first question.

The statements are about the database's own tables, since a small model takes the names of any
other for tables, and call them by their whole names, since it mixes up aliases. What is refused or
asked back is what hardly a database answers. A list has no sentence: it is shown as a table.
"""

import json
from collections.abc import Callable, Iterator

from assistant.model import Message
from assistant.schema import NUMBERS, Schema, SchemaColumn, Table

_JOINED = "FROM {table} JOIN {other} ON {other}.{key} = {table}.{column} GROUP BY {other}.{key}"
_EACH = (
    "How many {table} has each of the {other}?",
    "SELECT {other}.{name}, COUNT({table}.{column}) AS n " + _JOINED,
    "",
)
_TOP_JA = (
    "{table_said}が多い{other_said}の上位3つは?",
    "SELECT {other}.{name}, COUNT({table}.{column}) AS n " + _JOINED + " ORDER BY n DESC LIMIT 3",
    "",
)
_ALL_JA = "{table_said}は全部で何件ありますか?", "SELECT COUNT(*) AS n FROM {table}", "<n>件です。"
_SUM_JA = (
    "{column_said}の合計は?",
    "SELECT SUM({column}) AS total FROM {table}",
    "合計は<total>です。",
)
_FIRST = (
    "Which of the {table} has the highest {column}?",
    "SELECT {name}, {column} FROM {table} ORDER BY {column} DESC LIMIT 1",
    "<{name}> has the highest, <{column}>.",
)
_ASKED = {"ask": "Good by which measure?", "choices": ["the highest total", "the largest number"]}


Exchange = tuple[str, dict[str, object]]


def examples(schema: Schema) -> list[Message]:
    """The same for the same schema."""
    return [message for asked, reply in _exchanges(schema) for message in _messages(asked, reply)]


def _messages(asked: str, reply: dict[str, object]) -> tuple[Message, Message]:
    return (
        {"role": "user", "content": asked},
        {"role": "assistant", "content": json.dumps(reply, ensure_ascii=False)},
    )


def _exchanges(schema: Schema) -> Iterator[Exchange]:
    measured = _filled(next(_measures(schema), {}))
    joined = _filled(next(_references(schema), {}))
    yield "昨日のサッカーの試合はどこが勝ちましたか?", {"refuse": "試合のデータはありません。"}
    yield "Which ones are good?", {**_ASKED}
    yield from joined(_ALL_JA)
    yield "What is the blood type of each?", {"refuse": "There is no data on blood types."}
    yield "身長の平均は?", {"refuse": "身長のデータはありません。"}
    yield from measured(_SUM_JA)
    yield from joined(_TOP_JA)
    yield from _filled(next(_named_measures(schema), {}))(_FIRST)
    yield from joined(_EACH)


def _measures(schema: Schema) -> Iterator[dict[str, str]]:
    """Columns that count something; a key, or what is called like one, only names it."""
    for table in schema.tables:
        for column in table.columns:
            names = column.name in table.primary_key or column.name.lower().endswith("id")
            if column.base_type in NUMBERS and not names and not table.reference(column.name):
                yield {"table": table.name, "column": column.name, "column_said": _said(column)}


def _named_measures(schema: Schema) -> Iterator[dict[str, str]]:
    """Those of tables whose rows have a name."""
    for measure in _measures(schema):
        table = schema.table(measure["table"])
        names = table.naming if table else []
        if names:
            yield {**measure, "name": names[0]}


def _references(schema: Schema) -> Iterator[dict[str, str]]:
    """Foreign keys to another table that has a column to call its rows by."""
    for table in schema.tables:
        for key in table.foreign_keys:
            other = schema.table(key.table)
            texts = other.naming if other else []
            if other and texts and other is not table and len(key.columns) == 1:
                yield {
                    "table": table.name,
                    "table_said": _said(table),
                    "column": key.columns[0],
                    "other": other.name,
                    "other_said": _said(other),
                    "key": key.ref_columns[0],
                    "name": texts[0],
                }


def _said(part: Table | SchemaColumn) -> str:
    """By its comment, which is in the language of the house, or by its name."""
    return part.comment or part.name


def _filled(names: dict[str, str]) -> Callable[[tuple[str, str, str]], Iterator[Exchange]]:
    """Fills an exchange with these names; without names there is none."""

    def filled(exchange: tuple[str, str, str]) -> Iterator[Exchange]:
        if names:
            asked, sql, answer = (part.format_map(names) for part in exchange)
            sentence = answer.replace("<", "{").replace(">", "}")
            yield asked, {"sql": sql, **({"answer": sentence} if sentence else {})}

    return filled
