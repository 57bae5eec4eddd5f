"""The report as Markdown; nothing of the model or the database is passed on as markup."""

from collections.abc import Iterator

from assistant.locale import t
from assistant.markdown import fenced, literal, one_line
from assistant.render import footer, markdown_table, number_text
from assistant.report.document import Block, Document, Item

TABLE_ROWS = 100
"""Rows of one table; answers.jsonl has them all."""


def markdown(document: Document) -> str:
    """The whole report."""
    blocks = [f"# {one_line(document.title)}", f"*{one_line(document.counts)}*", document.text]
    blocks += list(_summary(document))
    for block in document.blocks:
        blocks += _block(block)
    return "\n\n".join(filter(None, blocks)) + "\n"


def _summary(document: Document) -> Iterator[str]:
    if not document.summary.wanted:
        return
    yield f"## {one_line(document.summary.heading)}"
    yield literal(" ".join(document.summary.sentences))
    yield "\n".join(
        f"- {one_line(item.question.title)}: **{literal(item.key_text or '')}**"
        + (f" {item.change_text}" if item.change_text else "")
        for item in document.figures
    )


def _block(block: Block) -> list[str]:
    """A section and its questions, one level below it."""
    head = [f"## {one_line(block.heading)}", block.text] if block.heading else [block.text]
    level = "###" if block.heading else "##"
    return head + [_item(item, level) for item in block.items]


def _item(item: Item, level: str) -> str:
    question, answer = item.question, item.finished.answer
    blocks = [f"{level} {one_line(question.title)}"]
    if question.title != question.text:
        blocks.append(f"> {one_line(question.text)}")
    blocks += [question.note, _answer(item), item.change_text, *_table(item), _notes(item)]
    if answer.sql:
        blocks.append(fenced(answer.sql, "sql"))
    if item.finished.diff:
        blocks.append(t("report.sql_changed", item.lang))
        blocks.append(fenced("\n".join(item.finished.diff), "diff"))
    return "\n\n".join(filter(None, [*blocks, provenance(item)]))


def _answer(item: Item) -> str:
    text = literal(item.finished.answer.text)
    return text if item.finished.ok else f"**{t('report.unanswered', item.lang)}** {text}"


def _table(item: Item) -> Iterator[str]:
    result, full = item.result, item.finished.answer.result
    if result is None or full is None:
        return
    yield markdown_table(result, TABLE_ROWS)
    shown = min(result.row_count, TABLE_ROWS)
    if full.row_count > shown:
        total = number_text(full.row_count)
        yield t("report.rows_shown", item.lang, shown=shown, total=total)


def _notes(item: Item) -> str:
    notes = [t("report.expectation", item.lang, sentence=s) for s in item.finished.broken]
    notes += [t("report.note", item.lang, note=note) for note in item.finished.answer.notes]
    return "\n".join(f"- {one_line(literal(note))}" for note in notes)


def provenance(item: Item) -> str:
    """Who answered, from where, at what cost: one line in italics."""
    answer = item.finished.answer
    cost = footer(answer.usage, item.lang) if answer.usage.calls else ""
    origin = item.origin_text if item.finished.origin != "model" else ""
    parts = [part for part in (answer.model, answer.database, origin, cost) if part]
    return f"*{literal(' · '.join(parts))}*" if parts else ""
