"""Plain code that runs in the event loop and steps aside where it would wait.

A thread that sleeps must be woken and then wakes the loop: on an idle processor each of the two
costs as much as a small query.
"""

import asyncio
import io
import os
import select
import socket
import ssl
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from greenlet import getcurrent, greenlet

from mcp_server.threads import Threads

Result = TypeVar("Result")
_LONG = 24 * 3600.0


class Incoming(io.RawIOBase):
    """What a socket receives, TLS or not; who waits for it waits as long as its timeout says.

    Raises TimeoutError.
    """

    def __init__(self, line: socket.socket) -> None:
        self._line = line

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while True:
            try:
                return self._arrived(buffer)
            except (BlockingIOError, ssl.SSLWantReadError):
                if not _readable(self._line):
                    raise TimeoutError("timed out") from None

    def _arrived(self, buffer: Any) -> int:
        if not isinstance(self._line, ssl.SSLSocket):
            return os.readv(self._line.fileno(), [buffer])
        seconds = self._line.gettimeout()
        self._line.settimeout(0)
        try:
            return self._line.recv_into(buffer)
        finally:
            self._line.settimeout(seconds)


POSSIBLE = sys.platform != "win32"
"""Can event loops watch sockets here, in the way that `run` needs?"""


def elsewhere(work: Callable[[], Result]) -> Result:
    """What would hold up the event loop is done in a thread meanwhile."""
    here = getcurrent()
    if here.parent is None:
        return work()
    result, error = here.parent.switch(work)
    if error is not None:
        raise error
    done: Result = result
    return done


def answer(result: object) -> None:
    """Who waits for this work has its result now; what is left to do comes after."""
    here = getcurrent()
    if here.parent is not None:
        here.parent.switch(_Early(result))


@dataclass(frozen=True, slots=True)
class _Early:
    result: object


def _readable(line: socket.socket) -> bool:
    here, seconds = getcurrent(), line.gettimeout()
    if here.parent is None:
        poll = select.poll()
        poll.register(line, select.POLLIN)
        return bool(poll.poll(None if seconds is None else seconds * 1000))
    return bool(here.parent.switch((line.fileno(), seconds)))


def run(work: Callable[[], Result], threads: Threads) -> "asyncio.Future[Result]":
    """What `work` returns or raises; it goes on whether somebody waits for that or not."""
    running = _Run(work, threads)
    running.advance()
    return running.answer


class _Run:
    def __init__(self, work: Callable[[], Any], threads: Threads) -> None:
        self._loop, self._threads = asyncio.get_running_loop(), threads
        self._greenlet = greenlet(work)
        self.answer: asyncio.Future[Any] = self._loop.create_future()
        self._elsewhere: asyncio.Task[None] | None = None

    def advance(self, *given: Any) -> None:
        """Go on until it would wait again, or has ended."""
        try:
            wanted = self._greenlet.switch(*given)
        except BaseException as error:  # noqa: BLE001 - it is for who waits
            if not self.answer.done():
                self.answer.set_exception(error)
            return
        if self._greenlet.dead:
            self._answer(wanted)
        elif isinstance(wanted, _Early):
            self._answer(wanted.result)
            self._loop.call_soon(self.advance)  # right after who waits has gone on
        elif isinstance(wanted, tuple):
            self._wait(*wanted)
        else:
            self._elsewhere = self._loop.create_task(self._do(wanted))

    def _answer(self, result: Any) -> None:
        if not self.answer.done():
            self.answer.set_result(result)

    def _wait(self, descriptor: int, seconds: float | None) -> None:
        def go_on(readable: bool) -> None:
            self._loop.remove_reader(descriptor)
            timer.cancel()
            self.advance(readable)

        timer = self._loop.call_later(seconds or _LONG, go_on, False)
        self._loop.add_reader(descriptor, go_on, True)

    async def _do(self, work: Callable[[], Any]) -> None:
        try:
            done = await self._threads.run(work)
        except Exception as error:  # noqa: BLE001 - it is for the code that asked
            self.advance((None, error))
        else:
            self.advance((done, None))
