"""How fast a model is here: `make bench-model`, or python -m tests.benchmarks.model.

Our client against raw HTTP on the same server, turn about; the speeds of `kotae model bench`;
a tuning, its outcome against the plan in the same run; with --hollow the shapes of both gpt-oss,
whose weights are a hole in the file, mapped into memory. To be run on a machine that is idle.
"""

import argparse
import asyncio
import json
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import aclosing
from dataclasses import replace
from datetime import date
from pathlib import Path

import httpx2

from assistant.model import ChatModel, Message, ModelEndpoint
from assistant.prompt import reply_schema
from inference.endpoint import Endpoint
from inference.engine import find_engine
from inference.flags import Launch, flag
from inference.hardware import physical_cores, processor, total_memory
from inference.measure import Stopwatch
from inference.memory import on_cpu
from inference.process import start
from inference.progress import human_size, unheard
from inference.server import ServerWish, serve
from inference.tiny_model import write_tiny_model
from inference.trials import subject, tune
from inference.tune import Trial
from inference.tuned import knobs_of
from tests.fixtures.gpt_oss import words_of_gpt_oss
from tests.fixtures.hollow import GPT_OSS_20B, GPT_OSS_120B, write_hollow

MODEL = "qwen2.5-coder-1.5b"
PAIRS = 200
QUESTION = "How many orders came in 2025?"
MESSAGES: list[Message] = [
    {"role": "system", "content": "orders(id, ordered_on date, total). Reply with JSON."},
    {"role": "user", "content": QUESTION},
]
SCHEMA = reply_schema(QUESTION)
HOLLOW = {"gpt-oss-20b": GPT_OSS_20B, "gpt-oss-120b": GPT_OSS_120B}


async def overhead(endpoint: Endpoint, pairs: int = PAIRS) -> tuple[float, float]:
    """Median seconds to the first piece of a reply: by raw HTTP, and by our client."""
    ours: list[float] = []
    raw: list[float] = []
    served = ModelEndpoint(
        endpoint.base_url, endpoint.model, endpoint.api_key, is_llama_server=True
    )
    headers = {"Authorization": f"Bearer {endpoint.api_key}"}
    async with (
        ChatModel(served) as model,
        httpx2.AsyncClient(headers=headers, timeout=60, trust_env=False) as client,
    ):
        ways: tuple[tuple[list[float], Callable[[], Awaitable[None]]], ...] = (
            (raw, lambda: _raw(client, endpoint)),
            (ours, lambda: _ours(model)),
        )
        for pair in range(pairs + 1):
            for seconds, way in ways if pair % 2 else ways[::-1]:
                started = time.perf_counter()
                await way()
                if pair:  # the first pair reads the prompt
                    seconds.append(time.perf_counter() - started)
    return statistics.median(raw), statistics.median(ours)


async def _ours(model: ChatModel) -> None:
    async with aclosing(model.reply(MESSAGES, SCHEMA)) as pieces:
        await anext(pieces)


async def _raw(client: httpx2.AsyncClient, endpoint: Endpoint) -> None:
    body = {
        "model": endpoint.model,
        "messages": MESSAGES,
        "response_format": SCHEMA.response_format(),
        "temperature": 0,
        "seed": 0,
        "max_tokens": 1024,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    url = f"{endpoint.base_url}/chat/completions"
    async with client.stream("POST", url, json=body) as reply:
        async for line in reply.aiter_lines():
            if line.startswith("data: {"):
                choices = json.loads(line.removeprefix("data: "))["choices"]
                if choices and choices[0]["delta"].get("content"):
                    return


def overhead_lines() -> Iterator[str]:
    """The client's table, on a model so small that hardly anything else takes time."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tiny.gguf"
        write_tiny_model(path)
        launch = Launch(path, "tiny", on_cpu(512, physical_cores()))
        server, endpoint = start(find_engine(), launch, Path(folder) / "log", unheard)
        try:
            raw, ours = asyncio.run(overhead(endpoint))
        finally:
            server.close()
    yield f"| to the first token, median of {PAIRS} | ms |"
    yield "|---|--:|"
    yield f"| raw HTTP | {1000 * raw:.1f} |"
    yield f"| our client | {1000 * ours:.1f} |"
    yield f"| **overhead** | **{1000 * (ours - raw):.1f}** |"


def bench_lines(model: str) -> Iterator[str]:
    """What `kotae model bench` measures."""
    with serve(ServerWish(model=model)) as endpoint, Stopwatch(endpoint) as stopwatch:
        yield from _depths(stopwatch, (0, 1024, 4096, 8000), 32)


def _depths(stopwatch: Stopwatch, depths: tuple[int, ...], generated: int) -> Iterator[str]:
    yield "| depth | prompt tok/s | generated tok/s | first token, s |"
    yield "|--:|--:|--:|--:|"
    for row in stopwatch.at_depths(depths, generated):
        read = "-" if row.prompt_rate is None else f"{row.prompt_rate:.1f}"
        yield f"| {row.depth} | {read} | {row.generation_rate:.1f} | {row.first_token:.2f} |"


def tune_lines(model: str, minutes: float) -> Iterator[str]:
    """A tuning, and both sides of its final."""
    tuned = subject(model)
    planned = knobs_of(tuned.plan.place)
    found = tune(tuned, 60 * minutes, _tell)
    changes = ", ".join(f"{k}={v}" for k, v in found.knobs.changes(planned).items())
    yield f"| {found.trials} trials | settings | turn, s | generated tok/s |"
    yield "|---|---|--:|--:|"
    for name, settings, turn in (
        ("untuned", "as planned", found.untuned),
        ("tuned", changes or "as planned", found.turn),
    ):
        yield f"| {name} | {settings} | {turn.seconds:.1f} | {turn.generation_rate:.1f} |"
    share = f"{found.of_ceiling:.0%} of the ceiling of {found.ceiling:.1f} tok/s"
    yield f"| **gain** | {share} | **{found.gain:.0%}** | |"


def _tell(trial: Trial) -> None:
    told = f"{trial.turn.seconds:.1f} s" if trial.turn else trial.fault
    print(f"{trial.number}. {trial.round} {trial.knobs}: {told}", file=sys.stderr)


def hollow_lines(name: str) -> Iterator[str]:
    """A gpt-oss of true shape under mmap; zero weights choose the same experts every time."""
    engine = find_engine()
    with tempfile.TemporaryDirectory() as folder:
        path = write_hollow(
            Path(folder) / f"{name}.gguf", HOLLOW[name], words=words_of_gpt_oss(None)
        )
        place = replace(on_cpu(4096, physical_cores()), repack=False)
        launch = Launch(path, name, place, extra=(flag("--no-warmup"),))
        started = time.monotonic()
        server, endpoint = start(engine, launch, Path(folder) / "log", unheard)
        try:
            loaded = time.monotonic() - started
            yield f"{human_size(path.stat().st_size)} long, loaded in {loaded:.0f} s\n"
            with Stopwatch(endpoint) as stopwatch:
                yield from _depths(stopwatch, (0, 64), 16)
        finally:
            server.close()


def main() -> None:
    """Print the tables with machine and date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=MODEL)
    parser.add_argument("--minutes", type=float, default=10, help="what the tuning may take")
    parser.add_argument("--hollow", action="store_true", help="also the shapes of gpt-oss")
    wish = parser.parse_args()
    cores, ram = physical_cores(), human_size(total_memory())
    print(f"{date.today().isoformat()}, {platform.system()}, {processor()}, {cores} cores, {ram}")
    sections: list[tuple[str, Callable[[], Iterator[str]]]] = [
        ("Our client (half a megabyte of random weights)", overhead_lines),
        (f"kotae model bench {wish.model}", lambda: bench_lines(wish.model)),
        (f"kotae model tune {wish.model}", lambda: tune_lines(wish.model, wish.minutes)),
    ]
    if wish.hollow:
        for name in HOLLOW:
            sections.append((f"{name}, true shape, no weights", lambda n=name: hollow_lines(n)))
    for title, lines in sections:
        print(f"\n### {title}\n", flush=True)
        for line in lines():
            print(line, flush=True)


if __name__ == "__main__":
    main()
