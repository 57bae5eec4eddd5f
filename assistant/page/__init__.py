"""What every page of ours has: one style sheet, and a policy that lets nothing in from outside."""

import base64
import hashlib
from functools import cache
from importlib.resources import files


@cache
def style() -> str:
    """The style sheet, for light and dark, screen and paper."""
    return files(__name__).joinpath("page.css").read_text(encoding="utf-8")


def policy(script: str = "") -> str:
    """The Content-Security-Policy of a page with our style and this script, known by their hashes;
    nothing is loaded from anywhere."""
    scripts = f"script-src '{_hash(script)}'; " if script else ""
    return (
        f"default-src 'none'; style-src '{_hash(style())}'; {scripts}"
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
