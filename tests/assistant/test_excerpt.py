from collections.abc import Sequence
from dataclasses import replace

from assistant.excerpt import Excerpt, budget_of, tokens_of
from assistant.schema import Schema
from tests.assistant.shop import SCHEMA

CUSTOMERS, ORDERS = SCHEMA.tables
PARTS = tuple(replace(ORDERS, name=f"orders_{at:02}") for at in range(40))
LARGE = replace(SCHEMA, tables=PARTS)
ROOM = tokens_of(PARTS[:6])


class Shelves:
    """Finds the tables whose number the question says, and keeps what was asked."""

    def __init__(self, whole: Schema = LARGE, beside: dict[str, list[str]] | None = None) -> None:
        self.asked: list[str] = []
        self._whole = whole
        self._beside = beside or {}

    async def schema(self, tables: Sequence[str] = ()) -> Schema:
        return replace(self._whole, tables=tuple(t for t in self._whole.tables if t.name in tables))

    async def tables_about(self, text: str) -> list[str]:
        self.asked.append(text)
        return self._beside.get(text) or [f"orders_{number}" for number in text.split()]


async def names(excerpt: Excerpt, question: str) -> list[str]:
    return [table.name for table in (await excerpt.about(question)).tables]


async def test_a_schema_that_fits_is_shown_whole_and_nothing_is_searched() -> None:
    shelves = Shelves()
    excerpt = Excerpt(shelves, SCHEMA)
    assert await excerpt.about("01") is SCHEMA
    assert shelves.asked == []


async def test_of_a_large_schema_a_question_brings_its_tables_behind_those_before() -> None:
    excerpt = Excerpt(Shelves(), LARGE, ROOM)
    assert await names(excerpt, "") == []
    assert await names(excerpt, "07 03") == ["orders_07", "orders_03"]
    assert await names(excerpt, "03 01") == ["orders_07", "orders_03", "orders_01"]


async def test_a_question_brings_the_best_tables_only_and_a_full_excerpt_begins_anew() -> None:
    excerpt = Excerpt(Shelves(), LARGE, ROOM)
    assert await names(excerpt, "01 02 03 04") == ["orders_01", "orders_02"]
    assert len(await names(excerpt, "05 06")) == 4
    assert len(await names(excerpt, "07 08")) == 6
    assert await names(excerpt, "09 10") == ["orders_09", "orders_10"]


async def test_tables_that_a_key_leads_to_come_along_and_others_that_fit_little_do_not() -> None:
    alone = tuple(replace(one, foreign_keys=()) for one in PARTS[1:])
    way = replace(PARTS[0], foreign_keys=(replace(ORDERS.foreign_keys[0], table="orders_01"),))
    shelves = Shelves(replace(SCHEMA, tables=(way, *alone)), {"orders_01": ["orders_00"]})
    excerpt = Excerpt(shelves, replace(LARGE, left_out=1), 3 * ROOM)
    assert await names(excerpt, "01 none 03 04") == ["orders_01", "orders_00"]


async def test_tables_that_the_tools_left_out_make_a_schema_large() -> None:
    excerpt = Excerpt(Shelves(), replace(SCHEMA, left_out=3))
    assert await names(excerpt, "05") == ["orders_05"]


def test_the_tables_take_a_third_of_a_small_context_and_never_more_than_helps() -> None:
    assert (budget_of(8192), budget_of(131072), budget_of(None)) == (2730, 6000, 6000)
    assert tokens_of([replace(CUSTOMERS, comment="顧客の一覧")]) > tokens_of([CUSTOMERS])
