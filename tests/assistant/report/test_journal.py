from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from assistant.report.journal import NAME, open_journal, question_key
from tests.assistant.report.documents import MANY, TOTAL, finished

NOW = datetime.fromisoformat("2026-01-05T09:30:00+09:00")


def kept(directory: Path, count: int = 2) -> None:
    journal = open_journal(directory, NOW)
    for name, key in [("total", "1"), ("多い", "2")][:count]:
        journal.append(replace(finished()[name], at=NOW.isoformat()), key)


def test_an_answer_comes_back_as_it_was(tmp_path: Path) -> None:
    kept(tmp_path)
    again = open_journal(tmp_path, NOW)
    assert again.resumed(TOTAL, "1") == replace(finished()["total"], at=NOW.isoformat())
    assert again.resumed(MANY, "2") == replace(finished()["多い"], at=NOW.isoformat())
    assert again.resumed(TOTAL, "3") is None


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_line_that_broke_off_is_cut_and_the_next_one_is_whole(
    tmp_path: Path, share: float
) -> None:
    kept(tmp_path)
    path = tmp_path / NAME
    first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first + second[: int(len(second) * share)])
    torn = open_journal(tmp_path, NOW)
    assert torn.resumed(TOTAL, "1") is not None
    assert torn.resumed(MANY, "2") is None
    kept(tmp_path)
    assert open_journal(tmp_path, NOW).resumed(MANY, "2") is not None


def test_an_old_or_unwanted_journal_is_not_resumed(tmp_path: Path) -> None:
    kept(tmp_path)
    assert open_journal(tmp_path, NOW + timedelta(days=2)).resumed(TOTAL, "1") is None
    assert open_journal(tmp_path, NOW, fresh=True).resumed(TOTAL, "1") is None
    assert not (tmp_path / NAME).exists()


def test_another_text_value_or_database_is_another_question() -> None:
    keys = {
        question_key(TOTAL, {"month": "2025-12"}, "a"),
        question_key(TOTAL, {"month": "2025-11"}, "a"),
        question_key(TOTAL, {"month": "2025-12"}, "b"),
        question_key(TOTAL.model_copy(update={"text": "x"}), {"month": "2025-12"}, "a"),
    }
    assert len(keys) == 4
    noted = TOTAL.model_copy(update={"note": "x"})
    assert question_key(noted, {"month": "2025-12"}, "a") in keys
