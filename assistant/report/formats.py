"""Named number formats: what a person reads, and the same as a spreadsheet's own format code."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from assistant.cells import as_number
from assistant.events import Cell


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """`scale` divides the value; `places` are kept; `code` is what Excel calls the same."""

    code: str
    places: int = 0
    scale: int = 1
    before: str = ""
    after: str = ""
    grouped: bool = True


FORMATS = {
    "plain": NumberFormat("0", grouped=False),
    "integer": NumberFormat("#,##0"),
    "decimal": NumberFormat("#,##0.00", places=2),
    "percent": NumberFormat("0.0%", places=1, after="%"),
    "yen": NumberFormat('"¥"#,##0', before="¥"),
    "thousand_yen": NumberFormat('#,##0,"千円"', scale=1_000, after="千円"),
    "million_yen": NumberFormat('#,##0.0,,"百万円"', places=1, scale=1_000_000, after="百万円"),
    "dollar": NumberFormat('"$"#,##0.00', places=2, before="$"),
}


def formatted(cell: Cell, name: str) -> str | None:
    """The cell in the named format; None when it holds no number."""
    number = as_number(cell)
    if number is None:
        return None
    wish = FORMATS[name]
    scaled = number * 100 if wish.after == "%" else number / wish.scale
    rounded = scaled.quantize(Decimal(1).scaleb(-wish.places), ROUND_HALF_UP)
    digits = f"{abs(rounded):,f}" if wish.grouped else f"{abs(rounded):f}"
    return f"{'-' if rounded < 0 else ''}{wish.before}{digits}{wish.after}"
