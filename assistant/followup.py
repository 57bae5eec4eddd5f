"""A question after another: 「では大阪は？」 means something only beside what was asked before."""

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol, Self

from assistant.asker import Effort, Surroundings
from assistant.events import Answer, Answered, Event
from assistant.linking import StoredValue

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

    @classmethod
    def of(cls, question: str, answer: Answer | None) -> Self | None:
        """What an answered question leaves behind; None where there were no rows."""
        if answer is None or answer.status != "answered" or not answer.sql or not answer.result:
            return None
        return cls(question, answer.sql, tuple(column.name for column in answer.result.columns))


@dataclass(slots=True)
class Memory:
    """The last answered question of a conversation, which may be another one from now on."""

    earlier: Earlier | None = None


def refers_back(question: str) -> bool:
    """Whether the question is one that only an earlier one completes."""
    return _REFERS_BACK.search(question.strip()) is not None


class Answering(Protocol):
    """A loop that can be told what was asked before."""

    def ask(self, question: str, earlier: Earlier | None = None) -> AsyncGenerator[Event, None]: ...

    @property
    def surroundings(self) -> Surroundings: ...

    def run_sql(self, sql: str) -> AsyncGenerator[Event, None]: ...

    def explain(self, sql: str) -> AsyncGenerator[Event, None]: ...

    def double_check(
        self, question: str, first: Answer, earlier: Earlier | None = None
    ) -> AsyncGenerator[Event, None]: ...

    async def values(self, text: str) -> list[StoredValue]: ...

    async def set_effort(self, effort: Effort) -> None: ...


class Conversation:
    """An asker that remembers the last answered question, for those that refer back to it."""

    def __init__(self, loop: Answering, memory: Memory | None = None) -> None:
        self._loop = loop
        self._memory = memory or Memory()
        self._before: Earlier | None = None  # what the last question referred back to

    async def ask(self, question: str) -> AsyncGenerator[Event, None]:
        """The events of one question, which the earlier one completes where it refers back."""
        self._before = self._memory.earlier if refers_back(question) else None
        async with aclosing(self._loop.ask(question, self._before)) as events:
            async for event in events:
                if isinstance(event, Answered):
                    left = Earlier.of(question, event.answer)
                    self._memory.earlier = left or self._memory.earlier
                yield event

    @property
    def surroundings(self) -> Surroundings:
        """What is asked, and by what."""
        return self._loop.surroundings

    def run_sql(self, sql: str) -> AsyncGenerator[Event, None]:
        """The rows of a person's own statement."""
        return self._loop.run_sql(sql)

    def explain(self, sql: str) -> AsyncGenerator[Event, None]:
        """The statement in words."""
        return self._loop.explain(sql)

    async def values(self, text: str) -> list[StoredValue]:
        """Stored values that fit words of the text."""
        return await self._loop.values(text)

    async def set_effort(self, effort: Effort) -> None:
        """Think so much from the next question on."""
        await self._loop.set_effort(effort)

    def double_check(self, question: str, first: Answer) -> AsyncGenerator[Event, None]:
        """A second sample of the last question."""
        return self._loop.double_check(question, first, self._before)
