"""Whether a program really is a llama-server that runs on this processor: it is tried once.

A build for another processor dies of an illegal instruction, which no --help tells. So a
tiny model is loaded and must produce a token. The verdict is remembered for this very file
and processor.
"""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from inference.asking import told
from inference.causes import ILLEGAL_INSTRUCTION
from inference.errors import BuiltForAnotherProcessor, InferenceError, ServerDied
from inference.flags import Launch, spellings
from inference.hardware import processor
from inference.memory import on_cpu
from inference.places import state_folder, write_private
from inference.process import Engine, start
from inference.programs import Program
from inference.progress import OnProgress, Progress
from inference.tiny_model import CONTEXT, write_tiny_model

# Counts up when more is read from --help, or our own server takes more: older verdicts are not
# trusted then.
READING = 3
HELP_SECONDS = 60
LOAD_SECONDS = 120
NEEDED_FLAGS = frozenset({"--model", "--port", "--host", "--ctx-size"})
# A prompt long enough for the matrix kernels, an answer held to letters.
QUESTION = {
    "prompt": list(range(3, 67)),
    "n_predict": 4,
    "temperature": 0,
    "grammar": "root ::= [a-o]+",
}


class Unfit(Exception):
    """The program cannot be used; its text says why."""


@dataclass(frozen=True, slots=True)
class _Verdict:
    flags: tuple[str, ...] = ()
    fault: str = ""


def fit(program: Program, on_progress: OnProgress) -> Engine:
    """The program as a proven engine, from memory where it was tried before; raises Unfit."""
    key = _key(program)
    verdict = _remembered().get(key)
    if verdict is None:
        testing = Progress("testing", detail=program.name)
        on_progress(testing)
        verdict = _tried(program, lambda _: on_progress(testing))
        _remember(key, verdict)
    if verdict.fault:
        raise Unfit(verdict.fault)
    return Engine(program, frozenset(verdict.flags))


def fault_known(program: Program) -> str | None:
    """What an earlier trial found wrong, nothing ("") where it works, None where none was."""
    verdict = _remembered().get(_key(program))
    return verdict.fault if verdict else None


def forget(program: Program) -> None:
    """Have the program tried again."""
    key = _key(program)
    _write({k: v for k, v in _remembered().items() if k != key})


def _tried(program: Program, on_progress: OnProgress) -> _Verdict:
    """A verdict that will still hold tomorrow; a passing trouble raises Unfit instead."""
    engine = Engine(program, _flags(program, on_progress))
    with tempfile.TemporaryDirectory(prefix="kotae-trial-") as folder:
        model = Path(folder) / "tiny.gguf"
        write_tiny_model(model)
        launch = Launch(model, "tiny", on_cpu(CONTEXT, threads=1))
        try:
            _produce_a_token(engine, launch, Path(folder) / "log", on_progress)
        except BuiltForAnotherProcessor:
            return _Verdict(fault="built for another processor (illegal instruction)")
        except ServerDied as death:
            last = str(death.slots["tail"]).rpartition("\n")[2]
            raise Unfit(f"ends with exit code {death.slots['code']}: {last}") from death
        except InferenceError as error:
            raise Unfit(str(error)) from error
    return _Verdict(flags=tuple(sorted(engine.flags)))


def _flags(program: Program, on_progress: OnProgress) -> frozenset[str]:
    try:
        answer = told(program, "--help", HELP_SECONDS, on_progress)
    except OSError as error:
        raise Unfit(f"cannot be run ({error})") from error
    if answer is None:
        raise Unfit(f"does not answer --help in {HELP_SECONDS} s")
    code, text = answer
    if code == -4 or code in ILLEGAL_INSTRUCTION:
        raise Unfit("built for another processor (illegal instruction)")
    flags = spellings(text)
    if not flags >= NEEDED_FLAGS:
        raise Unfit("its --help is not llama-server's")
    if "LLAMA_API_KEY" not in text:
        raise Unfit("it is too old: it takes no API key from the environment")
    return flags


def _produce_a_token(engine: Engine, launch: Launch, log: Path, on_progress: OnProgress) -> None:
    server, endpoint = start(engine, launch, log, on_progress, load_seconds=LOAD_SECONDS)
    try:
        reply = httpx2.post(
            f"{endpoint.base_url.removesuffix('/v1')}/completion",
            json=QUESTION,
            headers={"Authorization": f"Bearer {endpoint.api_key}"},
            timeout=LOAD_SECONDS,
            trust_env=False,
        )
        if not reply.is_success or not reply.json().get("content"):
            raise Unfit(f"loads a model but writes nothing (HTTP {reply.status_code})")
    except httpx2.TimeoutException as error:
        raise Unfit("loads a model but writes nothing in time") from error
    except httpx2.TransportError as error:
        raise server.death() from error
    finally:
        server.close()


def _key(program: Program) -> str:
    stat = program.file.stat()
    return f"{READING}|{program.file}|{stat.st_size}|{stat.st_mtime_ns}|{processor()}"


def _memory() -> Path:
    return state_folder() / "engines.json"


def _remembered() -> dict[str, _Verdict]:
    try:
        entries: dict[str, dict[str, Any]] = json.loads(_memory().read_text(encoding="utf-8"))
        return {k: _Verdict(tuple(v["flags"]), v["fault"]) for k, v in entries.items()}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _remember(key: str, verdict: _Verdict) -> None:
    _write(_remembered() | {key: verdict})


def _write(entries: dict[str, _Verdict]) -> None:
    text = json.dumps({k: {"flags": v.flags, "fault": v.fault} for k, v in entries.items()})
    write_private(_memory(), text)
