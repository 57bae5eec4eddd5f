"""Documents to write down: one with everything in it that a writer must cope with."""

from datetime import datetime

from assistant.events import Answer
from assistant.report.document import Document, assembled
from assistant.report.outcome import Finished
from assistant.report.questions import Expect, Question, QuestionFile, Section, Summary
from tests.assistant.scripted import USAGE, result

AT = datetime(2026, 1, 5, 9, 30)
HOSTILE = 'a|b\n<script>alert(1)</script>&"\x1b=1+1'
TOTAL = Question(
    id="total",
    text="売上合計は？",
    heading="売上合計",
    note="税抜きです。",
    formats={"sales": "yen"},
)
MANY = Question(id="多い", text="月別は？", formats={"sales": "yen"})
FAILED = Question(id="failed", text="天気は？")
FILE = QuestionFile(
    title="売上の概要 <i>",
    text="前書き。",
    summary=Summary(),
    question=[TOTAL],
    section=[Section(heading="詳細", text="段落。", question=[MANY, FAILED])],
)
ROWS = result(
    ("2025-01", 12345, "0.5", "2025-01-31", "2025-01-31 10:20:30", 1),
    ("2025-02", 23456, "123456789012345678", None, None, 0),
    (HOSTILE, -5, None, "0000-00-00", "x", None),
    month="text",
    sales="integer",
    exact="decimal",
    day="date",
    at="datetime",
    open="boolean",
)


def finished() -> dict[str, Finished]:
    """How each question of the file ended."""
    one = Answer(
        "answered",
        "合計は 12,345 円です。",
        sql="SELECT 1 AS `n`",
        result=result((12345,), sales="integer"),
        notes=("行は1つ",),
        usage=USAGE,
        model="m",
        database="sales",
    )
    many = Answer("answered", "3 行あります。", sql=f"SELECT '```' -- {HOSTILE}", result=ROWS)
    failed = Answer("refused", "天気は <わかりません>。")
    return {
        "total": Finished(
            TOTAL, one, AT.isoformat(), previous="10000", previous_of="2025-11", broken=("違う",)
        ),
        "多い": Finished(MANY, many, AT.isoformat(), origin="locked", diff=("-a", "+b")),
        "failed": Finished(FAILED, failed),
    }


def document(**changes: object) -> Document:
    """The report of it all."""
    parts = {"at": AT, "database": "sales", "parameters": {"month": "2025-12"}, "partial": False}
    return assembled(FILE, finished(), **(parts | changes))


def long_document(questions: int, rows: int) -> Document:
    """As many questions, each with as many rows."""
    asked = [Question(id=f"q{n}", text=f"質問 {n}", expect=Expect()) for n in range(questions)]
    cells = result(
        *((f"項目 {n}", n * 1000, f"2025-01-{n % 28 + 1:02}") for n in range(rows)),
        name="text", sales="integer", day="date",
    )  # fmt: skip
    done = {q.id: Finished(q, Answer("answered", "答え", "SELECT 1", cells)) for q in asked}
    file = QuestionFile(title="長いレポート", question=asked)
    return assembled(file, done, at=AT, database="d", parameters={}, partial=False)
