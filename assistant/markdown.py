"""Text of others in Markdown: nothing of it is passed on as markup."""

import re


def literal(text: str) -> str:
    """The text with nothing in it that Markdown would pass on as HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def one_line(text: str) -> str:
    """The text without line breaks, for a heading or an item of a list."""
    return " ".join(text.split())


def fenced(text: str, language: str) -> str:
    """A block of code that the text itself cannot close."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"
