"""A summary of the whole: sentences that code makes from the rows, and the model's where wished.

The model is given numbered facts and writes sentences with {f1} in place of each; the sampler
is held to a pattern without digits. Of its sentences only those stay that code can stand for:
each part holds a fact, none a number of its own, and a word like "rose" or "most" stands only
beside a fact that says so.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from assistant.cells import as_number
from assistant.errors import AssistantError
from assistant.events import QueryResult
from assistant.grounding import states_own_number
from assistant.locale import Language, t
from assistant.render import cell_text, is_measure
from assistant.report.document import Document, Item
from assistant.report.lock import Summary
from assistant.report.staff import Staff
from assistant.report.view import shown_cell

MOST_FACTS, MOST_SENTENCES = 24, 5
_SLOT = re.compile(r"\{(f\d+)\}")
_PART = re.compile(r"(?<=[。！？])|(?<=[.!?]) ")
_RISE = re.compile(
    r"増|上回|伸び|上昇|高ま|\b(?:r[io]se|risen|gr[eo]w|grown|up|gain|increas)", re.I
)
_FALL = re.compile(
    r"減|下回|落ち|低下|下落|\b(?:f[ae]ll|fallen|drop|declin|decreas|down|lost)", re.I
)
_COMPARED = re.compile(
    r"前[年月回期]|昨年|先月|比[べ較し]|改善|悪化|好調|不調|変化|\b(?:than|compar|previous|last|better|worse)",
    re.I,
)
_RANKED = re.compile(
    r"最[も大多高小少低]|一番|首位|トップ|\b(?:most|highest|largest|greatest|best|top|least|lowest)",
    re.I,
)
_SYSTEM = """\
You sum up a report for a busy reader in at most {count} short sentences, in {language}.
Write {{f1}} where the value of fact f1 belongs; write no number yourself. State only what the
facts say; do not guess at reasons or trends. Reply with one JSON object.
"""


@dataclass(frozen=True, slots=True)
class Fact:
    """What it is, its value as it is printed, and which way it moved: 1, -1, or 0."""

    what: str
    value: str
    kind: Literal["value", "change", "best"] = "value"
    direction: int = 0


async def summarise(
    document: Document, locked: Summary | None, staff: Staff | None
) -> tuple[Document, Summary | None]:
    """The document with its summary's sentences, and what the lock file keeps of the model's.

    The model writes where the file wishes it and it is there; for the same facts its sentences
    are used again. A partial report is not summed up.
    """
    if not document.summary.wanted or document.partial:
        return document, locked
    document = _with(document, list(_made(document)))
    facts = {f"f{n}": fact for n, fact in enumerate(_facts(document), 1) if n <= MOST_FACTS}
    if not document.summary.prose or not facts:
        return document, locked
    if locked is None or locked.facts != _fingerprint(facts):
        locked = await _written(document, facts, staff) or locked
    if locked is None or locked.facts != _fingerprint(facts):
        return document, locked
    filled = [_SLOT.sub(lambda slot: facts[slot[1]].value, one) for one in locked.sentences]
    return _with(document, filled), locked


def _with(document: Document, sentences: list[str]) -> Document:
    told = (*document.summary.sentences, *sentences)
    return replace(document, summary=replace(document.summary, sentences=told))


def _made(document: Document) -> Iterator[str]:
    """What moved most, and what is greatest in the tables."""
    moved = {
        item.question.id: (abs(item.change.share), item)
        for item in document.figures
        if item.change and item.change.share
    }
    if moved:
        _, most = max(moved.values(), key=lambda pair: pair[0])
        change = most.change_text
        yield t("report.moved_most", document.lang, heading=most.question.title, change=change)
    tables = [(item, best) for item in document.items if (best := _best(item))]
    for item, (label, column, value) in tables[: MOST_SENTENCES - 1]:
        heading = item.question.title
        yield t(
            "report.greatest", document.lang,
            heading=heading, label=label, column=column, value=value,
        )  # fmt: skip


def _facts(document: Document) -> Iterator[Fact]:
    for item in document.items:
        yield from _facts_of(item, document.lang)


def _facts_of(item: Item, lang: Language) -> Iterator[Fact]:
    heading = item.question.title
    if item.finished.ok and item.key_text is not None:
        yield Fact(heading, item.key_text)
        if item.change:
            difference = item.change.difference
            direction = (difference > 0) - (difference < 0)
            what = t("report.fact_change", lang, heading=heading)
            yield Fact(what, item.change.text(item.key_format), "change", direction)
    elif best := _best(item):
        label, column, value = best
        yield Fact(t("report.fact_best", lang, heading=heading), label, "best")
        what = t("report.fact_best_value", lang, heading=heading, column=column)
        yield Fact(what, value, "best")


def _best(item: Item) -> tuple[str, str, str] | None:
    """Label, column and value of the row with the greatest value of its only measure."""
    full: QueryResult | None = item.finished.answer.result
    if not item.finished.ok or full is None or full.truncated or full.row_count < 2:
        return None
    measures = [at for at, column in enumerate(full.columns) if is_measure(column)]
    if len(measures) != 1 or measures[0] == 0:
        return None
    at = measures[0]
    ranked = [(number, row) for row in full.rows if (number := as_number(row[at])) is not None]
    if not ranked:
        return None
    _, row = max(ranked, key=lambda pair: pair[0])
    labels = [
        cell_text(cell, column)
        for cell, column in zip(row[:at], full.columns, strict=False)
        if not is_measure(column)
    ]
    value = shown_cell(row[at], full.columns[at], item.question.formats)
    return " ".join(labels), full.columns[at].name, value


async def _written(
    document: Document, facts: dict[str, Fact], staff: Staff | None
) -> Summary | None:
    """The model's sentences that code can stand for; None where it wrote nothing to read."""
    if staff is None:
        return None
    try:
        reply = await staff.write(*_prompt(facts, document), _schema(len(facts)))
        sentences = json.loads(reply)["sentences"]
    except (AssistantError, ValueError, KeyError, TypeError):
        return None  # the report stands without the model's prose
    kept = [s for s in sentences if isinstance(s, str) and _is_grounded(s, facts, document)]
    unique = list(dict.fromkeys(kept))[:MOST_SENTENCES]
    return Summary(facts=_fingerprint(facts), sentences=unique)


def _prompt(facts: dict[str, Fact], document: Document) -> tuple[str, str]:
    language = "Japanese" if document.lang == "ja" else "English"
    lines = [f"{name}: {fact.what} = {fact.value}" for name, fact in facts.items()]
    return (
        _SYSTEM.format(count=MOST_SENTENCES, language=language),
        "\n".join([document.title, *lines]),
    )


def _schema(count: int) -> dict[str, Any]:
    words = r'[^0-9"\\{}\n\r\t]{0,60}'
    slot = r"\{f(" + "|".join(str(n) for n in range(1, count + 1)) + r")\}"
    sentence = {"type": "string", "pattern": f"^{words}({slot}{words}){{1,4}}$"}
    sentences = {"type": "array", "items": sentence, "maxItems": MOST_SENTENCES}
    return {
        "type": "object",
        "properties": {"sentences": sentences},
        "required": ["sentences"],
        "additionalProperties": False,
    }


def _is_grounded(sentence: str, facts: dict[str, Fact], document: Document) -> bool:
    known = " ".join([document.title, *(fact.what for fact in facts.values())])
    parts = [part for part in _PART.split(sentence) if part.strip()]
    return bool(parts) and all(_stands(part, facts, known) for part in parts)


def _stands(part: str, facts: dict[str, Fact], known: str) -> bool:
    """Whether facts stand behind one sentence: its numbers, its direction, its ranking."""
    slots, words = _SLOT.findall(part), _SLOT.sub(" ", part)
    if not slots or any(slot not in facts for slot in slots) or re.search(r"[{}]", words):
        return False
    if states_own_number(words, known, ""):
        return False
    told = [facts[slot] for slot in slots]
    directions = {fact.direction for fact in told if fact.kind == "change"}
    for claim, direction in ((_RISE, 1), (_FALL, -1)):
        if claim.search(words) and directions != {direction}:
            return False
    if _COMPARED.search(words) and not directions:
        return False
    return not _RANKED.search(words) or any(fact.kind == "best" for fact in told)


def _fingerprint(facts: dict[str, Fact]) -> str:
    values = {name: [fact.what, fact.value] for name, fact in facts.items()}
    return hashlib.sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()[:16]
