"""The catalogue: which models there are, their files, and where those come from."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from inference.errors import UnknownModel

GIB = 1024**3


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One published file: bytes and SHA-256, None where only the hub knows them."""

    name: str
    size: int | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class PackageParts:
    """A model file cut into parts of `bytes`, one a Python package, n counted from 1.

    `package` and `member` (the part's path in the wheel) hold `{n}`.
    """

    package: str
    version: str
    member: str
    count: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Model:
    """A model that can be pulled by name; the first file is the one that llama-server opens."""

    name: str
    title: str
    licence: str
    repository: str
    files: tuple[ModelFile, ...]
    ram: int
    context_tokens: int
    approximate_bytes: int = 0
    parts: PackageParts | None = None

    @property
    def size(self) -> int:
        """Bytes of all files, roughly where the catalogue does not know them."""
        return self.approximate_bytes or sum(file.size or 0 for file in self.files)


def _model(name: str, entry: dict[str, Any]) -> Model:
    parts = entry.pop("parts", None)
    return Model(
        name=name,
        files=tuple(ModelFile(**file) for file in entry.pop("files")),
        ram=entry.pop("ram_gib") * GIB,
        parts=PackageParts(**parts) if parts else None,
        **entry,
    )


@cache
def catalogue() -> Mapping[str, Model]:
    """Every known model by name, the largest first."""
    text = files("inference").joinpath("models.toml").read_text(encoding="utf-8")
    models = (_model(name, entry) for name, entry in tomllib.loads(text).items())
    ordered = sorted(models, key=lambda model: model.size, reverse=True)
    return MappingProxyType({model.name: model for model in ordered})


def model_named(name: str) -> Model:
    """The model of that name; raises UnknownModel with the nearest name."""
    known = catalogue()
    if name in known:
        return known[name]
    raise UnknownModel(name=name, nearest=get_close_matches(name, known, n=1, cutoff=0.0)[0])


def largest_for(memory: int, among: Mapping[str, Model] | None = None) -> Model | None:
    """The largest model that runs in `memory` bytes."""
    models = (among if among is not None else catalogue()).values()
    return max((m for m in models if m.ram <= memory), key=lambda m: m.size, default=None)
