"""`kotae report` as a person types it: a process, a model server, a database."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import create_engine, text

from tests.e2e.test_ask import Done, kotae, told_in_one_line
from tests.fixtures.databases import free_port, private_mariadb
from tests.fixtures.models import KOTAE
from tests.fixtures.scripted_model import (
    UNAVAILABLE,
    Fault,
    Hang,
    Reply,
    ScriptedModel,
    Text,
    statement,
)
from tests.fixtures.waiting import ENDLESS, running, until, write_numbers

EXAMPLES = Path(__file__).parents[2] / "examples" / "reports"
FILE = """
title = "Sales"
[parameters]
year = "2025"
[[question]]
id = "customers"
text = "How many customers?"
[[question]]
id = "orders"
text = "How many orders in {year}?"
[[question]]
id = "stores"
text = "How many stores?"
"""
CUSTOMERS = statement("SELECT COUNT(*) AS n FROM customers", "There are {n} customers.")
ORDERS = statement(
    "SELECT COUNT(*) AS n FROM orders WHERE order_date BETWEEN '2025-01-01' AND '2025-12-31'"
)
STORES = statement("SELECT COUNT(*) AS n FROM stores")
ALL = [CUSTOMERS, ORDERS, STORES]
Report = Callable[..., Done]


@pytest.fixture
def report(scripted_model: ScriptedModel, sales_sqlite: Path) -> Report:
    """Report over the sample, with these replies of the model."""

    def reported(*flags: str, replies: list[Reply], file: str = FILE, **environ: str) -> Done:
        scripted_model.plays(*replies)
        Path("q.toml").write_text(file, encoding="utf-8")
        place = ("-d", str(sales_sqlite), "--endpoint", scripted_model.url)
        return kotae("report", "q.toml", "-o", "out", *place, *flags, **environ)

    return reported


def lines() -> list[dict[str, Any]]:
    content = Path("out/answers.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in content.splitlines()]


def statuses() -> list[str]:
    return [line["status"] for line in lines()]


def test_a_report_is_made_and_made_again_without_the_model(
    report: Report, scripted_model: ScriptedModel
) -> None:
    first = report(replies=ALL)
    assert first.returncode == 0, first.stderr
    assert first.stderr.splitlines()[0].startswith("[1/3] customers: answered (rows: 1, ")
    assert first.stdout == ""
    calls = len(scripted_model.requests)
    again = report("--format", "html,md,json,csv,xlsx", replies=[])
    assert (again.returncode, len(scripted_model.requests)) == (0, calls)
    assert "[1/3] customers: locked SQL (rows: 1)" in again.stderr
    assert Path("out/csv/customers.csv").read_text(encoding="utf-8").startswith("n\n")
    assert openpyxl.load_workbook("out/report.xlsx").sheetnames[1:] == [
        "customers",
        "orders",
        "stores",
    ]


def test_another_year_runs_the_locked_sql_with_its_own_days(report: Report) -> None:
    report(replies=ALL)
    done = report("--set", "year=2024", replies=[])
    assert done.returncode == 0, done.stderr
    orders = lines()[1]
    assert "BETWEEN '2024-01-01' AND '2024-12-31'" in orders["sql"]
    assert orders["provenance"]["previous_of"] == "2025"


def test_a_locked_report_needs_no_model_server(report: Report, sales_sqlite: Path) -> None:
    report(replies=ALL)
    gone = f"http://127.0.0.1:{free_port()}/v1"
    done = kotae("report", "q.toml", "-o", "out", "-d", str(sales_sqlite), "--endpoint", gone)
    assert (done.returncode, statuses()) == (0, ["answered"] * 3)


def test_a_dry_run_prints_the_sql_and_runs_nothing(report: Report) -> None:
    nothing = report("--dry-run", replies=[])
    assert nothing.stdout.splitlines() == [
        "-- customers: not locked; the model will write it",
        "-- orders: not locked; the model will write it",
        "-- stores: not locked; the model will write it",
    ]
    report(replies=ALL)
    shutil.rmtree("out")
    done = report("--dry-run", "--set", "year=2023", "--only", "orders", replies=[])
    assert done.stdout.splitlines() == [
        "-- orders: locked SQL",
        "SELECT COUNT(*) AS n FROM orders WHERE order_date BETWEEN '2023-01-01' AND '2023-12-31';",
    ]
    assert not Path("out").exists()


def test_an_update_shows_how_the_sql_changed(report: Report) -> None:
    report(replies=ALL)
    other = statement("SELECT COUNT(DISTINCT id) AS n FROM customers")
    done = report("--update", "--only", "customers", replies=[other])
    assert "the SQL of customers changed:" in done.stderr
    assert "-SELECT COUNT(*) AS n FROM customers" in done.stderr
    assert "+SELECT COUNT(DISTINCT id) AS n FROM customers" in done.stderr


def test_two_askers_share_the_questions(report: Report, scripted_model: ScriptedModel) -> None:
    done = report("--jobs", "2", replies=[STORES, STORES, STORES])
    assert done.returncode in (0, 1)
    assert len(lines()) == 3
    assert [line["id"] for line in lines()] == ["customers", "orders", "stores"]


EXPECTING = FILE + 'expect = { range = { n = "> 100000" } }\n'


@pytest.mark.parametrize(
    ("flags", "file", "code"),
    [
        ([], EXPECTING, 0),
        (["--fail-on", "expectation"], EXPECTING, 1),
        (["--fail-on", "doubt"], EXPECTING, 1),
        (["--fail-on", "doubt"], FILE, 0),
    ],
)
def test_the_exit_code_says_what_it_was_asked_to_say(
    report: Report, flags: list[str], file: str, code: int
) -> None:
    done = report(*flags, replies=ALL, file=file)
    assert done.returncode == code, done.stderr


def test_a_500_of_the_model_server_costs_one_question(report: Report) -> None:
    done = report(replies=[CUSTOMERS, UNAVAILABLE, UNAVAILABLE, STORES])
    assert done.returncode == 1
    assert statuses() == ["answered", "failed", "answered"]
    assert "out of order" in lines()[1]["answer"]
    again = report(replies=[ORDERS])
    assert (again.returncode, statuses()) == (0, ["answered"] * 3)


def test_the_summary_holds_numbers_of_the_rows_only(
    report: Report, scripted_model: ScriptedModel
) -> None:
    prose = json.dumps({"sentences": ["There are {f1} customers.", "Sales rose by 12%."]})
    done = report(replies=[*ALL, Text(prose)], file=FILE + "[summary]\nprose = true\n")
    assert done.returncode == 0, done.stderr
    page = Path("out/report.md").read_text(encoding="utf-8")
    assert f"There are {lines()[0]['rows'][0][0]:,} customers." in page
    assert "12%" not in page
    assert "f1: How many customers? = " in scripted_model.requests[-1]["messages"][1]["content"]


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_a_run_told_to_end_leaves_a_partial_report_and_the_next_one_goes_on(
    told: signal.Signals, report: Report, scripted_model: ScriptedModel, sales_sqlite: Path
) -> None:
    Path("q.toml").write_text(FILE, encoding="utf-8")
    scripted_model.plays(CUSTOMERS, Hang('{"sql": "SEL'))
    command = ["report", "q.toml", "-o", "out", "-d", str(sales_sqlite)]
    with subprocess.Popen(
        [*KOTAE, *command, "--endpoint", scripted_model.url], stderr=subprocess.PIPE, text=True
    ) as process:
        until(scripted_model.hanging.is_set)
        process.send_signal(told)
        _, narration = process.communicate(timeout=60)
    assert process.returncode == 130
    assert narration.endswith("kotae: interrupted\n")
    assert statuses() == ["answered"]
    assert "partial report" in Path("out/report.md").read_text(encoding="utf-8")
    calls = len(scripted_model.requests)
    assert report(replies=[ORDERS, STORES]).returncode == 0
    assert len(scripted_model.requests) == calls + 2
    assert statuses() == ["answered"] * 3


def test_a_database_that_goes_down_in_the_middle_leaves_what_was_answered(
    scripted_model: ScriptedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOTAE_MOST_ROWS_READ", str(10**30))
    home = tmp_path / "mariadb"
    home.mkdir()
    with private_mariadb(home) as admin:
        engine = create_engine(admin)
        with engine.begin() as connection:
            connection.execute(text("CREATE DATABASE shop"))
        engine.dispose()
        write_numbers(f"{admin}shop")
        scripted_model.plays(statement("SELECT COUNT(*) AS n FROM numbers"), statement(ENDLESS))
        Path("q.toml").write_text(FILE.replace(" in {year}", ""), encoding="utf-8")
        command = ["report", "q.toml", "-o", "out", "-d", f"{admin}shop"]
        with subprocess.Popen(
            [*KOTAE, *command, "--endpoint", scripted_model.url], stderr=subprocess.PIPE, text=True
        ) as process:
            until(lambda: running(admin, ENDLESS) == 1)
            scripted_model.plays(statement("SELECT COUNT(*) AS n FROM numbers"))
            os.kill(int((home / "pid").read_text(encoding="utf-8")), signal.SIGKILL)
            _, narration = process.communicate(timeout=120)
    assert process.returncode == 3, narration
    assert statuses() == ["answered", "failed", "failed"]
    assert "Traceback" not in narration
    assert Path("out/.journal.jsonl").exists()


EVERY_EXAMPLE = pytest.mark.parametrize(
    ("name", "sample"),
    [("monthly_sales", "sales"), ("customers", "sales"), ("wordpress_diary", "wordpress")],
)


@EVERY_EXAMPLE
def test_every_example_renders_without_a_model(
    request: pytest.FixtureRequest, name: str, sample: str
) -> None:
    database = str(request.getfixturevalue(f"{sample}_sqlite"))
    for path in EXAMPLES.glob(f"{name}.toml*"):
        shutil.copy(path, path.name)
    lock = Path(f"{name}.toml.lock").read_bytes()
    done = kotae(
        "report", f"{name}.toml", "-o", "out", "-d", database,
        "--format", "html,md,json,csv,xlsx", "--fail-on", "doubt",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert {line["provenance"]["origin"] for line in lines()} <= {"locked", "pinned"}
    assert Path(f"{name}.toml.lock").read_bytes() == lock


@EVERY_EXAMPLE
def test_every_example_holds_on_mariadb_with_the_same_lock(
    request: pytest.FixtureRequest, name: str, sample: str
) -> None:
    database = str(request.getfixturevalue(f"{sample}_mariadb"))
    for path in EXAMPLES.glob(f"{name}.toml*"):
        shutil.copy(path, path.name)
    done = kotae("report", f"{name}.toml", "-o", "out", "-d", database, "--format", "json")
    assert done.returncode == 0, done.stderr
    assert {line["provenance"]["origin"] for line in lines()} <= {"locked", "pinned"}


def test_a_saved_file_is_built_again_while_it_is_watched(
    report: Report, sales_sqlite: Path
) -> None:
    report(replies=ALL)
    command = ["report", "q.toml", "-o", "out", "-d", str(sales_sqlite), "--watch"]
    page = Path("out/report.md")
    page.unlink()
    with subprocess.Popen([*KOTAE, *command], stderr=subprocess.DEVNULL) as process:
        until(page.exists)
        Path("q.toml").write_text("title = \n", encoding="utf-8")
        Path("q.toml").write_text(FILE.replace('"Sales"', '"Better"'), encoding="utf-8")
        until(lambda: page.read_text(encoding="utf-8").startswith("# Better"))
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130


def test_it_is_told_in_japanese(report: Report) -> None:
    done = report(replies=ALL, KOTAE_LANGUAGE="ja")
    assert "[1/3] customers: 回答しました（1 行、" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("回答 3 件、未回答 0 件、要確認 0 件。")


# Bad input


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--set", "yer=2024"], "there is no parameter yer; did you mean year?"),
        (["--set", "year=x\ny"], "must be text of one line"),
        (["--only", "order"], "no question has the id order; did you mean orders?"),
        (["--format", "docx"], "cannot write the format docx; choose from html, md"),
    ],
)
def test_a_wrong_option_is_told(report: Report, flags: list[str], said: str) -> None:
    told_in_one_line(report(*flags, replies=[]), 2, said)
    assert not Path("out").exists()


def test_a_model_server_that_is_down_is_told(sales_sqlite: Path) -> None:
    Path("q.toml").write_text(FILE, encoding="utf-8")
    gone = f"http://127.0.0.1:{free_port()}/v1"
    done = kotae("report", "q.toml", "-o", "out", "-d", str(sales_sqlite), "--endpoint", gone)
    told_in_one_line(done, 3, f"no model server answers at {gone}")


def test_a_fault_of_the_summary_leaves_the_report(report: Report) -> None:
    done = report(
        replies=[*ALL, Fault(500, {}), Fault(500, {})], file=FILE + "[summary]\nprose = true\n"
    )
    assert (done.returncode, statuses()) == (0, ["answered"] * 3)
