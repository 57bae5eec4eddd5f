"""`kotae db`: is the database account fit for reading, and how to make one that is."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from assistant.cli.console import our_errors, reporting_errors, say
from assistant.locale import t

if TYPE_CHECKING:
    from mcp_server.privileges import Examination
    from mcp_server.sessions import Database, Session

Found = TypeVar("Found")
Chosen = Annotated[
    str | None, typer.Option("--database", "-d", help=t("ask.database"), show_default=False)
]

app = typer.Typer(help=t("db.help"), no_args_is_help=True)


@app.command(help=t("db.check_help"))
def check(database: Chosen = None) -> None:
    """Server, account and layers, a line each; exit code 1 when a layer is missing."""
    from mcp_server.privileges import examine

    with reporting_errors(*our_errors()):
        chosen, found = _looked_at(database, lambda session, _: examine(session))
    for label, value in _facts(chosen, found):
        typer.echo(f"{label}\t{value}")
    if found.missing:
        say(t("db.missing", server=found.product, missing=", ".join(found.missing)))
    if found.account.grade != "reader":
        say(t(f"db.{found.account.grade}", privileges=", ".join(found.account.excess)))
    if found.missing or found.account.grade != "reader":
        raise typer.Exit(1)
    say(t("db.reader"))


@app.command(help=t("db.grant_help"))
def grant(database: Chosen = None) -> None:
    """The statements on standard output; nothing is run."""
    from mcp_server.privileges import reader_statements

    with reporting_errors(*our_errors()):
        _, statements = _looked_at(database, reader_statements)
    typer.echo("\n".join(statements))
    say(t("db.grant_next"))


def _looked_at(
    database: str | None, look: "Callable[[Session, str], Found]"
) -> "tuple[Database, Found]":
    """The chosen connection, and what `look` saw in a session of it."""
    from assistant import settings as assistant_settings
    from mcp_server import settings
    from mcp_server.connections import Connections

    connections = Connections(settings.load(assistant_settings.find_file(), database))
    try:
        chosen = connections.get()
        name = chosen.settings.name
        work = connections.run(chosen, lambda session: look(session, name))
        return chosen, asyncio.run(work)
    finally:
        connections.close()


def _facts(chosen: "Database", found: "Examination") -> list[tuple[str, str]]:
    account = found.account
    return [
        ("connection", chosen.settings.name),
        ("url", chosen.settings.shown_url),
        ("server", f"{found.product} {found.version}"),
        ("charset", found.charset),
        ("sql_mode", found.sql_mode or "-"),
        ("account", account.user or "-"),
        ("grade", account.grade),
        ("beyond reading", ", ".join(account.excess) or "-"),
        ("layers", ", ".join(found.layers)),
        ("missing", ", ".join(found.missing) or "-"),
    ]
