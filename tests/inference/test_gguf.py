import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from inference.errors import (
    HeaderUnreachable,
    ModelFileMissing,
    ModelPartMissing,
    ModelPartTruncated,
    NotAModelFile,
)
from inference.gguf import parts_of, read, read_remote
from tests.fixtures.hollow import GPT_OSS_20B, GPT_OSS_120B, write_hollow, write_hollow_parts


@contextmanager
def web(folder: Path, ranges: bool = True) -> Iterator[tuple[str, list[int]]]:
    """The folder's files on loopback by ranges; the list holds the bytes of each reply."""
    sent: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            path = folder / self.path.lstrip("/")
            if not path.is_file():
                self.send_error(404)
                return
            size = path.stat().st_size
            first, last = map(int, re.findall(r"\d+", self.headers["Range"]))
            last = min(last, size - 1)
            with path.open("rb") as file:
                file.seek(first)
                body = file.read(last - first + 1)
            sent.append(len(body))
            self.send_response(206 if ranges else 200)
            if ranges:
                self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", sent
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_header_tells_metadata_tensors_and_the_size_of_the_file(tmp_path: Path) -> None:
    path = write_hollow(tmp_path / "m.gguf", GPT_OSS_120B)
    header = read(path)
    assert header.metadata["gpt-oss.expert_count"] == 128
    assert header.size == path.stat().st_size
    gate = next(t for t in header.tensors if t.name == "blk.3.ffn_gate_exps.weight")
    assert (gate.weights, gate.kind.name, gate.size) == (
        2880 * 2880 * 128,
        "MXFP4",
        2880 * 2880 * 128 // 32 * 17,
    )


def test_a_vocabulary_is_counted_and_not_read(tmp_path: Path) -> None:
    header = read(write_hollow(tmp_path / "m.gguf", GPT_OSS_120B, vocabulary=True))
    assert header.metadata["tokenizer.ggml.tokens"] == 201_088
    assert header.metadata["tokenizer.ggml.merges"] == 446_189


def test_the_parts_of_a_split_model_are_read_as_one(tmp_path: Path) -> None:
    whole = read(write_hollow(tmp_path / "m.gguf", GPT_OSS_20B))
    split = read(write_hollow_parts(tmp_path, GPT_OSS_20B, 3)[0])
    assert split.files == 3
    assert {t.name: t.size for t in split.tensors} == {t.name: t.size for t in whole.tensors}


def test_a_missing_part_is_named(tmp_path: Path) -> None:
    first, second, _ = write_hollow_parts(tmp_path, GPT_OSS_20B, 3)
    second.unlink()
    with pytest.raises(ModelPartMissing, match=r"hollow-00002-of-00003\.gguf"):
        read(first)


def test_a_truncated_part_is_named_with_its_length(tmp_path: Path) -> None:
    first, _, third = write_hollow_parts(tmp_path, GPT_OSS_20B, 3)
    with third.open("r+b") as file:
        file.truncate(1_000_000)
    with pytest.raises(ModelPartTruncated, match=r"00003-of-00003\.gguf .*after 1000000 bytes"):
        read(first)


def test_a_header_cut_anywhere_is_incomplete_and_never_misread(tmp_path: Path) -> None:
    path = write_hollow(tmp_path / "m.gguf", GPT_OSS_20B)
    with path.open("rb") as file:
        start = file.read(20_000)
    for length in range(4, 20_000, 97):
        path.write_bytes(start[:length])
        with pytest.raises(ModelPartTruncated):
            read(path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK",
        b"GGUF\x01\0\0\0" + bytes(64),
        # a value of kind 99, an array of arrays, a tensor of a type that nobody knows
        b"GGUF\3\0\0\0" + bytes(8) + b"\1" + bytes(7) + b"\1" + bytes(7) + b"k\x63" + bytes(64),
        b"GGUF\3\0\0\0" + bytes(8) + b"\1" + bytes(7) + b"\1" + bytes(7) + b"k\x09\0\0\0\x09"
        b"\0\0\0\1" + bytes(64),
        b"GGUF\3\0\0\0\1" + bytes(7) + bytes(8) + b"\1" + bytes(7) + b"t\1\0\0\0\1"
        b"\0\0\0\0\0\0\0\xff\0\0\0" + bytes(64),
    ],
    ids=["empty", "another file", "version 1", "unknown kind", "nested", "unknown type"],
)
def test_what_is_no_gguf_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(content)
    with pytest.raises(NotAModelFile):
        read(path)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelFileMissing):
        read(tmp_path / "none.gguf")


@pytest.mark.parametrize("vocabulary", [False, True])
def test_a_remote_header_comes_by_ranges_without_the_weights(
    tmp_path: Path, vocabulary: bool
) -> None:
    path = write_hollow(tmp_path / "m.gguf", GPT_OSS_120B, vocabulary)
    with web(tmp_path) as (url, sent):
        assert read_remote(f"{url}/m.gguf") == read(path)
    assert sum(sent) <= 1 << 24


def test_the_parts_of_a_remote_model_are_found_by_name(tmp_path: Path) -> None:
    first = write_hollow_parts(tmp_path, GPT_OSS_20B, 3)[0]
    with web(tmp_path) as (url, _):
        assert read_remote(f"{url}/{first.name}") == read(first)


def test_a_server_without_the_file_or_without_ranges_is_told(tmp_path: Path) -> None:
    write_hollow(tmp_path / "m.gguf", GPT_OSS_20B)
    with web(tmp_path) as (url, _), pytest.raises(HeaderUnreachable, match="HTTP 404"):
        read_remote(f"{url}/none.gguf")
    with web(tmp_path, ranges=False) as (url, _), pytest.raises(HeaderUnreachable, match="range"):
        read_remote(f"{url}/m.gguf")
    with pytest.raises(HeaderUnreachable):
        read_remote("http://127.0.0.1:1/m.gguf")


def test_a_remote_file_that_ends_too_early_is_told(tmp_path: Path) -> None:
    path = write_hollow(tmp_path / "m.gguf", GPT_OSS_20B)
    with web(tmp_path) as (url, _):
        for length in (5_000, 3_000_000):
            with path.open("r+b") as file:
                file.truncate(length)
            with pytest.raises(ModelPartTruncated, match=f"after {length} bytes"):
                read_remote(f"{url}/m.gguf")
            write_hollow(path, GPT_OSS_20B)


def test_the_names_of_all_parts_follow_from_the_first() -> None:
    assert parts_of("a-00001-of-00002.gguf") == ("a-00001-of-00002.gguf", "a-00002-of-00002.gguf")
    assert parts_of("a.gguf") == ("a.gguf",)
