"""What servers tell beyond the OpenAI-compatible part, each in its own way: the context length.

llama-server has /props, vLLM and SGLang add max_model_len to the standard list, LM Studio has
/api/v0/models and Ollama /api/ps and /api/show. Whoever is asked in a foreign way answers with
an error, and that is an answer too.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, get_args

import httpx2

Kind = Literal["llama.cpp", "vllm", "sglang", "lm studio", "ollama", "other"]
PROBE_SECONDS = 4.0


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model that a server offers: its name first, then its aliases; None where untold."""

    names: tuple[str, ...]
    context_tokens: int | None = None
    kind: Kind = "other"


def listed(entry: Mapping[str, Any]) -> ServedModel:
    """One entry of /v1/models; llama-server, vLLM and SGLang sign theirs."""
    names = (entry["id"], *(entry.get("aliases") or ()))
    meta = entry.get("meta") or {}
    context = meta.get("n_ctx") or entry.get("max_model_len") or entry.get("max_context_length")
    owner = "llama.cpp" if meta else str(entry.get("owned_by")).replace("llamacpp", "llama.cpp")
    kind: Kind = next((kind for kind in get_args(Kind) if kind == owner), "other")
    return ServedModel(names, context, kind)


def discovered(client: httpx2.Client, root: str, model: ServedModel) -> ServedModel:
    """The model with what its server tells of it in its own way, if it has one."""
    if model.kind in ("vllm", "sglang") or (model.kind == "other" and model.context_tokens):
        return model
    for kind, ask in _WAYS.items():
        if model.kind in (kind, "other") and (told := ask(client, root, model.names[0])):
            return ServedModel(model.names, told.context_tokens or model.context_tokens, kind)
    return model


@dataclass(frozen=True, slots=True)
class _Told:
    """The server is of this kind; it may still not say how long the context is."""

    context_tokens: int | None


def _llama_server(client: httpx2.Client, root: str, name: str) -> _Told | None:
    told = _asked(client, "GET", f"{root}/props")
    settings = told.get("default_generation_settings")
    return _Told(_count(settings.get("n_ctx"))) if isinstance(settings, dict) else None


def _lm_studio(client: httpx2.Client, root: str, name: str) -> _Told | None:
    for entry in _entries(_asked(client, "GET", f"{root}/api/v0/models"), "data"):
        if entry.get("id") == name:
            loaded = _count(entry.get("loaded_context_length"))
            return _Told(loaded or _count(entry.get("max_context_length")))
    return None


def _ollama(client: httpx2.Client, root: str, name: str) -> _Told | None:
    """What is loaded, else what the model's file asks for, else what the model can do at most."""
    shown = _asked(client, "POST", f"{root}/api/show", {"model": name})
    if "model_info" not in shown:
        return None
    for entry in _entries(_asked(client, "GET", f"{root}/api/ps"), "models"):
        if name in (entry.get("name"), entry.get("model")) and entry.get("context_length"):
            return _Told(_count(entry["context_length"]))
    if asked := re.search(r"^num_ctx\s+(\d+)", str(shown.get("parameters")), re.MULTILINE):
        return _Told(int(asked[1]))
    facts = shown["model_info"] or {}
    most = (_count(value) for key, value in facts.items() if key.endswith(".context_length"))
    return _Told(next(most, None))


_WAYS: Mapping[Kind, Callable[[httpx2.Client, str, str], _Told | None]] = MappingProxyType(
    {"llama.cpp": _llama_server, "lm studio": _lm_studio, "ollama": _ollama}
)


def _asked(
    client: httpx2.Client, method: str, url: str, body: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The JSON object that the server answers, empty where it has none for us."""
    try:
        reply = client.request(method, url, json=body, timeout=PROBE_SECONDS).raise_for_status()
        told = reply.json()
    except (httpx2.HTTPError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _entries(told: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    entries = told.get(key)
    return [e for e in entries if isinstance(e, dict)] if isinstance(entries, list) else []


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and value > 0 else None
