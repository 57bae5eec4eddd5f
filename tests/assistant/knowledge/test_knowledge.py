from pathlib import Path

import pytest

from assistant.errors import KnowledgeInvalid, KnowledgeUnusable
from assistant.knowledge.checking import missing_names, stale
from assistant.knowledge.files import (
    EMPTY,
    Glossary,
    Knowledge,
    Note,
    Pair,
    Term,
    add_pair,
    read_knowledge,
)
from assistant.knowledge.retrieval import pairs_like, terms_in
from tests.assistant.shop import SCHEMA

GLOSSARY = """
fiscal_year_starts = 4
[[term]]
name = "粗利"
synonyms = ["gross profit"]
means = "売上から原価を引いた額"
sql = "SUM(amount * 0.3)"
"""
NOTES = """
[[note]]
table = "orders"
column = "amount"
text = "税込"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "glossary.toml").write_text(GLOSSARY, encoding="utf-8")
    (tmp_path / "notes.toml").write_text(NOTES, encoding="utf-8")
    add_pair(tmp_path, Pair(question="注文は何件？", sql="SELECT COUNT(*) FROM orders"))
    return tmp_path


def test_a_folder_is_read_and_a_missing_one_holds_nothing(folder: Path) -> None:
    knowledge = read_knowledge(folder)
    assert knowledge.glossary.fiscal_year_starts == 4
    assert [term.name for term in knowledge.glossary.term] == ["粗利"]
    assert knowledge.notes == (Note(table="orders", column="amount", text="税込"),)
    assert [pair.question for pair in knowledge.pairs] == ["注文は何件？"]
    assert read_knowledge(folder / "nothing") == EMPTY


def test_a_pair_takes_the_place_of_an_earlier_one_of_the_same_question(folder: Path) -> None:
    add_pair(folder, Pair(question="注文は何件?", sql="SELECT 2 FROM orders"))
    assert [pair.sql for pair in read_knowledge(folder).pairs] == ["SELECT 2 FROM orders"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("glossary.toml", "[[term]]\nnam = 1", "term.0"),
        ("glossary.toml", "x = ", "glossary.toml"),
        ("glossary.toml", "fiscal_year_starts = 13", "fiscal_year_starts"),
        ("notes.toml", "[[note]]\ntable = 'x'", "text"),
        ("pairs.jsonl", '{"question": "x"}', "sql"),
    ],
)
def test_a_file_that_is_not_right_is_named(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeInvalid, match=said):
        read_knowledge(tmp_path)


def test_a_file_that_cannot_be_read_or_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "pairs.jsonl").mkdir()
    with pytest.raises(KnowledgeUnusable, match=r"pairs\.jsonl"):
        read_knowledge(tmp_path)
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(KnowledgeUnusable):
        add_pair(tmp_path / "file" / "below", Pair(question="a", sql="b"))


def test_notes_stand_among_the_schemas_comments() -> None:
    knowledge = Knowledge(
        notes=(
            Note(table="Orders", column="AMOUNT", text="税込"),
            Note(table="customers", text="退会者を含む"),
        )
    )
    customers, orders = knowledge.annotated(SCHEMA).tables
    assert customers.comment == "顧客; 退会者を含む"
    amount, name = orders.column("amount"), customers.column("name")
    assert amount is not None
    assert name is not None
    assert (amount.comment, name.comment) == ("税込", "氏名")
    assert EMPTY.annotated(SCHEMA) == SCHEMA


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("今月の粗利は？", ["粗利 = 売上から原価を引いた額, SUM(amount * 0.3)"]),
        ("Gross Profit of 2025?", ["粗利 = 売上から原価を引いた額, SUM(amount * 0.3)"]),
        ("gross profits", []),
        ("売上は？", []),
    ],
)
def test_a_term_is_told_when_the_question_says_it(
    folder: Path, question: str, told: list[str]
) -> None:
    assert terms_in(question, read_knowledge(folder)) == told


PAIRS = Knowledge(
    pairs=(
        Pair(question="2024年の売上を月別に教えてください", sql="a"),
        Pair(question="How many orders were cancelled in 2024?", sql="b"),
        Pair(question="How many orders were cancelled in 2023?", sql="c"),
        Pair(question="How many orders were cancelled in 2022?", sql="d"),
        Pair(question="東京都の個人のお客様は何人?", sql="SELECT 1 WHERE p = '東京都'"),
    )
)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("2025年の売上を月別に教えて", ["a"]),
        ("How many orders were cancelled in 2025?", ["b", "c"]),
        ("How many customers are there?", []),
        ("在庫は？", []),
        ("2024年の売上を地域別に教えてください", []),
        ("How many parcels were cancelled in 2025?", []),
        ("大阪府の個人のお客様は何人?", ["SELECT 1 WHERE p = '東京都'"]),
        ("", []),
    ],
)
def test_only_really_similar_questions_are_shown(question: str, found: list[str]) -> None:
    assert [pair.sql for pair in pairs_like(question, PAIRS)] == found


@pytest.mark.parametrize(
    ("sql", "missing"),
    [
        ("SELECT COUNT(*) FROM orders", []),
        ("SELECT o.amount, x FROM orders o", ["x"]),
        ("SELECT id FROM ordrs", ["ordrs"]),
        ("SELECT amount AS a FROM orders ORDER BY a", []),
        ("WITH t AS (SELECT id FROM orders) SELECT id FROM t", []),
        ("SELECT (", ["SELECT ("]),
    ],
)
def test_names_that_the_schema_lacks_are_found(sql: str, missing: list[str]) -> None:
    assert missing_names(sql, SCHEMA) == missing


def test_what_has_gone_stale_is_named() -> None:
    knowledge = Knowledge(
        Glossary(
            term=(
                Term(name="a", sql="SUM(total)"),
                Term(name="b", sql="SUM(amount)"),
                Term(name="c"),
                Term(name="d", sql="SUM("),
            )
        ),
        (
            Note(table="orders", column="total", text="n1"),
            Note(table="lost", text="n2"),
            Note(table="orders", text="n3"),
        ),
        (Pair(question="q", sql="SELECT total FROM orders"),),
    )
    assert list(stale(knowledge, SCHEMA)) == [
        ("glossary: a", "total"),
        ("glossary: d", "SUM("),
        ("notes: n1", "orders.total"),
        ("notes: n2", "lost"),
        ("pairs: q", "total"),
    ]
