import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from inference.endpoint import Endpoint, attach
from inference.errors import (
    EndpointRefusesKey,
    EndpointUnreachable,
    ModelNotServed,
    NotAnEndpoint,
)

MODELS = {
    "data": [
        {"id": "gpt-oss-120b", "aliases": ["oss"], "meta": {"n_ctx": 32768}},
        {"id": "other", "max_model_len": 4096},
        {"id": "plain"},
    ]
}


@contextmanager
def answering(status: int, body: str) -> Iterator[str]:
    """A server that gives one answer to everything at /v1/models and 404 elsewhere."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            found = self.path == "/v1/models"
            refused = self.headers.get("Authorization") == "Bearer wrong"
            self.send_response(401 if refused else status if found else 404)
            self.end_headers()
            self.wfile.write(body.encode())

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def url() -> Iterator[str]:
    with answering(200, json.dumps(MODELS)) as url:
        yield url


@pytest.mark.parametrize("suffix", ["", "/", "/v1", "/v1/"])
def test_a_url_is_taken_with_or_without_v1(url: str, suffix: str) -> None:
    assert attach(url + suffix, "key") == Endpoint(
        f"{url}/v1", "key", "gpt-oss-120b", 32768, "llama.cpp"
    )


def test_a_url_is_taken_without_its_scheme(url: str) -> None:
    assert attach(url.removeprefix("http://")).base_url == f"{url}/v1"


@pytest.mark.parametrize(
    ("model", "context_tokens"), [("oss", 32768), ("other", 4096), ("plain", None)]
)
def test_a_served_model_is_taken_by_name_or_alias_with_its_context(
    url: str, model: str, context_tokens: int | None
) -> None:
    endpoint = attach(url, None, model)
    assert (endpoint.model, endpoint.context_tokens) == (model, context_tokens)


def test_a_model_that_is_not_served_is_answered_with_those_that_are(url: str) -> None:
    with pytest.raises(ModelNotServed, match="gpt-oss-120b, other, plain") as caught:
        attach(url, None, "qwen")
    assert caught.value.exit_code == 2


def test_a_refused_key_is_told_without_the_key(url: str) -> None:
    with pytest.raises(EndpointRefusesKey) as caught:
        attach(url, "wrong")
    assert "wrong" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, "<html>hello</html>"), (200, "[]"), (200, '{"data": [1]}'), (404, "nothing here")],
)
def test_something_else_that_answers_is_told_apart(status: int, body: str) -> None:
    with answering(status, body) as url, pytest.raises(NotAnEndpoint) as caught:
        attach(url)
    assert caught.value.exit_code == 2


def test_a_server_in_trouble_is_unreachable() -> None:
    with answering(503, "") as url, pytest.raises(EndpointUnreachable, match="HTTP 503"):
        attach(url)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "http://no.such.host.invalid:8080", "http://[", "ftp://x"]
)
def test_nothing_there_is_one_clear_line(url: str) -> None:
    with pytest.raises(EndpointUnreachable) as caught:
        attach(url)
    assert caught.value.exit_code == 3
    assert "\n" not in str(caught.value)


def test_a_password_in_the_url_is_not_told() -> None:
    with pytest.raises(EndpointUnreachable) as caught:
        attach("http://me:secret@127.0.0.1:1/v1")
    assert "secret" not in str(caught.value)
