"""Checks of what answers: the engine, the model, and whether it fits into memory."""

from collections.abc import Iterable
from dataclasses import dataclass

from assistant.doctor.finding import Finding, State
from assistant.locale import t


@dataclass(frozen=True, slots=True)
class Engine:
    """A llama-server of this machine. `fault`: "" it works, None it was never tried."""

    name: str
    fault: str | None


@dataclass(frozen=True, slots=True)
class MemoryPlan:
    """What a model takes, as a person reads it ("12.1 GB"), and tokens a second.

    `missing` and `spare` are of the RAM `there`, beside the system and other programs.
    """

    model: str
    verdict: str
    needed: str
    missing: str
    spare: str
    there: str
    context: int
    rate: float


def engine(candidates: Iterable[Engine]) -> Finding:
    """The one that will be used: the first, in the order of trial, not known to fail."""
    faults = []
    for candidate in candidates:
        match candidate.fault:
            case "":
                return Finding("engine", "ok", t("doctor.engine_works", name=candidate.name))
            case None:
                text = t("doctor.engine_untried", name=candidate.name)
                return Finding("engine", "warning", text, "kotae engine test")
            case fault:
                faults.append(f"{candidate.name}: {fault}")
    text = t("doctor.engines_fail", faults="; ".join(faults)) if faults else t("doctor.no_engine")
    return Finding("engine", "broken", text, "kotae engine install", 3)


def running(model: str, url: str, phase: str) -> Finding:
    """The shared server that is up."""
    return Finding("model", "ok", t("doctor.running", model=model, url=url, phase=phase))


def endpoint(model: str, url: str, context: int | None) -> Finding:
    """Another model server, which answered."""
    tokens = context or t("endpoint.untold")
    return Finding("model", "ok", t("doctor.endpoint", model=model, url=url, context=tokens))


def model_here(name: str) -> Finding:
    """A model whose files are there."""
    return Finding("model", "ok", t("doctor.model_here", model=name))


def memory(plan: MemoryPlan) -> Finding:
    """Whether the model fits, what it takes, how fast it will be."""
    states: dict[str, State] = {"fits": "ok", "tight": "warning"}
    state = states.get(plan.verdict, "broken")
    key = {"ok": "fits", "warning": "tight", "broken": "does_not_fit"}[state]
    text = t(
        f"doctor.{key}",
        model=plan.model,
        needed=plan.needed,
        missing=plan.missing,
        spare=plan.spare,
        there=plan.there,
        context=plan.context,
        rate=f"{plan.rate:.1f}",
    )
    return Finding("memory", state, text, "" if state == "ok" else f"kotae model plan {plan.model}")
