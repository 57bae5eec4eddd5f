"""Tuning on real servers: one is started for every trial, and ended with it."""

import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from inference import background, gguf, tuned
from inference.engine import find_engine
from inference.errors import MeasuringFailed, ServerInTheWay
from inference.flags import Launch
from inference.journal import Journal
from inference.machine import Machine
from inference.measure import Script, Stopwatch, Turn
from inference.memory import Placement
from inference.places import models_folder, state_folder, writable
from inference.plan import Plan, Wishes, plan
from inference.process import Engine, start
from inference.progress import OnProgress, unheard
from inference.shape import Shape, shape_of
from inference.store import LocalModel, locate
from inference.survey import survey
from inference.tune import Trial, Tuning
from inference.tuned import Knobs, Tuned, fits, knobs_of
from inference.variations import variations

# A server that is dying is gone within that time.
END_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Subject:
    """What is tuned: a model with an engine, as planned for this machine."""

    engine: Engine
    model: LocalModel
    shape: Shape
    machine: Machine
    plan: Plan

    @property
    def key(self) -> str:
        """What the outcome holds for."""
        place = self.plan.place
        return tuned.key(self.engine.program.file, self.model.path, self.machine, place.context)

    def journal(self) -> Journal:
        """What an interrupted tuning of the same subject has measured."""
        folder = writable(state_folder() / "tuning", "KOTAE_STATE_DIR")
        return Journal(folder / f"{self.key}.jsonl")


def subject(
    wish: str | None, context: int | None = None, on_progress: OnProgress = unheard
) -> Subject:
    """The subject that a person means; `wish` as for `store.locate`.

    Raises ServerInTheWay while the background server runs, and what locate, find_engine, gguf.read
    and shape_of raise.
    """
    if running := background.status():
        raise ServerInTheWay(model=running.model)
    model = locate(wish, models_folder(), on_progress)
    engine = find_engine(None, on_progress)
    machine = survey(engine)
    shape = shape_of(gguf.read(model.path), model.name)
    return Subject(engine, model, shape, machine, plan(model.name, shape, machine, Wishes(context)))


def tune(subject: Subject, seconds: float, on_trial: Callable[[Trial], None]) -> Tuned:
    """Tune within a budget, and remember the outcome for the server's next start.

    Interrupted, it goes on from its journal the next time. Raises NothingMeasured.
    """
    made, journal = subject.plan, subject.journal()
    place, shape, machine = made.place, subject.shape, subject.machine
    tried = variations(place, shape, machine, int(psutil.cpu_count() or 1))

    def run(knobs: Knobs, script: Script) -> Turn:
        return played(subject, knobs.applied(place), knobs.environment, script)

    def allowed(knobs: Knobs) -> bool:
        return fits(knobs, place, shape, machine)

    tuning = Tuning(run, journal, seconds, on_trial, allowed)
    found = tuning.best(knobs_of(place), tried, made.speed.ceiling)
    tuned.save(subject.key, found)
    journal.finish()
    return found


def played(subject: Subject, place: Placement, environment: dict[str, str], script: Script) -> Turn:
    """One turn on a server of its own; raises what starting and measuring raise."""
    launch = Launch(
        model=subject.model.path,
        alias=subject.model.name,
        place=place,
        environment=environment,
    )
    with tempfile.TemporaryDirectory(prefix="kotae-tune-") as folder:
        server, endpoint = start(subject.engine, launch, Path(folder) / "log", unheard)
        try:
            with Stopwatch(endpoint) as stopwatch:
                return stopwatch.play(script)
        except MeasuringFailed as error:
            with suppress(subprocess.TimeoutExpired):
                server.guard.wait(END_SECONDS)
                raise server.death() from error
            raise
        finally:
            server.close()
