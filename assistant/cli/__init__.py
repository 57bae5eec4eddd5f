"""The command line: `kotae` and its commands, and the only place that wires the packages."""

import gc

# Modules are no garbage, and to look for some among them is a tenth of every start.
gc.set_threshold(50_000)

from assistant.cli.main import main  # noqa: E402 - what it imports is what this is for

__all__ = ["main"]
