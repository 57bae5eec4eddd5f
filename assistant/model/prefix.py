"""The part of every prompt before the question: read ahead by llama-server, and kept on disk.

The state is saved when it ends exactly where questions begin: a model with a sliding window
can go on from a saved state, but not back.
"""

import hashlib
from pathlib import Path
from typing import Any

import openai

from assistant.model.terms import Message, ModelEndpoint

MARK = "⟦the question⟧"
# Reading fewer tokens takes less time than a file is worth.
WORTH_SAVING = 256
KEPT = 4


class Prefix:
    """Sends the beginning of prompts ahead. `parameters` are those of the template."""

    def __init__(
        self, client: openai.AsyncOpenAI, endpoint: ModelEndpoint, parameters: dict[str, Any]
    ) -> None:
        self._client = client
        self._endpoint = endpoint
        self._parameters = parameters

    async def send(self, messages: list[Message]) -> int:
        """Have everything before the last message's content read or restored; its tokens.

        Raises: openai.APIError.
        """
        text = await self._text(messages)
        name = hashlib.sha256(text.encode()).hexdigest()[:32]
        if restored := await self._restored(name):
            return restored
        body = {"prompt": text, "n_predict": 0, "cache_prompt": True, **self._slot()}
        told = await self._post("/completion", body)
        timings = told.get("timings", {})
        new = int(timings.get("prompt_n", 0))
        if new >= WORTH_SAVING:
            await self._save(name)
        return new + int(timings.get("cache_n", 0))

    async def _text(self, messages: list[Message]) -> str:
        marked = [*messages[:-1], {**messages[-1], "content": MARK}]
        told = await self._post("/apply-template", {"messages": marked, **self._parameters})
        return str(told["prompt"]).partition(MARK)[0]

    async def _restored(self, name: str) -> int:
        """Tokens that came back from disk. Only a file that is there: another empties the slot."""
        file = self._file(name)
        if file is None or not file.is_file():
            return 0
        try:
            told = await self._post(self._action("restore"), {"filename": name})
        except openai.APIStatusError:
            file.unlink(missing_ok=True)  # of another build, or damaged
            return 0
        file.touch()
        return int(told.get("n_restored", 0))

    async def _save(self, name: str) -> None:
        if self._file(name) is None:
            return
        try:
            await self._post(self._action("save"), {"filename": name})
        except openai.APIStatusError:
            return  # a full disk costs time, not the answer
        _keep_newest(self._endpoint.saves)

    def _file(self, name: str) -> Path | None:
        endpoint = self._endpoint
        return endpoint.saves / name if endpoint.saves and endpoint.slot is not None else None

    def _action(self, action: str) -> str:
        return f"/slots/{self._endpoint.slot}?action={action}"

    def _slot(self) -> dict[str, int]:
        return {} if self._endpoint.slot is None else {"id_slot": self._endpoint.slot}

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        told: dict[str, Any] = await self._client.post(
            self._endpoint.root + path, body=body, cast_to=dict[str, Any]
        )
        return told


def _keep_newest(folder: Path | None) -> None:
    files = [file for file in folder.iterdir() if file.is_file()] if folder else []
    for old in sorted(files, key=lambda file: file.stat().st_mtime)[:-KEPT]:
        old.unlink(missing_ok=True)
