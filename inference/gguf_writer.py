"""Write the parts of a GGUF file (version 3): just enough for the models we make ourselves."""

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from inference.gguf_types import TENSOR_TYPES

ALIGNMENT = 32
UINT32, FLOAT32, STRING, ARRAY = 4, 6, 8, 9


@dataclass(frozen=True, slots=True)
class NewTensor:
    """A tensor to be written; `shape` counts weights, the innermost dimension first."""

    name: str
    shape: tuple[int, ...]
    kind: int

    @property
    def weights(self) -> int:
        """How many there are."""
        count = 1
        for length in self.shape:
            count *= length
        return count

    @property
    def size(self) -> int:
        """Bytes of its data, without padding."""
        return TENSOR_TYPES[self.kind].size(self.weights)


def header(metadata: Mapping[str, bytes], tensors: Iterable[NewTensor]) -> bytes:
    """Everything before the data, padded; each tensor's data must follow padded, in order."""
    tensors = list(tensors)
    parts = [b"GGUF", struct.pack("<IQQ", 3, len(tensors), len(metadata))]
    parts += (text(key) + value for key, value in metadata.items())
    offset = 0
    for tensor in tensors:
        dimensions = struct.pack(f"<I{len(tensor.shape)}Q", len(tensor.shape), *tensor.shape)
        parts.append(text(tensor.name) + dimensions + struct.pack("<IQ", tensor.kind, offset))
        offset += padded_size(tensor.size)
    return padded(b"".join(parts))


def text(value: str) -> bytes:
    """A string without its kind, as in keys and arrays."""
    return struct.pack("<Q", len(value.encode())) + value.encode()


def string(value: str) -> bytes:
    """A metadata value: text."""
    return struct.pack("<I", STRING) + text(value)


def number(value: int) -> bytes:
    """A metadata value: an unsigned number of 32 bits."""
    return struct.pack("<II", UINT32, value)


def real(value: float) -> bytes:
    """A metadata value: a float of 32 bits."""
    return struct.pack("<If", FLOAT32, value)


def array(kind: int, items: list[bytes]) -> bytes:
    """A metadata value: items of one kind, each already packed."""
    return struct.pack("<IIQ", ARRAY, kind, len(items)) + b"".join(items)


def padded(data: bytes) -> bytes:
    """The data, filled up to the alignment."""
    return data + bytes(-len(data) % ALIGNMENT)


def padded_size(size: int) -> int:
    """Bytes that data of that size takes in the file."""
    return size + -size % ALIGNMENT
