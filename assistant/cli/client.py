"""`kotae client`: our database tools in the settings of the programs that people use already."""

import os
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from assistant.cli.console import our_errors, reporting_errors, say
from assistant.clients.entries import TOKEN, Client
from assistant.locale import t

if TYPE_CHECKING:
    from assistant.clients.entries import Served, Server, Started
    from inference.endpoint import Endpoint

TOOL_SERVER = (sys.executable, "-P", "-m", "mcp_server")
HTTP_URL = "http://127.0.0.1:8765/mcp"
_PASSWORD = re.compile(r"^([^:]+://[^:@/]*):.*@")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("client", help=t("client.help"))(client)


def client(
    name: Annotated[Client, typer.Argument(metavar="CLIENT", help=t("client.name_help"))],
    http: Annotated[bool, typer.Option("--http", help=t("client.http_help"))] = False,
    url: Annotated[str, typer.Option("--url", help=t("client.url_help"))] = HTTP_URL,
    write: Annotated[bool, typer.Option("--write", help=t("client.write_help"))] = False,
    path: Annotated[
        Path | None, typer.Option("--path", metavar="FILE", help=t("client.path_help"))
    ] = None,
) -> None:
    """The settings on standard output, or with --write the files that they were put into."""
    import json

    from assistant.clients.entries import document
    from assistant.clients.places import places

    with reporting_errors(*our_errors()):
        server = _served(url) if http or url != HTTP_URL else _started()
        made = document(name, server)
        if write or path:
            _write(name, server, path)
        else:
            typer.echo(json.dumps(made, indent=2, ensure_ascii=False))
            for place in places(name):
                say(t("client.place", path=place))
        for line in (*_missing(name, server), *_next_steps(server), *_of_the_model(name)):
            say(line)


def web_tools_file() -> Path:
    """The settings of our tools for llama-server's own page, written for it just now.

    Raises DatabaseToolError kinds for settings that are wrong.
    """
    import json

    from assistant.clients.entries import document
    from inference.places import state_folder, write_private

    path, server = state_folder() / "web-tools.json", _started()
    write_private(path, json.dumps(document("llama-web", server), indent=2))
    for line in (*_missing("llama-web", server), *_next_steps(server)):
        say(line)
    return path.absolute()


def _write(name: Client, server: "Server", path: Path | None) -> None:
    from assistant.clients.merging import write
    from assistant.clients.places import places, present
    from assistant.errors import ClientWithoutPlace

    files = (path,) if path else present(places(name))
    if not files:
        raise ClientWithoutPlace(client=name)
    for file in files:
        written = write(name, server, file)
        typer.echo(written.path)
        if not written.changed:
            say(t("client.unchanged", path=file))
        elif written.backup:
            say(t("client.backup", path=written.backup))


def _started() -> "Started":
    """The server of this install, with the settings that are in force here."""
    from assistant.clients.entries import Started
    from assistant.settings import find_file
    from mcp_server import settings

    file, url = find_file(), os.environ.get("KOTAE_DATABASE_URL", "")
    loaded = settings.load(file)
    surroundings = {"KOTAE_CONFIG": str(file.absolute())} if file else {}
    if url:
        default = loaded.connections[settings.DEFAULT]
        bare = f"sqlite:///{default.url.database}" if default.is_sqlite else without_password(url)
        surroundings["KOTAE_DATABASE_URL"] = bare
    secret = os.environ.get("KOTAE_DATABASE_PASSWORD") or carries_password(url)
    return Started(TOOL_SERVER, surroundings, ("KOTAE_DATABASE_PASSWORD",) if secret else ())


def without_password(url: str) -> str:
    """The URL of a database as it may be written down."""
    return _PASSWORD.sub(r"\1@", url)


def carries_password(url: str) -> bool:
    """Whether the URL carries a password."""
    return without_password(url) != url


def _served(url: str) -> "Served":
    from assistant.clients.entries import Served
    from assistant.settings import find_file
    from mcp_server import settings

    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise typer.BadParameter(t("client.bad_url", usual=HTTP_URL), param_hint="--url")
    token = settings.load(find_file()).http.token
    away = parts.hostname not in ("localhost", "127.0.0.1", "::1")
    return Served(url, needs_token=bool(token) or away)


def _missing(name: Client, server: "Server") -> Iterator[str]:
    from assistant.clients.entries import left_out

    for variable in left_out(name, server):
        yield t("client.header" if variable == TOKEN else "client.secret", variable=variable)


def _next_steps(server: "Server") -> Iterator[str]:
    from assistant.clients.entries import Served, Started

    match server:
        case Served():
            yield t("client.start_http", command=shlex.join([*TOOL_SERVER, "--http"]))
        case Started(environment=environment) if not environment:
            yield t("client.no_database")


def _of_the_model(name: Client) -> Iterator[str]:
    match name:
        case "cline":
            yield from _model_side()
        case "llama-web":
            yield t("client.web_tools")


def _model_side() -> Iterator[str]:
    """What to type into Cline's form for a model; its key is named, never shown."""
    from inference import background, state

    if running := background.status():
        endpoint, key = running.endpoint, t("client.key_in", path=state.state_file())
    elif found := _chosen_endpoint():
        endpoint, key = found, t("client.key_yours" if found.api_key else "client.key_none")
    else:
        yield t("client.no_model")
        return
    yield t("client.model")
    facts = {"base_url": endpoint.base_url, "model_id": endpoint.model, "key": key}
    facts["context"] = str(endpoint.context_tokens or t("endpoint.untold"))
    for label, value in facts.items():
        yield f"  {t(f'client.{label}')}\t{value}"


def _chosen_endpoint() -> "Endpoint | None":
    from assistant import settings
    from inference.endpoint import attach

    chosen = settings.load().model
    return attach(chosen.endpoint, chosen.api_key, chosen.name) if chosen.endpoint else None
