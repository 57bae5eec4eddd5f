"""Values as they are stored, where a statement says them in the question's words."""

import pytest

from assistant.binding import bind
from assistant.linking import Link
from tests.assistant.shop import SCHEMA

KYOTO = Link("京都", ("customers.name",), ("京都府",), exact=False)
OBRIEN = Link("O'Brian", ("customers.name",), ("O'Brien",), exact=False)
SEVERAL = Link("京都", ("customers.name",), ("京都府", "京都市"), exact=False)
EXACT = Link("京都", ("customers.name",), ("京都",), exact=True)


def bound(condition: str, *links: Link) -> str:
    sql = f"SELECT c.id FROM customers c WHERE {condition}"
    return bind(sql, SCHEMA, links=links).sql.partition("WHERE ")[2]


@pytest.mark.parametrize(
    ("written", "stored", "link"),
    [
        ("c.name = '京都'", "c.name = '京都府'", KYOTO),
        ("name <> '京都'", "name <> '京都府'", KYOTO),
        ("c.name IN ('東京都', '京都')", "c.name IN ('東京都', '京都府')", KYOTO),
        ("c.name = 'o''brian'", "c.name = 'O''Brien'", OBRIEN),
        (
            "c.id IN (SELECT d.id FROM customers d WHERE d.name = '京都')",
            "c.id IN (SELECT d.id FROM customers d WHERE d.name = '京都府')",
            KYOTO,
        ),
    ],
)
def test_the_word_of_the_question_becomes_the_value(written: str, stored: str, link: Link) -> None:
    assert bound(written, link) == stored
    assert bound(stored, link) == stored
    assert bound(written) == written


@pytest.mark.parametrize(
    ("condition", "link"),
    [
        ("c.name = '京都'", SEVERAL),
        ("c.name = '京都'", EXACT),
        ("c.kind = '京都'", KYOTO),
        ("c.name LIKE '%京都%'", KYOTO),
        ("c.name = '奈良'", KYOTO),
        ("c.id = 5", KYOTO),
        ("CONCAT(c.name, '') = '京都'", KYOTO),
    ],
)
def test_all_else_stays_as_it_was_written(condition: str, link: Link) -> None:
    assert bound(condition, link) == condition
