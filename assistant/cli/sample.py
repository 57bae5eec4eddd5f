"""`kotae sample`: databases to try kotae on."""

import shlex
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.console import reporting_errors, say, step_progress
from assistant.locale import t

if TYPE_CHECKING:
    from mcp_server.samples.loader import Loaded

Into = Annotated[
    str | None, typer.Option(metavar="URL", help=t("sample.into_help"), show_default=False)
]
app = typer.Typer(help=t("sample.help"), no_args_is_help=True)


@app.command("list", help=t("sample.list_help"))
def list_samples() -> None:
    """One line a sample: its name, a tab, what it is."""
    for name in ("sales", "wordpress"):
        print(f"{name}\t{t(f'sample.{name}')}")


@app.command(help=t("sample.sales_help"))
def sales(into: Into = None) -> None:
    """A retailer."""
    _provide("sales", into)


@app.command(help=t("sample.wordpress_help"))
def wordpress(into: Into = None) -> None:
    """A diary."""
    _provide("wordpress", into)


def _provide(name: str, into: str | None) -> None:
    """Load the sample, say on standard output where it is, and what to type next."""
    from mcp_server.errors import DatabaseToolError
    from mcp_server.samples import loader

    url = _default_url(name) if into is None else into
    with reporting_errors(DatabaseToolError):
        if into is None and loader.holds(name, url):
            say(t("sample.already", name=name))
            _point_at(name, url)
            return
        loaded = _load(name, url)
        tables, rows = len(loaded.row_counts), sum(loaded.row_counts.values())
        say(t("sample.loaded", name=name, tables=tables, rows=rows))
        _point_at(name, loaded.url)


def _default_url(name: str) -> str:
    from platformdirs import user_data_path

    return f"sqlite:///{user_data_path('kotae', appauthor=False) / f'{name}.db'}"


def _load(name: str, url: str) -> "Loaded":
    from mcp_server.samples import loader

    bar = step_progress()
    task = bar.add_task(t("sample.loading", name=name))

    with ExitStack() as shown:

        def on_progress(progress: loader.Progress) -> None:
            if not bar.live.is_started:  # not before: a refusal shows no bar
                shown.enter_context(bar)
            bar.update(task, completed=progress.done, total=progress.total)

        return loader.load(name, url, on_progress)


def _point_at(name: str, url: str) -> None:
    print(url)
    say(t(f"sample.next_{name}", url=shlex.quote(url)))
