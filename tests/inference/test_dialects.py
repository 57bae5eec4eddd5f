"""Servers that speak each maker's dialect, on real sockets."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from inference.dialects import Kind, ServedModel
from inference.endpoint import attach, offered
from inference.errors import EndpointLoading

Paths = Mapping[str, Any]

LLAMA: Paths = {
    "GET /v1/models": {"data": [{"id": "oss", "owned_by": "llamacpp", "meta": {"n_ctx": 32768}}]},
    "GET /props": {"default_generation_settings": {"n_ctx": 8192}, "total_slots": 4},
}
OLD_LLAMA: Paths = {**LLAMA, "GET /v1/models": {"data": [{"id": "oss", "object": "model"}]}}
VLLM: Paths = {
    "GET /v1/models": {"data": [{"id": "oss", "owned_by": "vllm", "max_model_len": 131072}]}
}
SGLANG: Paths = {
    "GET /v1/models": {"data": [{"id": "oss", "owned_by": "sglang", "max_model_len": 65536}]}
}
LM_STUDIO: Paths = {
    "GET /v1/models": {"data": [{"id": "oss", "owned_by": "organization_owner"}]},
    "GET /api/v0/models": {
        "data": [
            {"id": "another", "max_context_length": 1},
            {"id": "oss", "max_context_length": 131072, "loaded_context_length": 16384},
        ]
    },
}
LM_STUDIO_IDLE: Paths = {
    **LM_STUDIO,
    "GET /api/v0/models": {"data": [{"id": "oss", "max_context_length": 131072}]},
}
OLLAMA: Paths = {
    "GET /v1/models": {"data": [{"id": "oss", "owned_by": "library"}]},
    "POST /api/show": {
        "parameters": "stop x\nnum_ctx                        12288",
        "model_info": {"general.architecture": "gptoss", "gptoss.context_length": 131072},
    },
    "GET /api/ps": {"models": [{"name": "oss", "context_length": 4096}]},
}
OLLAMA_IDLE: Paths = {**OLLAMA, "GET /api/ps": {"models": []}}
OLLAMA_PLAIN: Paths = {
    **OLLAMA_IDLE,
    "POST /api/show": {"model_info": {"gptoss.context_length": 131072}},
}
SILENT: Paths = {"GET /v1/models": {"data": [{"id": "oss"}]}}
# A proxy that answers everything, with its own page.
PAGES: Paths = {**SILENT, "GET /props": [], "GET /api/v0/models": {"data": "x"}}


@contextmanager
def speaking(paths: Paths, status: int = 404) -> Iterator[str]:
    """A server that knows these paths; to everything else it answers the status."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            told = paths.get(f"{self.command} {self.path}")
            self.send_response(status if told is None else 200)
            self.end_headers()
            self.wfile.write(json.dumps(told or {"error": {"message": "Loading model"}}).encode())

        def do_GET(self) -> None:
            self.answer()

        def do_POST(self) -> None:
            self.answer()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("paths", "kind", "context"),
    [
        (LLAMA, "llama.cpp", 8192),
        (OLD_LLAMA, "llama.cpp", 8192),
        (VLLM, "vllm", 131072),
        (SGLANG, "sglang", 65536),
        (LM_STUDIO, "lm studio", 16384),
        (LM_STUDIO_IDLE, "lm studio", 131072),
        (OLLAMA, "ollama", 4096),
        (OLLAMA_IDLE, "ollama", 12288),
        (OLLAMA_PLAIN, "ollama", 131072),
        (SILENT, "other", None),
        (PAGES, "other", None),
    ],
    ids=[
        "llama-server",
        "old llama-server",
        "vLLM",
        "SGLang",
        "LM Studio",
        "LM Studio, not loaded",
        "Ollama",
        "Ollama, not loaded",
        "Ollama, no num_ctx",
        "untold",
        "pages",
    ],
)
def test_the_context_is_found_out_in_each_makers_way(
    paths: Paths, kind: Kind, context: int | None
) -> None:
    with speaking(paths) as url:
        endpoint = attach(url)
        assert offered(url) == [ServedModel(("oss",), context, kind)]
    assert (endpoint.kind, endpoint.context_tokens) == (kind, context)


def test_a_server_that_still_loads_is_told_apart_from_one_in_trouble() -> None:
    with speaking({}, status=503) as url, pytest.raises(EndpointLoading) as caught:
        attach(url)
    assert caught.value.exit_code == 3
