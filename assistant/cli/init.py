"""`kotae init`: the first kotae.toml, from flags or from three questions on a terminal."""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.console import fail, our_errors, reporting_errors, say
from assistant.locale import Language, t
from assistant.setup.choice import Choice, Tested


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("init", help=t("init.help"))(init)


def init(  # noqa: PLR0913, PLR0917 - each is an option that a person types
    database: Annotated[
        str | None, typer.Option("--database", "-d", help=t("init.database_help"))
    ] = None,
    sample: Annotated[bool, typer.Option("--sample", help=t("init.sample_help"))] = False,
    model: Annotated[str | None, typer.Option("--model", "-m", help=t("init.model_help"))] = None,
    endpoint: Annotated[str | None, typer.Option(help=t("ask.endpoint"))] = None,
    language: Annotated[Language | None, typer.Option(help=t("init.language_help"))] = None,
    keyring: Annotated[
        str | None, typer.Option(metavar="SERVICE/USER", help=t("init.keyring_help"))
    ] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help=t("init.password_stdin_help"))
    ] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help=t("init.output"))] = None,
    no_test: Annotated[bool, typer.Option("--no-test", help=t("init.no_test_help"))] = False,
    force: Annotated[bool, typer.Option("--force", help=t("init.force_help"))] = False,
) -> None:
    """Settle what is to be written, look at the database, write, say what to type next."""
    from assistant.setup.writing import settings_path, write_settings

    path = output or settings_path()
    wish = Choice(database or "", "", keyring, model, endpoint, language)
    try:
        with reporting_errors(*our_errors()):
            _refuse_present(path, force)
            if database or sample:
                choice = _from_flags(wish, password_stdin=password_stdin, test=not no_test)
            else:
                choice = _from_questions(wish)
            write_settings(path, choice, overwrite=force)
    except typer.Abort:
        sys.exit(fail(t("cli.interrupted"), 130))
    typer.echo(path)
    _say_next(choice)


def _refuse_present(path: Path, force: bool) -> None:
    """Before any question is asked."""
    from assistant.errors import SettingsPresent

    if path.exists() and not force:
        raise SettingsPresent(file=path)


def _from_flags(wish: Choice, *, password_stdin: bool, test: bool) -> Choice:
    if not wish.database:
        return replace(wish, database=loaded_sample())
    password = sys.stdin.readline().rstrip("\n") if password_stdin else ""
    if test and not wish.keyring:
        tell(looked_at(wish.database, password))
    return replace(wish, password=password)


def _from_questions(wish: Choice) -> Choice:
    from assistant.cli.interview import interviewed

    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise typer.BadParameter(t("init.no_terminal"), param_hint="--database")
    return interviewed(wish)


def looked_at(database: str, password: str) -> Tested:
    """The database, tried. Raises errors of ours."""
    from assistant.cli.setup import look_at

    return asyncio.run(look_at(database, password))


def tell(tested: Tested) -> None:
    """What was seen: the server, its tables, the account's grade."""
    say(t("init.reached", server=tested.server, tables=tested.tables))
    if tested.grade != "reader":
        say(t(f"db.{tested.grade}", privileges=", ".join(tested.excess)))


def loaded_sample() -> str:
    """The URL of the sample, made with a bar where it is not there yet."""
    from assistant.cli.console import step_progress
    from assistant.cli.setup import load_sample

    with step_progress() as bar:
        task = bar.add_task(t("sample.loading"), total=1)
        return asyncio.run(load_sample(lambda share: bar.update(task, completed=share)))


def _say_next(choice: Choice) -> None:
    say(t("init.written"))
    if choice.model and not choice.endpoint:
        say(t("init.next_pull", model=choice.model))
    say(t("init.next"))
