"""`kotae knowledge`: the glossary, notes and verified pairs that answers are helped by."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.console import our_errors, reporting_errors, say
from assistant.locale import t

if TYPE_CHECKING:
    from assistant.schema import Schema

app = typer.Typer(help=t("knowledge.help"), no_args_is_help=True)
Chosen = Annotated[str | None, typer.Option("--database", "-d", help=t("ask.database"))]


@app.command(help=t("knowledge.add_help"))
def add(
    question: Annotated[str, typer.Argument(help=t("knowledge.question"))],
    sql: Annotated[str, typer.Argument(help=t("knowledge.sql"))],
    database: Chosen = None,
) -> None:
    """Keep the pair, unless its statement names what the schema lacks."""
    from assistant.errors import StatementStale
    from assistant.knowledge.checking import missing_names
    from assistant.knowledge.files import Pair, add_pair

    with reporting_errors(*our_errors()):
        folder = _folder()
        if missing := missing_names(sql, _schema(database)):
            raise StatementStale(names=", ".join(missing))
        add_pair(folder, Pair(question=question, sql=sql))
        say(t("knowledge.added", path=folder / "pairs.jsonl"))


@app.command(help=t("knowledge.check_help"))
def check(database: Chosen = None) -> None:
    """Print what has gone stale; exit code 1 when something has."""
    from assistant.knowledge.checking import stale
    from assistant.knowledge.files import read_knowledge

    with reporting_errors(*our_errors()):
        found = list(stale(read_knowledge(_folder()), _schema(database)))
    for entry, name in found:
        typer.echo(f"{entry}\t{name}")
    if found:
        say(t("knowledge.stale"))
        raise typer.Exit(1)
    say(t("knowledge.fresh"))


@app.command("list", help=t("knowledge.list_help"))
def list_all() -> None:
    """Print every entry, a line each."""
    from assistant.knowledge.files import read_knowledge

    with reporting_errors(*our_errors()):
        folder = _folder()
        found = read_knowledge(folder)
    for term in found.glossary.term:
        typer.echo(f"term\t{', '.join((term.name, *term.synonyms))}\t{term.means or term.sql}")
    for note in found.notes:
        typer.echo(f"note\t{note.table}{'.' if note.column else ''}{note.column}\t{note.text}")
    for pair in found.pairs:
        typer.echo(f"pair\t{pair.question}\t{pair.sql}")
    if not (found.glossary.term or found.notes or found.pairs):
        say(t("knowledge.none", path=folder))


def _folder() -> Path:
    from assistant import settings

    return settings.knowledge_folder(settings.load())


def _schema(database: str | None) -> "Schema":
    from assistant import settings
    from assistant.tools import Tools
    from mcp_server import settings as tool_settings
    from mcp_server.server import create_server

    async def read() -> "Schema":
        chosen = tool_settings.load(settings.find_file(), database)
        async with Tools(create_server(chosen)) as tools:
            return await tools.schema()

    return asyncio.run(read())
