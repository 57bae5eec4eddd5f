"""Bytes of a file by HTTP, from any offset."""

from collections.abc import Generator, Mapping

import httpx2

from inference.sources import SourceFailed

# Fails over quickly where a server cannot be reached; a stalled transfer is given up later.
TIMEOUT = httpx2.Timeout(30, connect=4)


def client(headers: Mapping[str, str] | None = None) -> httpx2.Client:
    """A client whose bytes are the file's own."""
    return httpx2.Client(
        headers={"Accept-Encoding": "identity", **(headers or {})}, timeout=TIMEOUT
    )


def streamed(web: httpx2.Client, url: str, start: int) -> Generator[bytes]:
    """The file from `start`; a server that ignores Range costs the bytes before it again.

    Raises SourceFailed.
    """
    wish = {"Range": f"bytes={start}-"}
    try:
        with web.stream("GET", url, headers=wish, follow_redirects=True) as reply:
            if reply.status_code not in (200, 206):
                raise SourceFailed(f"HTTP {reply.status_code}")
            surplus = start if reply.status_code == 200 else 0
            for chunk in reply.iter_raw():
                yield chunk[surplus:]
                surplus = max(0, surplus - len(chunk))
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise SourceFailed(reason(error)) from error


def reason(error: Exception) -> str:
    """What to tell of an error that may have no text."""
    return str(error) or type(error).__name__
