"""After a reply that was closed before its end: when its server is free for the next one.

llama-server hears of a closed stream a token later. Until then it would give the next prompt
another slot, where nothing of it has been read.
"""

import asyncio
import time
from typing import Any

import openai

from assistant.model.terms import ModelEndpoint

LONGEST = 2.0
"""Seconds after the cut; who generates then is someone else."""
_PAUSE = 0.01


class Cut:
    """The last reply that was closed early; none at first."""

    def __init__(self, client: openai.AsyncOpenAI, endpoint: ModelEndpoint) -> None:
        self._client = client
        self._url = endpoint.root + "/slots"
        # Who names its slot waits for that slot anyway.
        self._matters = endpoint.is_llama_server and endpoint.slot is None
        self._until = 0.0

    def happened(self) -> None:
        """A reply has just been closed before its end."""
        self._until = time.monotonic() + LONGEST if self._matters else 0.0

    async def over(self) -> None:
        """Return once no slot generates, at once where nothing was cut lately."""
        while time.monotonic() < self._until and await self._generates():
            await asyncio.sleep(_PAUSE)
        self._until = 0.0

    async def _generates(self) -> bool:
        try:
            told: Any = await self._client.get(
                self._url, cast_to=object, options={"max_retries": 0}
            )
        except openai.APIError:  # a server that does not tell
            return False
        slots = told if isinstance(told, list) else []
        return any(isinstance(slot, dict) and slot.get("is_processing") for slot in slots)
