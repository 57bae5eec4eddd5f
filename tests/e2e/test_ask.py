"""`kotae ask` as a person types it: a process, a model server, a database."""

import json
import os
import pty
import re
import select
import shlex
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import psutil
import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from inference.process import Engine
from tests.fixtures.databases import free_port
from tests.fixtures.hub import Hub
from tests.fixtures.hub import running as hub_running
from tests.fixtures.models import KOTAE, SMALL, executable
from tests.fixtures.scripted_model import (
    KEY,
    NAME,
    UNAVAILABLE,
    Cut,
    Hang,
    Reply,
    ScriptedModel,
    Text,
    overflow,
    statement,
)
from tests.fixtures.waiting import ENDLESS, running, until, write_numbers

CUSTOMERS = "SELECT COUNT(*) AS n FROM customers"
Done = subprocess.CompletedProcess[str]


def kotae(*arguments: str, **environ: str) -> Done:
    """Run the command to its end."""
    return subprocess.run(
        [*KOTAE, *arguments],
        env={**os.environ, **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def ask(scripted_model: ScriptedModel, sales_sqlite: Path) -> Callable[..., Done]:
    """Ask the sample, with these replies of the model."""

    def asked(question: str, *flags: str, replies: list[Reply], **environ: str) -> Done:
        scripted_model.plays(*replies)
        place = ("--database", str(sales_sqlite), "--endpoint", scripted_model.url)
        return kotae("ask", question, *place, *flags, **environ)

    return asked


def true_number(sales: Path, sql: str) -> int:
    with closing(sqlite3.connect(sales)) as database:
        return int(database.execute(sql).fetchone()[0])


def told_in_one_line(done: Done, code: int, *words: str) -> None:
    """One line that says what is wrong, nothing on standard output, the right exit code."""
    assert done.stderr.startswith("kotae: ")
    assert done.stderr.count("\n") == 1
    assert all(word in done.stderr for word in words), done.stderr
    assert (done.stdout, done.returncode) == ("", code)


# Answers


def test_the_answer_its_table_and_its_costs_are_told(
    ask: Callable[..., Done], sales_sqlite: Path
) -> None:
    done = ask("How many customers?", replies=[statement(CUSTOMERS, "There are {n} customers.")])
    number = f"{true_number(sales_sqlite, CUSTOMERS):,}"
    assert done.stdout.splitlines() == [
        f"There are {number} customers.",
        "",
        "n".rjust(len(number)),
        "─" * len(number),
        number,
    ]
    sql, costs = done.stderr.splitlines()
    assert sql == f"SQL: {CUSTOMERS}"
    assert costs.startswith("100 new + 900 cached prompt tokens · 40 generated · 25.0 tok/s · ")
    assert "\x1b" not in done.stdout + done.stderr
    assert done.returncode == 0


def test_the_key_is_sent_to_the_endpoint_and_shown_nowhere(
    ask: Callable[..., Done], scripted_model: ScriptedModel
) -> None:
    scripted_model.key = KEY
    done = ask("How many?", "--json", replies=[statement(CUSTOMERS)], KOTAE_API_KEY=KEY)
    assert done.returncode == 0
    assert set(scripted_model.keys) == {KEY}
    assert KEY not in done.stdout + done.stderr


def test_a_long_result_shows_its_first_rows_and_all_as_csv(ask: Callable[..., Done]) -> None:
    reply = statement("SELECT id, name FROM customers ORDER BY id LIMIT 60")
    shown = ask("60 customers?", replies=[reply]).stdout.splitlines()
    assert len(shown) == 2 + 2 + 50 + 1
    assert (shown[0], shown[-1]) == ("60 rows.", "… and 10 more rows; print all with --csv")
    csv = ask("60 customers?", "--csv", replies=[reply]).stdout.splitlines()
    assert (len(csv), csv[0]) == (61, "id,name")


def test_the_rows_alone_are_printed_as_csv_and_the_statement_alone_as_sql(
    ask: Callable[..., Done], sales_sqlite: Path
) -> None:
    csv = ask("How many?", "--csv", replies=[statement(CUSTOMERS)])
    assert csv.stdout == f"n\n{true_number(sales_sqlite, CUSTOMERS)}\n"
    sql = ask("How many?", "--sql", replies=[statement(CUSTOMERS)])
    assert sql.stdout == CUSTOMERS + "\n"
    assert (csv.returncode, sql.returncode) == (0, 0)


ASK_BACK = Text(json.dumps({"ask": "By what?", "choices": ["amount", "count \x1b[31m"]}))
REFUSED = Text(json.dumps({"refuse": "There is no weather here."}))
WRONG = statement("SELECT n FROM nosuch")


@pytest.mark.parametrize(
    ("replies", "status", "code"),
    [
        ([statement("SELECT * FROM orders ORDER BY id LIMIT 20")], "answered", 0),
        ([statement("SELECT NULL AS a FROM stores WHERE id < 0")], "answered", 0),
        ([statement("SELECT id FROM customers")], "answered", 0),
        ([ASK_BACK], "ask", 1),
        ([REFUSED], "refused", 1),
        ([WRONG, WRONG], "refused", 1),
        ([Text("?"), Text("?")], "failed", 1),
        ([Cut('{"sql')], "failed", 1),
    ],
)
def test_json_is_one_object_of_the_documented_schema(
    ask: Callable[..., Done], replies: list[Reply], status: str, code: int
) -> None:
    done = ask("Which?", "--json", replies=replies)
    answer = json.loads(done.stdout)
    schema = json.loads(files("assistant").joinpath("answer.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(answer)
    assert (answer["status"], done.returncode) == (status, code)
    assert (answer["model"], answer["row_count"]) == (NAME, len(answer["rows"]))
    assert done.stdout.count("\n") == 1


def test_every_field_of_the_json_is_described() -> None:
    schema = json.loads(files("assistant").joinpath("answer.schema.json").read_text("utf-8"))
    usage = schema["properties"]["usage"]
    for described in (schema, usage, schema["properties"]["columns"]["items"]):
        assert set(described["required"]) == set(described["properties"])
        assert all(part["description"] for part in described["properties"].values())


def test_a_second_sample_is_shown_where_it_differs_and_a_note_where_it_agrees(
    ask: Callable[..., Done],
) -> None:
    first, other = statement(CUSTOMERS), statement("SELECT COUNT(*) AS n FROM orders")
    done = ask("How many?", "--double-check", replies=[first, first])
    assert done.stdout.splitlines()[-1].startswith("Checked")
    done = ask("How many?", "--double-check", replies=[first, other])
    assert "A second sample reads it so:\nSELECT COUNT(*) AS n FROM orders\n" in done.stdout
    assert done.returncode == 0


def test_a_question_back_lists_its_choices_and_steers_no_terminal(ask: Callable[..., Done]) -> None:
    done = ask("The best?", replies=[ASK_BACK])
    assert done.stdout == "By what?\n  1. amount\n  2. count ␛[31m\n"
    assert done.returncode == 1


def test_on_a_terminal_the_statement_is_shown_while_it_is_written(
    scripted_model: ScriptedModel, sales_sqlite: Path
) -> None:
    scripted_model.plays(Hang('{"sql": "SELECT COUNT(*) FROM cust'))
    place = ("--database", str(sales_sqlite), "--endpoint", scripted_model.url)
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*KOTAE, "ask", "How many?", *place],
        env={**os.environ, "TERM": "xterm", "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=theirs,
    ) as process:
        shown = b""

        def shows_it() -> bool:
            nonlocal shown
            if select.select([ours], [], [], 0.1)[0]:
                shown += os.read(ours, 4096)
            return b"SELECT COUNT(*) FROM" in re.sub(rb"\x1b\[[0-9;?]*[a-zA-Z]", b"", shown)

        until(shows_it)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
        assert process.stdout is not None
        assert process.stdout.read() == b""
    os.close(theirs)
    os.close(ours)
    assert b"\x1b[" in shown


def test_a_japanese_environment_is_spoken_to_in_japanese(ask: Callable[..., Done]) -> None:
    done = ask("お客様は何人？", replies=[statement(CUSTOMERS)], KOTAE_LANGUAGE="ja")
    assert "プロンプト 新規 100 + キャッシュ 900 トークン" in done.stderr
    assert "質問が空です" in kotae("ask", " ", KOTAE_LANGUAGE="ja").stderr
    assert "質問（日本語または英語）" in kotae("ask", "--help", KOTAE_LANGUAGE="ja").stdout


def test_the_language_may_stand_in_the_settings(ask: Callable[..., Done]) -> None:
    Path("kotae.toml").write_text('language = "ja"\n', encoding="utf-8")
    done = ask("How many?", replies=[statement(CUSTOMERS)])
    assert "プロンプト 新規 100" in done.stderr


@pytest.mark.parametrize("command", [[], ["ask"], ["report"], ["model"], ["sample"]])
def test_help_loads_none_of_the_heavy_libraries(command: list[str]) -> None:
    code = (
        f"import sys, atexit; sys.argv = {['kotae', *command, '--help']!r}\n"
        "heavy = {'textual', 'sqlalchemy', 'openai', 'mcp', 'sqlglot'}\n"
        "atexit.register(lambda: print('loaded:', sorted(heavy & sys.modules.keys())))\n"
        "from assistant.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.endswith("loaded: []\n")
    assert "Usage: " in done.stdout


# Bad input


@pytest.mark.parametrize("question", ["", "  ", "\n"])
def test_an_empty_question_is_told(question: str) -> None:
    told_in_one_line(kotae("ask", question), 2, "the question is empty")


def test_two_forms_at_once_are_told() -> None:
    told_in_one_line(kotae("ask", "x", "--json", "--csv"), 2, "choose one of --json, --csv")


def test_no_database_at_all_is_told() -> None:
    told_in_one_line(kotae("ask", "How many?"), 2, "no database is configured")


def test_a_missing_sqlite_file_is_told() -> None:
    told_in_one_line(kotae("ask", "x", "-d", "nowhere.db"), 2, "no SQLite file nowhere.db")
    assert not Path("nowhere.db").exists()


def test_a_file_that_is_no_database_is_told() -> None:
    Path("notes.db").write_text("milk, bread\n" * 1000, encoding="utf-8")
    told_in_one_line(kotae("ask", "x", "-d", "notes.db"), 2, "is not an SQLite database")


def test_an_unknown_database_is_told(mariadb_admin: str) -> None:
    url = make_url(mariadb_admin).set(database="nosuch", drivername="mysql")
    told_in_one_line(kotae("ask", "x", "-d", str(url)), 2, "there is no database nosuch at ")


def test_a_wrong_password_is_told_and_not_shown(mariadb: str) -> None:
    parts = make_url(mariadb)
    admin = create_engine(mariadb)
    with admin.begin() as connection:
        connection.execute(text("CREATE OR REPLACE USER guest@'127.0.0.1' IDENTIFIED BY 'right'"))
        connection.execute(text(f"GRANT SELECT ON {parts.database}.* TO guest@'127.0.0.1'"))
    admin.dispose()
    url = f"mysql://guest@127.0.0.1:{parts.port}/{parts.database}"
    done = kotae("ask", "x", KOTAE_DATABASE_URL=url, KOTAE_DATABASE_PASSWORD="wr0ng")
    told_in_one_line(done, 2, "refused user guest", "KOTAE_DATABASE_PASSWORD")
    assert "wr0ng" not in done.stderr


def test_a_database_server_that_is_down_is_told() -> None:
    url = f"mysql://someone@127.0.0.1:{free_port()}/shop"
    told_in_one_line(kotae("ask", "x", "-d", url), 3, "no database answers at 127.0.0.1:")


def test_an_unknown_setting_is_told() -> None:
    Path("kotae.toml").write_text("[modle]\n", encoding="utf-8")
    told_in_one_line(kotae("ask", "x"), 2, "unknown setting modle; did you mean model?")


@pytest.mark.parametrize(
    ("replies", "said"),
    [
        ([statement("DELETE FROM orders")], "kotae only reads"),
        ([REFUSED], "There is no weather here."),
        ([WRONG, WRONG], "nothing named nosuch. It has these tables: categories, customers, "),
        ([Text("{"), Text("{")], "was not understood"),
        ([Cut('{"sql"')], "broke off"),
        ([UNAVAILABLE, UNAVAILABLE], "answered 500: out of order"),
        ([overflow(5000, 4096)], "5000 tokens"),
    ],
    ids=["write", "refused", "not there", "malformed", "cut", "500", "overflow"],
)
@pytest.mark.parametrize("form", ["--sql", "--csv", None])
def test_a_question_without_an_answer_ends_with_one_line_that_says_why(
    ask: Callable[..., Done], replies: list[Reply], said: str, form: str | None
) -> None:
    done = ask("Delete all orders", *filter(None, [form]), replies=list(replies))
    *narration, last = done.stderr.splitlines()
    assert last.startswith("kotae: ")
    assert said in last
    assert not [line for line in narration if line.startswith(("kotae: ", "Traceback"))]
    assert done.returncode == 1


def test_an_endpoint_that_is_down_is_told(sales_sqlite: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}/v1"
    done = kotae("ask", "x", "-d", str(sales_sqlite), "--endpoint", url)
    told_in_one_line(done, 3, f"no model server answers at {url}")


def test_an_endpoint_that_is_something_else_is_told(sales_sqlite: Path) -> None:
    with hub_running(Hub()) as web:
        done = kotae("ask", "x", "-d", str(sales_sqlite), "--endpoint", web.url)
    told_in_one_line(done, 2, "not as an OpenAI-compatible model server")


def test_a_refused_key_is_told(ask: Callable[..., Done], scripted_model: ScriptedModel) -> None:
    scripted_model.key = KEY
    told_in_one_line(ask("x", replies=[], KOTAE_API_KEY="sk-wr0ng"), 2, "Set KOTAE_API_KEY")


def test_a_model_that_the_endpoint_does_not_serve_is_told(ask: Callable[..., Done]) -> None:
    told_in_one_line(
        ask("x", "-m", "gpt-9", replies=[]), 2, f"does not serve 'gpt-9'. It serves: {NAME}"
    )


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (["-m", "qwen2.5-codr-1.5b"], "the nearest is 'qwen2.5-coder-1.5b'"),
        (["-m", SMALL], f"kotae model pull {SMALL}"),
        (["-m", "./nowhere.gguf"], "there is no model file"),
        ([], "kotae model pull "),
    ],
)
def test_a_model_that_is_not_here_is_told(
    sales_sqlite: Path, tmp_path: Path, model: list[str], said: str
) -> None:
    empty = str(tmp_path / "models")
    done = kotae("ask", "x", "-d", str(sales_sqlite), *model, KOTAE_MODELS_DIR=empty)
    told_in_one_line(done, 2, said)


@pytest.mark.parametrize("engine", ["missing", "text", "other"])
def test_an_engine_that_is_none_is_told(
    sales_sqlite: Path, tiny_model: Path, tmp_path: Path, engine: str
) -> None:
    path = tmp_path / engine
    if engine == "text":
        path.touch()
    elif engine == "other":
        executable(path, "echo I am no llama")
    done = kotae("ask", "x", "-d", str(sales_sqlite), "-m", str(tiny_model), KOTAE_ENGINE=str(path))
    told_in_one_line(done, 2, f"the engine {path} does not work: ")


# Ctrl-C


def interrupted(command: list[str], ready: Callable[[psutil.Process], bool]) -> str:
    """The narration of a kotae that gets Ctrl-C once it is `ready`; nothing is left of it."""
    with subprocess.Popen(
        [*KOTAE, "ask", *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        itself = psutil.Process(process.pid)
        until(lambda: ready(itself) or process.poll() is not None)
        family = itself.children(recursive=True)
        process.send_signal(signal.SIGINT)
        output, narration = process.communicate(timeout=60)
    assert (output, process.returncode) == ("", 130)
    assert narration.splitlines()[-1] == "kotae: interrupted"
    assert "Traceback" not in narration
    assert psutil.wait_procs(family, timeout=20)[1] == []
    return narration


def engine_script(path: Path, engine: Engine, trial: str) -> Path:
    """A program that is the engine for --help and for `trial`, and hangs otherwise."""
    environment = [f"{name}={value}" for name, value in engine.program.environment.items()]
    real = shlex.join(["env", *environment, *engine.program.command])
    return executable(
        path, f'case "$*" in *--help*|*{trial}*) exec {real} "$@";; esac\nexec sleep 600'
    )


@pytest.mark.model
@pytest.mark.parametrize(
    "trial",
    ["nothing", "kotae-trial-", "kotae-trial-*|*--list-devices"],
    ids=["trying", "surveying", "loading"],
)
def test_an_interrupted_start_leaves_no_server(
    sales_sqlite: Path,
    tiny_model: Path,
    engine: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    trial: str,
) -> None:
    script = engine_script(tmp_path / "llama-server", engine, trial)
    monkeypatch.setenv("KOTAE_ENGINE", str(script))
    narration = interrupted(
        ["x", "-d", str(sales_sqlite), "-m", str(tiny_model)],
        lambda kotae: "sleep" in [child.name() for child in kotae.children(recursive=True)],
    )
    assert narration == "kotae: interrupted\n"
    assert not [p for p in psutil.process_iter(["cmdline"]) if str(script) in str(p.info)]


def test_an_interrupted_reply_hangs_up_on_the_model(
    scripted_model: ScriptedModel, sales_sqlite: Path
) -> None:
    scripted_model.plays(Hang('{"sql": "SELECT'))
    place = ["-d", str(sales_sqlite), "--endpoint", scripted_model.url]
    narration = interrupted(["x", *place], lambda _: scripted_model.hanging.is_set())
    assert narration == "kotae: interrupted\n"
    assert scripted_model.left.wait(20)


def test_an_interrupted_query_is_gone_from_the_database(
    scripted_model: ScriptedModel, mariadb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOTAE_MOST_ROWS_READ", str(10**30))
    write_numbers(mariadb)
    scripted_model.plays(statement(ENDLESS))
    place = ["-d", mariadb, "--endpoint", scripted_model.url]
    narration = interrupted(["x", *place], lambda _: running(mariadb, ENDLESS) == 1)
    assert narration.splitlines()[:-1] == [f"SQL: {ENDLESS}"]
    until(lambda: running(mariadb, ENDLESS) == 0)
