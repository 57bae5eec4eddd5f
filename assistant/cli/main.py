"""The root command. Commands import what they need when they run, so that --help stays quick."""

import logging
import signal
import sys

import typer

from assistant.cli import (
    ask,
    chat,
    client,
    completion,
    db,
    doctor,
    endpoint,
    engine,
    evaluate,
    init,
    knowledge,
    mcp,
    model,
    report,
    sample,
    tune,
)
from assistant.cli.console import fail
from assistant.cli.manual import add_examples, examples
from assistant.locale import t

app = typer.Typer(
    name="kotae",
    help=t("cli.help"),
    epilog=examples("kotae"),
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
client.register(app)
tune.register(model.app)
endpoint.register(model.app)
app.add_typer(model.app, name="model")
app.add_typer(engine.app, name="engine")
app.add_typer(db.app, name="db")
app.add_typer(knowledge.app, name="knowledge")
app.add_typer(sample.app, name="sample")
mcp.register(app)
completion.register(app)
add_examples(app)


def main() -> None:
    """Run the command line; every error of ours becomes one line and its exit code."""
    # What libraries log is no narration. With a handler of its own the root logger gets no other.
    logging.getLogger().addHandler(logging.NullHandler())
    # Told to end, by a shutdown say, a command tidies up as after Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    completion.answer_shells()
    try:
        app(standalone_mode=True, prog_name="kotae")
    except KeyboardInterrupt:
        sys.exit(fail(t("cli.interrupted"), 130))
