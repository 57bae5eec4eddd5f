"""`kotae model endpoint`: what a model server of any make offers."""

from typing import Annotated

import typer

from assistant.cli.console import reporting_errors
from assistant.locale import t


def register(app: typer.Typer) -> None:
    """Add it to `kotae model`."""
    app.command("endpoint", help=t("endpoint.help"))(endpoint)


def endpoint(
    url: Annotated[str | None, typer.Argument(metavar="[URL]", help=t("endpoint.url_help"))] = None,
    as_json: Annotated[bool, typer.Option("--json", help=t("tune.json_help"))] = False,
) -> None:
    """Print its models with their context lengths; exit code 3 when it does not answer."""
    import json

    from assistant import settings
    from assistant.errors import AssistantError
    from inference.endpoint import base_url, offered
    from inference.errors import InferenceError

    with reporting_errors(InferenceError, AssistantError):
        chosen = settings.load(endpoint=url).model
        if chosen.endpoint is None:
            raise typer.BadParameter(t("endpoint.missing"), param_hint="URL")
        models = offered(chosen.endpoint, chosen.api_key)
    if as_json:
        rows = [{"model": m.names[0], "context": m.context_tokens, "kind": m.kind} for m in models]
        typer.echo(json.dumps({"url": base_url(chosen.endpoint), "models": rows}))
        return
    for model in models:
        context = model.context_tokens or t("endpoint.untold")
        told = t("endpoint.row", model=model.names[0], kind=model.kind, context=context)
        typer.echo(told)
