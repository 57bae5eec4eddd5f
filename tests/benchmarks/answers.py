"""Right answers, tokens, calls and seconds of kotae and its peers: `make bench-answers`.

On one model server, with a slot for every prompt that a contestant repeats so that nobody pushes
out another's, and one private MariaDB: kotae asks every question; on a fixed third of them,
stratified by database and difficulty, kotae and each peer answer, a database at a time; then kotae
answers the third again without one method after the other, questions that no data answers, and
the sample's questions with its tables hidden among a thousand. Every answer goes into a journal
at once; the same command goes on where it was cut. Reply text is checked for numbers that the
rows do not hold.
"""

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import create_engine, text

from assistant.cli.wiring import open_bench
from assistant.errors import DatabaseToolFailed
from assistant.evaluation.journal import Kind, Outcome, appending, read_journal
from assistant.evaluation.questions import GoldQuestion, read_gold
from assistant.evaluation.runner import evaluate
from assistant.evaluation.scoring import matches
from assistant.evaluation.summary import summarise, table, tables
from assistant.events import Answer, QueryResult, Status
from assistant.methods import Methods
from assistant.tools import Tools
from inference.download import pull
from inference.endpoint import Endpoint
from inference.engine import find_engine
from inference.flags import Launch
from inference.hardware import physical_cores
from inference.memory import on_cpu
from inference.models import model_named
from inference.places import models_folder
from inference.process import start
from inference.progress import unheard
from inference.server import ServerWish, connect
from mcp_server import settings
from mcp_server.samples.loader import load
from mcp_server.server import create_server
from tests.benchmarks.big_schema import fill
from tests.benchmarks.invented import invented
from tests.benchmarks.meter import Meter, metering
from tests.benchmarks.peers.environments import NEEDS, running
from tests.fixtures.databases import private_mariadb

HERE = Path(__file__).parent
SALES = HERE.parents[1] / "examples" / "sales" / "questions.jsonl"
UNANSWERABLE = HERE / "unanswerable.jsonl"
KNOWLEDGE = SALES.parent / "knowledge"
SLOTS = 5
"""kotae repeats one prompt, a peer two: one for the statement and one for the answer."""
CONTEXT = 12288
HIDDEN = 984
"""Further tables, a thousand with the sample's."""
ROUNDING = "AS DECIMAL)"
"""A gold that was turned from another dialect and rounds to whole numbers where it should not."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the questions are asked: databases by name, the model server, and its meter."""

    databases: dict[str, str]
    endpoint: Endpoint
    meter: Meter
    journals: Path
    step: int = 1
    """Of the unanswerable questions each so-manieth is asked."""


def questions_of(folder: Path | None) -> dict[str, list[GoldQuestion]]:
    """All questions by database; those of the folder twice where they are Japanese as well."""
    found: dict[str, list[GoldQuestion]] = defaultdict(list)
    found["sales"] = read_gold(SALES)
    for name, key in (("questions_en", "question"), ("questions_ja", "question_ja")):
        for line in (folder / f"{name}.jsonl").read_text("utf-8").splitlines() if folder else ():
            entry = json.loads(line)
            if entry["runs"] and not entry.get("suspect") and ROUNDING not in entry["gold"]:
                entry["id"] += "" if key == "question" else ":ja"
                entry["question"] = entry[key]
                found[entry["db"]].append(GoldQuestion.model_validate(entry))
    return found


def third(questions: Sequence[GoldQuestion]) -> list[GoldQuestion]:
    """Every third question of each difficulty and language, always the same ones."""
    strata: dict[tuple[str, str], list[GoldQuestion]] = defaultdict(list)
    for question in questions:
        strata[question.difficulty, question.spoken].append(question)
    return [question for stratum in strata.values() for question in stratum[::3]]


async def ask_kotae(
    name: str,
    questions: Sequence[GoldQuestion],
    database: str,
    stage: Stage,
    methods: Methods = Methods(),  # noqa: B008 - frozen
) -> None:
    """Ask those that are not in the journal `name` yet."""
    path = stage.journals / f"{name}.jsonl"
    waiting = _waiting(path, questions)
    if not waiting:
        return
    known = database in (stage.databases["sales"], stage.databases.get("large"))
    os.environ["KOTAE_KNOWLEDGE"] = str(KNOWLEDGE if known else KNOWLEDGE / "none")
    opener = open_bench(database, endpoint=stage.endpoint.base_url, methods=methods)
    async with opener(lambda _: None) as bench:
        with appending(path) as append:
            await evaluate(waiting, bench.askers, bench.tools, _telling(name, append), timeout=900)


async def ask_peer(
    peer: str, questions: Sequence[GoldQuestion], database: str, stage: Stage
) -> None:
    """Ask those that are not in the peer's journal yet; what it wrote is run again to be scored."""
    path = stage.journals / f"{peer}.jsonl"
    waiting = _waiting(path, questions)
    if not waiting:
        return
    url, model = stage.meter.url, stage.endpoint.model
    server = create_server(settings.load(database=database, environ={}))
    async with Tools(server) as tools:
        with running(peer, url, model, database) as asked, appending(path) as append:
            tell = _telling(peer, append)
            for question in waiting:
                started = time.perf_counter()
                found = await asyncio.to_thread(asked.ask, question.question)
                usage = stage.meter.take(time.perf_counter() - started)
                result = await _rows(found.get("sql"), tools)
                kind = await _kind(question, found.get("sql"), result, tools)
                said = str(found.get("answer") or found.get("error"))
                status: Status = "answered" if "answer" in found else "failed"
                answer = Answer(status, said, found.get("sql"), result, usage=usage, model=model)
                tell(Outcome.of(question, kind, answer))


async def _rows(sql: str | None, tools: Tools) -> QueryResult | None:
    try:
        return await tools.query(sql.strip().rstrip(";")) if sql else None
    except DatabaseToolFailed:
        return None


async def _kind(
    question: GoldQuestion, sql: str | None, result: QueryResult | None, tools: Tools
) -> Kind:
    if result is None:
        return "error" if sql else "no_sql"
    golds = [await _rows(gold, tools) for gold in question.gold]
    right = any(gold and matches(gold.rows, result.rows, ordered=question.order) for gold in golds)
    return "right" if right else "wrong"


def _waiting(path: Path, questions: Sequence[GoldQuestion]) -> list[GoldQuestion]:
    done = {outcome.id for outcome in read_journal(path)} if path.exists() else set()
    return [question for question in questions if question.id not in done]


def _telling(name: str, append: Callable[[Outcome], None]) -> Callable[[Outcome], None]:
    def tell(outcome: Outcome) -> None:
        append(outcome)
        print(f"{name} {outcome.id}: {outcome.kind} ({outcome.usage.seconds:.1f} s)", flush=True)

    return tell


async def ask_everything(
    questions: dict[str, list[GoldQuestion]], stage: Stage, parts: set[str]
) -> None:
    """All parts that are wished, a database at a time each."""
    without = [field.name for field in fields(Methods)]
    for database, asked in questions.items():
        url = stage.databases[database]
        if "kotae" in parts:
            await ask_kotae("kotae-all", asked, url, stage)
        if "peers" in parts:
            await ask_kotae("kotae", third(asked), url, stage)
            for peer in NEEDS:
                await ask_peer(peer, third(asked), url, stage)
        for method in without if "ablation" in parts else ():
            methods = Methods().without([method])
            await ask_kotae(f"without-{method}", third(asked), url, stage, methods)
    if "again" in parts:
        await ask_kotae("again", questions["sales"], stage.databases["sales"], stage)
    if "large" in parts:
        await ask_kotae("large", questions["sales"], stage.databases["large"], stage)
    if "unanswerable" in parts:
        nobody = read_gold(UNANSWERABLE)[:: stage.step]
        await ask_kotae("unanswerable", nobody, stage.databases["sales"], stage)


def report(journals: Path) -> str:
    """What every journal comes to: a table of all side by side, then kotae's in full."""
    found = {path.stem: read_journal(path) for path in sorted(journals.glob("*.jsonl"))}
    head = [
        "", "asked", "right", "error", "wrong", "refused", "calls", "new prompt", "generated",
        "s (p50)", "s (p90)", "invented numbers",
    ]  # fmt: skip
    blocks = [table(head, [_row(name, outcomes) for name, outcomes in found.items()])]
    blocks += [f"{name}\n\n{tables(summarise(found[name]))}" for name in
               ("kotae-all", "unanswerable") if name in found]  # fmt: skip
    blocks += _of_all(found.get("kotae-all", []), found.get("again", []))
    return "\n\n".join(blocks)


def _of_all(outcomes: list[Outcome], again: list[Outcome]) -> Iterator[str]:
    """Japanese beside English on the same questions, refusals, and what was the same twice."""
    by_id = {outcome.id: outcome for outcome in outcomes}
    both = [(by_id[o.id.removesuffix(":ja")], o) for o in outcomes if o.id.endswith(":ja")]
    english, japanese = (sum(pair[at].kind == "right" for pair in both) for at in (0, 1))
    yield f"the same {len(both)} questions: English {english} right, Japanese {japanese} right"
    refused = sum(outcome.kind in ("refused", "asked") for outcome in outcomes)
    yield f"answerable questions refused or asked back: {refused} of {len(outcomes)}"
    same = sum(o.answer["sql"] == by_id[o.id].answer["sql"] for o in again if o.id in by_id)
    yield f"asked twice: the same statement for {same} of {len(again)}"


def _row(name: str, outcomes: list[Outcome]) -> list[str]:
    summary = summarise(outcomes)
    group, costs = summary.groups[0], summary.costs
    kinds = group.kinds
    errors = kinds["error"] + kinds["no_sql"] + kinds["timeout"]
    wrong, refused = kinds["wrong"] + kinds["answered"], kinds["refused"] + kinds["asked"]
    return [
        name,
        str(group.asked),
        f"{kinds['right']} ({group.share:.0%})",
        *map(str, (errors, wrong, refused)),
        f"{costs['calls'].mean:.2f}",
        f"{costs['new'].p50:.0f}",
        f"{costs['generated'].p50:.0f}",
        f"{costs['seconds'].p50:.1f}",
        f"{costs['seconds'].p90:.1f}",
        str(sum(len(_invented(outcome)) for outcome in outcomes)),
    ]


def _invented(outcome: Outcome) -> list[str]:
    answer = outcome.answer
    if answer["status"] != "answered":
        return []
    return invented(answer["answer"], outcome.question, answer["rows"])


def _make_large(admin: str) -> None:
    """The sample's tables among others that look real."""
    engine = create_engine(admin)
    with engine.begin() as connection:
        connection.execute(text("CREATE DATABASE large CHARACTER SET utf8mb4"))
    engine.dispose()
    load("sales", f"{admin}large", lambda _: None)
    fill(f"{admin}large", HIDDEN)


@contextmanager
def databases(folder: Path | None, *, large: bool = False) -> Iterator[dict[str, str]]:
    """The sample and the folder's databases on a private MariaDB, by name."""
    with tempfile.TemporaryDirectory() as home, private_mariadb(Path(home)) as admin:
        engine = create_engine(admin)
        with engine.begin() as connection:
            connection.execute(text("CREATE DATABASE sales CHARACTER SET utf8mb4"))
        engine.dispose()
        load("sales", f"{admin}sales", lambda _: None)
        names = ["sales"]
        if large:
            _make_large(admin)
            names.append("large")
        for file in sorted((folder / "mysql").glob("*.sql")) if folder else ():
            _load_file(file, admin)
            names.append(file.stem)
        yield {name: f"{admin}{name}" for name in names}


def _load_file(file: Path, admin: str) -> None:
    client = shutil.which("mariadb") or "mysql"
    port = str(urlsplit(admin).port)
    command = [client, "--no-defaults", "-h127.0.0.1", "-uroot", f"-P{port}"]
    create = f"CREATE DATABASE IF NOT EXISTS {file.stem} CHARACTER SET utf8mb4"
    subprocess.run([*command, "-e", create], check=True)
    with file.open("rb") as source:
        subprocess.run([*command, file.stem], stdin=source, check=True)


def main() -> None:
    """Ask what is not answered yet, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    usual = HERE.parents[1].parent / "shared" / "eval"
    parser.add_argument("--questions", type=Path, default=usual if usual.is_dir() else None)
    parser.add_argument("--journals", type=Path, default=Path("build") / "answers")
    parser.add_argument("--model", default="qwen2.5-coder-1.5b")
    parser.add_argument("--endpoint")
    parser.add_argument("--parts", default="kotae,unanswerable,peers,ablation,large,again")
    parser.add_argument("--most", type=int, help="questions of each database, for a first look")
    wish = parser.parse_args()
    questions = {name: asked[: wish.most] for name, asked in questions_of(wish.questions).items()}
    parts = set(filter(None, wish.parts.split(",")))
    large = "large" in parts
    with databases(wish.questions, large=large) as urls, _server(wish) as endpoint:
        os.environ["KOTAE_API_KEY"] = endpoint.api_key or ""
        with metering(endpoint.base_url, endpoint.api_key) as meter:
            step = 7 if wish.most else 1
            stage = Stage(urls, endpoint, meter, wish.journals, step)
            asyncio.run(ask_everything(questions, stage, parts))
    print(f"\n{report(wish.journals)}")


@contextmanager
def _server(wish: argparse.Namespace) -> Iterator[Endpoint]:
    """The server that is named, or one of our own with a slot for each repeated prompt."""
    key = os.environ.get("KOTAE_API_KEY")
    if wish.endpoint:
        with connect(ServerWish(endpoint=wish.endpoint, api_key=key)) as endpoint:
            yield endpoint
        return
    place = replace(on_cpu(CONTEXT * SLOTS, physical_cores()), slots=SLOTS, repack=False)
    model = pull(model_named(wish.model), models_folder())
    wish.journals.mkdir(parents=True, exist_ok=True)
    launch = Launch(model, wish.model, place)
    server, endpoint = start(find_engine(), launch, wish.journals / "server.log", unheard)
    try:
        yield endpoint
    finally:
        server.close()


if __name__ == "__main__":
    main()
