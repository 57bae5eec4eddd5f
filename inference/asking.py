"""What a program says of itself, heard without being held up by one that hangs."""

import subprocess
import time

from inference.programs import Program
from inference.progress import OnProgress, Progress

POLL_SECONDS = 0.2


def told(
    program: Program, flag: str, seconds: float, on_progress: OnProgress
) -> tuple[int, str] | None:
    """Exit code and output of the program with one flag; None where it does not end in time.

    A listener that raises ends the program. Raises OSError where it cannot be run.
    """
    deadline = time.monotonic() + seconds
    with subprocess.Popen(
        [*program.command, flag],
        env=program.surroundings(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        try:
            while time.monotonic() < deadline:
                try:
                    output, _ = process.communicate(timeout=POLL_SECONDS)
                except subprocess.TimeoutExpired:
                    on_progress(Progress("testing", detail=program.name))
                else:
                    return process.returncode, output.decode("utf-8", errors="replace")
        finally:
            process.kill()
    return None
