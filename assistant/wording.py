"""A value in a sentence, as the sentence's language says it: 1,234,567円, 2025年3月, 12.3%."""

import re
from decimal import Decimal

from assistant.events import Cell, Column
from assistant.locale import Language, t
from assistant.render import cell_text, is_numeric

_DATE = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d))?(?: 00:00:00)?")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_MOST_DECIMALS = 2


def spoken(cell: Cell, column: Column, lang: Language, *, percent: bool, sql: str) -> str:
    """The value for a sentence; `percent`: a % follows it.

    A share that the statement did not multiply by 100 is, before a %. Long fractions are
    rounded; the table beside the sentence has all digits.
    """
    if cell is None:
        return t("answer.unknown", lang)
    if is_numeric(column):
        return _number(cell, column, percent=percent, sql=sql)
    if date := _DATE.fullmatch(str(cell)):
        return _date(date, lang)
    return cell_text(cell, column)


def _number(cell: Cell, column: Column, *, percent: bool, sql: str) -> str:
    number = Decimal(str(cell))
    if percent and abs(number) <= 1 and "100" not in sql:
        number *= 100
    decimals = 1 if percent else _MOST_DECIMALS
    if -int(number.as_tuple().exponent) > decimals:
        number = round(number, decimals)
        number = number.normalize() if number == number.to_integral() else number
    return cell_text(format(number, "f"), column)


def _date(date: re.Match[str], lang: Language) -> str:
    year, month, day = date.groups()
    if not 1 <= int(month) <= 12:
        return date[0]
    if lang == "ja":
        return f"{year}年{int(month)}月" + (f"{int(day)}日" if day else "")
    name = _MONTHS[int(month) - 1]
    return f"{name} {int(day)}, {year}" if day else f"{name} {year}"
