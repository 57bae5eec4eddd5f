"""`kotae model start, run, status, logs, stop, restart, service`: the shared model server."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from assistant.cli.console import our_errors, reporting_errors, say
from assistant.locale import describe, t

if TYPE_CHECKING:
    from assistant.settings import Settings
    from inference.planning import Planned
    from inference.preparation import ServerWish
    from inference.state import RunningServer

# A server's printed memory may differ from the plan by so much before a person is told.
TOLERANCE, SMALLEST_MIB = 0.05, 64

Effort = Literal["low", "medium", "high"]
Name = Annotated[str | None, typer.Argument(metavar="[NAME]", help=t("model.start_name_help"))]
Lan = Annotated[bool, typer.Option("--lan", help=t("model.lan_help"))]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (start, run, status, logs, stop, restart, service):
        app.command(help=t(f"model.{command.__name__}_help"))(command)


def server_wish(settings: "Settings") -> "ServerWish":
    """What the settings ask of a model server."""
    from inference.preparation import ServerWish

    model = settings.model
    return ServerWish(
        model=model.name,
        endpoint=model.endpoint,
        api_key=model.api_key,
        context_tokens=model.context_tokens,
        engine=model.engine,
        effort=model.effort,
        idle_minutes=model.idle_minutes,
        slots=model.slots,
    )


def start(  # noqa: PLR0913, PLR0917 - each is an option that a person types
    name: Name = None,
    context: Annotated[
        int | None, typer.Option("--ctx", "--context", min=512, help=t("model.context_help"))
    ] = None,
    effort: Annotated[Effort | None, typer.Option(help=t("model.effort_help"))] = None,
    slots: Annotated[int | None, typer.Option(min=1, help=t("model.slots_help"))] = None,
    lan: Lan = False,
    no_gpu: Annotated[bool, typer.Option("--no-gpu", help=t("model.no_gpu_help"))] = False,
    engine: Annotated[Path | None, typer.Option(help=t("model.engine_help"))] = None,
    force: Annotated[bool, typer.Option("--force", help=t("model.force_help"))] = False,
    web_tools: Annotated[bool, typer.Option("--web-tools", help=t("model.web_tools_help"))] = False,
) -> None:
    """Plan, tell the plan, start the server and say where it answers."""
    from assistant.cli.client import web_tools_file
    from assistant.cli.server_progress import narrated
    from inference.server import start_background

    with reporting_errors(*our_errors()):
        wish = _settled(name)
        wish = replace(
            wish,
            context_tokens=context or wish.context_tokens,
            effort=effort or wish.effort,
            slots=slots or wish.slots,
            lan=lan,
            use_gpu=not no_gpu,
            engine=engine or wish.engine,
            force=force,
            mcp_servers=web_tools_file() if web_tools else None,
        )
        with narrated() as on_progress:
            server = start_background(wish, on_progress, _teller(force))
    _tell_started(server)


def run(name: Name = None, lan: Lan = False) -> None:
    """Keep the server from this terminal, as a service manager wants it."""
    from assistant.cli.server_progress import narrated
    from inference.server import keep_here

    with reporting_errors(*our_errors()), narrated() as on_progress:
        code = keep_here(replace(_settled(name), lan=lan), on_progress)
    raise typer.Exit(code)


def _settled(name: str | None) -> "ServerWish":
    """The wish of the settings, with the model that was named."""
    from assistant import settings
    from assistant.locale import set_language

    loaded = settings.load(model=name)
    set_language(loaded.language)
    return server_wish(loaded)


def _teller(force: bool) -> "Callable[[Planned], None]":
    def tell(planned: "Planned") -> None:
        from assistant.cli.plan import forced, summary

        for line in (*summary(planned), *(forced(planned) if force else ())):
            say(line)

    return tell


def _tell_started(server: "RunningServer") -> None:
    say(t("model.started", model=server.model, url=server.url))
    if server.dropped:
        say(t("model.dropped", engine=server.engine, flags=", ".join(server.dropped)))
    if server.wish.get("mcp_servers"):
        from inference.state import state_file

        page = server.url.removesuffix("/v1")
        say(t("model.web_tools", url=page, key_file=state_file()))
    if server.lan_url:
        say(t("model.lan", url=server.lan_url, secret=server.api_key))


def status() -> None:
    """Print the shared server's facts; exit code 3 when none answers."""
    from inference import background, leases, state

    server = background.status()
    if server is None:
        failed = state.read()
        if failed and (error := failed.error()):
            say(t("model.failed", reason=describe(error)))
        say(t("model.none_running"))
        raise typer.Exit(3)
    facts: dict[str, object] = {"model": server.model, "state": _phase(server), "url": server.url}
    facts |= {"context": server.context_tokens or "-", "engine": server.engine, "pid": server.pid}
    facts |= {"clients": leases.count(), "key": state.state_file(), "log": server.log}
    for label, value in facts.items():
        typer.echo(f"{label}\t{value}")
    _tell_memory(server)
    if server.replanned:
        say(t("model.replanned"))
    if server.phase != "ready":
        raise typer.Exit(3)


def _phase(server: "RunningServer") -> str:
    match server.phase:
        case "loading" if server.total:
            return f"loading {100 * (server.done or 0) // server.total} %"
        case "restarting":
            return f"restarting ({server.restarts})"
        case phase:
            return phase


def _tell_memory(server: "RunningServer") -> None:
    for place, (planned, printed) in server.memory.items():
        typer.echo(f"{place} MiB\t{printed:.0f} (planned {planned:.0f})")
        if abs(planned - printed) > max(SMALLEST_MIB, TOLERANCE * printed):
            share = f"{100 * (planned / printed - 1):+.0f}"
            say(t("model.memory_differs", place=t(f"plan.{place}"), share=share))


def logs(
    follow: Annotated[bool, typer.Option("--follow", "-f", help=t("model.follow_help"))] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help=t("model.lines_help"))] = 40,
) -> None:
    """Print the end of what llama-server wrote."""
    from inference.supervisor import log_file
    from inference.tail import following, last

    with reporting_errors(*our_errors()):
        path = log_file()
        if not path.exists():
            say(t("model.no_log"))
            raise typer.Exit(3)
        if lines:
            typer.echo(last(path, lines), nl=False)
        for text in following(path) if follow else ():
            typer.echo(text, nl=False)


def stop() -> None:
    """End the shared server."""
    from assistant.cli.server_progress import narrated
    from inference import background

    with reporting_errors(*our_errors()), narrated() as on_progress:
        server = background.stop(on_progress)
    say(t("model.stopped", model=server.model) if server else t("model.none_running"))


def restart() -> None:
    """End the shared server and start it as it was started before."""
    from assistant.cli.server_progress import narrated
    from inference.server import restart as restarted

    with reporting_errors(*our_errors()), narrated() as on_progress:
        server = restarted(on_progress, _teller(force=False))
    if server is None:
        say(t("model.none_running"))
        raise typer.Exit(3)
    _tell_started(server)


def service(
    name: Name = None,
    lan: Lan = False,
    install: Annotated[bool, typer.Option("--install", help=t("model.install_help"))] = False,
) -> None:
    """Print a systemd unit of this user that keeps the server, or put it in its place."""
    from assistant.cli.service import unit, write_unit

    text = unit(name, lan=lan)
    if not install:
        typer.echo(text, nl=False)
        return
    path = write_unit(text)
    say(t("model.service_installed", path=path, name=path.name))
