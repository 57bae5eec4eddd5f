import asyncio
import io
import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from mcp_server import aside
from mcp_server.threads import Threads


@pytest.fixture
def threads() -> Iterator[Threads]:
    with closing(Threads()) as threads:
        yield threads


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    near, far = socket.socketpair()
    with near, far:
        near.settimeout(30)
        yield near, far


async def test_the_loop_goes_on_while_work_waits_for_its_socket(
    threads: Threads, ends: tuple[socket.socket, socket.socket]
) -> None:
    near, far = ends
    lines = io.BufferedReader(aside.Incoming(near))

    answer = aside.run(lambda: lines.readline() + lines.readline(), threads)
    far.send(b"one\ntw")
    await asyncio.sleep(0)
    far.send(b"o\n")

    assert await answer == b"one\ntwo\n"


async def test_work_that_waits_longer_than_its_socket_may_is_told_so(
    threads: Threads, ends: tuple[socket.socket, socket.socket]
) -> None:
    near, _ = ends
    near.settimeout(0.01)
    incoming = aside.Incoming(near)

    with pytest.raises(TimeoutError):
        await aside.run(lambda: incoming.read(1), threads)
    with pytest.raises(TimeoutError):
        await threads.run(lambda: incoming.read(1))


async def test_what_would_hold_up_the_loop_is_done_in_a_thread(threads: Threads) -> None:
    def work() -> tuple[int, int]:
        return aside.elsewhere(threading.get_ident), threading.get_ident()

    there, here = await aside.run(work, threads)

    assert here == threading.get_ident() != there
    assert aside.elsewhere(threading.get_ident) == here


async def test_errors_reach_who_waits_from_either_place(threads: Threads) -> None:
    def fails() -> None:
        raise ValueError("no")

    for work in (fails, lambda: aside.elsewhere(fails)):
        with pytest.raises(ValueError, match="no"):
            await aside.run(work, threads)
        with pytest.raises(ValueError, match="no"):
            await threads.run(work)


async def test_a_result_can_be_had_before_the_work_has_ended(threads: Threads) -> None:
    steps = []

    def work() -> None:
        aside.answer("early")
        steps.append("done after")

    result = await aside.run(work, threads)
    steps.append(f"had {result}")
    await asyncio.sleep(0)

    assert steps == ["had early", "done after"]


async def test_work_goes_on_when_nobody_waits_for_it(
    threads: Threads, ends: tuple[socket.socket, socket.socket]
) -> None:
    near, far = ends
    incoming, done = aside.Incoming(near), asyncio.Event()

    def work() -> None:
        incoming.read(1)
        done.set()

    aside.run(work, threads).cancel()
    far.send(b"x")

    async with asyncio.timeout(30):
        await done.wait()
