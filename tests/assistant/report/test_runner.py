import asyncio
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import (
    LockUnreadable,
    PersonMustAct,
    ReportNotWritable,
    ReportRunning,
    Unreachable,
)
from assistant.events import Answer, Answered, Progress
from tests.assistant.report.working import Desk, nobody, staff, wrote
from tests.assistant.scripted import ScriptedAsker
from tests.assistant.shop import write_shop

ROOT = Path(__file__).parents[3]
ABC = 'title = "Overview"\n' + "".join(
    f'[[question]]\nid = "{id}"\ntext = "{id}?"\n' for id in "abc"
)
SUM = "SELECT SUM(amount) AS total FROM orders"
PAID = wrote(SUM, ("36500",), total="decimal", sentence="{total} in all.")


class Gone(Unreachable):
    template = "no model server at {url}"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, write_shop(tmp_path / "shop.db"))
    desk.writes(ABC)
    return desk


def lines(desk: Desk) -> list[dict[str, Any]]:
    text = (desk.out / "answers.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def statuses(desk: Desk) -> list[tuple[str, str]]:
    return [(line["id"], line["status"]) for line in lines(desk)]


def names(desk: Desk) -> list[str]:
    return sorted(path.name for path in desk.out.iterdir())


async def test_every_question_is_answered_in_order_and_told(desk: Desk) -> None:
    asker = ScriptedAsker([Progress("writing"), *PAID])
    outcome = await desk.run(staff(asker))
    assert (outcome.answered, outcome.failed, outcome.unreachable) == (3, 0, False)
    assert asker.asked == ["a?", "b?", "c?"]
    assert desk.log.lines[:4] == ["starting", "started a", "writing", "a answered model"]
    assert statuses(desk) == [(id, "answered") for id in "abc"]
    assert names(desk) == [".running", "answers.jsonl", "report.html", "report.md"]


async def test_what_is_locked_runs_again_without_the_model_on_the_rows_of_now(desk: Desk) -> None:
    await desk.run(staff(ScriptedAsker(PAID)))
    with closing(sqlite3.connect(desk.shop)) as shop, shop:
        shop.execute("UPDATE orders SET amount = 1 WHERE id = 1")
    outcome = await desk.run(nobody(AssertionError("the model was opened")))
    assert outcome.answered == 3
    first = lines(desk)[0]
    assert (first["rows"], first["answer"]) == ([[35301]], "35,301 in all.")
    assert first["provenance"]["origin"] == "locked"
    assert first["provenance"]["previous"] == "36500"
    assert first["provenance"]["change"] == "-1199"


async def test_a_run_that_finds_the_same_leaves_the_lock_file_alone(desk: Desk) -> None:
    await desk.run(staff(ScriptedAsker(PAID)))
    before = desk.lock.read_bytes()
    await desk.run(nobody(AssertionError("the model was opened")))
    assert desk.lock.read_bytes() == before


async def test_another_wording_unlocks_just_that_question_and_shows_the_new_sql(
    desk: Desk,
) -> None:
    await desk.run(staff(ScriptedAsker(PAID)))
    desk.writes(ABC.replace('"b?"', '"b, paid only?"'))
    sql = SUM + " WHERE status = 'paid'"
    asker = ScriptedAsker(wrote(sql, ("36000",), total="decimal"))
    await desk.run(staff(asker))
    assert asker.asked == ["b, paid only?"]
    diff = lines(desk)[1]["provenance"]["sql_diff"]
    assert (f"-{SUM}" in diff, f"+{sql}" in diff) == (True, True)
    assert json.loads(desk.lock.read_text(encoding="utf-8"))["questions"]["b"]["sql"] == [sql]


async def test_another_schema_unlocks_what_reads_it_and_nothing_else(desk: Desk) -> None:
    people = wrote("SELECT COUNT(*) AS n FROM customers", (3,), n="integer")
    await desk.run(staff(ScriptedAsker(PAID, people, PAID)))
    with closing(sqlite3.connect(desk.shop)) as shop, shop:
        shop.execute("ALTER TABLE customers ADD COLUMN points INTEGER")
    asker = ScriptedAsker(people)
    await desk.run(staff(asker))
    assert asker.asked == ["b?"]


async def test_a_broken_expectation_unlocks_and_is_told_where_the_model_is_not_there(
    desk: Desk,
) -> None:
    await desk.run(staff(ScriptedAsker(PAID)))
    desk.writes(ABC + 'expect = { range = { total = ".. 1000" } }\n')
    outcome = await desk.run(nobody(Gone(url="x")))
    assert (outcome.answered, outcome.broken, outcome.unreachable) == (3, 1, False)
    assert lines(desk)[2]["provenance"]["broken_expectations"]
    asker = ScriptedAsker(wrote("SELECT COUNT(*) AS total FROM orders", (4,), total="integer"))
    outcome = await desk.run(staff(asker), desk.job(fresh=True))
    assert (asker.asked, outcome.broken) == (["c?"], 0)


async def test_update_asks_the_model_anew(desk: Desk) -> None:
    await desk.run(staff(ScriptedAsker(PAID)))
    asker = ScriptedAsker(PAID)
    await desk.run(staff(asker), desk.job(update=True))
    assert asker.asked == ["a?", "b?", "c?"]


MONTHLY = """
title = "{month_label}"
[parameters]
month = "2025-02"
[[question]]
id = "total"
text = "What were sales in {month_label}?"
"""
FEBRUARY = f"{SUM} WHERE ordered_on >= '2025-02-01' AND ordered_on < '2025-03-01'"


async def test_next_month_runs_the_same_sql_with_its_own_days(desk: Desk) -> None:
    desk.writes(MONTHLY)
    await desk.run(staff(ScriptedAsker(wrote(FEBRUARY, ("34000",), total="decimal"))))
    await desk.run(nobody(AssertionError("opened")), desk.job({"month": "2025-11"}))
    line = lines(desk)[0]
    assert line["sql"] == f"{SUM} WHERE ordered_on >= '2025-11-01' AND ordered_on < '2025-12-01'"
    assert line["rows"] == [[800]]
    assert (line["provenance"]["previous"], line["provenance"]["previous_of"]) == (
        "34000",
        "2025-02",
    )


async def test_the_same_month_again_is_still_compared_with_the_month_before(desk: Desk) -> None:
    desk.writes(MONTHLY)
    await desk.run(staff(ScriptedAsker(wrote(FEBRUARY, ("34000",), total="decimal"))))
    for _ in range(2):
        await desk.run(nobody(AssertionError("opened")), desk.job({"month": "2025-11"}))
    assert lines(desk)[0]["provenance"]["previous_of"] == "2025-02"


async def test_sql_that_is_not_sure_to_hold_for_another_month_is_asked_anew(desk: Desk) -> None:
    desk.writes(MONTHLY)
    sql = f"{SUM} WHERE ordered_on LIKE '2025-02%'"
    await desk.run(staff(ScriptedAsker(wrote(sql, ("34000",), total="decimal"))))
    await desk.run(nobody(AssertionError("the same month is locked")))
    asker = ScriptedAsker(wrote(sql, ("1",), total="decimal"))
    await desk.run(staff(asker), desk.job({"month": "2025-11"}))
    assert asker.asked == ["What were sales in November 2025?"]


async def test_pinned_sql_never_reaches_the_model(desk: Desk) -> None:
    desk.writes(
        'title = "t"\n[parameters]\nwho = "it\'s"\n[[question]]\nid = "a"\ntext = "x"\n'
        'sql = "SELECT COUNT(*) AS n FROM customers WHERE name = :who"\n'
        "expect = { range = { n = '5..' } }\n"
    )
    outcome = await desk.run(nobody(AssertionError("opened")), desk.job({"who": "山田"}))
    assert (outcome.answered, outcome.broken) == (1, 1)
    assert lines(desk)[0]["rows"] == [[1]]


async def test_only_some_questions_make_a_partial_report_and_keep_the_other_locks(
    desk: Desk,
) -> None:
    await desk.run(staff(ScriptedAsker(PAID)))
    await desk.run(nobody(AssertionError("opened")), desk.job(only=frozenset("b")))
    assert statuses(desk) == [("b", "answered")]
    assert "partial report" in (desk.out / "report.md").read_text(encoding="utf-8")
    assert list(json.loads(desk.lock.read_text(encoding="utf-8"))["questions"]) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("script", "status", "unreachable"),
    [
        ([KeyError("lost")], "failed", False),
        ([Answered(Answer("refused", "no", exit_code=1))], "refused", False),
        ([Answered(Answer("ask", "which?", exit_code=1))], "ask", False),
        ([Answered(Answer("failed", "down", exit_code=3))], "failed", True),
        ([Gone(url="x")], "failed", True),
    ],
)
async def test_a_question_without_an_answer_is_recorded_and_the_run_goes_on(
    desk: Desk, script: list[Any], status: str, unreachable: bool
) -> None:
    asker = ScriptedAsker(PAID, script, PAID)
    outcome = await desk.run(staff(asker))
    assert (outcome.answered, outcome.failed) == (2, 1)
    assert outcome.unreachable is unreachable
    assert statuses(desk) == [("a", "answered"), ("b", status), ("c", "answered")]


async def test_a_question_that_must_have_an_answer_ends_the_run(desk: Desk) -> None:
    desk.writes(ABC.replace('"a?"\n', '"a?"\non_error = "stop"\n'))
    asker = ScriptedAsker([KeyError("lost")], PAID)
    await desk.run(staff(asker))
    assert asker.asked == ["a?"]
    assert statuses(desk) == [("a", "failed"), ("b", "cancelled"), ("c", "cancelled")]


async def test_a_question_that_takes_too_long_is_given_up(desk: Desk) -> None:
    asker = ScriptedAsker([asyncio.Event()], PAID)
    outcome = await desk.run(staff(asker), desk.job(timeout=0.05))
    assert (outcome.answered, outcome.failed) == (2, 1)
    assert lines(desk)[0]["answer"] == "No answer within 0.05 seconds."
    assert asker.ended == ["a?", "b?", "c?"]


async def test_askers_work_at_the_same_time_and_the_report_keeps_its_order(desk: Desk) -> None:
    gate = asyncio.Event()
    slow, quick = ScriptedAsker([gate, *PAID], PAID), ScriptedAsker(PAID)

    class Opening(ScriptedAsker):
        async def ask(self, question: str) -> Any:
            gate.set()
            async for event in quick.ask(question):
                yield event

    await desk.run(staff(slow, Opening()))
    assert (slow.asked[0], quick.asked[0]) == ("a?", "b?")
    assert statuses(desk) == [(id, "answered") for id in "abc"]


async def test_a_model_that_is_not_to_be_had_leaves_the_locked_part_of_the_report(
    desk: Desk,
) -> None:
    await desk.run(staff(ScriptedAsker(PAID)))
    desk.writes(ABC + '[[question]]\nid = "d"\ntext = "d?"\n')
    outcome = await desk.run(nobody(Gone(url="x")))
    assert (outcome.answered, outcome.failed, outcome.unreachable) == (3, 1, True)
    assert statuses(desk)[3] == ("d", "failed")


async def test_an_asker_that_does_not_open_leaves_the_last_report_alone(desk: Desk) -> None:
    await desk.run(staff(ScriptedAsker(PAID)))
    desk.lock.unlink()
    with pytest.raises(Gone):
        await desk.run(nobody(Gone(url="x")))
    assert len(statuses(desk)) == 3


async def test_an_interrupted_run_writes_what_it_has_and_the_next_one_goes_on(desk: Desk) -> None:
    asker = ScriptedAsker(PAID, PAID, [asyncio.Event()])
    run = asyncio.ensure_future(desk.run(staff(asker)))
    while "started c" not in desk.log.lines:
        await asyncio.sleep(0)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert statuses(desk) == [("a", "answered"), ("b", "answered")]
    assert "partial report" in (desk.out / "report.md").read_text(encoding="utf-8")
    rest = ScriptedAsker(PAID)
    await desk.run(staff(rest))
    assert rest.asked == ["c?"]
    assert names(desk) == [".running", "answers.jsonl", "report.html", "report.md"]


async def test_after_a_lost_server_the_next_run_goes_on_and_a_fresh_one_begins_anew(
    desk: Desk,
) -> None:
    await desk.run(staff(ScriptedAsker(PAID, [Gone(url="x")], PAID)))
    with closing(sqlite3.connect(desk.shop)) as shop, shop:
        shop.execute("UPDATE orders SET amount = 1 WHERE id = 1")
    await desk.run(staff(ScriptedAsker([Gone(url="x")])))
    assert lines(desk)[0]["rows"] == [["36500"]]
    await desk.run(staff(ScriptedAsker(PAID)), desk.job(fresh=True))
    assert lines(desk)[0]["rows"] == [[35301]]


async def test_two_runs_at_once_are_refused(desk: Desk) -> None:
    gate = asyncio.Event()
    first = asyncio.ensure_future(desk.run(staff(ScriptedAsker([gate, *PAID]))))
    while "started a" not in desk.log.lines:
        await asyncio.sleep(0)
    with pytest.raises(ReportRunning):
        await desk.run(staff(ScriptedAsker(PAID)))
    gate.set()
    assert (await first).answered == 3


async def test_an_impossible_directory_is_found_before_the_model_is_loaded(desk: Desk) -> None:
    desk.out.write_text("a file", encoding="utf-8")
    with pytest.raises(ReportNotWritable):
        await desk.run(staff(ScriptedAsker(PAID)))
    assert desk.log.lines == []


@pytest.mark.parametrize("text", ["", "{}x", '{"version": 2}', '{"questions": {"a": {}}}'])
async def test_a_damaged_lock_file_is_told(desk: Desk, text: str) -> None:
    desk.lock.write_text(text, encoding="utf-8")
    with pytest.raises(LockUnreadable, match="delete it"):
        await desk.run(staff(ScriptedAsker(PAID)))


async def test_a_pinned_statement_with_an_unknown_name_is_told(desk: Desk) -> None:
    desk.writes('title = "t"\n[[question]]\nid = "a"\ntext = "x"\nsql = "SELECT :x"\n')
    with pytest.raises(PersonMustAct, match="a: there is no parameter x"):
        await desk.run(staff(ScriptedAsker(PAID)))


KILLED_RUN = """
import asyncio, sys
from datetime import timedelta
from pathlib import Path
from tests.assistant.report.working import Clock, Desk, staff
from tests.assistant.report.test_runner import PAID
from tests.assistant.scripted import ScriptedAsker

desk = Desk(Path(sys.argv[1]), Path(sys.argv[1]) / "shop.db")
desk.log.started = lambda question: print(question.id, flush=True)
desk.clock = Clock(timedelta(minutes=1))
asyncio.run(desk.run(staff(ScriptedAsker(PAID, PAID, [asyncio.Event()]))))
"""


async def test_a_killed_run_leaves_a_partial_report_and_loses_nothing_that_was_answered(
    desk: Desk, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", KILLED_RUN, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        assert [run.stdout.readline().strip() for _ in range(3)] == ["a", "b", "c"]
        run.kill()
    assert statuses(desk) == [(id, "answered") for id in "ab"]
    assert "partial report" in (desk.out / "report.md").read_text(encoding="utf-8")
    asker = ScriptedAsker(PAID)
    await desk.run(staff(asker))
    assert asker.asked == ["c?"]
    assert statuses(desk) == [(id, "answered") for id in "abc"]
