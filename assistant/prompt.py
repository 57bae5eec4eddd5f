"""What the model reads: a prefix that is the same bytes for the same database, then the question.

The prefix holds no date and nothing of the question, so that the model server keeps it in its
cache from one question to the next. The format of the schema is not explained by examples:
small models take the names in such an example for tables.
"""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from assistant.examples import examples
from assistant.followup import Earlier
from assistant.locale import language_of
from assistant.model import Message, ReplySchema
from assistant.schema import Schema, SchemaColumn, Table

RULES = """\
You translate a question into one {dialect} SELECT statement.
Schema, one line a table; -> marks the column that a foreign key points at:
{tables}
Rules:
- Use only these tables and columns. Join only the tables that the question needs, along ->.
- Put every condition of the question (year, date, name, status) into WHERE.
- Select just what the question asks for, each with AS and a short name.
Reply with one JSON object on one line, one of:
{{"sql": the statement}} if it gives a list
{{"sql": the statement, "answer": a sentence in the language of the question with {{name}} in \
place of each result value}} if it gives one row
{{"ask": a question back, "choices": [its possible meanings]}} if two readings give different \
results
{{"refuse": the reason}} if the tables hold no such data, or the question wants to change data
"""
MOST_TOKENS = 400
"""Of one reply: the longest statements take half of it, and a model that repeats itself all."""
# Types whose name helps to write a statement; the others only cost tokens.
_TELLING_TYPES = {"date", "datetime", "timestamp", "time", "year", "json", "bit"}


def prefix(schema: Schema) -> str:
    """Rules, exact server and version, and one line a table."""
    tables = "\n".join(map(table_line, schema.tables))
    return RULES.format(dialect=schema.dialect, tables=tables)


def table_line(table: Table) -> str:
    """A table with its columns, references, few-valued columns' values, date ranges, comments."""
    columns = ", ".join(_column(table, column) for column in table.columns)
    line = f"{table.name}({columns})" + (f" -- {table.comment}" if table.comment else "")
    return " ".join(line.splitlines())  # a line break in a comment would pass for a rule of ours


def question_part(
    question: str,
    hints: Sequence[str] = (),
    today: date | None = None,
    pairs: Sequence[tuple[str, str]] = (),
) -> str:
    """What changes from question to question.

    The date is given only when the question counts from it: a small model that sees a date
    filters by it, asked or not. `pairs`: similar questions with their verified statements.
    """
    lines = [f"Verified: {asked}\n{sql}" for asked, sql in pairs]
    if today:
        lines.append(f"Today: {today.isoformat()}")
    lines.append(question)
    if hints:
        lines.append("Hints: " + "; ".join(hints))
    return "\n".join(lines)


def opening(schema: Schema) -> list[Message]:
    """What stands before every question about this schema."""
    return [{"role": "system", "content": prefix(schema)}, *examples(schema)]


def messages(opened: Sequence[Message], part: str, earlier: Earlier | None = None) -> list[Message]:
    """The prompt of a first call: its opening, and as `part` what `question_part` wrote."""
    if earlier:
        part = f"Columns: {', '.join(earlier.columns)}\n{part}"
    return [
        *opened,
        *(_exchange(earlier) if earlier else ()),
        {"role": "user", "content": part},
    ]


def _exchange(earlier: Earlier) -> Iterator[Message]:
    yield {"role": "user", "content": earlier.question}
    yield {"role": "assistant", "content": json.dumps({"sql": earlier.sql}, ensure_ascii=False)}


def repair(earlier: list[Message], sql: str | None, reason: str) -> list[Message]:
    """The prompt of a second call: an extension of the first, so that the first stays cached.

    Of the reply only the statement is sent back; its sentence is no help and must be read anew.
    """
    reply = json.dumps({"sql": sql or ""}, ensure_ascii=False)
    return [
        *earlier,
        {"role": "assistant", "content": reply},
        {"role": "user", "content": f"{reason}\nCorrect the JSON object."},
    ]


def _column(table: Table, column: SchemaColumn) -> str:
    reference = table.reference(column.name)
    parts = [
        column.name + (f"->{reference}" if reference else ""),
        column.base_type if column.base_type in _TELLING_TYPES else "",
        "..".join(column.range) if column.range else "",
        column.comment,
        _values(column),
    ]
    return " ".join(part for part in parts if part)


def _values(column: SchemaColumn) -> str:
    if not column.values:
        return ""
    quoted = (value.replace("'", "''") for value in column.values)
    return "{" + ",".join(f"'{value}'" for value in quoted) + "}"


def reply_schema(question: str) -> ReplySchema:
    """A statement, with its sentence where it gives one row, a question back, or a refusal."""
    choices = {"type": "array", "items": _TEXT, "maxItems": 4}
    kinds = [_statement(question), _object(ask=_TEXT, choices=choices), _object(refuse=_TEXT)]
    return ReplySchema("reply", {"anyOf": kinds}, MOST_TOKENS)


def repair_schema(question: str) -> ReplySchema:
    """Only a statement: a repair is not the moment to change one's mind."""
    return ReplySchema("repaired", _statement(question), MOST_TOKENS)


_TEXT = {"type": "string", "maxLength": 200}


def _statement(question: str) -> dict[str, Any]:
    """A sentence is optional: many rows are shown as a table, and a sentence costs a second."""
    return _object(
        ("sql",),
        sql={"type": "string", "minLength": 6},
        answer={"type": "string", "pattern": sentence_pattern(question)},
    )


def sentence_pattern(question: str) -> str:
    """Sentences that the sampler can write: slots, no number but the question's own, one language.

    Names of the other script come from the rows, or stand in the question.
    """
    foreign = "A-Za-z" if language_of(question) == "ja" else "぀-ヿ㐀-鿿"
    words, slot = rf'[^0-9{foreign}"\\{{}}\n\r\t]{{0,60}}', r'\{[^0-9"\\{}\n\r\t]{1,40}\}'
    said = [*re.findall(r"[0-9]+", question)[:4], *_foreign_words(question)[:4]]
    own = f"(({'|'.join(sorted(set(said)))}){words}){{0,{len(said)}}}" if said else ""
    return f"^{words}{own}({slot}{words}{own}){{0,5}}$"


def _foreign_words(question: str) -> list[str]:
    """Words in the script that is not the question's own: iPhone, 東京."""
    ours = language_of(question) == "ja"
    return re.findall(r"[A-Za-z]{2,30}" if ours else r"[぀-ヿ㐀-鿿]{1,30}", question)


def _object(required: Sequence[str] = (), **properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required or properties),
        "additionalProperties": False,
    }
