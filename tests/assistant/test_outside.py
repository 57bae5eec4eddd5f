import pytest

from assistant.outside import outside_word
from assistant.schema import Schema, SchemaColumn, Table
from tests.assistant.shop import SCHEMA

RIVALS = Table("competitors", (SchemaColumn("share_price", "int", "株価"),), comment="競合他社")


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("What were our competitors' sales in 2025?", "competitors"),
        ("How does that compare to our industry's average?", "industry"),
        ("What is our Share Price right now?", "share price"),
        ("Is it more than at other companies?", "other companies"),
        ("競合の売上は？", "競合"),
        ("業界の平均は？", "業界"),
    ],
)
def test_the_world_around_is_outside_where_nothing_is_called_so(question: str, word: str) -> None:
    assert outside_word(question, SCHEMA, ()) == word
    assert outside_word(question, SCHEMA, (f"{word}: status = 'x'",)) is None


@pytest.mark.parametrize(
    "question",
    ["Which competitors do we have?", "What is their share price?", "株価は？", "競合は？"],
)
def test_what_the_schema_names_is_inside(question: str) -> None:
    schema = Schema("default", "mysql", "9.7", (*SCHEMA.tables, RIVALS))

    assert outside_word(question, schema, ()) is None


@pytest.mark.parametrize(
    "question", ["Which customers share an order?", "How many orders?", "売上は？"]
)
def test_common_words_are_not_outside(question: str) -> None:
    assert outside_word(question, SCHEMA, ()) is None
