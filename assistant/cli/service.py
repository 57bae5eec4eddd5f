"""A systemd unit with which the model server comes up with the user's session."""

import os
import shlex
import sys
from pathlib import Path

NAME = "kotae-model.service"
UNIT = """\
[Unit]
Description=kotae model server
After=network.target

[Service]
ExecStart={command}
{environment}Restart=on-failure
RestartSec=5
TimeoutStopSec=30

[Install]
WantedBy=default.target
"""
KEPT = ("KOTAE_MODELS_DIR", "KOTAE_STATE_DIR", "KOTAE_CONFIG", "KOTAE_ENGINE")


def unit(name: str | None, *, lan: bool) -> str:
    """The unit's text; folders that the environment names go with it, secrets do not."""
    command = [sys.executable, "-P", "-m", "assistant.cli", "model", "run"]
    command += [name] if name else []
    command += ["--lan"] if lan else []
    kept = ((variable, os.environ.get(variable)) for variable in KEPT)
    lines = (f'Environment="{variable}={value}"\n' for variable, value in kept if value)
    # systemd reads a per cent sign as the beginning of a specifier.
    text = UNIT.format(command=shlex.join(command), environment="".join(lines))
    return text.replace("%", "%%")


def write_unit(text: str) -> Path:
    """Put the unit where systemd looks for those of this user."""
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    folder = home / "systemd" / "user"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / NAME
    path.write_text(text, encoding="utf-8")
    return path
