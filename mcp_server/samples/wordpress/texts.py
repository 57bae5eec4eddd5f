"""The texts of the diary, as the TOML files beside this module hold them."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def texts(name: str) -> dict[str, Any]:
    """What NAME.toml holds."""
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def lines(text: str) -> list[str]:
    """The lines of a block of text."""
    return text.strip().splitlines()
