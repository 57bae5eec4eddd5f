"""Outcomes in numbers: how many were right, what went wrong with the others, what they cost."""

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, get_args

from assistant.evaluation.journal import Kind, Outcome
from assistant.locale import t

KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Group:
    """The outcomes of one sort of questions; `kinds` counts them, what was skipped apart."""

    name: str
    kinds: dict[Kind, int]

    @property
    def asked(self) -> int:
        """Questions that were asked."""
        return sum(count for kind, count in self.kinds.items() if kind != "skipped")

    @property
    def share(self) -> float:
        """Right ones among those asked, from 0 to 1."""
        return self.kinds["right"] / self.asked if self.asked else 0.0


@dataclass(frozen=True, slots=True)
class Cost:
    """What one question took: its mean, its median and what nine of ten stay under."""

    mean: float
    p50: float
    p90: float


@dataclass(frozen=True, slots=True)
class Summary:
    """`groups`: all first, then by difficulty, then by language. `costs` by what is counted."""

    groups: tuple[Group, ...]
    costs: dict[str, Cost]

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        groups = [
            {"name": group.name, "asked": group.asked, "share": round(group.share, 4)} | group.kinds
            for group in self.groups
        ]
        costs = {
            name: {key: round(value, 2) for key, value in asdict(cost).items()}
            for name, cost in self.costs.items()
        }
        return {"groups": groups, "costs": costs}


def summarise(outcomes: Sequence[Outcome]) -> Summary:
    """The numbers of these outcomes."""
    difficulties = dict.fromkeys(outcome.difficulty for outcome in outcomes)
    languages = dict.fromkeys(outcome.language for outcome in outcomes)
    groups = [_group("all", outcomes)]
    groups += [_group(d, (o for o in outcomes if o.difficulty == d)) for d in difficulties if d]
    groups += [_group(lang, (o for o in outcomes if o.language == lang)) for lang in languages]
    usages = [outcome.usage for outcome in outcomes if outcome.usage.calls]
    costs = {
        "new": _cost([usage.new_prompt_tokens for usage in usages]),
        "cached": _cost([usage.cached_tokens for usage in usages]),
        "generated": _cost([usage.completion_tokens for usage in usages]),
        "calls": _cost([usage.calls for usage in usages]),
        "seconds": _cost([usage.seconds for usage in usages]),
    }
    return Summary(tuple(groups), costs)


def tables(summary: Summary) -> str:
    """Two Markdown tables, in the person's language."""
    kinds = [kind for kind in KINDS if kind != "right" and summary.groups[0].kinds[kind]]
    head = ["", t("eval.asked"), t("eval.kind_right"), "%", *(t(f"eval.kind_{k}") for k in kinds)]
    rows = [
        [
            t("eval.all") if group.name == "all" else group.name,
            *map(str, (group.asked, group.kinds["right"])),
            f"{group.share:.0%}",
            *(str(group.kinds[kind]) for kind in kinds),
        ]
        for group in summary.groups
    ]
    costs = [
        [t(f"eval.cost_{name}"), *(f"{value:.1f}" for value in asdict(cost).values())]
        for name, cost in summary.costs.items()
    ]
    return f"{table(head, rows)}\n\n{table(['', t('eval.mean'), 'p50', 'p90'], costs)}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; the first column is text, the others are numbers."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, rule, *rows])


def _group(name: str, outcomes: Iterable[Outcome]) -> Group:
    found = [outcome.kind for outcome in outcomes]
    return Group(name, {kind: found.count(kind) for kind in KINDS})


def _cost(values: Sequence[float]) -> Cost:
    if not values:
        return Cost(0, 0, 0)
    nine_of_ten = sorted(values)[math.ceil(len(values) * 0.9) - 1]
    return Cost(statistics.mean(values), statistics.median(values), nine_of_ten)
