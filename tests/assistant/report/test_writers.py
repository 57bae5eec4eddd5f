import json
from datetime import datetime
from pathlib import Path

import pytest

from assistant.errors import ReportNotWritable
from assistant.events import Answer
from assistant.report.questions import Question
from assistant.report.writers import Finished, answers_file, make_directory, write_markdown
from tests.assistant.scripted import USAGE, result

AT = datetime(2026, 1, 5, 9, 30)
ROWS = result(("東京都", 12345), ("a|b\n<i>", None), name="text", sales="integer")
TOTAL = Finished(
    Question("total", "売上合計は？", "売上合計", "税抜きです。"),
    Answer(
        "answered",
        "合計は 12,345 円です。",
        sql="SELECT 1 AS `n`",
        result=ROWS,
        notes=("行は2つ",),
        usage=USAGE,
        model="m",
        database="sales",
    ),
)


def markdown(directory: Path, *finished: Finished, title: str = "売上の概要") -> str:
    write_markdown(directory, title, finished, AT)
    return (directory / "report.md").read_text(encoding="utf-8")


def test_a_question_is_a_section_with_all_that_belongs_to_it(tmp_path: Path) -> None:
    assert markdown(tmp_path, TOTAL) == (
        "# 売上の概要\n\n"
        "*2026-01-05 09:30 · 1 問中 1 問に回答*\n\n"
        "## 売上合計\n\n"
        "> 売上合計は？\n\n"
        "税抜きです。\n\n"
        "合計は 12,345 円です。\n\n"
        "| name | sales |\n"
        "| --- | ---: |\n"
        "| 東京都 | 12,345 |\n"
        "| a\\|b⏎&lt;i> | NULL |\n\n"
        "- 注意: 行は2つ\n\n"
        "```sql\nSELECT 1 AS `n`\n```\n\n"
        "*m · sales · プロンプト 新規 100 + キャッシュ 1,100 トークン · 生成 42"
        " · 17.5 tok/s · 3.2 秒*\n"
    )


def test_a_question_without_an_answer_says_why_and_counts(tmp_path: Path) -> None:
    failed = Finished(Question("x", "Rain?", "Rain?"), Answer("refused", "No weather <here>."))
    text = markdown(tmp_path, failed, title="Overview")
    assert "0 of 1 questions answered" in text
    assert "**Not answered:** No weather &lt;here>." in text


def test_a_long_table_is_cut_and_says_so(tmp_path: Path) -> None:
    rows = result(*((n,) for n in range(1_200)), n="integer")
    long = Finished(Question("x", "q", "q"), Answer("answered", "many", result=rows))
    text = markdown(tmp_path, long, title="Overview")
    assert text.count("\n| ") == 102
    assert "100 of 1,200 rows; answers.jsonl has all." in text


def test_sql_cannot_leave_its_fence(tmp_path: Path) -> None:
    sql = "SELECT '```\n# x'"
    fenced = Finished(Question("x", "q", "q"), Answer("answered", "a", sql=sql))
    assert f"````sql\n{sql}\n````" in markdown(tmp_path, fenced)


def test_a_report_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    old = markdown(tmp_path, TOTAL)
    surrogate = Finished(Question("x", "q", "q"), Answer("answered", "not text \ud800"))
    with pytest.raises(UnicodeEncodeError):
        markdown(tmp_path, surrogate)
    assert (tmp_path / "report.md").read_text(encoding="utf-8") == old
    markdown(tmp_path, TOTAL)
    assert [path.name for path in tmp_path.iterdir()] == ["report.md"]


def test_a_line_is_the_object_of_ask_with_id_and_question_and_is_there_at_once(
    tmp_path: Path,
) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_text("of an earlier run\n", encoding="utf-8")
    with answers_file(tmp_path) as append:
        append(TOTAL)
        line = json.loads(path.read_text(encoding="utf-8"))
    assert list(line) == [
        "id",
        "question",
        "status",
        "answer",
        "sql",
        "columns",
        "rows",
        "row_count",
        "truncated",
        "notes",
        "choices",
        "default",
        "model",
        "database",
        "usage",
    ]
    assert (line["id"], line["question"], line["row_count"]) == ("total", "売上合計は？", 2)
    assert line["columns"][1] == {"name": "sales", "type": "integer"}
    assert line["rows"][1] == ["a|b\n<i>", None]
    assert line["usage"]["tokens_per_second"] == 17.5


def test_a_directory_that_cannot_be_is_named(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file", encoding="utf-8")
    with pytest.raises(ReportNotWritable, match="taken"):
        make_directory(taken)
    with pytest.raises(ReportNotWritable, match=r"answers\.jsonl"), answers_file(taken):
        pass
    with pytest.raises(ReportNotWritable, match=r"report\.md"):
        write_markdown(taken, "t", [], AT)
