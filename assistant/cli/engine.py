"""`kotae engine`: the llama-servers on this machine, and getting one."""

from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.console import columns, reporting_errors, say
from assistant.locale import t

app = typer.Typer(help=t("engine.help"), no_args_is_help=True)


@app.command("list", help=t("engine.list_help"))
def list_engines() -> None:
    """Print every program that may be a llama-server, in the order in which they are tried."""
    from inference.programs import candidates
    from inference.trial import fault_known

    rows = [tuple(t(f"engine.column_{name}") for name in ("name", "state", "file"))]
    for program in candidates():
        fault = fault_known(program)
        state = t("engine.untried") if fault is None else fault or t("engine.works")
        rows.append((program.name, state, str(program.file)))
    if len(rows) == 1:
        say(t("engine.none"))
        raise typer.Exit(3)
    for line in columns(rows):
        typer.echo(line)


Tried = Annotated[Path | None, typer.Argument(metavar="[PATH]", help=t("engine.path_help"))]


@app.command("test", help=t("engine.test_help"))
def try_out(path: Tried = None) -> None:
    """Load a tiny model with each, or with the one that was named; exit code 3 when none works."""
    from assistant.cli.server_progress import narrated
    from inference.engine import device_list
    from inference.errors import InferenceError
    from inference.programs import at, candidates
    from inference.trial import Unfit, fit, forget

    works = False
    with reporting_errors(InferenceError), narrated() as on_progress:
        for program in [at(path)] if path else candidates():
            forget(program)
            try:
                engine = fit(program, on_progress)
            except Unfit as fault:
                typer.echo(f"{program.name}\t{fault}")
                continue
            works = True
            typer.echo(f"{program.name}\t{t('engine.works')}")
            for line in device_list(engine).splitlines():
                if "MiB" in line:
                    typer.echo(f"  {line.strip()}")
    raise typer.Exit(0 if works else 3)


@app.command(help=t("engine.install_help"))
def install(
    variant: Annotated[str | None, typer.Option(help=t("engine.variant_help"))] = None,
) -> None:
    """Fetch llama.cpp's own release for this machine, checked and tried."""
    from assistant.cli.server_progress import narrated
    from inference.errors import InferenceError
    from inference.releases import install as fetched

    with reporting_errors(InferenceError), narrated() as on_progress:
        engine = fetched(variant, on_progress)
    say(t("engine.installed", path=engine.program.file))
