"""`make demo`: a sample database, a small model, one Japanese and one English question.

Runs the same commands that a person types, and shows them. The second run downloads nothing.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

KOTAE = Path(sys.executable).with_name("kotae")
MODEL = "qwen2.5-coder-1.5b"
SETTINGS = Path(__file__).with_name("kotae.toml")  # with what the house knows, in knowledge/ beside
ENVIRONMENT = {"KOTAE_CONFIG": str(SETTINGS), **os.environ}
QUESTIONS = (
    "2025年の売上合計は?",
    "How many shipments were delivered after their due date?",
)


def kotae(*arguments: str, **options: object) -> "subprocess.CompletedProcess[str]":
    """Show a command, then run it; a failure ends the demo with that command's exit code."""
    shown = " ".join(f'"{a}"' if " " in a or "?" in a else a for a in arguments)
    print(f"\n$ kotae {shown}", flush=True)
    done = subprocess.run(
        [KOTAE, *arguments], env=ENVIRONMENT, check=False, text=True, encoding="utf-8", **options
    )
    if done.returncode:
        raise SystemExit(done.returncode)
    return done


def server_runs() -> bool:
    """Whether a model server runs already, which is then not ours to stop."""
    return not subprocess.run(
        [KOTAE, "model", "status"], env=ENVIRONMENT, capture_output=True, check=False
    ).returncode


def main() -> None:
    """Set up, ask, and leave nothing running."""
    started = time.monotonic()
    print(f"\n$ export KOTAE_CONFIG={ENVIRONMENT['KOTAE_CONFIG']}", flush=True)
    kotae("model", "pull", MODEL)
    database = kotae("sample", "sales", stdout=subprocess.PIPE).stdout.strip()
    print(database)
    ours = not server_runs()
    kotae("model", "start", MODEL)
    try:
        for question in QUESTIONS:
            kotae("ask", "--database", database, "--model", MODEL, question)
    finally:
        if ours:
            subprocess.run([KOTAE, "model", "stop"], env=ENVIRONMENT, check=False)
    print(f"\nDone in {time.monotonic() - started:.0f} s. Next: kotae --database {database}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
