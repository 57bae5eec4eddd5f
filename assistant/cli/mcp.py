"""`kotae mcp`: the database tools alone, for programs that bring their own model."""

from typing import Annotated

import typer

from assistant.locale import t


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("mcp", help=t("mcp.help"))(mcp)


def mcp(
    http: Annotated[bool, typer.Option("--http", help=t("mcp.http_help"))] = False,
    host: Annotated[str, typer.Option(help=t("mcp.host_help"))] = "127.0.0.1",
    port: Annotated[int, typer.Option(help=t("mcp.port_help"))] = 8765,
) -> None:
    """What `python -P -m mcp_server` does."""
    from mcp_server.__main__ import main

    main(["--http", "--host", host, "--port", str(port)] if http else [])
