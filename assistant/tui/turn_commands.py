"""Commands on one turn: the one with the focus, else the newest."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.asker import DoubleChecking, failed_answer
from assistant.events import Answer
from assistant.locale import language, t
from assistant.tui.aside import Aside
from assistant.tui.commands import Command
from assistant.tui.row_count import RowCount
from assistant.tui.turn import Source, Turn

if TYPE_CHECKING:
    from assistant.tui.app import ChatApp

Where = Callable[["ChatApp"], Turn | None]


def with_chart(app: "ChatApp") -> Turn | None:
    """The turn whose rows make a chart."""
    turn = app.conversation.current
    return turn if turn and turn.result_view and turn.result_view.chart else None


def with_sql(app: "ChatApp") -> Turn | None:
    """The turn that is over and has a statement."""
    turn = app.conversation.current
    return turn if turn and turn.answer and turn.answer.sql else None


def with_rows(app: "ChatApp") -> Turn | None:
    """The turn that was answered by a statement."""
    turn = with_sql(app)
    return turn if turn and turn.answer and turn.answer.status == "answered" else None


def cut_short(app: "ChatApp") -> Turn | None:
    """The turn whose rows are only the first ones."""
    turn = with_rows(app)
    return turn if turn and turn.result_view and turn.result_view.result.truncated else None


def toggle_chart(app: "ChatApp") -> None:
    """Chart instead of table, or the other way round."""
    if (turn := with_chart(app)) and turn.result_view:
        turn.result_view.toggle_chart()


def save_chart(app: "ChatApp") -> None:
    """Write the chart as SVG into the folder that the chat was started in."""
    # It draws XML, and hardly anybody's first minute needs that.
    from assistant.charts.picture import picture

    if (turn := with_chart(app)) and turn.result_view and turn.result_view.chart:
        drawing = picture(turn.result_view.chart, turn.question, japanese=language() == "ja")
        path = _unused(Path.cwd(), "kotae-chart", ".svg")
        try:
            path.write_text(drawing, encoding="utf-8")
        except OSError as error:
            reason = t("tui.not_saved", path=path, reason=error.strerror)
            app.notify(reason, severity="error", markup=False)
            return
        app.notify(t("tui.saved", path=path), markup=False)


def toggle_sql(app: "ChatApp") -> None:
    """Fold the statement away, or show it."""
    if turn := with_sql(app):
        turn.sql.collapsed = not turn.sql.collapsed


async def edit_sql(app: "ChatApp") -> None:
    """Let the person change the statement; what it gives becomes a turn of its own."""
    # Its editor takes a while to load, and the first paint needs none.
    from assistant.tui.sql_screen import SqlScreen

    turn = with_sql(app)
    if not (turn and turn.answer and turn.answer.sql):
        return
    question = turn.question

    async def show(answer: Answer | None) -> None:
        if answer:
            title = t("tui.edited", question=question)
            app.keeping.kept(title, answer)
            await app.conversation.add_answered(question, answer, title)

    schema = app.asker.surroundings.schema if app.asker else None
    await app.push_screen(SqlScreen(turn.answer.sql, app.questions, schema), show)


async def verify(app: "ChatApp") -> None:
    """Keep the question with its statement, for questions like it."""
    turn = with_rows(app)
    if not (turn and turn.answer and turn.answer.sql and app.opening and app.opening.keep_pair):
        return
    try:
        keep = app.opening.keep_pair
        path = await asyncio.to_thread(keep, turn.question, turn.answer.sql)
    except Exception as error:  # noqa: BLE001 - a disk that is full may not end the chat
        turn.note(t("tui.failed", error=failed_answer(error).text))
        return
    turn.note(t("tui.verified", path=path))


async def explain(app: "ChatApp") -> None:
    """The statement in words."""
    if (turn := with_sql(app)) and turn.answer and (sql := turn.answer.sql):
        await _add(app, turn, Aside("tui.explanation", lambda asker: asker.explain(sql)))


async def double_check(app: "ChatApp") -> None:
    """A second look at the answer."""
    if (turn := with_rows(app)) and (source := _second_look(app.asker, turn)):
        await _add(app, turn, Aside("tui.second_look", source, shows_sql=True))


async def count_rows(app: "ChatApp") -> None:
    """How many rows there would be without the cap."""
    if (turn := cut_short(app)) and turn.answer and turn.answer.sql:
        app.questions.put(RowCount(turn, turn.answer.sql))


def checks_twice(app: "ChatApp") -> bool:
    """Whether there is an answer, and somebody to look at it again."""
    return with_rows(app) is not None and isinstance(app.asker, DoubleChecking)


def _second_look(asker: object, turn: Turn) -> Source | None:
    answer = turn.answer
    if answer and isinstance(asker, DoubleChecking):
        return lambda _: asker.double_check(turn.question, answer)
    return None


async def _add(app: "ChatApp", turn: Turn, aside: Aside) -> None:
    await turn.add_aside(aside)
    app.questions.put(aside)


def _unused(folder: Path, stem: str, suffix: str) -> Path:
    names = (folder / f"{stem}-{number}{suffix}" for number in range(1, 10_000))
    return next(path for path in names if not path.exists())


TURN_COMMANDS = (
    Command("edit", "f2", edit_sql, lambda app: with_sql(app) is not None),
    Command("chart", "f3", toggle_chart, lambda app: with_chart(app) is not None),
    Command("verify", "f4", verify, lambda app: with_rows(app) is not None),
    Command("double_check", "f5", double_check, checks_twice),
    Command("explain", "f6", explain, lambda app: with_sql(app) is not None),
    Command("sql", "ctrl+s", toggle_sql, lambda app: with_sql(app) is not None),
    Command("count", "", count_rows, lambda app: cut_short(app) is not None),
    Command("save_chart", "", save_chart, lambda app: with_chart(app) is not None),
)
