"""`kotae doctor`: is everything there that an answer needs, and what mends what is not."""

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer
from rich.cells import cell_len, set_cell_size

from assistant.cli.console import say
from assistant.locale import t

if TYPE_CHECKING:
    from rich.text import Text

    from assistant.doctor.finding import Finding

SIGNS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "broken": ("✗", "bold red")}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor", help=t("doctor.help"))(doctor)


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help=t("doctor.json_help"))] = False,
) -> None:
    """Print a line a finding; the exit code is that of what is broken."""
    from rich.console import Console

    from assistant.cli.examination import examined
    from assistant.doctor.finding import exit_code

    found = examined()
    code = exit_code(found)
    if as_json:
        typer.echo(json.dumps(as_data(found), ensure_ascii=False, indent=1))
    else:
        for line in as_lines(found):
            Console(highlight=False).print(line, soft_wrap=True)
        say(t(f"doctor.{verdict(found)}"))
    sys.exit(code)


def as_data(found: "list[Finding]") -> list[dict[str, str]]:
    """The findings for a program."""
    return [{"check": f.check, "state": f.state, "text": f.text, "mend": f.mend} for f in found]


def as_lines(found: "list[Finding]") -> "Iterator[Text]":
    """Sign and word of the state, the check, what was found, and under it the command."""
    from rich.text import Text

    words = [(t(f"doctor.{f.state}"), t(f"doctor.check_{f.check}")) for f in found]
    widths = [max(map(cell_len, column)) for column in zip(*words, strict=True)]
    for finding, pair in zip(found, words, strict=True):
        sign, style = SIGNS[finding.state]
        state, check = (set_cell_size(w, n) for w, n in zip(pair, widths, strict=True))
        yield Text.assemble((f"{sign} {state}  ", style), (f"{check}  ", "cyan"), finding.text)
        if finding.mend and finding.mend not in finding.text:
            yield Text.assemble(" " * (sum(widths) + 6), (f"→ {finding.mend}", "bold"))


def verdict(found: "list[Finding]") -> str:
    """One word for all of it."""
    states = {finding.state for finding in found}
    return "sick" if "broken" in states else "warned" if "warning" in states else "healthy"
