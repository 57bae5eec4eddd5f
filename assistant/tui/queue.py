"""The questions of one chat, answered one after another by one asker."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from assistant.asker import ChatAsker, OpenChat, Serving
from assistant.events import Progress

State = Progress | Serving | Literal["ready", "answering", "unavailable"]


class Question(Protocol):
    """What the queue holds: it reads its own stream and shows how it ends."""

    async def follow(self, asker: ChatAsker) -> None:
        """Ask, and show every event until the last."""
        ...

    def fail(self, error: Exception) -> None:
        """Show that there is no asker, and why."""

    def withdraw(self) -> None:
        """Show at once that the person cancelled."""


@dataclass(frozen=True, slots=True)
class _Running:
    question: Question
    task: asyncio.Task[None]


class QuestionQueue:
    """Keeps one asker open in a task of its own and serves questions in order.

    `on_state` hears what the status line should say; `on_failure` hears why there is no asker
    when no question waits that could show it; `on_asker` gets the asker that is open now. After
    a failure the next question opens again.
    """

    def __init__(
        self,
        on_state: Callable[[State], None],
        on_failure: Callable[[Exception], None],
        on_asker: Callable[[ChatAsker | None], None],
    ) -> None:
        self._on_state = on_state
        self._on_failure = on_failure
        self._on_asker = on_asker
        self._waiting: deque[Question] = deque()
        self._arrived = asyncio.Event()
        self._running: _Running | None = None
        self._serving: asyncio.Task[None] | None = None
        self._closed = False

    def start(self, open_asker: OpenChat) -> None:
        """Begin to open the asker; questions may have come before."""
        self._loop = asyncio.get_running_loop()
        self._open_asker = open_asker
        self._serving = asyncio.create_task(self._serve())

    async def close(self) -> None:
        """Cancel what runs and leave the asker; returns when nothing is left running."""
        self._closed = True
        if self._serving:
            self._serving.cancel()
            await asyncio.wait([self._serving])

    def put(self, question: Question) -> None:
        """Answer this question when those before it are done."""
        self._waiting.append(question)
        self._arrived.set()

    def cancel(self) -> bool:
        """Cancel the oldest question that is not over; False when there is none.

        The question shows it at once; stopping the model and the query may take longer, and
        the next question waits for that.
        """
        running = self._running
        if running and not running.task.cancelling() and running.task.cancel():
            running.question.withdraw()
        elif self._waiting:
            self._waiting.popleft().withdraw()
        else:
            return False
        return True

    async def _serve(self) -> None:
        while True:
            try:
                async with self._open_asker(self._tell) as asker:
                    self._on_asker(asker)
                    self._tell("ready")
                    await self._answer_all(asker)
            except Exception as error:  # noqa: BLE001 - no failure of the asker may end the chat
                if self._closed:
                    return
                self._give_up(error)
                await self._until_one_waits()

    async def _answer_all(self, asker: ChatAsker) -> None:
        while True:
            await self._until_one_waits()
            question = self._waiting.popleft()
            self._tell("answering")
            await self._answer(asker, question)
            self._tell("ready")

    async def _answer(self, asker: ChatAsker, question: Question) -> None:
        task = asyncio.create_task(question.follow(asker))
        self._running = _Running(question, task)
        try:
            await asyncio.wait([task])
        finally:
            # Closing the chat ends the question first, the asker after it.
            task.cancel()
            await asyncio.wait([task])
            self._running = None

    async def _until_one_waits(self) -> None:
        while not self._waiting:
            self._arrived.clear()
            await self._arrived.wait()

    def _give_up(self, error: Exception) -> None:
        self._on_asker(None)
        self._tell("unavailable")
        if not self._waiting:
            self._on_failure(error)
        while self._waiting:
            self._waiting.popleft().fail(error)

    def _tell(self, state: State) -> None:
        # A model may be loaded in a thread, which may not touch the screen.
        self._loop.call_soon_threadsafe(self._on_state, state)
