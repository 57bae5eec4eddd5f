"""One value put into a JSON text with comments; every other byte stays as it is."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

_TRIVIA = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_DECODER = json.JSONDecoder()


class NotJson(ValueError):
    """The text cannot be read; `line` counts from 1."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"line {line}: {problem}")
        self.line, self.problem = line, problem


@dataclass(frozen=True, slots=True)
class Node:
    """A value's place in the text; `members` of an object in order, None for other values."""

    start: int
    end: int
    members: tuple["Member", ...] | None = None

    def member(self, key: str) -> "Node | None":
        """The value that a reader takes for the key: the last one."""
        found = [member.value for member in self.members or () if member.key == key]
        return found[-1] if found else None


@dataclass(frozen=True, slots=True)
class Member:
    """A key, where it begins, and its value."""

    key: str
    start: int
    value: Node


def put(text: str, path: Sequence[str], value: object) -> str:
    """The text with `value` under these keys; missing objects are added. Raises NotJson."""
    if _TRIVIA.fullmatch(text):
        text += "{}"
    node, (*_, last) = _Reader(text).document(), path
    for depth, key in enumerate(path):
        if node.members is None:
            raise NotJson(_line(text, node.start), f"an object should be here, to hold {key}")
        found = node.member(key)
        if found is None:
            for missing in reversed(path[depth + 1 :]):
                value = {missing: value}
            return _inserted(text, node, key, value)
        if depth + 1 < len(path):
            node = found
    found = node.member(last)
    assert found is not None
    return text[: found.start] + _dumped(text, value, _margin(text, found)) + text[found.end :]


def _inserted(text: str, node: Node, key: str, value: object) -> str:
    """The object with one member more, at its end; comments stay with what they follow."""
    outer, close = _margin(text, node), node.end - 1
    inner = _inner_margin(text, node, outer)
    member = f"{json.dumps(key, ensure_ascii=False)}: {_dumped(text, value, inner)}"
    head, trailing = text[:close].rstrip(), ""
    if node.members:
        last = node.members[-1].value.end
        trailing = "," if text[_past_trivia(text, last)] == "," else ""
        head = head if trailing else text[:last] + "," + head[last:]
    line = _newline(text)
    return f"{head}{line}{inner}{member}{trailing}{line}{outer}{text[close:]}"


def _dumped(text: str, value: object, margin: str) -> str:
    lines = json.dumps(value, ensure_ascii=False, indent=_unit(text)).split("\n")
    return f"{_newline(text)}{margin}".join(lines)


def _margin(text: str, node: Node) -> str:
    """The indentation of the line on which the value begins."""
    line = text[text.rfind("\n", 0, node.start) + 1 : node.start]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _inner_margin(text: str, node: Node, outer: str) -> str:
    if node.members:
        first = node.members[0].start
        before = text[text.rfind("\n", 0, first) + 1 : first]
        if "\n" in text[node.start : first] and not before.strip():
            return before
    return outer + _unit(text)


def _unit(text: str) -> str:
    found = re.search(r"\n([ \t]+)\S", text)
    return "  " if found is None else "\t" if found[1][0] == "\t" else found[1]


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _past_trivia(text: str, at: int) -> int:
    """Where the next sign is that is neither a space nor in a comment."""
    found = _TRIVIA.match(text, at)
    return found.end() if found else at


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


class _Reader:
    """Reads JSON with comments and trailing commas, and remembers places instead of values."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def document(self) -> Node:
        self._skip()
        node = self._value()
        self._skip()
        if self.at < len(self.text):
            self._refuse("text after the end")
        return node

    def _value(self) -> Node:
        match self._next():
            case "{":
                return self._object()
            case "[":
                return self._array()
            case _:
                start = self.at
                self._scalar()
                return Node(start, self.at)

    def _object(self) -> Node:
        start, members = self.at, []
        self._expect("{")
        while self._next() != "}":
            begin, key = self.at, self._scalar()
            if not isinstance(key, str):
                self._refuse("a key in double quotes should be here")
            self._expect(":")
            members.append(Member(key, begin, self._value()))
            self._skip()
            self._between("}")
        self._expect("}", skip=False)
        return Node(start, self.at, tuple(members))

    def _array(self) -> Node:
        start = self.at
        self._expect("[")
        while self._next() != "]":
            self._value()
            self._skip()
            self._between("]")
        self._expect("]", skip=False)
        return Node(start, self.at)

    def _between(self, closing: str) -> None:
        if self._next() != closing:
            self._expect(",")

    def _scalar(self) -> Any:
        try:
            value, self.at = _DECODER.raw_decode(self.text, self.at)
        except json.JSONDecodeError as error:
            self.at = error.pos
            self._refuse(error.msg)
        return value

    def _next(self) -> str:
        return self.text[self.at : self.at + 1]

    def _expect(self, sign: str, *, skip: bool = True) -> None:
        self._skip()
        if self._next() != sign:
            self._refuse(f"{sign} should be here")
        self.at += 1
        if skip:
            self._skip()

    def _skip(self) -> None:
        self.at = _past_trivia(self.text, self.at)

    def _refuse(self, problem: str) -> NoReturn:
        raise NotJson(_line(self.text, self.at), problem)
