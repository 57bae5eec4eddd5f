"""`kotae ask`: one question in, one answer out."""

import asyncio
import json
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.console import fail, our_errors, reporting_errors
from assistant.locale import t

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from assistant.asker import OpenAsker
    from assistant.cli.narrator import Narrator
    from assistant.events import Answer, Event

SHOWN_ROWS = 50


class Form(StrEnum):
    """What standard output gets."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    SQL = "sql"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="ask", help=t("ask.help"))(ask)


def ask(  # noqa: PLR0913, PLR0917 - one parameter an option
    question: Annotated[str, typer.Argument(help=t("ask.question"))],
    database: Annotated[
        str | None, typer.Option("--database", "-d", help=t("ask.database"))
    ] = None,
    model: Annotated[str | None, typer.Option("--model", "-m", help=t("ask.model"))] = None,
    endpoint: Annotated[str | None, typer.Option(help=t("ask.endpoint"))] = None,
    as_json: Annotated[bool, typer.Option("--json", help=t("ask.json"))] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help=t("ask.csv"))] = False,
    as_sql: Annotated[bool, typer.Option("--sql", help=t("ask.sql"))] = False,
    double_check: Annotated[
        bool, typer.Option("--double-check", help=t("ask.double_check"))
    ] = False,
) -> None:
    """Answer one question; the exit code says how it went."""
    with reporting_errors(*our_errors()):
        form = _form(as_json, as_csv, as_sql)
        if not question.strip():
            from assistant.errors import EmptyQuestion

            raise EmptyQuestion
        from assistant.cli.wiring import open_asker

        opener = open_asker(database, model, endpoint)
        answer, second = asyncio.run(_answered(opener, question, double_check))
    code = _print(answer, form)
    if second and form is Form.TEXT:
        typer.echo(f"\n{t('ask.second')}\n{second.sql or ''}")
        _print(second, form)
    sys.exit(code)


def _form(as_json: bool, as_csv: bool, as_sql: bool) -> Form:
    wishes = [f for f, w in zip(list(Form)[1:], (as_json, as_csv, as_sql), strict=True) if w]
    if len(wishes) > 1:
        from assistant.errors import SeveralForms

        raise SeveralForms
    return wishes[0] if wishes else Form.TEXT


async def _answered(
    opener: "OpenAsker", question: str, check: bool
) -> tuple["Answer", "Answer | None"]:
    """The answer, checked if wished, and another where a second sample gives other rows."""
    from assistant.asker import DoubleChecking
    from assistant.cli.narrator import Narrator
    from assistant.doublecheck import agree

    with Narrator() as narrator:
        async with opener(narrator.hear) as asker:
            answer = await _last(asker.ask(question), narrator)
            if not (check and answer.status == "answered" and isinstance(asker, DoubleChecking)):
                return answer, None
            second = await _last(asker.double_check(question, answer), narrator)
            return (second, None) if agree(answer, second) else (answer, second)


async def _last(events: "AsyncGenerator[Event, None]", narrator: "Narrator") -> "Answer":
    from assistant.events import Answered

    async for event in events:
        narrator.hear(event)
        if isinstance(event, Answered):
            return event.answer
    raise AssertionError("a stream of events ends with Answered")


def _print(answer: "Answer", form: Form) -> int:
    """Write the answer to standard output in the wished form; returns the exit code."""
    from assistant import render

    match form:
        case Form.JSON:
            typer.echo(json.dumps(render.answer_json(answer), ensure_ascii=False))
        case Form.CSV if answer.result:
            typer.echo(render.csv_text(answer.result), nl=False)
        case Form.SQL if answer.sql and answer.status == "answered":
            typer.echo(render.printable(answer.sql))
        case Form.TEXT if answer.status in ("answered", "ask"):
            typer.echo("\n".join(answer_lines(answer)))
        case _:
            return fail(render.printable(answer.text), answer.exit_code or 1)
    return answer.exit_code


def answer_lines(answer: "Answer") -> list[str]:
    """The answer for a person: text, choices, the first rows, notes."""
    from assistant import render

    lines = [render.printable(answer.text)]
    lines += [
        f"  {number}. {render.printable(choice)}" for number, choice in enumerate(answer.choices, 1)
    ]
    if answer.result and answer.result.rows:
        lines += ["", *render.table_lines(answer.result, SHOWN_ROWS)]
        if (hidden := answer.result.row_count - SHOWN_ROWS) > 0:
            lines.append(t("ask.more_rows", count=hidden))
    return lines + [render.printable(note) for note in answer.notes]
