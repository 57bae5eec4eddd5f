"""Standard input and output as the line of the protocol, without a thread for each message.

The SDK's own transport hands every message to worker threads, through queues and back, which costs
as much as a small query. Where both ends are pipes, as between a client and its server, the event
loop reads and writes them itself; elsewhere the SDK's transport serves.
"""

import asyncio
import os
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Self

import anyio
from mcp.server import MCPServer
from mcp.shared.message import SessionMessage
from mcp_types import jsonrpc_message_adapter
from pydantic import ValidationError

_LONGEST_MESSAGE = 16 * 1024 * 1024
_STDIN, _STDOUT, _STDERR = 0, 1, 2


async def serve(server: MCPServer[None]) -> None:
    """Serve until standard input ends."""
    if not all(map(_is_pipe, (_STDIN, _STDOUT))):
        await server.run_stdio_async()
        return
    inner = server._lowlevel_server  # the SDK has no public way to another transport
    async with _line() as (reader, writer):
        await inner.run(_Incoming(reader), _Outgoing(writer), inner.create_initialization_options())


def _is_pipe(descriptor: int) -> bool:
    mode = os.fstat(descriptor).st_mode
    return sys.platform != "win32" and (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode))


@asynccontextmanager
async def _line() -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Both pipes, ours alone; stray output meanwhile goes to standard error."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(_LONGEST_MESSAGE)
    source, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(_moved(_STDIN, os.devnull), "rb")
    )
    sink, protocol = await loop.connect_write_pipe(
        asyncio.streams.FlowControlMixin, os.fdopen(_moved(_STDOUT, None), "wb")
    )
    try:
        yield reader, asyncio.StreamWriter(sink, protocol, None, loop)
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


class _Stream:
    """What the SDK expects of either direction."""

    async def aclose(self) -> None:
        """The pipes are closed by who opened them."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()


class _Incoming(_Stream):
    """Messages as they arrive, one a line; a line that is none comes as the error that it is."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> SessionMessage | Exception:
        try:
            return await self.receive()
        except anyio.EndOfStream:
            raise StopAsyncIteration from None

    async def receive(self) -> SessionMessage | Exception:
        line = await self._reader.readline()
        if not line:
            raise anyio.EndOfStream
        text = line.decode("utf-8", "replace")
        try:
            return SessionMessage(jsonrpc_message_adapter.validate_json(text, by_name=False))
        except ValidationError as error:
            return error


class _Outgoing(_Stream):
    """Messages on their way out; it waits when the other end is slow to read."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    async def send(self, item: SessionMessage) -> None:
        text = item.message.model_dump_json(by_alias=True, exclude_unset=True)
        try:
            self._writer.write(text.encode() + b"\n")
            await self._writer.drain()
        except ConnectionError as error:
            raise anyio.BrokenResourceError from error
