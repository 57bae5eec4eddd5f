"""`kotae sample`: databases to try kotae on."""

import shlex
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.console import reporting_errors, say, step_progress
from assistant.locale import t

if TYPE_CHECKING:
    from mcp_server.samples.loader import Loaded

app = typer.Typer(help=t("sample.help"), no_args_is_help=True)


@app.command("list", help=t("sample.list_help"))
def list_samples() -> None:
    """One line a sample: its name, a tab, what it is."""
    print(f"sales\t{t('sample.sales')}")


@app.command(help=t("sample.sales_help"))
def sales(
    into: Annotated[
        str | None, typer.Option(metavar="URL", help=t("sample.into_help"), show_default=False)
    ] = None,
) -> None:
    """Load the sample, say on standard output where it is, and what to type next."""
    from mcp_server.errors import DatabaseToolError
    from mcp_server.samples import loader

    url = _default_url() if into is None else into
    with reporting_errors(DatabaseToolError):
        if into is None and loader.holds("sales", url):
            say(t("sample.already"))
            _point_at(url)
            return
        loaded = _load(url)
        say(t("sample.loaded", tables=len(loaded.row_counts), rows=sum(loaded.row_counts.values())))
        _point_at(loaded.url)


def _default_url() -> str:
    from platformdirs import user_data_path

    return f"sqlite:///{user_data_path('kotae', appauthor=False) / 'sales.db'}"


def _load(url: str) -> "Loaded":
    from mcp_server.samples import loader

    bar = step_progress()
    task = bar.add_task(t("sample.loading"))

    with ExitStack() as shown:

        def on_progress(progress: loader.Progress) -> None:
            if not bar.live.is_started:  # not before: a refusal shows no bar
                shown.enter_context(bar)
            bar.update(task, completed=progress.done, total=progress.total)

        return loader.load("sales", url, on_progress)


def _point_at(url: str) -> None:
    print(url)
    say(t("sample.next", url=shlex.quote(url)))
