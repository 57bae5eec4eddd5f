"""Threads that wait for work: handing it over and back costs half of what the loop's own do."""

import asyncio
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

Result = TypeVar("Result")
_Jobs = SimpleQueue[Callable[[], None] | None]


class Threads:
    """As many threads as there is work at once; they are kept for the next."""

    def __init__(self) -> None:
        self._idle: list[_Jobs] = []
        self._closed = False

    async def run(self, work: Callable[[], Result]) -> Result:
        """What `work` returns or raises. Who is cancelled here leaves it running."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()
        jobs = self._idle.pop() if self._idle else _begun()

        def job() -> None:
            result = error = None
            try:
                result = work()
            except BaseException as raised:  # noqa: BLE001 - it is for who waits
                error = raised
            try:
                loop.call_soon_threadsafe(self._deliver, jobs, answer, result, error)
            except RuntimeError:  # the loop has ended, and who waited with it
                jobs.put(None)

        jobs.put(job)
        found: Result = await answer
        return found

    def _deliver(
        self, jobs: _Jobs, answer: asyncio.Future[Any], result: Any, error: BaseException | None
    ) -> None:
        if self._closed:
            jobs.put(None)
        else:
            self._idle.append(jobs)
        if answer.done():
            return
        if error is None:
            answer.set_result(result)
        else:
            answer.set_exception(error)

    def close(self) -> None:
        """Let the threads end, each after the work that it has."""
        self._closed = True
        while self._idle:
            self._idle.pop().put(None)


def _begun() -> _Jobs:
    jobs: _Jobs = SimpleQueue()
    threading.Thread(target=_serve, args=[jobs], daemon=True).start()
    return jobs


def _serve(jobs: _Jobs) -> None:
    while job := jobs.get():
        job()
