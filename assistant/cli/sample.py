"""`kotae sample`: databases to try kotae on."""

import typer

from assistant.locale import t

app = typer.Typer(help=t("sample.help"), no_args_is_help=True)
