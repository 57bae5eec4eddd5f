"""Hugging Face, or a mirror that speaks its protocol, as a source of model files."""

import os
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

import httpx2

from inference.models import ModelFile
from inference.sources import SourceFailed
from inference.transfer import client, reason, streamed

HOME = "https://huggingface.co"


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
            with self._client() as web:
                reply = self._head(web, file)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise SourceFailed(reason(error)) from error
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
        """Streamed with a Range request."""
        with self._client() as web:
            yield from streamed(web, self._url(file), start)

    def _head(self, web: httpx2.Client, file: ModelFile) -> httpx2.Response:
        """The hub's own answer: behind a renamed repository, before the storage it points to."""
        reply = web.head(self._url(file))
        if "x-linked-etag" not in reply.headers and reply.next_request:
            reply = web.send(reply.next_request)
        return reply

    def _url(self, file: ModelFile) -> str:
        return f"{self.home}/{self.repository}/resolve/main/{file.name}"

    def _client(self) -> httpx2.Client:
        return client({"Authorization": f"Bearer {self.token}"} if self.token else None)
