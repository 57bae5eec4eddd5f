"""`kotae model`: the models on this machine and the server that runs one."""

import typer

from assistant.locale import t

app = typer.Typer(help=t("model.help"), no_args_is_help=True)
