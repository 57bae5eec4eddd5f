"""What the journals of `make bench-answers` come to."""

from collections.abc import Iterator
from pathlib import Path

from assistant.evaluation.journal import Outcome, read_journal
from assistant.evaluation.summary import summarise, table, tables
from tests.benchmarks.invented import invented


def report(journals: Path) -> str:
    """What every journal comes to: a table of all side by side, then kotae's in full."""
    found = {path.stem: read_journal(path) for path in sorted(journals.glob("*.jsonl"))}
    found |= _beside_the_ablation(found)
    head = [
        "", "asked", "right", "error", "wrong", "refused", "calls", "new prompt", "generated",
        "s (p50)", "s (p90)", "invented numbers",
    ]  # fmt: skip
    blocks = [table(head, [_row(name, outcomes) for name, outcomes in found.items()])]
    blocks += [f"{name}\n\n{tables(summarise(found[name]))}" for name in
               ("kotae-all", "unanswerable") if name in found]  # fmt: skip
    blocks += _of_all(found.get("kotae-all", []), found.get("again", []))
    return "\n\n".join(blocks)


def _beside_the_ablation(found: dict[str, list[Outcome]]) -> dict[str, list[Outcome]]:
    """What kotae did, nothing left out, on the questions that were asked without a method."""
    asked = {o.id for name, some in found.items() if name.startswith("without-") for o in some}
    same = [outcome for outcome in found.get("kotae-all", []) if outcome.id in asked]
    return {"without nothing": same} if same else {}


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
