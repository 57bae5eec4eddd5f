"""Any OpenAI-compatible model server, ours or not."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx2

from inference.errors import (
    EndpointRefusesKey,
    EndpointUnreachable,
    ModelNotServed,
    NotAnEndpoint,
)

TIMEOUT = httpx2.Timeout(10, connect=4)
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to send questions. `context_tokens`: None where the server does not say."""

    base_url: str
    api_key: str | None = field(repr=False)
    model: str
    context_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class ServedModel:
    """One entry of /v1/models."""

    names: tuple[str, ...]
    context_tokens: int | None


def attach(url: str, api_key: str | None = None, model: str | None = None) -> Endpoint:
    """An endpoint for a server that runs already; `url` with or without /v1.

    Without `model` the first one served. Raises EndpointUnreachable, EndpointRefusesKey,
    NotAnEndpoint, ModelNotServed.
    """
    base = _base_url(url)
    models = served(base, api_key)
    chosen = next((m for m in models if model is None or model in m.names), None)
    if chosen is None:
        names = ", ".join(m.names[0] for m in models)
        raise ModelNotServed(url=base, model=model or "", served=names or "-")
    return Endpoint(base, api_key, model or chosen.names[0], chosen.context_tokens)


def slots(endpoint: Endpoint) -> int:
    """Questions that the server works on at the same time; 1 where it does not say."""
    here = urlsplit(endpoint.base_url).hostname in LOOPBACK
    headers = {"Authorization": f"Bearer {endpoint.api_key}"} if endpoint.api_key else {}
    url = endpoint.base_url.removesuffix("/v1") + "/props"
    try:
        reply = httpx2.get(url, headers=headers, timeout=TIMEOUT, trust_env=not here)
        return max(1, int(reply.json()["total_slots"]))
    except (httpx2.TransportError, ValueError, KeyError, TypeError):
        return 1


def served(base: str, api_key: str | None) -> list[ServedModel]:
    """The models of a server whose base URL ends in /v1."""
    shown = _without_password(base)
    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    try:
        trust_env = urlsplit(base).hostname not in LOOPBACK  # no proxy on the way to this machine
        reply = httpx2.get(f"{base}/models", headers=headers, timeout=TIMEOUT, trust_env=trust_env)
    except (httpx2.TransportError, httpx2.InvalidURL, ValueError) as error:
        raise EndpointUnreachable(url=shown, reason=str(error) or type(error).__name__) from error
    if reply.status_code in (401, 403):
        raise EndpointRefusesKey(url=shown)
    if reply.status_code >= 500:
        raise EndpointUnreachable(url=shown, reason=f"HTTP {reply.status_code}")
    try:
        return [_model(entry) for entry in reply.raise_for_status().json()["data"]]
    except (httpx2.HTTPStatusError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotAnEndpoint(url=shown) from error


def _base_url(url: str) -> str:
    base = (url if "://" in url else f"http://{url}").rstrip("/")
    return base if base.endswith("/v1") else f"{base}/v1"


def _without_password(url: str) -> str:
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"


def _model(entry: dict[str, Any]) -> ServedModel:
    """llama-server says meta.n_ctx, vLLM max_model_len, LM Studio its own."""
    names = (entry["id"], *(entry.get("aliases") or ()))
    meta = entry.get("meta") or {}
    context = meta.get("n_ctx") or entry.get("max_model_len") or entry.get("max_context_length")
    return ServedModel(names, context)
