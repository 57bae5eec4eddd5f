"""How a plan looks: as a table for a person, as data for a program."""

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from rich.cells import cell_len, set_cell_size

from assistant.locale import t
from inference.memory import MIB
from inference.plan import Plan
from inference.planning import Planned, command
from inference.ways_out import WayOut

VERDICTS = {"fits": "fits", "tight": "tight", "does not fit": "does_not_fit"}


def as_data(planned: Planned, known: frozenset[str] | None) -> dict[str, Any]:
    """The plan as JSON; sizes in MiB, speeds in tokens a second."""
    plan = planned.plan
    return {
        "model": plan.model,
        "context": plan.place.context,
        "cpu_moe_layers": plan.place.cpu_moe_layers,
        "verdict": plan.verdict,
        "memory": {
            "ram": _sizes(plan.memory.ram, plan.memory.ram_total),
            "vram": _sizes(plan.memory.vram, plan.memory.vram_total),
        },
        "tokens_per_second": {
            "predicted": round(plan.speed.predicted, 1),
            "ceiling": round(plan.speed.ceiling, 1),
            "prompt": round(plan.speed.prompt),
        },
        "command": command(planned, known),
        "ways_out": [
            {
                "kind": way.kind,
                "amount": way.amount,
                "verdict": way.result.verdict,
                "tokens_per_second": round(way.result.speed.predicted, 1),
            }
            for way in planned.ways_out
        ],
    }


def as_lines(planned: Planned, known: frozenset[str] | None) -> Iterator[str]:
    """The plan for a person, in their language, and the command line that it means."""
    yield from summary(planned)
    yield ""
    yield shlex.join(command(planned, known))


def summary(planned: Planned) -> Iterator[str]:
    """What it takes, how fast it will be, the verdict, and what else could be done."""
    plan = planned.plan
    yield t("plan.model", model=plan.model, context=plan.place.context)
    yield _machine(plan)
    yield ""
    yield from _table(plan)
    yield ""
    yield _speed(plan)
    yield _verdict(plan)
    if planned.ways_out:
        yield t("plan.ways_out")
        yield from (f"  {n}. {_way(way)}" for n, way in enumerate(planned.ways_out, 1))


def forced(planned: Planned) -> Iterator[str]:
    """What will happen when a plan that does not fit is carried out all the same."""
    plan = planned.plan
    if plan.verdict == "does not fit":
        rate = f"{plan.speed.predicted:.1f}"
        read = plan.memory.evictable >= plan.missing
        yield t("plan.forced_reads" if read else "plan.forced_ends", rate=rate)


def _sizes(lines: Mapping[str, int], total: int) -> dict[str, int]:
    sizes = {f"{name}_mib": round(size / MIB) for name, size in lines.items()}
    return {**sizes, "total_mib": round(total / MIB)}


def _machine(plan: Plan) -> str:
    machine, device = plan.machine, plan.place.device
    gpu = t("plan.no_gpu")
    if device:
        key = "plan.gpu_shared" if device.shared else "plan.gpu_own"
        gpu = t(key, title=device.title, size=_mib(device.free))
    return t(
        "plan.machine",
        ram=_mib(machine.ram),
        bandwidth=f"{machine.bandwidth / 1e9:.0f}",
        origin=t("plan.assumed") if machine.assumed else t("plan.measured"),
        cores=machine.performance_cores,
        gpu=gpu,
    )


def _speed(plan: Plan) -> str:
    speed = plan.speed
    return t(
        "plan.speed",
        predicted=f"{speed.predicted:.1f}",
        ceiling=f"{speed.ceiling:.1f}",
        prompt=f"{speed.prompt:.0f}",
    )


def _table(plan: Plan) -> Iterator[str]:
    ram, vram = dict(plan.memory.ram), dict(plan.memory.vram)
    names = dict.fromkeys([*ram, *vram])
    on_gpu = plan.place.device.free if plan.place.device else 0
    rows = [
        ("", t("plan.ram"), t("plan.vram")),
        *((t(f"plan.line_{n}"), _mib(ram.get(n)), _mib(vram.get(n))) for n in names),
        (t("plan.total"), _mib(plan.memory.ram_total), _mib(plan.memory.vram_total)),
        (t("plan.has"), _mib(plan.machine.ram), _mib(on_gpu)),
    ]
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    for name, *cells in rows:
        figures = (" " * (w - cell_len(c)) + c for c, w in zip(cells, widths[1:], strict=True))
        yield "  ".join([set_cell_size(name, widths[0]), *figures]).rstrip()


def _mib(size: int | None) -> str:
    return f"{size / MIB:,.0f} MiB" if size else "-"


def _verdict(plan: Plan) -> str:
    spare = plan.machine.ram - plan.memory.ram_total
    return t(f"plan.{VERDICTS[plan.verdict]}", missing=_mib(plan.missing), spare=_mib(spare))


def _way(way: WayOut) -> str:
    rate = f"{way.result.speed.predicted:.1f}"
    return t(f"plan.way_{way.kind}", amount=way.amount, model=way.result.model, rate=rate)
