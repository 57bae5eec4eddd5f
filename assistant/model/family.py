"""How each family of models wants to be asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from assistant.model.terms import Effort

REASONING_TOKENS: Mapping[Effort, int] = MappingProxyType(
    {"low": 1024, "medium": 3072, "high": 7168}
)
_HARDER: Mapping[Effort, Effort] = MappingProxyType(
    {"low": "medium", "medium": "high", "high": "high"}
)


@dataclass(frozen=True, slots=True)
class Family:
    """Sampling: `temperatures` are those of the first attempt and of each further one.

    `reasons`: takes a reasoning effort and thinks before it replies. `keeps_reasoning_of_calls`:
    its template drops the thoughts of a plain reply from the history, and keeps those of a call.
    """

    temperatures: tuple[float, ...]
    sampling: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    reasons: bool = False
    keeps_reasoning_of_calls: bool = False

    def most_tokens(self, effort: Effort, reply: int) -> int:
        """What a call may take whose reply takes `reply` at most; reasoning counts too."""
        return reply + (REASONING_TOKENS[effort] if self.reasons else 0)

    def harder(self, effort: Effort) -> Effort:
        """One step up, where the model takes an effort."""
        return _HARDER[effort] if self.reasons else effort


# The maker's temperature and top_p, and the top_k and min_p of llama.cpp's own preset: a server's
# defaults cut off tokens that open the model's channels. A fixed seed makes it repeatable.
GPT_OSS = Family(
    temperatures=(1.0, 0.6, 0.2),
    sampling=MappingProxyType({"top_p": 1.0, "top_k": 0, "min_p": 0.01}),
    reasons=True,
    keeps_reasoning_of_calls=True,
)
OTHERS = Family(temperatures=(0.0, 0.3))


def family_of(model: str) -> Family:
    """The family of a model by the name that a server gives it."""
    return GPT_OSS if "gpt-oss" in model.lower().replace("_", "-") else OTHERS
