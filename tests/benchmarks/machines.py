"""What the plan says of well-known machines, and how long it takes to say it.

    python -m tests.benchmarks.machines              a table, beside published figures
    python -m tests.benchmarks.machines --recorded   the output of `kotae model plan` for each

`--recorded` speaks the language of KOTAE_LANGUAGE.
"""

import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from assistant.cli.plan import as_lines
from inference.machine import MachineWish, typical, with_wish
from inference.plan import Wishes
from inference.planning import Planned, planned
from tests.fixtures.hollow import GPT_OSS_120B, write_hollow

RUNS = 7
HEADS = (
    "machine",
    "model",
    "verdict",
    "context",
    "RAM MiB",
    "GPU MiB",
    "tok/s estimated",
    "published",
)
NOTE = """\
Estimates. * A constant of the estimate was chosen to meet this figure. The others are of the same
list of published runs from which the shares of the bandwidth were read; none was set by
them. The bandwidths of the machines are assumed."""


@dataclass(frozen=True, slots=True)
class Known:
    """A machine, the flags that mean it, and the tokens a second that somebody published.

    `fitted`: the published figure went into the constants of `inference.speed`.
    """

    title: str
    model: str
    flags: str
    wish: MachineWish
    published: str
    fitted: bool


MACHINES = (
    Known("64 GB mini PC, shared GPU", "gpt-oss-120b", "--ram 64 --gpu integrated",
          MachineWish(ram=64, gpu="integrated"), "7.2", True),
    Known("96 GB, no GPU", "gpt-oss-120b", "--ram 96", MachineWish(ram=96), "13.6", True),
    Known("64 GB, 16 GB card", "gpt-oss-120b", "--ram 64 --gpu 'RTX 4060 Ti' --vram 16",
          MachineWish(ram=64, vram=16, gpu="RTX 4060 Ti"), "20", True),
    Known("32 GB laptop", "gpt-oss-20b", "--ram 32", MachineWish(ram=32), "20", True),
    Known("128 GB unified memory", "gpt-oss-120b", "--ram 128 --gpu unified",
          MachineWish(ram=128, gpu="unified"), "40 to 52", True),
    Known("64 GB DDR5-6000, RTX 3090", "gpt-oss-120b", "--ram 64 --gpu 'RTX 3090' --bandwidth 96",
          MachineWish(ram=64, gpu="RTX 3090", bandwidth=96), "32.4", False),
    Known("DGX Spark", "gpt-oss-120b", "--ram 128 --gpu GB10",
          MachineWish(ram=128, gpu="GB10"), "59", False),
    Known("24 GB, no GPU", "gpt-oss-120b", "--ram 24", MachineWish(ram=24), "-", False),
)  # fmt: skip


def main(arguments: list[str]) -> int:
    """Print the table or the recorded outputs."""
    if "--recorded" in arguments:
        for known in MACHINES:
            print(f"```\n$ kotae model plan {known.model} {known.flags}")
            print("\n".join(as_lines(_plan(known), None)), end="\n```\n\n")
        return 0
    print(f"\n| {' | '.join(HEADS)} |\n|---|---|---|--:|--:|--:|--:|--:|")
    for known in MACHINES:
        print(_row(known))
    print(f"\n{NOTE}")
    middle, longest = _seconds()
    print(f"\nA plan from the header of gpt-oss-120b: {1000 * middle:.0f} ms (median of {RUNS}), "
          f"at most {1000 * longest:.0f} ms")  # fmt: skip
    return 0


def _plan(known: Known) -> Planned:
    """Of the catalogue's shapes, whatever lies on this machine."""
    assert known.wish.ram is not None
    machine = with_wish(typical(known.wish.ram), known.wish)
    with tempfile.TemporaryDirectory() as nothing:
        return planned(known.model, Path(nothing), machine, Wishes())


def _row(known: Known) -> str:
    plan = _plan(known).plan
    published = f"{known.published} *" if known.fitted else known.published
    figures = (plan.memory.ram_total, plan.memory.vram_total)
    cells = [known.title, known.model, plan.verdict, str(plan.place.context)]
    cells += [f"{size / (1 << 20):,.0f}" for size in figures]
    return f"| {' | '.join([*cells, f'{plan.speed.predicted:.1f}', published])} |"


def _seconds() -> tuple[float, float]:
    """Median and longest time from a file with a full vocabulary to a plan with its ways out."""
    machine = typical(24)
    with tempfile.TemporaryDirectory() as folder:
        path = write_hollow(Path(folder) / "gpt-oss-120b.gguf", GPT_OSS_120B, vocabulary=True)
        times = []
        for _ in range(RUNS):
            start = time.perf_counter()
            planned(str(path), Path(folder), machine, Wishes())
            times.append(time.perf_counter() - start)
    return statistics.median(times), max(times)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
