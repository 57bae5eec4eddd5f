"""What a question costs, and whether it is right: `make bench`, or python -m tests.benchmarks.ask.

Asks the questions of examples/sales/questions.jsonl through the product's own path: loop, MCP
tools, database, and of the sample what the house knows. The first question reads the schema; the
medians are over the others, the warm ones.
"""

import argparse
import asyncio
import json
import os
import platform
import statistics
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from assistant.cli.wiring import open_asker
from assistant.evaluation.scoring import matches
from assistant.events import Answer, Answered
from assistant.loop import Loop
from assistant.tools import Tools
from mcp_server import settings
from mcp_server.samples.loader import load
from mcp_server.server import create_server

QUESTIONS = Path(__file__).parents[2] / "examples" / "sales" / "questions.jsonl"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question, its answer, and whether the rows are the gold rows."""

    id: str
    right: bool
    answer: Answer


async def run(database: str, model: str | None, endpoint: str | None) -> list[Outcome]:
    """Ask all questions in turn."""
    questions = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    opener = open_asker(database, model, endpoint)
    async with opener(lambda _: None) as asker, Tools(create_server(_tools(database))) as tools:
        return [await _outcome(asker, tools, question) for question in questions]


def _tools(database: str) -> settings.Settings:
    return settings.load(database=database)


async def _outcome(asker: Loop, tools: Tools, question: dict[str, Any]) -> Outcome:
    answer = None
    async for event in asker.ask(question["question"]):
        if isinstance(event, Answered):
            answer = event.answer
    assert answer is not None
    rows = answer.result.rows if answer.result else ()
    golds = [(await tools.query(sql)).rows for sql in question["gold"]]
    right = answer.status == "answered" and any(
        matches(gold, rows, ordered=question["order"]) for gold in golds
    )
    return Outcome(question["id"], right, answer)


def table(outcomes: list[Outcome]) -> str:
    """The outcomes as a Markdown table, with the medians of the warm questions."""
    lines = [
        "| question | right | calls | new prompt | cached | generated | s |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for outcome in outcomes:
        usage = outcome.answer.usage
        mark = "yes" if outcome.right else f"no ({outcome.answer.status})"
        lines.append(
            f"| {outcome.id} | {mark} | {usage.calls} | {usage.new_prompt_tokens}"
            f" | {usage.cached_tokens} | {usage.completion_tokens} | {usage.seconds:.1f} |"
        )
    warm = [outcome.answer.usage for outcome in outcomes[1:]]
    medians = [
        statistics.median(values)
        for values in (
            [u.new_prompt_tokens for u in warm],
            [u.cached_tokens for u in warm],
            [u.completion_tokens for u in warm],
        )
    ]
    seconds = statistics.median(u.seconds for u in warm)
    calls = statistics.mean(u.calls for u in warm)
    right = sum(outcome.right for outcome in outcomes)
    lines.append(
        f"| **median, warm** | **{right} of {len(outcomes)}** | {calls:.1f} | "
        + " | ".join(f"{m:.0f}" for m in medians)
        + f" | {seconds:.1f} |"
    )
    return "\n".join(lines)


def _sample(folder: Path) -> Path:
    load("sales", f"sqlite:///{folder / 'sales.db'}", lambda _: None)
    return folder / "sales.db"


def main() -> None:
    """Print the table, the machine and the date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", help="default: the sample, loaded into a folder of its own")
    parser.add_argument("--model", default="qwen2.5-coder-1.5b")
    parser.add_argument("--endpoint")
    parser.add_argument("--verbose", action="store_true", help="also print statements and answers")
    wish = parser.parse_args()
    if not wish.database:
        os.environ["KOTAE_KNOWLEDGE"] = str(QUESTIONS.parent / "knowledge")
    with TemporaryDirectory() as folder:
        database = wish.database or str(_sample(Path(folder)))
        outcomes = asyncio.run(run(database, wish.model, wish.endpoint))
    if wish.verbose:
        for outcome in outcomes:
            print(f"{outcome.id}: {outcome.answer.text}\n    {outcome.answer.sql}")
    model = outcomes[0].answer.model
    print(f"{model}, {platform.machine()}, {platform.system()}, {date.today().isoformat()}\n")
    print(table(outcomes))


if __name__ == "__main__":
    main()
