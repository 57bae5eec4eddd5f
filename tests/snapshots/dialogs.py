"""The screens that open over the chat and before it: conversations, schema, suggestions, wizard."""

import sqlite3
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from assistant.events import Answer
from assistant.followup import Memory
from assistant.locale import Language
from assistant.schema import ForeignKey, Schema, SchemaColumn, Table
from assistant.sessions.notebook import Notebook
from assistant.sessions.store import Store
from assistant.setup import choice as kinds
from assistant.setup.choice import Choice, Proposal, Services
from assistant.tui.schema_browser import SchemaBrowser
from assistant.tui.setup.connection import ConnectionStep
from assistant.tui.setup.database import DatabaseStep
from assistant.tui.setup.model import ModelStep
from tests.assistant.tui.chat import Chat
from tests.snapshots.scenes import MONTHLY, QUESTIONS, SQL, Scene, best

COMMENTS = {
    "ja": ("顧客", "氏名", "都道府県", "注文", "注文日", "状態"),
    "en": ("who bought", "full name", "where they live", "purchases", "day", "state"),
}
TESTED = kinds.Tested(
    "MariaDB 10.11.19", "mysql://reader@127.0.0.1:3306/shop", "reader@localhost", "reader",
    (), ("account", "transaction"), (), 12,
)  # fmt: skip
PROPOSALS = (
    Proposal("gpt-oss-20b", "OpenAI gpt-oss 20B", "fits", 18.0, 12_100_000_000),
    Proposal("qwen2.5-coder-1.5b", "Qwen2.5 Coder 1.5B", "fits", 61.0, 0),
)


async def see_sessions(chat: Chat, lang: Language) -> None:
    """Conversations of before."""
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder, "s.db")) as store:
        notebook = Notebook(store, Memory(), "sales", "gpt-oss-20b")
        for question in (QUESTIONS[lang], MONTHLY[lang]):
            notebook.restart()
            notebook.answered(notebook.asked(question), Answer("answered", "", sql=SQL))
        notebook.restart()
        with closing(sqlite3.connect(Path(folder, "s.db"))) as file, file:
            file.execute("UPDATE session SET changed = '2026-01-05 09:30:00'")
        await chat.until(lambda: chat.app.opening is not None)
        assert chat.app.opening
        chat.app.opening = replace(chat.app.opening, notebook=notebook)
        await chat.pilot.press("f7")
        await chat.shows(MONTHLY[lang], "2026-01-05 09:30")


async def see_schema(chat: Chat, lang: Language) -> None:
    """Tables, columns, comments, keys and values."""
    await chat.until(lambda: chat.app.asker is not None)
    await chat.app.push_screen(SchemaBrowser(_schema(lang)))
    await chat.shows("customers")
    await chat.pilot.press(*"status", "down")
    await chat.shows("paid")


async def see_suggestions(chat: Chat, lang: Language) -> None:
    """Names and values for the word that is being typed."""
    await chat.until(lambda: chat.app.asker is not None)
    chat.app.line.insert_text_at_cursor({"ja": "東京", "en": "how many cust"}[lang])
    await chat.shows({"ja": "東京商店", "en": "customers"}[lang])


async def see_setup_database(chat: Chat, lang: Language) -> None:
    """The wizard: what to ask about."""
    await chat.app.push_screen(DatabaseStep(Choice(""), _services(), "2/3"))
    await chat.shows("kotae 2/3")


async def see_setup_connection(chat: Chat, lang: Language) -> None:
    """The wizard: a connection that was tested."""
    step = ConnectionStep(Choice("mysql://reader@127.0.0.1/shop"), _services(), "2/3")
    await chat.app.push_screen(step)
    await chat.pilot.press("enter")
    await chat.shows("MariaDB 10.11.19")


async def see_setup_model(chat: Chat, lang: Language) -> None:
    """The wizard: models by the plan."""
    await chat.app.push_screen(ModelStep(Choice(""), _services(), "3/3"))
    await chat.shows("gpt-oss 20B")


def _schema(lang: Language) -> Schema:
    customers, name, place, orders, day, status = COMMENTS[lang]
    states = ("paid", "shipped", "cancelled")
    return Schema(
        "sales", "mariadb", "10.11.19",
        (
            Table(
                "customers",
                (SchemaColumn("id", "int"), SchemaColumn("name", "varchar(40)", name),
                 SchemaColumn("prefecture", "varchar(10)", place)),
                customers, 5600, ("id",),
            ),
            Table(
                "orders",
                (SchemaColumn("id", "int"), SchemaColumn("ordered_on", "date", day),
                 SchemaColumn("status", "varchar(12)", status, states)),
                orders, 48213, ("id",), (ForeignKey(("customer_id",), "customers", ("id",)),),
            ),
        ),
    )  # fmt: skip


def _services() -> Services:
    async def test(database: str, password: str) -> kinds.Tested:
        return TESTED

    async def propose() -> tuple[Proposal, ...]:
        return PROPOSALS

    async def load_sample(on_share: Callable[[float], None]) -> str:
        return "sqlite:////data/sales.db"

    return Services(test, propose, load_sample, lambda _: None)


def _quiet(name: str, act: Callable[[Chat, Language], Awaitable[None]]) -> Scene:
    return Scene(name, lambda lang: [best(lang)], act)


DIALOGS = (
    _quiet("sessions", see_sessions),
    _quiet("schema", see_schema),
    _quiet("suggestions", see_suggestions),
    _quiet("setup-database", see_setup_database),
    _quiet("setup-connection", see_setup_connection),
    _quiet("setup-model", see_setup_model),
)
