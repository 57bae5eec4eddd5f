import asyncio
from pathlib import Path

import pytest

from assistant.errors import EvaluationStopped, JournalNotOurs, JournalUnusable
from assistant.evaluation.comparison import compare
from assistant.evaluation.journal import Outcome, appending, read_journal
from assistant.evaluation.questions import GoldQuestion
from assistant.evaluation.runner import evaluate
from assistant.evaluation.summary import summarise, tables
from assistant.events import Answer, Answered
from assistant.tools import Tools
from mcp_server.server import create_server
from mcp_server.settings import load
from tests.assistant.scripted import USAGE, ScriptedAsker, Step, answered, result
from tests.assistant.shop import write_shop

COUNT = "SELECT COUNT(*) FROM customers"


def question(id: str, *gold: str, **fields: object) -> GoldQuestion:
    return GoldQuestion(id=id, question=f"{id}?", gold=gold, **fields)


def ended(status: str, **fields: object) -> list[Step]:
    return [Answered(Answer(status, "no", usage=USAGE, **{"exit_code": 1, **fields}))]


async def scored(
    folder: Path, questions: list[GoldQuestion], *askers: ScriptedAsker, **options: float
) -> list[Outcome]:
    outcomes: list[Outcome] = []
    settings = load(database=str(write_shop(folder / "shop.db")), environ={})
    async with Tools(create_server(settings)) as tools:
        await evaluate(questions, askers, tools, outcomes.append, **options)
    return outcomes


THREE = answered("3", result=result((3,), n="integer"))
FOUR = answered("4", result=result((4,), n="integer"))


@pytest.mark.parametrize(
    ("gold", "script", "kind"),
    [
        ([COUNT], THREE, "right"),
        (["SELECT 9", COUNT], THREE, "right"),
        (["SELECT nosuch", COUNT], THREE, "right"),
        ([COUNT], FOUR, "wrong"),
        ([COUNT], ended("refused"), "refused"),
        ([COUNT], ended("ask"), "asked"),
        ([COUNT], ended("failed", sql="SELECT"), "error"),
        ([COUNT], ended("failed"), "no_sql"),
        ([], ended("refused"), "right"),
        ([], ended("ask"), "right"),
        ([], THREE, "answered"),
        (["SELECT nosuch"], THREE, "skipped"),
    ],
)
async def test_an_answer_is_sorted_by_what_its_rows_are(
    tmp_path: Path, gold: list[str], script: list[Step], kind: str
) -> None:
    [outcome] = await scored(tmp_path, [question("a", *gold)], ScriptedAsker(script))
    assert outcome.kind == kind


@pytest.mark.parametrize(
    ("row", "kind"), [((1, 1), "right"), ((3, 1), "right"), ((2, 2), "wrong"), ((2, 1), "wrong")]
)
async def test_of_rows_that_are_equal_at_the_limit_each_is_right(
    tmp_path: Path, row: tuple[int, int], kind: str
) -> None:
    fewest = "SELECT customer_id, COUNT(*) AS n FROM orders GROUP BY customer_id ORDER BY n LIMIT 1"
    script = answered("one", result=result(row, customer_id="integer", n="integer"))
    [outcome] = await scored(tmp_path, [question("a", fewest)], ScriptedAsker(script))
    assert outcome.kind == kind


async def test_a_question_that_takes_too_long_is_left_and_the_next_one_asked(
    tmp_path: Path,
) -> None:
    asker = ScriptedAsker([asyncio.Event()], THREE)
    questions = [question("a", COUNT), question("b", COUNT)]
    outcomes = await scored(tmp_path, questions, asker, timeout=0.05)
    assert [outcome.kind for outcome in outcomes] == ["timeout", "right"]
    assert asker.ended == ["a?", "b?"]


async def test_several_askers_share_the_questions(tmp_path: Path) -> None:
    gate = asyncio.Event()
    waits, frees = ScriptedAsker([gate, *THREE]), ScriptedAsker(THREE)
    questions = [question(id, COUNT) for id in "abc"]

    async def free() -> None:
        while len(frees.ended) < 2:
            await asyncio.sleep(0)
        gate.set()

    freeing = asyncio.create_task(free())
    outcomes = await scored(tmp_path, questions, waits, frees)
    await freeing
    assert [outcome.id for outcome in outcomes] == ["b", "c", "a"]
    assert (waits.asked, frees.asked) == (["a?"], ["b?", "c?"])


async def test_a_model_server_that_has_gone_ends_the_run_and_the_question_is_not_done(
    tmp_path: Path,
) -> None:
    asker = ScriptedAsker(THREE, ended("failed", exit_code=3))
    with pytest.raises(EvaluationStopped, match="stopped at b"):
        await scored(tmp_path, [question("a", COUNT), question("b", COUNT)], asker)
    assert asker.asked == ["a?", "b?"]


async def test_a_journal_holds_what_was_done_also_when_its_last_line_was_cut(
    tmp_path: Path,
) -> None:
    outcomes = await scored(tmp_path, [question("質問", COUNT)], ScriptedAsker(THREE))
    path = tmp_path / "new" / "run.journal"
    with appending(path) as append:
        append(outcomes[0])
    with path.open("a", encoding="utf-8") as file:
        file.write('{"id": "b", "que')
    assert read_journal(path) == outcomes
    with appending(path) as append:
        append(outcomes[0])
    assert read_journal(path) == outcomes * 2


def test_a_file_that_is_no_journal_is_not_taken_for_one(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text('{"id": 1}\n', encoding="utf-8")
    with pytest.raises(JournalNotOurs):
        read_journal(file)
    with pytest.raises(JournalUnusable):
        read_journal(tmp_path / "nothing")


async def test_the_numbers_are_by_difficulty_and_language_without_what_was_skipped(
    tmp_path: Path,
) -> None:
    questions = [
        question("a", COUNT, difficulty="easy"),
        question("b", COUNT, difficulty="hard"),
        question("c", "SELECT nosuch", difficulty="hard"),
        question("円", COUNT, difficulty="hard"),
    ]
    summary = summarise(await scored(tmp_path, questions, ScriptedAsker(THREE, FOUR, THREE)))
    found = {group.name: (group.kinds["right"], group.asked) for group in summary.groups}
    assert found == {"all": (2, 3), "easy": (1, 1), "hard": (1, 2), "en": (1, 2), "ja": (1, 1)}
    assert (summary.costs["new"].p50, summary.costs["calls"].mean) == (100, 1)
    assert "| hard | 2 | 1 | 50% | 1 | 1 |" in tables(summary)
    assert summary.as_json()["groups"][0]["share"] == 0.6667


async def test_nine_of_ten_questions_cost_no_more_than_p90(tmp_path: Path) -> None:
    [outcome] = await scored(tmp_path, [question("a", COUNT)], ScriptedAsker(THREE))
    assert summarise([outcome] * 9).costs["generated"].p90 == 42
    assert summarise([]).costs["generated"].p90 == 0


async def test_two_runs_are_compared_question_by_question(tmp_path: Path) -> None:
    questions = [question(id, COUNT) for id in "abc"]
    before = await scored(tmp_path, questions, ScriptedAsker(THREE, FOUR, THREE))
    (tmp_path / "again").mkdir()
    after = await scored(tmp_path / "again", questions, ScriptedAsker(FOUR, THREE, THREE))
    told = compare(before, after)
    assert "| a | right | wrong |\n| b | wrong | right |" in told
    assert "| c |" not in told
    assert "A 67%, B 67%; won 1, lost 1" in told
    assert compare(before, before) == "questions in both: 3; A 67%, B 67%; won 0, lost 0"
