import hashlib
import re
import subprocess
import sys
from datetime import date

import pytest

from assistant import prompt
from assistant.followup import Earlier
from assistant.model import Message
from tests.assistant.shop import SCHEMA

TODAY = date(2026, 7, 1)
RULES: list[Message] = [{"role": "system", "content": "rules"}]
DIGEST = (
    "import hashlib; from assistant.prompt import prefix; from tests.assistant.shop import SCHEMA;"
    "print(hashlib.sha256(prefix(SCHEMA).encode()).hexdigest())"
)


def test_the_schema_is_one_line_a_table() -> None:
    assert [prompt.table_line(table) for table in SCHEMA.tables] == [
        "customers(id, name 氏名, kind {'個人','法人'}) -- 顧客",
        "orders(id, customer_id->customers.id, status {'paid','cancelled','it''s open'},"
        " ordered_on date 2023-01-01..2025-12-31, amount)",
    ]


def test_the_prefix_is_the_same_bytes_in_every_process(request: pytest.FixtureRequest) -> None:
    here = hashlib.sha256(prompt.prefix(SCHEMA).encode()).hexdigest()
    for seed in ("1", "2"):
        there = subprocess.run(
            [sys.executable, "-c", DIGEST],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(request.config.rootpath)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert there.stdout.strip() == here
    assert "MariaDB 10.11.19 SELECT" in prompt.prefix(SCHEMA)


def test_nothing_of_the_question_or_the_day_stands_before_the_schema_ends() -> None:
    parts = (
        prompt.question_part("今日の注文は？", ["a: b"], TODAY, [("昨日は？", "SELECT 1")]),
        prompt.question_part("How many?"),
    )
    first, second = (prompt.messages(prompt.opening(SCHEMA), part) for part in parts)
    assert first[:-1] == second[:-1]
    assert "2026" not in str(first[:-1])
    assert first[-1]["content"] == (
        "Verified: 昨日は？\nSELECT 1\nToday: 2026-07-01\n今日の注文は？\nHints: a: b"
    )
    assert second[-1]["content"] == "How many?"


def test_a_follow_up_sees_the_question_the_statement_and_the_columns_before_it() -> None:
    earlier = Earlier("How many?", "SELECT 1 AS n", ("n",))
    first, *exchange, last = prompt.messages(RULES, "And paid?", earlier)
    assert first == prompt.messages(RULES, "How many?")[0]
    assert [message["content"] for message in exchange] == ["How many?", '{"sql": "SELECT 1 AS n"}']
    assert last["content"] == "Columns: n\nAnd paid?"


def test_a_repair_extends_the_first_prompt_so_that_all_of_it_is_cached() -> None:
    earlier = prompt.messages(RULES, "question")
    later = prompt.repair(earlier, "{}", "no such column: x")
    assert later[: len(earlier)] == earlier
    assert [message["role"] for message in later[len(earlier) :]] == ["assistant", "user"]
    assert "no such column: x" in str(later[-1]["content"])


def accepts(question: str, sentence: str) -> bool:
    return re.fullmatch(prompt.sentence_pattern(question), sentence) is not None


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "{n}",
        "The total is {total}.",
        "{合計} in total.",
        "In 2025 there were {n} orders.",
        "{name} leads with {n} in 2025, of the top 5.",
        "{a}, {b}, {c}, {d}, {e}",
    ],
)
def test_a_sentence_has_slots_and_the_numbers_of_the_question(sentence: str) -> None:
    assert accepts("What were the top 5 in 2025?", sentence)


@pytest.mark.parametrize(
    ("question", "sentence", "allowed"),
    [
        ("2025年の売上は?", "{total}円です。", True),
        ("2025年の売上は?", "2025年は{total}円です。", True),
        ("2025年の売上は?", "The total is {total}.", False),
        ("2025年の売上は?", "{total}yenです。", False),
        ("iPhoneの売上は?", "iPhoneは{total}円です。", True),
        ("How many orders?", "{n}件です。", False),
        ("How many orders from 東京?", "There are {n} from 東京.", True),
    ],
)
def test_a_sentence_is_in_the_language_of_the_question(
    question: str, sentence: str, allowed: bool
) -> None:
    assert accepts(question, sentence) is allowed


@pytest.mark.parametrize(
    "sentence",
    [
        "There were 17 orders.",
        "In 2024 there were {n} orders.",
        "In 20250 there were {n}.",
        "In 202 there were {n}.",
        "{n",
        "{}",
        "{n} and {n2}",
        'a "quote"',
        "back\\slash",
        "two\nlines {n}",
        "word " * 50,
    ],
)
def test_a_sentence_with_anything_else_cannot_be_written(sentence: str) -> None:
    assert not accepts("What were the top 5 in 2025?", sentence)


def test_without_a_number_in_the_question_there_is_none_in_the_sentence() -> None:
    assert accepts("How many?", "There are {n}.")
    assert not accepts("How many?", "There are 5.")


def test_the_reply_is_one_of_three_objects_and_a_repair_only_a_statement() -> None:
    first, repair = prompt.reply_schema("Top 5?"), prompt.repair_schema("Top 5?")
    kinds = first.schema["anyOf"]
    assert [kind["required"] for kind in kinds] == [["sql"], ["ask", "choices"], ["refuse"]]
    assert list(kinds[0]["properties"]) == ["sql", "answer"]
    assert repair.schema == kinds[0]
    assert kinds[0]["properties"]["answer"]["pattern"] == prompt.sentence_pattern("Top 5?")
