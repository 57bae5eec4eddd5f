"""A proxy before the model server that counts what passes: calls, tokens read anew, generated."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2

from assistant.events import Usage

_TIMEOUT = httpx2.Timeout(900, connect=5)
MOST_GENERATED = 1024
"""Tokens of a reply for whom has no limit of its own: a small model may write on for ever."""


@dataclass
class Meter:
    """`url` ends with /v1; `reading` is what has passed since it was last taken."""

    url: str = ""
    replies: list[dict[str, dict[str, int]]] = field(default_factory=list)

    def take(self, seconds: float) -> Usage:
        """What has passed, of which the counting starts anew."""
        replies, self.replies = self.replies, []
        timings = [reply.get("timings", {}) for reply in replies]
        cached = sum(int(one.get("cache_n", 0)) for one in timings)
        return Usage(
            calls=len(replies),
            prompt_tokens=cached + sum(int(one.get("prompt_n", 0)) for one in timings),
            cached_tokens=cached,
            completion_tokens=sum(int(one.get("predicted_n", 0)) for one in timings),
            seconds=seconds,
        )


@contextmanager
def metering(server: str, api_key: str | None) -> Iterator[Meter]:
    """A meter before `server`, whose URL ends with /v1."""
    meter = Meter()
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), _handler(meter, server, api_key))
    thread = threading.Thread(target=httpd.serve_forever, args=(0.1,))
    thread.start()
    meter.url = f"http://127.0.0.1:{httpd.server_port}/v1"
    try:
        yield meter
    finally:
        httpd.shutdown()
        thread.join()
        httpd.server_close()


def _handler(meter: Meter, server: str, api_key: str | None) -> type[BaseHTTPRequestHandler]:
    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if not any(body.get(name) for name in ("max_tokens", "max_completion_tokens")):
                body["max_tokens"] = MOST_GENERATED
            url = server + self.path.removeprefix("/v1")
            reply = httpx2.post(url, json=body, headers=headers, timeout=_TIMEOUT, trust_env=False)
            if reply.is_success:
                meter.replies.append(reply.json())
            self.send_response(reply.status_code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(reply.content)))
            self.end_headers()
            self.wfile.write(reply.content)

    return Handler
