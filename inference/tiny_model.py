"""Write a whole llama model of half a megabyte, with random weights, to try an engine on.

Its weights are quantised in the kinds that real models use, because a build for another
processor may die only in the code for one of them.
"""

import random
import struct
from collections.abc import Iterator
from pathlib import Path

from inference.gguf_writer import NewTensor, array, header, number, padded, real, string, text

WIDTH, FEED_FORWARD, HEADS, LAYERS, CONTEXT = 256, 512, 4, 2, 512
VOCABULARY = (
    "<unk>",
    "<s>",
    "</s>",
    *(f"<0x{n:02X}>" for n in range(256)),
    "▁",
    *"abcdefghijklmno",
)
# Number of the type, weights a block, and how one block of random weights is written.
F32, Q8_0, Q4_K, Q6_K = 0, 8, 12, 14
_HALF = struct.Struct("<e")


def write_tiny_model(path: Path) -> None:
    """Write the model to `path`; the same bytes every time."""
    dice = random.Random(0)
    tensors = [NewTensor(*described) for described in _tensors()]
    data = b"".join(padded(_weights(dice, tensor)) for tensor in tensors)
    path.write_bytes(header(_metadata(), tensors) + data)


def _tensors() -> Iterator[tuple[str, tuple[int, ...], int]]:
    yield "token_embd.weight", (WIDTH, len(VOCABULARY)), Q8_0
    for n in range(LAYERS):
        yield f"blk.{n}.attn_norm.weight", (WIDTH,), F32
        for part in ("q", "k", "v", "output"):
            yield f"blk.{n}.attn_{part}.weight", (WIDTH, WIDTH), Q4_K
        yield f"blk.{n}.ffn_norm.weight", (WIDTH,), F32
        yield f"blk.{n}.ffn_gate.weight", (WIDTH, FEED_FORWARD), Q4_K
        yield f"blk.{n}.ffn_up.weight", (WIDTH, FEED_FORWARD), Q8_0
        yield f"blk.{n}.ffn_down.weight", (FEED_FORWARD, WIDTH), Q6_K
    yield "output_norm.weight", (WIDTH,), F32
    yield "output.weight", (WIDTH, len(VOCABULARY)), Q6_K


def _weights(dice: random.Random, tensor: NewTensor) -> bytes:
    count = tensor.weights
    match tensor.kind:
        case 8:  # Q8_0: a scale, 32 signed bytes
            return b"".join(_HALF.pack(1e-3) + dice.randbytes(32) for _ in range(count // 32))
        case 12:  # Q4_K: scale, minimum, 12 bytes of small scales, 256 nibbles
            scales = _HALF.pack(1e-4) * 2
            return b"".join(scales + dice.randbytes(12 + 128) for _ in range(count // 256))
        case 14:  # Q6_K: 256 times 6 bits, 16 small scales, a scale
            scale = _HALF.pack(1e-5)
            return b"".join(dice.randbytes(192 + 16) + scale for _ in range(count // 256))
        case _:
            return struct.pack(f"<{count}f", *[1.0] * count)


def _metadata() -> dict[str, bytes]:
    kinds = [2, 3, 3, *[6] * 256, *[1] * (len(VOCABULARY) - 259)]
    return {
        "general.architecture": string("llama"),
        "llama.block_count": number(LAYERS),
        "llama.context_length": number(CONTEXT),
        "llama.embedding_length": number(WIDTH),
        "llama.feed_forward_length": number(FEED_FORWARD),
        "llama.attention.head_count": number(HEADS),
        "llama.attention.layer_norm_rms_epsilon": real(1e-5),
        "tokenizer.ggml.model": string("llama"),
        "tokenizer.ggml.tokens": array(8, [text(token) for token in VOCABULARY]),
        "tokenizer.ggml.scores": array(6, [struct.pack("<f", 0.0)] * len(VOCABULARY)),
        "tokenizer.ggml.token_type": array(5, [struct.pack("<i", kind) for kind in kinds]),
        "tokenizer.ggml.bos_token_id": number(1),
        "tokenizer.ggml.eos_token_id": number(2),
    }
