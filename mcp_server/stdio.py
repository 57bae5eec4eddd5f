"""Standard input and output as the line of the protocol, without a thread for each message.

The SDK's own transport hands every message to worker threads and back, which costs as much as a
small query. Where both ends are pipes, as between a client and its server, the event loop reads
and writes them itself; elsewhere the SDK's transport serves.
"""

import asyncio
import os
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from mcp.server import MCPServer
from mcp.server.stdio import stdio_server

_LONGEST_MESSAGE = 16 * 1024 * 1024
_STDIN, _STDOUT, _STDERR = 0, 1, 2


async def serve(server: MCPServer[None]) -> None:
    """Serve until standard input ends."""
    if not all(map(_is_pipe, (_STDIN, _STDOUT))):
        await server.run_stdio_async()
        return
    inner = server._lowlevel_server  # the SDK has no public way to another transport
    async with _line() as (lines, out), stdio_server(lines, out) as (read, write):
        await inner.run(read, write, inner.create_initialization_options())


def _is_pipe(descriptor: int) -> bool:
    mode = os.fstat(descriptor).st_mode
    return sys.platform != "win32" and (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode))


@asynccontextmanager
async def _line() -> AsyncIterator[tuple[Any, Any]]:
    """What stdio_server takes for files; stray output meanwhile goes to standard error."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(_LONGEST_MESSAGE)
    source, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(_moved(_STDIN, os.devnull), "rb")
    )
    sink, protocol = await loop.connect_write_pipe(
        asyncio.streams.FlowControlMixin, os.fdopen(_moved(_STDOUT, None), "wb")
    )
    try:
        yield _Lines(reader), _Out(asyncio.StreamWriter(sink, protocol, None, loop))
    finally:
        source.close()
        sink.close()


def _moved(descriptor: int, instead: str | None) -> int:
    """The descriptor under another number; the old one becomes `instead`, or standard error."""
    private = os.dup(descriptor)
    other = os.open(instead, os.O_RDONLY) if instead else os.dup(_STDERR)
    os.dup2(other, descriptor)
    os.close(other)
    return private


class _Lines:
    """Lines of text as they arrive."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader

    def __aiter__(self) -> "_Lines":
        return self

    async def __anext__(self) -> str:
        line = await self._reader.readline()
        if not line:
            raise StopAsyncIteration
        return line.decode("utf-8", "replace")


class _Out:
    """A file to write to that waits when the other end is slow to read."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    async def write(self, text: str) -> None:
        self._writer.write(text.encode())

    async def flush(self) -> None:
        await self._writer.drain()
