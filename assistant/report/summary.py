"""A prose summary whose every number is a slot that code fills.

The model is given numbered facts and writes sentences with {f1} in place of each; the sampler
is held to a pattern without digits. A sentence without a slot, with a slot that no fact has, or
with a number in words that no fact holds, is dropped.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from assistant.errors import AssistantError
from assistant.grounding import states_own_number
from assistant.locale import Language, t
from assistant.render import cell_text, is_measure, number_text
from assistant.report.document import Document, Item
from assistant.report.formats import as_number
from assistant.report.lock import Summary
from assistant.report.staff import Staff

MOST_FACTS, MOST_SENTENCES = 24, 5
_SLOT = re.compile(r"\{(f\d+)\}")
_SYSTEM = """\
You sum up a report for a busy reader in at most {count} short sentences, in {language}.
Write {{f1}} where the value of fact f1 belongs; write no number yourself. Compare and order the
facts; do not list them all, do not guess at reasons. Reply with one JSON object.
"""


async def summarise(
    document: Document, locked: Summary | None, staff: Staff | None
) -> tuple[Document, Summary | None]:
    """The document with its summary's sentences, and what the lock file keeps of them.

    The model writes where it is there; otherwise sentences of the same facts are used again.
    """
    facts = dict(_facts(document))
    if not document.summary.prose or document.partial or not facts:
        return document, locked
    print_ = _fingerprint(facts)
    if locked and locked.facts == print_:
        return _with(document, locked.sentences, facts), locked
    if staff is None:
        return document, locked
    try:
        reply = await staff.write(*_prompt(facts, document), _schema(len(facts)))
        sentences = json.loads(reply)["sentences"]
    except (AssistantError, ValueError, KeyError, TypeError):
        return document, locked  # the report stands without prose
    kept = [s for s in sentences if isinstance(s, str) and _is_grounded(s, facts, document)]
    kept = list(dict.fromkeys(kept))[:MOST_SENTENCES]
    return _with(document, kept, facts), Summary(facts=print_, sentences=kept)


def _with(document: Document, sentences: list[str], facts: dict[str, tuple[str, str]]) -> Document:
    filled = [_SLOT.sub(lambda slot: facts[slot[1]][1], sentence) for sentence in sentences]
    return replace(document, summary=replace(document.summary, sentences=tuple(filled)))


def _facts(document: Document) -> Iterator[tuple[str, tuple[str, str]]]:
    """f1 → (what it is, its value as it is printed)."""
    pairs = (pair for item in document.items for pair in _facts_of(item, document.lang))
    for number, pair in enumerate(pairs, 1):
        if number > MOST_FACTS:
            return
        yield f"f{number}", pair


def _facts_of(item: Item, lang: Language) -> Iterator[tuple[str, str]]:
    """The one number and how it moved; of many rows the total, the first and the last."""
    result, heading = item.finished.answer.result, item.question.title
    if not item.finished.ok or result is None or not result.rows:
        return
    if item.key_text is not None:
        yield heading, item.key_text
        if item.change:
            yield t("report.fact_change", lang, heading=heading), item.change.text(item.key_format)
        return
    measures = [at for at, column in enumerate(result.columns) if is_measure(column)]
    if len(measures) != 1 or result.row_count < 2 or measures[0] == 0:
        return
    at, name = measures[0], result.columns[measures[0]].name
    numbers = [as_number(row[at]) for row in result.rows]
    rows = [row for row, number in zip(result.rows, numbers, strict=True) if number is not None]
    if not rows:
        return
    best = max(rows, key=lambda row: as_number(row[at]) or 0)
    label = cell_text(best[0], result.columns[0])
    yield t("report.fact_best", lang, heading=heading), label
    yield (
        t("report.fact_best_value", lang, heading=heading, column=name),
        cell_text(best[at], result.columns[at]),
    )
    if not result.truncated:
        yield t("report.fact_rows", lang, heading=heading), number_text(result.row_count)


def _prompt(facts: dict[str, tuple[str, str]], document: Document) -> tuple[str, str]:
    language = "Japanese" if document.lang == "ja" else "English"
    lines = [f"{name}: {what} = {value}" for name, (what, value) in facts.items()]
    return (
        _SYSTEM.format(count=MOST_SENTENCES, language=language),
        "\n".join([document.title, *lines]),
    )


def _schema(count: int) -> dict[str, Any]:
    words = r'[^0-9"\\{}\n\r\t]{0,60}'
    slot = r"\{f(" + "|".join(str(n) for n in range(1, count + 1)) + r")\}"
    sentence = {"type": "string", "pattern": f"^{words}({slot}{words}){{1,4}}$"}
    return {
        "type": "object",
        "properties": {
            "sentences": {"type": "array", "items": sentence, "maxItems": MOST_SENTENCES}
        },
        "required": ["sentences"],
        "additionalProperties": False,
    }


def _is_grounded(sentence: str, facts: dict[str, tuple[str, str]], document: Document) -> bool:
    slots = _SLOT.findall(sentence)
    words = _SLOT.sub(" ", sentence)
    known = " ".join([document.title, *(what for what, _ in facts.values())])
    if not slots or any(slot not in facts for slot in slots) or re.search(r"[{}]", words):
        return False
    return not states_own_number(words, known, "")


def _fingerprint(facts: dict[str, tuple[str, str]]) -> str:
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()[:16]
