"""The root command. Commands import what they need when they run, so that --help stays quick."""

import logging
import sys

import typer

from assistant.cli import (
    ask,
    chat,
    db,
    doctor,
    endpoint,
    engine,
    evaluate,
    init,
    knowledge,
    model,
    report,
    sample,
    tune,
)
from assistant.cli.console import fail
from assistant.locale import t

app = typer.Typer(
    name="kotae",
    help=t("cli.help"),
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
ask.register(app)
report.register(app)
evaluate.register(app)
init.register(app)
doctor.register(app)
chat.register(app)
tune.register(model.app)
endpoint.register(model.app)
app.add_typer(model.app, name="model")
app.add_typer(engine.app, name="engine")
app.add_typer(db.app, name="db")
app.add_typer(knowledge.app, name="knowledge")
app.add_typer(sample.app, name="sample")


def main() -> None:
    """Run the command line; every error of ours becomes one line and its exit code."""
    # What libraries log is no narration. With a handler of its own the root logger gets no other.
    logging.getLogger().addHandler(logging.NullHandler())
    try:
        app(standalone_mode=True)
    except KeyboardInterrupt:
        sys.exit(fail(t("cli.interrupted"), 130))
