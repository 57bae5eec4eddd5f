"""The model's reply: read while it streams, then as one of three kinds."""

import json
import re
from dataclasses import dataclass

from assistant.errors import MalformedReply

# An escape that is not whole yet; a surrogate pair is one escape.
_HALF_ESCAPE = re.compile(
    r"(\\u[dD][89abAB][0-9a-fA-F]{2})?\\(u[0-9a-fA-F]{0,3})?$|\\u[dD][89abAB][0-9a-fA-F]{2}$"
)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement and the sentence whose slots its only row fills; '' where it gives a list."""

    sql: str
    template: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question back, with the meanings to choose from; the first one is the default."""

    text: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no answer."""

    reason: str


Reply = Statement | Question | Refusal


def parse(text: str) -> Reply:
    """The reply in full. Raises: MalformedReply."""
    try:
        fields = json.loads(text, strict=False)  # a raw line break in a string is no reason to fail
        json.dumps(fields, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except ValueError as error:
        raise MalformedReply(reply=_excerpt(text)) from error
    match fields:
        case {"sql": str(sql)} if sql.strip() and isinstance(fields.get("answer", ""), str):
            return Statement(
                sql.strip().removesuffix(";").rstrip(), fields.get("answer", "").strip()
            )
        case {"ask": str(question), "choices": [*choices]} if question.strip():
            return Question(question.strip(), tuple(str(choice) for choice in choices))
        case {"refuse": str(reason)}:
            return Refusal(reason.strip())
        case _:
            raise MalformedReply(reply=_excerpt(text))


class StringReader:
    """Hands out the first field piece by piece while its JSON string is still being written."""

    def __init__(self, field: str = "sql") -> None:
        self._opening = re.compile(rf'^\s*\{{\s*"{field}"\s*:\s*"')
        self._raw = ""
        self._shown = ""
        self._closed = False

    @property
    def whole(self) -> str | None:
        """The string, once its end has come."""
        return self._shown if self._closed else None

    def feed(self, text: str) -> str:
        """The part of the string that `text` added; '' when none did."""
        self._raw += text
        grown = self._string()
        delta = grown[len(self._shown) :]
        self._shown = grown
        return delta

    def _string(self) -> str:
        opening = self._opening.match(self._raw)
        if not opening:
            return ""
        body = self._raw[opening.end() :]
        closing = re.search(r'(?<!\\)(?:\\\\)*"', body)
        body = body[: closing.end() - 1] if closing else _HALF_ESCAPE.sub("", body)
        try:
            grown = _LONE_SURROGATE.sub("\ufffd", json.loads(f'"{body}"', strict=False))
        except ValueError:
            return self._shown
        self._closed = closing is not None
        return grown


def _excerpt(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 120 else line[:117] + "…"
