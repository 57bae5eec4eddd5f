"""Where the bytes of a model come from. A source streams a file from any offset."""

from collections.abc import Generator
from typing import Protocol

from inference.models import ModelFile


class SourceFailed(Exception):
    """This source cannot serve the file, or stopped serving it; its text says why."""


class Source(Protocol):
    """A place that holds a model's files."""

    @property
    def name(self) -> str:
        """What a person calls it."""

    def facts(self, file: ModelFile) -> ModelFile:
        """The file with size and SHA-256 filled in; raises SourceFailed."""

    def chunks(self, file: ModelFile, start: int) -> Generator[bytes]:
        """The file's bytes from offset `start`; raises SourceFailed.

        An empty chunk is a sign of life while nothing has come yet.
        """
