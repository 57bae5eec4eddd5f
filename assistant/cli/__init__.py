"""The command line: `kotae` and its commands, and the only place that wires the packages."""

from assistant.cli.main import main

__all__ = ["main"]
