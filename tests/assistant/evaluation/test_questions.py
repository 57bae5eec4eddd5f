import json
from collections import Counter
from pathlib import Path

import pytest

from assistant.errors import DuplicateGoldId, GoldFileUnreadable, GoldLineInvalid
from assistant.evaluation.questions import read_gold

UNANSWERABLE = Path(__file__).parents[2] / "benchmarks" / "unanswerable.jsonl"
SALES = Path(__file__).parents[3] / "examples" / "sales" / "questions.jsonl"


def written(folder: Path, *lines: object) -> Path:
    file = folder / "gold.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in lines) + "\n\n", encoding="utf-8")
    return file


def test_the_questions_of_the_sample_are_read() -> None:
    questions = read_gold(SALES)
    assert {question.spoken for question in questions} == {"en", "ja"}
    assert all(question.gold for question in questions)


def test_the_unanswerable_questions_are_of_three_kinds_in_both_languages() -> None:
    questions = read_gold(UNANSWERABLE)
    counts = Counter((question.difficulty, question.spoken) for question in questions)
    assert {kind for kind, _ in counts} == {"not_in_schema", "outside", "ambiguous"}
    assert all(counts[kind, "en"] == counts[kind, "ja"] for kind, _ in counts)
    assert len(questions) >= 60
    assert not any(question.gold for question in questions)


def test_one_gold_may_stand_without_a_list_and_unknown_keys_are_passed_over(tmp_path: Path) -> None:
    [question] = read_gold(
        written(tmp_path, {"id": "a", "question": "何？", "gold": "SELECT 1", "x": 1})
    )
    assert (question.gold, question.spoken, question.order) == (("SELECT 1",), "ja", False)


def test_a_question_of_another_database_or_with_a_doubtful_gold_is_not_for_this_one(
    tmp_path: Path,
) -> None:
    one = {"question": "?", "gold": "SELECT 1"}
    file = written(
        tmp_path,
        one | {"id": "a"},
        one | {"id": "b", "db": "shop"},
        one | {"id": "c", "db": "other"},
        one | {"id": "d", "suspect": True},
    )
    assert [question.id for question in read_gold(file) if question.about("shop")] == ["a", "b"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"id": "a", "question": "?"}, "line 1: gold"),
        ({"id": "", "question": "?", "gold": []}, "line 1: id"),
        ([], "line 1"),
        ({"id": "a", "question": "?", "gold": [], "language": "de"}, "line 1: language"),
    ],
)
def test_a_line_that_is_no_question_is_named(tmp_path: Path, line: object, said: str) -> None:
    with pytest.raises(GoldLineInvalid, match=said):
        read_gold(written(tmp_path, line))


def test_two_questions_of_one_id_are_refused(tmp_path: Path) -> None:
    line = {"id": "a", "question": "?", "gold": []}
    with pytest.raises(DuplicateGoldId, match="line 2"):
        read_gold(written(tmp_path, line, line))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(GoldFileUnreadable, match=r"nothing\.jsonl"):
        read_gold(tmp_path / "nothing.jsonl")
