"""`kotae model`: the models on this machine and the server that runs one."""

from pathlib import Path
from typing import Annotated

import typer

from assistant.cli import server
from assistant.cli.console import columns, reporting_errors, say
from assistant.locale import t

app = typer.Typer(help=t("model.help"), no_args_is_help=True)
server.register(app)


@app.command("list", help=t("model.list_help"))
def list_models() -> None:
    """Print the catalogue as a table."""
    from inference.models import catalogue
    from inference.places import models_folder
    from inference.progress import human_size
    from inference.store import installed

    here = installed(models_folder())
    rows = [tuple(t(f"model.column_{c}") for c in ("name", "size", "memory", "state", "title"))]
    for model in catalogue().values():
        state = t("model.installed") if model.name in here else "-"
        title = f"{model.title} ({model.licence})"
        rows.append((model.name, human_size(model.size), human_size(model.ram), state, title))
    for line in columns(rows):
        typer.echo(line)


@app.command(help=t("model.pull_help"))
def pull(
    name: Annotated[str, typer.Argument(metavar="NAME", help=t("model.name_help"))],
    source: Annotated[
        Path | None,
        typer.Option("--from", exists=True, metavar="DIR", help=t("model.from_help")),
    ] = None,
) -> None:
    """Fetch a model, or check and complete what is there, or adopt it from a folder."""
    from assistant.cli.server_progress import narrated
    from inference.adopt import adopt
    from inference.download import pull
    from inference.errors import InferenceError
    from inference.models import model_named
    from inference.places import models_folder

    with reporting_errors(InferenceError), narrated() as on_progress:
        model, folder = model_named(name), models_folder()
        path = adopt(model, source, folder, on_progress) if source else None
        path = path or pull(model, folder, on_progress)
    say(t("model.pulled", name=name, path=path))


@app.command("plan", help=t("plan.help"))
def show_plan(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help=t("plan.name_help"))] = None,
    context: Annotated[
        int | None, typer.Option("--ctx", "--context", min=512, help=t("plan.context_help"))
    ] = None,
    ram: Annotated[float | None, typer.Option(min=1, help=t("plan.ram_help"))] = None,
    vram: Annotated[float | None, typer.Option(min=0, help=t("plan.vram_help"))] = None,
    gpu: Annotated[str | None, typer.Option(help=t("plan.gpu_help"))] = None,
    bandwidth: Annotated[float | None, typer.Option(min=1, help=t("plan.bandwidth_help"))] = None,
    as_json: Annotated[bool, typer.Option("--json", help=t("plan.json_help"))] = False,
) -> None:
    """Print a plan; the verdict is data, so the exit code is 0 whatever it is."""
    import json

    from assistant.cli.plan import as_data, as_lines
    from assistant.cli.server_progress import narrated
    from inference.errors import InferenceError
    from inference.machine import MachineWish
    from inference.places import models_folder
    from inference.plan import Wishes
    from inference.planning import planned
    from inference.survey import machine_wished

    wish = MachineWish(ram, vram, gpu, bandwidth)
    with reporting_errors(InferenceError):
        with narrated() as on_progress:
            machine, known = machine_wished(wish, on_progress)
        made = planned(name, models_folder(), machine, Wishes(context=context))
    if as_json:
        typer.echo(json.dumps(as_data(made, known), indent=1))
    else:
        typer.echo("\n".join(as_lines(made, known)))
