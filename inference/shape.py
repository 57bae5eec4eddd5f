"""The shape of a model: what decides how much memory it takes and how fast it can be."""

import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

from inference.errors import ShapeUnknown
from inference.gguf import Header, Tensor

TensorClass = Literal["experts", "expert_biases", "attention", "rest", "embedding", "output"]
# Every n-th layer sees the whole context, the others a window. Where nothing is known here,
# all layers are counted as seeing it all, which is never too little.
WINDOW_PATTERN = {"gpt-oss": 2, "gemma2": 2, "gemma3": 6, "cohere2": 4}
ATTENTION = tuple(f"attn_{part}." for part in ("q", "k", "v", "qkv", "output"))


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes of a model's weights by class, all layers together.

    `output` is 0 where the embedding serves as output too.
    """

    experts: int = 0
    expert_biases: int = 0
    attention: int = 0
    rest: int = 0
    embedding: int = 0
    output: int = 0

    @property
    def total(self) -> int:
        """Bytes of all weights."""
        return self.routed + self.dense + self.embedding + self.output

    @property
    def routed(self) -> int:
        """Bytes of the experts with their biases: what may lie apart from the rest."""
        return self.experts + self.expert_biases

    @property
    def dense(self) -> int:
        """Bytes that every layer needs for every token."""
        return self.attention + self.rest


@dataclass(frozen=True, slots=True)
class Shape:
    """A model as its header describes it.

    `experts` is 0 for a dense model. `window` is the sliding window in tokens, seen by
    `window_layers` of the layers. `active_parameters` is how many weights a token passes.
    `types` names each class's number type.
    """

    architecture: str
    layers: int
    experts: int
    used_experts: int
    width: int
    heads: int
    kv_heads: int
    head_dim: int
    window: int
    window_layers: int
    context: int
    vocabulary: int
    active_parameters: int
    sizes: Sizes
    types: Mapping[TensorClass, str]

    @property
    def used_share(self) -> float:
        """The part of the experts that one token goes through."""
        return self.used_experts / self.experts if self.experts else 0.0

    @property
    def output_bytes(self) -> int:
        """What the output layer takes where it is computed."""
        return self.sizes.output or self.sizes.embedding


@cache
def catalogue_shapes() -> Mapping[str, Shape]:
    """The shapes of the catalogue's models, by name: known without their files."""
    text = files("inference").joinpath("shapes.toml").read_text(encoding="utf-8")
    entries = tomllib.loads(text)
    shapes = {
        name: Shape(**{**entry, "sizes": Sizes(**entry["sizes"])})
        for name, entry in entries.items()
    }
    return MappingProxyType(shapes)


def shape_of(header: Header, model: str) -> Shape:
    """The shape that a header tells; raises ShapeUnknown, which names `model`."""
    facts = _Facts(header.metadata, model)
    sizes: Counter[str] = Counter()
    kinds: dict[TensorClass, Counter[str]] = {}
    for tensor in header.tensors:
        room = class_of(tensor.name)
        sizes[room] += tensor.size
        kinds.setdefault(room, Counter())[tensor.kind.name] += tensor.size
    layers, heads = facts.number("block_count"), facts.number("attention.head_count")
    experts, used = facts.number("expert_count", 0), facts.number("expert_used_count", 0)
    window = facts.number("attention.sliding_window", 0)
    pattern = WINDOW_PATTERN.get(facts.architecture, 0) if window else 0
    width = facts.number("embedding_length")
    return Shape(
        architecture=facts.architecture,
        layers=layers,
        experts=experts,
        used_experts=used,
        width=width,
        heads=heads,
        kv_heads=facts.number("attention.head_count_kv", heads),
        head_dim=facts.number("attention.key_length", width // max(heads, 1)),
        window=window,
        window_layers=layers - layers // pattern if pattern else 0,
        context=facts.number("context_length"),
        vocabulary=_vocabulary(header, facts, width),
        active_parameters=_active(header.tensors, used / experts if experts else 1.0),
        sizes=Sizes(**dict(sizes)),
        types={room: kinds[room].most_common(1)[0][0] for room in sorted(kinds)},
    )


def class_of(tensor: str) -> TensorClass:
    """The class of a tensor, from its name."""
    if tensor.startswith("token_embd."):
        return "embedding"
    if tensor.startswith("output."):
        return "output"
    part = tensor.split(".", 2)[-1]
    if "_exps." in part:
        return "experts" if part.endswith(".weight") else "expert_biases"
    return "attention" if part.startswith(ATTENTION) else "rest"


@dataclass(frozen=True, slots=True)
class _Facts:
    metadata: Mapping[str, Any]
    model: str

    @property
    def architecture(self) -> str:
        found = self.metadata.get("general.architecture")
        if not isinstance(found, str):
            raise ShapeUnknown(model=self.model, key="general.architecture")
        return found

    def number(self, key: str, default: int | None = None) -> int:
        """A number of the architecture; the largest where each layer has its own."""
        key = f"{self.architecture}.{key}"
        match self.metadata.get(key, default):
            case int(value):
                return value
            case (int(first), *rest):
                return max(first, *map(int, rest))
            case _:
                raise ShapeUnknown(model=self.model, key=key)


def _vocabulary(header: Header, facts: _Facts, width: int) -> int:
    tokens = header.metadata.get("tokenizer.ggml.tokens")
    if isinstance(tokens, int):
        return tokens
    rows = (t.weights // max(width, 1) for t in header.tensors if class_of(t.name) == "embedding")
    return facts.number("vocab_size", next(rows, 0))


def _active(tensors: tuple[Tensor, ...], share: float) -> int:
    counts = {"experts": share, "expert_biases": share, "embedding": 0.0}
    return round(sum(tensor.weights * counts.get(class_of(tensor.name), 1.0) for tensor in tensors))
