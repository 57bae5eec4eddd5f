"""The chat: `kotae` alone and `kotae chat`, on the full screen, line by line, or in a browser."""

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.console import our_errors, reporting_errors, say
from assistant.locale import t

if TYPE_CHECKING:
    from assistant.tui.opening import Opening

PORT = 8000

Database = Annotated[str | None, typer.Option("--database", "-d", help=t("ask.database"))]
Model = Annotated[str | None, typer.Option("--model", "-m", help=t("ask.model"))]
Endpoint = Annotated[str | None, typer.Option(help=t("ask.endpoint"))]
Resume = Annotated[bool, typer.Option("--continue", "-c", help=t("chat.continue_help"))]
Plain = Annotated[bool, typer.Option("--plain", help=t("chat.plain_help"))]


def _tell_version(wished: bool) -> None:
    if wished:
        from importlib.metadata import version

        typer.echo(f"kotae {version('kotae')}")
        raise typer.Exit


@dataclass(frozen=True, slots=True)
class Wish:
    """What a chat is asked to be about, and by what."""

    database: str | None
    model: str | None
    endpoint: str | None
    resume: bool

    def opening(self) -> "Opening":
        """Settings are read, and refused, here."""
        from assistant.cli.chat_wiring import opening

        return opening(self.database, self.model, self.endpoint, resume=self.resume)


def register(app: typer.Typer) -> None:
    """Make the chat what runs without a command, and a command of its own."""
    app.callback()(alone)
    app.command("chat", help=t("chat.help"))(chat)


def alone(
    context: typer.Context,
    database: Database = None,
    model: Model = None,
    endpoint: Endpoint = None,
    resume: Resume = False,
    plain: Plain = False,
    _: Annotated[
        bool,
        typer.Option("--version", callback=_tell_version, is_eager=True, help=t("cli.version")),
    ] = False,
) -> None:
    """Open the chat when no command was given; where there is no terminal, help."""
    if context.invoked_subcommand:
        return
    if not (plain or _on_a_terminal()):
        typer.echo(context.get_help())
        return
    _chat(Wish(database, model, endpoint, resume), plain=plain)


def chat(  # noqa: PLR0913, PLR0917 - each is an option that a person types
    database: Database = None,
    model: Model = None,
    endpoint: Endpoint = None,
    resume: Resume = False,
    plain: Plain = False,
    web: Annotated[bool, typer.Option("--web", help=t("chat.web_help"))] = False,
    host: Annotated[str, typer.Option(help=t("chat.host_help"))] = "127.0.0.1",
    port: Annotated[int, typer.Option(help=t("chat.port_help"))] = PORT,
) -> None:
    """Chat in the form wished for; without a terminal line by line."""
    wish = Wish(database, model, endpoint, resume)
    if web:
        _serve(wish, host, port)
    else:
        # In a browser textual has a driver of its own, and no terminal.
        on_screen = _on_a_terminal() or "TEXTUAL_DRIVER" in os.environ
        _chat(wish, plain=plain or not on_screen)


def _on_a_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _chat(wish: Wish, *, plain: bool) -> None:
    with reporting_errors(*our_errors()):
        if plain:
            code = _line_by_line(wish)
        else:
            from assistant.tui import run

            _settle_first_run(wish)
            # Behind the first paint: it takes longer than everything that is on the screen.
            code = run(wish.opening)
    sys.exit(code)


def _line_by_line(wish: Wish) -> int:
    from assistant.cli import plain

    opening = wish.opening()
    if opening.resumed:
        session = opening.resumed.session
        say(t("chat.plain_resumed", title=session.title, questions=session.questions))
    elif wish.resume:
        say(t("chat.nothing_kept", database=opening.database))
    try:
        return plain.chat(opening.open_asker, opening.database, opening.notebook)
    finally:
        opening.close()


def _serve(wish: Wish, host: str, port: int) -> None:
    from assistant.web import serve

    with reporting_errors(*our_errors()):
        if _on_a_terminal():
            _settle_first_run(wish)
        token = os.environ.get("KOTAE_WEB_TOKEN", "")
        command = [sys.executable, "-m", "assistant.cli", "chat", *_flags(wish)]
        serve(command, host, port, token, lambda url: say(t("chat.web_ready", url=url)))


def _flags(wish: Wish) -> list[str]:
    """The wish for a process of its own; a URL, which may hold a password, by the environment."""
    flags = [f"--model={wish.model}"] if wish.model else []
    flags += [f"--endpoint={wish.endpoint}"] if wish.endpoint else []
    flags += ["--continue"] if wish.resume else []
    if wish.database and "://" in wish.database:
        os.environ["KOTAE_DATABASE_URL"] = wish.database
    elif wish.database:
        flags.append(f"--database={wish.database}")
    return flags


def _settle_first_run(wish: Wish) -> None:
    """Where no database is known yet, ask; fetch the model that was chosen."""
    from assistant.setup.writing import is_first_run

    if not is_first_run(wish.database):
        return
    from assistant.cli.setup import services
    from assistant.tui import set_up

    choice = set_up(services())
    if choice is None:
        sys.exit(0)
    if choice.model:
        _fetch(choice.model)


def _fetch(model: str) -> None:
    from assistant.cli.model import pull
    from inference.places import models_folder
    from inference.store import installed

    if model not in installed(models_folder()):
        say(t("setup.fetching", name=model))
        pull(model, None)
