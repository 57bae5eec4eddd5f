"""A question after another: 「では大阪は？」 means something only beside what was asked before."""

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol

from assistant.events import Answer, Answered, Event

_REFERS_BACK = re.compile(
    r"^(?:では|じゃ|それ|その|これ|この|同じ|同様|うち|さらに|もっと|ほか|他に|あと|次)|それぞれ以外|そのうち|同じ条件"
    r"|^.{1,12}は[?？]$"
    r"|^(?:and|or|but|then|now|also|only|just|what about|how about|same|instead)\b"
    r"|\b(?:those|these|them|that one|the same|of it)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a follow-up question may refer to; never the rows."""

    question: str
    sql: str
    columns: tuple[str, ...]


def refers_back(question: str) -> bool:
    """Whether the question is one that only an earlier one completes."""
    return _REFERS_BACK.search(question.strip()) is not None


class Answering(Protocol):
    """A loop that can be told what was asked before."""

    def ask(self, question: str, earlier: Earlier | None = None) -> AsyncGenerator[Event, None]: ...

    def double_check(
        self, question: str, first: Answer, earlier: Earlier | None = None
    ) -> AsyncGenerator[Event, None]: ...


class Conversation:
    """An asker that remembers the last answered question, for those that refer back to it."""

    def __init__(self, loop: Answering) -> None:
        self._loop = loop
        self._earlier: Earlier | None = None
        self._before: Earlier | None = None  # what the last question referred back to

    async def ask(self, question: str) -> AsyncGenerator[Event, None]:
        """The events of one question, which the earlier one completes where it refers back."""
        self._before = self._earlier if refers_back(question) else None
        async with aclosing(self._loop.ask(question, self._before)) as events:
            async for event in events:
                if isinstance(event, Answered):
                    self._remember(question, event.answer)
                yield event

    def double_check(self, question: str, first: Answer) -> AsyncGenerator[Event, None]:
        """A second sample of the last question."""
        return self._loop.double_check(question, first, self._before)

    def _remember(self, question: str, answer: Answer) -> None:
        if answer.status == "answered" and answer.sql and answer.result:
            columns = tuple(column.name for column in answer.result.columns)
            self._earlier = Earlier(question, answer.sql, columns)
