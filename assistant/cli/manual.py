"""Examples at the end of every command's --help, each from the room `examples` of the locale."""

import typer
from typer.main import get_command_name

from assistant.locale import has, t

# A paragraph that the help formatter leaves as it is.
AS_IT_IS = "\b\n"


def add_examples(app: typer.Typer, *path: str) -> None:
    """Give every command below `path` that has none its examples."""
    for command in app.registered_commands:
        assert command.callback
        name = command.name or get_command_name(command.callback.__name__)
        command.epilog = command.epilog or examples(*path, name)
    for group in app.registered_groups:
        assert group.typer_instance
        assert group.name
        group.epilog = examples(*path, group.name)
        add_examples(group.typer_instance, *path, group.name)


def examples(*path: str) -> str | None:
    """Those of a command, under the words of its path: model_pull; None where there are none."""
    key = f"examples.{'_'.join(path)}"
    if not has(key):
        return None
    lines = (f"  {line}" for line in t(key).splitlines())
    return "\n".join([f"{AS_IT_IS}{t('examples.head')}", *lines])
