"""Read a GGUF file's header: what a model is, without reading its weights.

A header is parsed from memory. Local files are mapped, so that only the pages with the header
are read; remote ones come by range requests that grow until the header is whole.
"""

import math
import mmap
import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from inference.errors import (
    HeaderUnreachable,
    ModelFileMissing,
    ModelPartMissing,
    ModelPartTruncated,
    NotAModelFile,
)
from inference.gguf_types import TENSOR_TYPES, TensorType

TIMEOUT = httpx2.Timeout(30, connect=4)
FIRST_BYTES = 1 << 20
# No real header is longer; more means that something else is being read.
MOST_BYTES = 1 << 28
_STRING = 8
_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q"}
_SCALARS |= {12: "d"}
_LENGTH = struct.Struct("<Q")
_SPLIT = re.compile(r"-(\d{5})-of-(\d{5})(\.gguf)")


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor as the header describes it; `offset` counts from the start of the data."""

    name: str
    weights: int
    kind: TensorType
    offset: int

    @property
    def size(self) -> int:
        """Bytes of its data."""
        return self.kind.size(self.weights)


@dataclass(frozen=True, slots=True)
class Header:
    """Metadata and tensors of one model, its parts put together.

    An array of strings (the vocabulary) is kept as its length only.
    """

    metadata: Mapping[str, Any]
    tensors: tuple[Tensor, ...]
    files: int
    size: int


@dataclass(frozen=True, slots=True)
class _Part:
    metadata: dict[str, Any]
    tensors: tuple[Tensor, ...]
    data_start: int

    @property
    def end(self) -> int:
        """Bytes that the whole file has."""
        ends = (tensor.offset + tensor.size for tensor in self.tensors)
        return self.data_start + max(ends, default=0)


class _NotGguf(Exception):
    """The bytes are not those of a GGUF header."""


class _TooShort(Exception):
    """The header goes on after the bytes at hand."""


def read(path: Path) -> Header:
    """The header of a local model; for a split one `path` is the first part.

    Raises ModelFileMissing, NotAModelFile, ModelPartMissing, ModelPartTruncated.
    """
    if not path.is_file():
        raise ModelFileMissing(path=path)
    names = parts_of(path.name)
    for name in names:
        if not path.with_name(name).is_file():
            raise ModelPartMissing(file=name, folder=path.parent, count=len(names))
    return _together([_local(path.with_name(name)) for name in names])


def read_remote(url: str) -> Header:
    """The header of a model on a web server that takes range requests.

    Raises HeaderUnreachable, NotAModelFile, ModelPartTruncated.
    """
    base, slash, first = url.rpartition("/")
    with httpx2.Client(timeout=TIMEOUT, follow_redirects=True) as client:
        return _together([_remote(client, base + slash + name) for name in parts_of(first)])


def parts_of(name: str) -> tuple[str, ...]:
    """The names of all files of a model, from the name of one of them."""
    split = _SPLIT.search(name)
    if split is None:
        return (name,)
    before, after = name[: split.start()], name[split.end() :]
    numbers = range(1, int(split[2]) + 1)
    return tuple(f"{before}-{n:05}-of-{split[2]}{split[3]}{after}" for n in numbers)


def _together(parts: Sequence[_Part]) -> Header:
    tensors = tuple(tensor for part in parts for tensor in part.tensors)
    return Header(parts[0].metadata, tensors, len(parts), sum(part.end for part in parts))


def _local(path: Path) -> _Part:
    size = path.stat().st_size
    try:
        with path.open("rb") as file, _mapped(file.fileno(), size) as data:
            part = _parsed(data)
    except _TooShort as error:
        raise ModelPartTruncated(file=path, actual=size) from error
    except _NotGguf as error:
        raise NotAModelFile(path=path) from error
    if size < part.end:
        raise ModelPartTruncated(file=path, actual=size)
    return part


def _mapped(descriptor: int, size: int) -> closing[mmap.mmap]:
    if size == 0:
        raise _NotGguf
    return closing(mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ))


def _remote(client: httpx2.Client, url: str) -> _Part:
    data, wanted = bytearray(), FIRST_BYTES
    while True:
        size = _more(client, url, data, wanted)
        try:
            part = _parsed(data)
        except _NotGguf as error:
            raise NotAModelFile(path=url) from error
        except _TooShort as error:
            if len(data) >= min(size, MOST_BYTES):
                raise ModelPartTruncated(file=url, actual=size) from error
            wanted *= 4
            continue
        if size < part.end:
            raise ModelPartTruncated(file=url, actual=size)
        return part


def _more(client: httpx2.Client, url: str, data: bytearray, wanted: int) -> int:
    """Append to the data up to `wanted` bytes; returns the size of the whole file."""
    headers = {"Range": f"bytes={len(data)}-{wanted - 1}", "Accept-Encoding": "identity"}
    try:
        with client.stream("GET", url, headers=headers) as reply:
            size = re.fullmatch(r"bytes \d+-\d+/(\d+)", reply.headers.get("content-range", ""))
            if reply.status_code != 206 or size is None:
                reason = f"HTTP {reply.status_code}, a range was asked for"
                raise HeaderUnreachable(url=url, reason=reason)
            for chunk in reply.iter_raw():
                data += chunk
            return int(size[1])
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        reason = str(error) or type(error).__name__
        raise HeaderUnreachable(url=url, reason=reason) from error


class _Cursor:
    """A place in the bytes that moves forward as values are read."""

    def __init__(self, data: mmap.mmap | bytearray) -> None:
        self.data, self.at = data, 0

    def scalars(self, layout: str) -> tuple[Any, ...]:
        try:
            values = struct.unpack_from(f"<{layout}", self.data, self.at)
        except struct.error as error:
            raise _TooShort from error
        self.at += struct.calcsize(f"<{layout}")
        return values

    def text(self) -> str:
        (length,) = self.scalars("Q")
        if length > len(self.data) - self.at:
            raise _TooShort
        self.at += length
        return bytes(self.data[self.at - length : self.at]).decode("utf-8", errors="replace")

    def skip_texts(self, count: int) -> None:
        """Pass by strings without making them; a vocabulary has hundreds of thousands."""
        data, at, read = self.data, self.at, _LENGTH.unpack_from
        try:
            for _ in range(count):
                at += 8 + read(data, at)[0]
        except (struct.error, OverflowError) as error:
            raise _TooShort from error
        self.at = at

    def value(self, kind: int) -> Any:
        match kind:
            case 8:  # a string
                return self.text()
            case 9:  # an array
                return self.array(*self.scalars("IQ"))
            case _ if kind in _SCALARS:
                return self.scalars(_SCALARS[kind])[0]
            case _:
                raise _NotGguf

    def array(self, kind: int, count: int) -> int | tuple[Any, ...]:
        """The values of an array of numbers, the length of one of strings."""
        if kind == _STRING:
            self.skip_texts(count)
            return count
        if kind not in _SCALARS:
            raise _NotGguf
        if count > len(self.data):
            raise _TooShort
        return self.scalars(f"{count}{_SCALARS[kind]}")

    def tensor(self) -> Tensor:
        name = self.text()
        (dimensions,) = self.scalars("I")
        if dimensions > 4:
            raise _NotGguf
        shape = self.scalars(f"{dimensions}Q")
        kind, offset = self.scalars("IQ")
        if kind not in TENSOR_TYPES:
            raise _NotGguf
        return Tensor(name, math.prod(shape), TENSOR_TYPES[kind], offset)


def _parsed(data: mmap.mmap | bytearray) -> _Part:
    if bytes(data[:4]) != b"GGUF":
        raise _NotGguf
    cursor = _Cursor(data)
    _, version, tensors, pairs = cursor.scalars("4sIQQ")
    if version not in (2, 3):
        raise _NotGguf
    metadata = dict(_pairs(cursor, pairs))
    infos = tuple(cursor.tensor() for _ in range(tensors))
    alignment = metadata.get("general.alignment", 32)
    if not isinstance(alignment, int) or alignment < 1:
        raise _NotGguf
    return _Part(metadata, infos, cursor.at + -cursor.at % alignment)


def _pairs(cursor: _Cursor, count: int) -> Iterator[tuple[str, Any]]:
    for _ in range(count):
        key = cursor.text()
        (kind,) = cursor.scalars("I")
        yield key, cursor.value(kind)
