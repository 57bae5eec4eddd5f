"""What is said to a model and what comes back, as data."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from openai.types.chat import ChatCompletionMessageParam

from assistant.model.grammar import for_grammar

Message = ChatCompletionMessageParam
Effort = Literal["low", "medium", "high"]


@dataclass(frozen=True, slots=True)
class ModelEndpoint:
    """Where the model answers. `base_url` ends with /v1; `context_tokens` is None when unknown.

    `is_llama_server` opens what only llama-server has. On our own server `slot` is the one that
    all prompts of this process use, and `saves` the folder where it keeps prompts on disk.
    """

    base_url: str
    model: str
    api_key: str | None = None
    context_tokens: int | None = None
    is_llama_server: bool = False
    slot: int | None = None
    saves: Path | None = None

    @property
    def root(self) -> str:
        """The address above the OpenAI-compatible part."""
        return self.base_url.removesuffix("/v1")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a reply as it streams in."""

    kind: Literal["reasoning", "content"]
    text: str


@dataclass(frozen=True, slots=True)
class Sampling:
    """How one reply is drawn, where it differs from the model's usual way.

    `harder`: with one step more effort, where the model takes one.
    """

    harder: bool = False
    temperature: float | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class ReplySchema:
    """The JSON schema that the server's sampler enforces, and the most tokens of such a reply."""

    name: str
    schema: dict[str, Any]
    tokens: int = 1024

    def response_format(self) -> Any:
        """As the chat completions API spells it."""
        schema = for_grammar(self.schema)
        return {
            "type": "json_schema",
            "json_schema": {"name": self.name, "strict": True, "schema": schema},
        }
