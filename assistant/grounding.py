"""The answer's words: a sentence whose values come from rows, never from the model.

The model writes a template with slots; code fills them. A template that states a number of its
own (one that stands neither in the question nor in a date of the statement) is dropped, and the
answer is put together from the row itself.
"""

import re

from assistant.events import QueryResult
from assistant.locale import Language, t
from assistant.render import number_text
from assistant.wording import spoken

_SLOT = re.compile(r"\{([^{}]*)\}")
_PERCENT = re.compile(r"\{[^{}]*\}\s*([%％]|パーセント|percent)?")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_DATE_LITERAL = re.compile(r"'\d{4}(?:-\d{1,2}){0,2}[^']*'")
_KANJI_NUMBER = re.compile(r"[〇一二三四五六七八九十百千万億兆]{2,}")
_ENGLISH_NUMBER = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty"
    r"|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion)\b",
    re.IGNORECASE,
)


def ground(template: str, result: QueryResult, question: str, lang: Language) -> str:
    """One or two sentences for these rows."""
    if is_empty(result):
        return t("answer.nothing", lang)
    if result.row_count > 1:  # a sentence filled from the first row would speak for all of them
        return plain(result, lang)
    filled = _fill(template, result, lang)
    stated = _SLOT.sub(" ", template)
    if filled is None or states_own_number(stated, question, result.sql):
        return plain(result, lang)
    return filled


def is_empty(result: QueryResult) -> bool:
    """No rows, or one row of nothing but NULL (a total over no rows)."""
    return not result.rows or (
        result.row_count == 1 and all(cell is None for cell in result.rows[0])
    )


def plain(result: QueryResult, lang: Language) -> str:
    """The answer without the model's words."""
    if result.row_count > 1:
        return t("answer.rows", lang, count=number_text(result.row_count))
    pairs = [
        _label(column.name) + _value(result, index, lang)
        for index, column in enumerate(result.columns)
    ]
    return t("answer.separator", lang).join(pairs)


def _label(name: str) -> str:
    """A column's name before its value; an expression that nobody named says nothing."""
    return "" if "(" in name else f"{name}: "


def states_own_number(text: str, question: str, sql: str) -> bool:
    """Whether `text` holds a number that neither the question nor a date in the statement has."""
    known = {_canonical(n) for n in _NUMBER.findall(question)}
    for literal in _DATE_LITERAL.findall(sql):
        known |= {_canonical(part) for part in re.findall(r"\d+", literal)}
    if any(_canonical(number) not in known for number in _NUMBER.findall(text)):
        return True
    lowered = question.lower()
    words = _KANJI_NUMBER.findall(text) + _ENGLISH_NUMBER.findall(text)
    return any(word.lower() not in lowered for word in words)


def _canonical(number: str) -> str:
    """1,234 and 1234 are one number, 03 and 3 too."""
    return number.replace(",", "").translate(_FULL_WIDTH).lstrip("0") or "0"


_FULL_WIDTH = {ord(wide): str(digit) for digit, wide in enumerate("０１２３４５６７８９")}


def _fill(template: str, result: QueryResult, lang: Language) -> str | None:
    """The template with its slots filled from the first row; None when a slot fits no column."""
    slots = _SLOT.findall(template)
    if not slots:  # a sentence without a slot tells what the model made up
        return None
    indexes = [_index(slot, result) for slot in slots]
    if None in indexes:
        return None
    percents = [bool(after) for after in _PERCENT.findall(template)]
    values = iter(
        [
            _value(result, index, lang, percent=percent)
            for index, percent in zip(indexes, percents, strict=True)
            if index is not None
        ]
    )
    return _SLOT.sub(lambda _: next(values), template)


def _index(slot: str, result: QueryResult) -> int | None:
    wanted = _name(slot)
    for index, column in enumerate(result.columns):
        if _name(column.name) == wanted:
            return index
    return 0 if len(result.columns) == 1 else None


def _name(text: str) -> str:
    return re.sub(r"[\s`\"'_]", "", text.rsplit(".", 1)[-1]).lower()


def _value(result: QueryResult, index: int, lang: Language, *, percent: bool = False) -> str:
    cell, column = result.rows[0][index], result.columns[index]
    return spoken(cell, column, lang, percent=percent, sql=result.sql)
