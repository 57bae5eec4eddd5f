"""The chat line by line: questions on standard input, answers on standard output.

Made for pipes, screen readers and terminals that cannot do more. The person's line is read in
the main thread, where Ctrl-C arrives; the asker lives in an event loop of its own beside it.
"""

import signal
import sys
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, aclosing, contextmanager, suppress

import anyio
from anyio.from_thread import BlockingPortal, start_blocking_portal

from assistant import render
from assistant.asker import Asker, failed_answer
from assistant.choosing import resolve
from assistant.cli.ask import answer_lines
from assistant.cli.console import fail, say
from assistant.cli.narrator import Narrator
from assistant.errors import SessionsUnusable
from assistant.events import Answer, Answered, Event, Progress
from assistant.locale import describe, t
from assistant.sessions.notebook import Notebook

Open = Callable[[Callable[[object], None]], AbstractAsyncContextManager[Asker]]
_PROMPT = "❯ "
_SECONDS_BETWEEN_LOOKS = 0.2
"""On Windows a wait without an end hears no Ctrl-C."""


def chat(open_asker: Open, database: str, notebook: Notebook | None) -> int:
    """Chat until the input ends. Returns 0 on a terminal; of a pipe the worst exit code.

    Raises whatever opening the asker raises.
    """
    interactive = sys.stdin.isatty()
    if interactive:
        _edit_lines()
        say(t("chat.plain_welcome", database=database))
    with start_blocking_portal() as portal, Narrator() as narrator:

        def hear(report: object) -> None:
            if isinstance(report, Progress):
                narrator.hear(report)

        with portal.wrap_async_context_manager(open_asker(hear)) as asker:
            narrator.rest()
            worst = _Chat(asker, portal, notebook).run(interactive)
    return 0 if interactive else worst


class _Chat:
    """One question after another."""

    def __init__(self, asker: Asker, portal: BlockingPortal, notebook: Notebook | None) -> None:
        self._asker, self._portal, self._notebook = asker, portal, notebook
        self._standing: Answer | None = None

    def run(self, interactive: bool) -> int:
        """Until the input ends; the worst exit code of all questions."""
        worst = 0
        while (typed := _line(_PROMPT if interactive else "")) is not None:
            if question := resolve(typed, self._standing):
                self._standing = answer = self._ask(question)
                _tell(answer)
                worst = max(worst, answer.exit_code)
        return worst

    def _ask(self, question: str) -> Answer:
        turn = self._keep_question(question)
        with Narrator() as narrator:
            answer = self._answered(question, narrator)
        self._keep_answer(turn, answer)
        return answer

    def _answered(self, question: str, narrator: Narrator) -> Answer:
        scope = self._portal.call(anyio.CancelScope)
        # Stopping the model and the query takes a moment; the next question waits for it.
        with _on_interrupt(lambda: self._portal.start_task_soon(scope.cancel)):
            done = self._portal.start_task_soon(_read, self._asker.ask(question), scope, narrator)
            while True:
                with suppress(TimeoutError):
                    return done.result(_SECONDS_BETWEEN_LOOKS)

    def _keep_question(self, question: str) -> int | None:
        try:
            return self._notebook.asked(question) if self._notebook else None
        except SessionsUnusable as error:
            self._give_up_keeping(error)
            return None

    def _keep_answer(self, turn: int | None, answer: Answer) -> None:
        try:
            if self._notebook and turn is not None:
                self._notebook.answered(turn, answer)
        except SessionsUnusable as error:
            self._give_up_keeping(error)

    def _give_up_keeping(self, error: SessionsUnusable) -> None:
        """A full disk stops no answer; it is told once."""
        self._notebook = None
        say(describe(error))


async def _read(
    events: AsyncGenerator[Event, None], scope: anyio.CancelScope, narrator: Narrator
) -> Answer:
    answer = Answer("cancelled", "", exit_code=130)
    try:
        with scope:
            async with aclosing(events):
                async for event in events:
                    narrator.hear(event)
                    if isinstance(event, Answered):
                        answer = event.answer
    except Exception as error:  # noqa: BLE001 - one broken question may not end the chat
        return failed_answer(error)
    return answer


@contextmanager
def _on_interrupt(do: Callable[[], object]) -> Iterator[None]:
    """Ctrl-C does this, instead of an exception that may come anywhere."""
    before = signal.signal(signal.SIGINT, lambda *_: do())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _tell(answer: Answer) -> None:
    match answer.status:
        case "answered" | "ask":
            print("\n".join(answer_lines(answer)), flush=True)
        case "cancelled":
            say(t("chat.cancelled"))
        case "refused" | "failed":
            fail(render.printable(answer.text), answer.exit_code)


def _line(prompt: str) -> str | None:
    """What was typed; None when the input ended. Ctrl-C throws away what stands in the line."""
    while True:
        try:
            return input(prompt)
        except EOFError:
            return None
        except KeyboardInterrupt:
            print(file=sys.stderr)


def _edit_lines() -> None:
    """History and editing, where the system has them."""
    with suppress(ImportError):
        import readline  # noqa: F401 - importing it is what does it
