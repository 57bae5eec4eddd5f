"""Hugging Face, or a mirror that speaks its protocol, as a source of model files."""

import os
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

import httpx2

from inference.models import ModelFile
from inference.sources import SourceFailed

HOME = "https://huggingface.co"
# Fails over quickly where the hub cannot be reached; a stalled transfer is given up later.
TIMEOUT = httpx2.Timeout(30, connect=4)


def _home() -> str:
    return (os.environ.get("HF_ENDPOINT") or HOME).rstrip("/")


def _token() -> str | None:
    return os.environ.get("HF_TOKEN") or None


@dataclass(frozen=True, slots=True)
class HubSource:
    """One repository of the hub. HF_ENDPOINT and HF_TOKEN are honoured."""

    repository: str
    home: str = field(default_factory=_home)
    token: str | None = field(default_factory=_token, repr=False)

    @property
    def name(self) -> str:
        """The host, without user or password."""
        return urlsplit(self.home).hostname or self.home

    def facts(self, file: ModelFile) -> ModelFile:
        """Size and SHA-256 as the hub states them; a different published file is a failure."""
        try:
            with self._client() as client:
                reply = self._head(client, file)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise SourceFailed(_reason(error)) from error
        size = reply.headers.get("x-linked-size") or reply.headers.get("content-length") or "0"
        sha256 = reply.headers.get("x-linked-etag", "").strip('"')
        if reply.status_code not in (200, 302, 307):
            raise SourceFailed(f"HTTP {reply.status_code}")
        if len(sha256) != 64:
            raise SourceFailed(f"states no SHA-256 for {file.name}")
        if file.sha256 not in (None, sha256):
            raise SourceFailed(f"holds another version of {file.name}")
        return replace(file, size=int(size), sha256=sha256)

    def chunks(self, file: ModelFile, start: int) -> Generator[bytes]:
        """Streamed with a Range request; a server that ignores Range costs the bytes again."""
        try:
            with (
                self._client() as client,
                client.stream(
                    "GET",
                    self._url(file),
                    headers={"Range": f"bytes={start}-"},
                    follow_redirects=True,
                ) as reply,
            ):
                if reply.status_code not in (200, 206):
                    raise SourceFailed(f"HTTP {reply.status_code}")
                surplus = start if reply.status_code == 200 else 0
                for chunk in reply.iter_raw():
                    yield chunk[surplus:]
                    surplus = max(0, surplus - len(chunk))
        except httpx2.HTTPError as error:
            raise SourceFailed(_reason(error)) from error

    def _head(self, client: httpx2.Client, file: ModelFile) -> httpx2.Response:
        """The hub's own answer: behind a renamed repository, before the storage it points to."""
        reply = client.head(self._url(file))
        if "x-linked-etag" not in reply.headers and reply.next_request:
            reply = client.send(reply.next_request)
        return reply

    def _url(self, file: ModelFile) -> str:
        return f"{self.home}/{self.repository}/resolve/main/{file.name}"

    def _client(self) -> httpx2.Client:
        headers = {"Accept-Encoding": "identity"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return httpx2.Client(headers=headers, timeout=TIMEOUT)


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__
