"""Whether anybody asks a llama-server anything: told by its own slots."""

from types import TracebackType

import httpx2

SECONDS = 2.0


class Activity:
    """Looks at the slots of a server; a context manager, for the connection that it keeps."""

    def __init__(self, port: int, key: str) -> None:
        self.answered = False
        self._tasks: frozenset[int] | None = None
        self._client = httpx2.Client(
            base_url=f"http://127.0.0.1:{port}",
            headers={"Authorization": f"Bearer {key}"},
            timeout=SECONDS,
            trust_env=False,
        )

    def __enter__(self) -> "Activity":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def seen(self) -> bool:
        """Whether the server works now or has worked since the last look.

        A server that is too busy to tell works. `answered` is set once a request was finished.
        """
        try:
            slots = self._client.get("/slots").raise_for_status().json()
        except httpx2.TimeoutException:
            return True
        except (httpx2.HTTPError, ValueError):
            return False
        tasks = frozenset(slot["id_task"] for slot in slots if "id_task" in slot)
        working = any(slot.get("is_processing") for slot in slots)
        before, self._tasks = self._tasks, tasks
        self.answered = self.answered or bool(tasks and not working)
        return working or (before is not None and tasks != before)
