"""From what a person typed to a plan, its command line and its ways out."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from inference import gguf
from inference.flags import flag, placement, spelled
from inference.machine import Machine
from inference.models import catalogue, model_named
from inference.plan import Plan, Wishes, plan
from inference.shape import Shape, catalogue_shapes, shape_of
from inference.store import installed
from inference.ways_out import WayOut, ways_out


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with the file and shape that it is for and what else could be done."""

    plan: Plan
    file: str
    shape: Shape
    ways_out: tuple[WayOut, ...]


def planned(wish: str | None, folder: Path, machine: Machine, wishes: Wishes) -> Planned:
    """The plan for a catalogue name, a GGUF file, its address, or the best model that fits.

    A file's header is read where there is one; the catalogue's shape serves until it is fetched.
    Raises UnknownModel, ShapeUnknown and what gguf.read and gguf.read_remote raise.
    """
    shapes = catalogue_shapes()
    if wish is None:
        wish = _largest_fitting(machine, wishes)
    name, file, shape = _shaped(wish, folder)
    made = plan(name, shape, machine, wishes)
    return Planned(made, file, shape, ways_out(made, shape, wishes, shapes))


def command(planned: Planned, known: frozenset[str] | None = None) -> list[str]:
    """The command line that the plan means, spelled for an engine that knows these flags."""
    model = flag("--model", "-m", value=planned.file)
    return ["llama-server", *spelled([model, *placement(planned.plan.place)], known).line]


def best_of(names: Iterable[str], folder: Path, machine: Machine, wishes: Wishes) -> str:
    """Of models whose files are here, the largest first: the first that fits, else the last."""
    for name in names:
        _, _, shape = _shaped(name, folder)
        if plan(name, shape, machine, wishes).verdict == "fits":
            break
    return name


def _largest_fitting(machine: Machine, wishes: Wishes) -> str:
    """The largest model of the catalogue that fits, else the smallest one."""
    shapes = catalogue_shapes()
    names = [name for name in catalogue() if name in shapes]
    fits = (n for n in names if plan(n, shapes[n], machine, wishes).verdict == "fits")
    return next(fits, names[-1])


def _shaped(wish: str, folder: Path) -> tuple[str, str, Shape]:
    """A model's name, its first file and its shape."""
    if wish.startswith(("http://", "https://")):
        name = wish.rpartition("/")[2]
        return name, name, shape_of(gguf.read_remote(wish), name)
    if wish.endswith(".gguf") or "/" in wish or "\\" in wish:
        path = Path(wish).expanduser()
        return path.stem, str(path), shape_of(gguf.read(path), path.name)
    model = model_named(wish)
    if model.name in installed(folder):
        path = folder / model.name / model.files[0].name
        return model.name, str(path), shape_of(gguf.read(path), model.name)
    return model.name, model.files[0].name, catalogue_shapes()[model.name]
