"""Right answers, tokens, calls and seconds of kotae and its peers: `make bench-answers`.

On one model server, with a slot for every prompt that a contestant repeats so that nobody pushes
out another's, and one private MariaDB: kotae asks every question; on a fixed share of them,
stratified by database and difficulty, kotae and each peer answer, a database at a time; then kotae
answers the third again without one method after the other, questions in other words than the data,
questions that no data answers, and the sample's with its tables hidden among a thousand. Every
answer goes into a journal at once; the same command goes on where it was cut. Reply text is
checked for numbers that the rows do not hold.
"""

import argparse
import asyncio
import json
import os
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from assistant.cli.wiring import open_bench
from assistant.errors import DatabaseToolFailed
from assistant.evaluation.golds import gold_rows
from assistant.evaluation.journal import Kind, Outcome, appending, read_journal
from assistant.evaluation.questions import GoldQuestion, read_gold
from assistant.evaluation.runner import evaluate
from assistant.evaluation.scoring import matches
from assistant.events import Answer, QueryResult, Status
from assistant.methods import Methods
from assistant.tools import Tools
from inference.endpoint import Endpoint
from mcp_server import settings
from mcp_server.server import create_server
from tests.benchmarks.answers_report import report
from tests.benchmarks.answers_stage import databases, model_server
from tests.benchmarks.meter import Meter, metering
from tests.benchmarks.peers.environments import NEEDS, running

HERE = Path(__file__).parent
SALES = HERE.parents[1] / "examples" / "sales" / "questions.jsonl"
UNANSWERABLE = HERE / "unanswerable.jsonl"
WORDS = HERE / "words.jsonl"
"""Values as people write them, and verified questions about another year, all of the sample."""
TURN = 6
KNOWLEDGE = SALES.parent / "knowledge"
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
    share: int = 3
    """Peers and each method left out answer one of so many questions."""


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


def some(questions: Sequence[GoldQuestion], share: int) -> list[GoldQuestion]:
    """One of so many questions of each difficulty and language, always the same ones."""
    strata: dict[tuple[str, str], list[GoldQuestion]] = defaultdict(list)
    for question in questions:
        strata[question.difficulty, question.spoken].append(question)
    return [question for stratum in strata.values() for question in stratum[::share]]


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
    golds = await gold_rows(question, tools)
    right = any(matches(gold, result.rows, ordered=question.order) for gold in golds)
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
    questions: dict[str, list[GoldQuestion]], stage: Stage, parts: Sequence[str]
) -> None:
    """The parts in turn, a database at a time each."""
    sales, url = questions["sales"], stage.databases["sales"]
    few = {
        name: asked if name == "sales" else some(asked, stage.share)
        for name, asked in questions.items()
    }
    for part in parts:
        match part:
            case "kotae":
                for name, asked in questions.items():
                    await ask_kotae("kotae-all", asked, stage.databases[name], stage)
            case "unanswerable":
                await ask_kotae(part, read_gold(UNANSWERABLE)[:: stage.step], url, stage)
            case "peers":
                for name, asked in few.items():
                    await ask_in_turn(asked, stage.databases[name], stage)
            case "ablation":
                for name, asked in few.items():
                    await ask_without(asked, stage.databases[name], stage)
            case "words":
                await ask_words(stage)
            case "large":
                await ask_kotae(part, sales, stage.databases[part], stage)
            case "again":
                await ask_kotae(part, sales, url, stage)
            case _:
                raise SystemExit(f"no part is called {part}")


async def ask_in_turn(asked: Sequence[GoldQuestion], database: str, stage: Stage) -> None:
    """kotae and every peer, a few questions each at a time."""
    for at in range(0, len(asked), TURN):
        await ask_kotae("kotae", asked[at : at + TURN], database, stage)
        for peer in NEEDS:
            await ask_peer(peer, asked[at : at + TURN], database, stage)


async def ask_words(stage: Stage) -> None:
    """kotae on what linking and pairs are for, with both, without one and without the other."""
    asked, url = read_gold(WORDS), stage.databases["sales"]
    await ask_kotae("words", asked, url, stage)
    for method in ("linking", "pairs"):
        methods = Methods().without([method])
        await ask_kotae(f"words-without-{method}", asked, url, stage, methods)


async def ask_without(asked: Sequence[GoldQuestion], database: str, stage: Stage) -> None:
    """kotae with one method left out after the other."""
    for method in (field.name for field in fields(Methods)):
        methods = Methods().without([method])
        await ask_kotae(f"without-{method}", asked, database, stage, methods)


def main() -> None:
    """Ask what is not answered yet, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    usual = HERE.parents[1].parent / "shared" / "eval"
    parser.add_argument("--questions", type=Path, default=usual if usual.is_dir() else None)
    parser.add_argument("--journals", type=Path, default=Path("build") / "answers")
    parser.add_argument("--model", default="qwen2.5-coder-1.5b")
    parser.add_argument("--endpoint")
    parser.add_argument("--parts", default="kotae,unanswerable,peers,ablation,words,large,again")
    parser.add_argument("--share", type=int, default=3, help="peers answer one of so many")
    parser.add_argument("--most", type=int, help="questions of each database, for a first look")
    wish = parser.parse_args()
    questions = {name: asked[: wish.most] for name, asked in questions_of(wish.questions).items()}
    parts = [*filter(None, wish.parts.split(","))]
    large = "large" in parts
    server = model_server(wish.model, wish.endpoint, wish.journals / "server.log")
    with databases(wish.questions, large=large) as urls, server as endpoint:
        os.environ["KOTAE_API_KEY"] = endpoint.api_key or ""
        with metering(endpoint.base_url, endpoint.api_key) as meter:
            step = 7 if wish.most else 1
            stage = Stage(urls, endpoint, meter, wish.journals, step, wish.share)
            asyncio.run(ask_everything(questions, stage, parts))
    print(f"\n{report(wish.journals)}")


if __name__ == "__main__":
    main()
