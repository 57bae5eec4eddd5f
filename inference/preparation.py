"""From what a person asked for to what a server is started with: model, engine, plan."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from inference.engine import find_engine
from inference.errors import EngineLacks, ModelDoesNotFit, ShapeUnknown
from inference.flags import Launch, arguments
from inference.hardware import physical_cores
from inference.memory import MIB, Memory, Placement, on_cpu
from inference.places import models_folder
from inference.plan import Wishes, relieved
from inference.planning import Planned, best_of, planned
from inference.process import Engine
from inference.progress import OnProgress
from inference.saves import saves_folder
from inference.store import LocalModel, installed, locate
from inference.survey import survey
from inference.tool_calls import template_file
from inference.tuned import tuned_place


@dataclass(frozen=True, slots=True)
class ServerWish:
    """What a person asked for; None leaves the choice to us.

    `model` is a catalogue name or a path to a GGUF file, `effort` the reasoning effort. `force`
    starts a model that does not fit. `lan` serves the whole network. `idle_minutes` without a
    client end a shared server that was started on demand. `slots` questions are answered at once,
    each with a context of its own. `mcp_servers` is a file of MCP servers whose tools
    llama-server's own web page offers.
    """

    model: str | None = None
    endpoint: str | None = None
    api_key: str | None = field(default=None, repr=False)
    context_tokens: int | None = None
    engine: Path | None = None
    effort: str | None = None
    force: bool = False
    lan: bool = False
    use_gpu: bool = True
    idle_minutes: float = 15.0
    slots: int = 1
    mcp_servers: Path | None = None


@dataclass(frozen=True, slots=True)
class Preparation:
    """What a server is started with. `launches` are tried in turn, each smaller than the last;
    `memory` is what each was predicted to take, None where the model's shape is unknown."""

    engine: Engine
    launches: tuple[Launch, ...]
    memory: tuple[Memory | None, ...]


OnPlan = Callable[[Planned], None]
"""Called with the plan before anything is loaded, also when it is then refused."""


def unseen(_: Planned) -> None:
    """The listener of a caller who does not look at plans."""


def prepare(wish: ServerWish, on_progress: OnProgress, on_plan: OnPlan = unseen) -> Preparation:
    """Locate, plan, refuse what cannot be.

    Raises ModelDoesNotFit unless forced, EngineLacks, and what locate, find_engine and planned
    raise.
    """
    folder = models_folder()
    here = installed(folder)
    # What is not there is told before an engine is tried for it.
    model = locate(wish.model, folder, on_progress) if wish.model or not here else None
    engine = find_engine(wish.engine, on_progress)
    machine = survey(engine, on_progress)
    wishes = Wishes(wish.context_tokens, wish.use_gpu, wish.slots)
    model = model or locate(best_of(here, folder, machine, wishes), folder, on_progress)
    try:
        made = planned(wish.model or model.name, folder, machine, wishes)
    except ShapeUnknown:
        return _unplanned(wish, model, engine)
    on_plan(made)
    return _weighed(wish, model, engine, made)


def _weighed(wish: ServerWish, model: LocalModel, engine: Engine, made: Planned) -> Preparation:
    plan = made.plan
    if plan.verdict == "does not fit" and not wish.force:
        sizes = {"needed": plan.memory.ram_total, "ram": plan.machine.ram, "missing": plan.missing}
        mebibytes = {name: f"{size / MIB:,.0f}" for name, size in sizes.items()}
        raise ModelDoesNotFit(model=wish.model or model.name, **mebibytes)
    smaller = relieved(plan, made.shape)
    plans = [plan, smaller] if smaller else [plan]
    program = engine.program.file
    saves = saves_folder(program, model.path)
    launches = []
    for p in plans:
        place, environment = tuned_place(p.place, made.shape, p.machine, program, model.path)
        launch = _launch(wish, model, place, saves)
        launches.append(replace(launch, environment=environment))
    return _checked(Preparation(engine, tuple(launches), tuple(p.memory for p in plans)))


def _unplanned(wish: ServerWish, model: LocalModel, engine: Engine) -> Preparation:
    context = wish.slots * (wish.context_tokens or model.context_tokens)
    place = replace(on_cpu(context, physical_cores()), slots=wish.slots)
    saves = saves_folder(engine.program.file, model.path)
    launch = _launch(wish, model, place, saves)
    return _checked(Preparation(engine, (launch,), (None,)))


def _launch(wish: ServerWish, model: LocalModel, place: Placement, saves: Path | None) -> Launch:
    return Launch(
        model.path,
        model.name,
        place,
        effort=wish.effort,
        lan=wish.lan,
        saves=saves,
        mcp_servers=wish.mcp_servers,
        template=template_file(model.path),
    )


def _checked(made: Preparation) -> Preparation:
    """Refuse before anything is loaded what the engine cannot do."""
    spelled = arguments(made.launches[0], 0, made.engine.flags)
    if spelled.lacking:
        raise EngineLacks(engine=made.engine.program.name, flags=", ".join(spelled.lacking))
    return made
