"""`kotae model tune` and `bench`: how fast a model is here, and what makes it faster."""

from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.console import reporting_errors, say
from assistant.locale import t

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inference.endpoint import Endpoint
    from inference.measure import AtDepth
    from inference.tune import Trial
    from inference.tuned import Knobs, Tuned

DEPTHS = "0,1024,4096,8192"


def register(app: typer.Typer) -> None:
    """Add both to `kotae model`."""
    app.command("tune", help=t("tune.help"))(tune)
    app.command("bench", help=t("tune.bench_help"))(bench)


def tune(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help=t("tune.name_help"))] = None,
    minutes: Annotated[float, typer.Option(min=0.5, help=t("tune.minutes_help"))] = 15.0,
    context: Annotated[
        int | None, typer.Option("--ctx", "--context", min=4096, help=t("model.context_help"))
    ] = None,
) -> None:
    """Measure settings and keep the best; interrupted, it goes on the next time."""
    from assistant.cli.server_progress import narrated
    from inference import trials
    from inference.errors import InferenceError
    from inference.tuned import knobs_of

    with reporting_errors(InferenceError):
        with narrated() as on_progress:
            subject = trials.subject(name, context, on_progress)
        planned = knobs_of(subject.plan.place)
        if known := len(subject.journal()):
            say(t("tune.resumed", count=known))
        say(t("tune.begins", model=subject.model.name, minutes=f"{minutes:g}"))
        found = trials.tune(subject, 60 * minutes, lambda trial: say(_trial(trial, planned)))
    for line in _outcome(found, planned):
        typer.echo(line)


def bench(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help=t("tune.name_help"))] = None,
    depth: Annotated[str, typer.Option(metavar="N,N,…", help=t("tune.depth_help"))] = DEPTHS,
    as_json: Annotated[bool, typer.Option("--json", help=t("tune.json_help"))] = False,
) -> None:
    """Print speeds at several depths; depths that the context does not hold are left out."""
    import json
    from contextlib import ExitStack
    from dataclasses import asdict

    from assistant.cli.server_progress import narrated
    from inference.errors import InferenceError
    from inference.server import ServerWish, connect

    depths = _depths(depth)
    with reporting_errors(InferenceError), ExitStack() as stack:
        with narrated() as on_progress:
            endpoint = stack.enter_context(connect(ServerWish(model=name), on_progress))
        rows = [_told(row, quiet=as_json) for row in _measured(endpoint, depths)]
    if as_json:
        typer.echo(json.dumps({"model": endpoint.model, "depths": [asdict(row) for row in rows]}))


def _measured(endpoint: "Endpoint", depths: tuple[int, ...]) -> "Iterator[AtDepth]":
    from inference.measure import GENERATED, Stopwatch

    room = (endpoint.context_tokens or max(depths) + 2 * GENERATED) - GENERATED
    kept = tuple(depth for depth in depths if depth < room)
    if kept != depths:
        left_out = ", ".join(str(depth) for depth in depths if depth not in kept)
        say(t("tune.too_deep", depths=left_out, context=endpoint.context_tokens))
    with Stopwatch(endpoint) as stopwatch:
        yield from stopwatch.at_depths(kept)


def _told(row: "AtDepth", *, quiet: bool) -> "AtDepth":
    if not quiet:
        typer.echo(
            t(
                "tune.row",
                depth=f"{row.depth:,}",
                prompt="-" if row.prompt_rate is None else f"{row.prompt_rate:.1f}",
                generation=f"{row.generation_rate:.1f}",
                first=f"{row.first_token:.2f}",
            )
        )
    return row


def _depths(text: str) -> tuple[int, ...]:
    try:
        depths = tuple(int(part) for part in text.split(","))
    except ValueError:
        depths = (-1,)
    if min(depths) < 0:
        raise typer.BadParameter(t("tune.depth_invalid", text=text), param_hint="--depth")
    return depths


def _trial(trial: "Trial", planned: "Knobs") -> str:
    """One trial in a line."""
    settings = _settings(trial.knobs, planned)
    if trial.turn is None:
        return t("tune.unwell", number=trial.number, settings=settings, fault=trial.fault)
    key = "tune.known" if trial.known else "tune.trial"
    return t(
        key,
        number=trial.number,
        round=t(f"tune.round_{trial.round}"),
        settings=settings,
        seconds=f"{trial.turn.seconds:.1f}",
        left=f"{trial.left / 60:.0f}",
    )


def _settings(knobs: "Knobs", planned: "Knobs") -> str:
    changes = knobs.changes(planned)
    named = (f"{name}={value}" for name, value in changes.items())
    return ", ".join(named) if changes else t("tune.as_planned")


def _outcome(found: "Tuned", planned: "Knobs") -> "Iterator[str]":
    """What was gained, and how near that is to what the memory's bandwidth allows."""
    yield t("tune.settings", settings=_settings(found.knobs, planned))
    yield t(
        "tune.gain",
        before=f"{found.untuned.seconds:.1f}",
        after=f"{found.turn.seconds:.1f}",
        gain=f"{found.gain:.0%}",
    )
    yield t(
        "tune.ceiling",
        rate=f"{found.turn.generation_rate:.1f}",
        ceiling=f"{found.ceiling:.1f}",
        share=f"{found.of_ceiling:.0%}",
    )
