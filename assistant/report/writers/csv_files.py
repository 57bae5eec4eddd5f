"""The rows as CSV files, one a question, in a folder of their own."""

from pathlib import Path

from assistant.render import csv_text
from assistant.report.document import Document
from assistant.report.files import refusing, write_whole


def write_csv_files(document: Document, folder: Path, *, bom: bool) -> None:
    """Write ID.csv for every question with rows; files of questions that are gone go."""
    with refusing(folder):
        folder.mkdir(exist_ok=True)
    encoding = "utf-8-sig" if bom else "utf-8"
    written = set()
    for item in document.items:
        if result := item.finished.answer.result:
            path = folder / f"{item.question.id}.csv"
            write_whole(path, csv_text(result).encode(encoding))
            written.add(path)
    with refusing(folder):
        for path in set(folder.glob("*.csv")) - written:
            path.unlink()
