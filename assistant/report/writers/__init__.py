"""A report on disk, in the formats wished for; every file is there whole or not at all."""

from collections.abc import Sequence
from pathlib import Path

from assistant.errors import UnknownFormat
from assistant.report.document import Document
from assistant.report.files import write_whole

FORMATS = ("html", "md", "json", "csv", "xlsx", "pdf")
FILES = {
    "html": "report.html",
    "md": "report.md",
    "json": "answers.jsonl",
    "csv": "csv",
    "xlsx": "report.xlsx",
    "pdf": "report.pdf",
}


def chosen_formats(wish: str) -> tuple[str, ...]:
    """From "html,xlsx"; raises UnknownFormat."""
    names = tuple(dict.fromkeys(name.strip().lower() for name in wish.split(",")))
    for name in names:
        if name not in FORMATS:
            raise UnknownFormat(format=name or "?", known=", ".join(FORMATS))
    return names


def write_report(
    document: Document, directory: Path, formats: Sequence[str], *, bom: bool = False
) -> tuple[Path, ...]:
    """Write the formats; returns the files. `bom` marks CSV as UTF-8, which Excel asks for.

    Raises: ReportNotWritable, NoBrowser, BrowserFailed.
    """
    return tuple(_write(document, directory / FILES[name], name, bom=bom) for name in formats)


def _write(document: Document, path: Path, format: str, *, bom: bool) -> Path:
    # Each writer brings its library along only when it writes.
    match format:
        case "html":
            from assistant.report.writers.html import html

            write_whole(path, html(document).encode())
        case "md":
            from assistant.report.writers.markdown import markdown

            write_whole(path, markdown(document).encode())
        case "json":
            from assistant.report.writers.json_lines import json_lines

            write_whole(path, json_lines(document).encode())
        case "csv":
            from assistant.report.writers.csv_files import write_csv_files

            write_csv_files(document, path, bom=bom)
        case "xlsx":
            from assistant.report.writers.xlsx import workbook

            write_whole(path, workbook(document))
        case "pdf":
            from assistant.report.writers.pdf import pdf

            write_whole(path, pdf(document))
    return path
