"""What was asked and answered, as a file: a conversation or one result; the suffix decides."""

from pathlib import Path

from assistant.errors import ExportNotWritable, UnknownFormat
from assistant.events import QueryResult
from assistant.files import PRIVATE, replace_file
from assistant.sessions.session import Transcript

CONVERSATION_FORMATS = ("html", "md")
RESULT_FORMATS = ("csv", "xlsx", "json")


def export_conversation(transcript: Transcript, path: Path) -> None:
    """Write PATH.html or PATH.md; raises UnknownFormat, ExportNotWritable."""
    _write(path, conversation_bytes(transcript, _format(path, CONVERSATION_FORMATS)))


def export_result(result: QueryResult, path: Path) -> None:
    """Write PATH.csv, PATH.xlsx or PATH.json; raises UnknownFormat, ExportNotWritable."""
    _write(path, result_bytes(result, _format(path, RESULT_FORMATS)))


def conversation_bytes(transcript: Transcript, format: str) -> bytes:
    """The conversation in one of CONVERSATION_FORMATS."""
    if format == "html":
        from assistant.export.html import html

        return html(transcript).encode()
    from assistant.export.markdown import markdown

    return markdown(transcript).encode()


def result_bytes(result: QueryResult, format: str) -> bytes:
    """All rows that are here, in one of RESULT_FORMATS."""
    # Each writer brings its library along only when it writes.
    match format:
        case "csv":
            from assistant.render import csv_text

            return csv_text(result).encode("utf-8-sig")  # spreadsheets ask for the mark
        case "xlsx":
            from assistant.export.workbook import workbook

            return workbook(result)
        case _:
            from assistant.export.json_object import json_object

            return json_object(result).encode()


def _format(path: Path, known: tuple[str, ...]) -> str:
    suffix = path.suffix.removeprefix(".").lower()
    if suffix not in known:
        raise UnknownFormat(format=suffix or "?", known=", ".join(known))
    return suffix


def _write(path: Path, content: bytes) -> None:
    try:
        replace_file(path.expanduser(), content, PRIVATE)
    except OSError as error:
        raise ExportNotWritable(path=path, reason=error.strerror or error) from error
