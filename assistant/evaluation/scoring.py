"""Execution match: are these rows the gold rows?"""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from itertools import islice, product

Rows = Sequence[Sequence[object]]
_MOST_PICKS = 5_000
_HUNDREDTH = Decimal("0.01")


def matches(gold: Rows, answer: Rows, *, ordered: bool) -> bool:
    """Whether some columns of `answer`, in some order, hold exactly the gold rows.

    Row order counts only when `ordered`; numbers match to the hundredth, a date matches the
    same date at midnight.
    """
    if len(gold) != len(answer) or not gold:
        return len(gold) == len(answer)
    want = [tuple(map(_plain, row)) for row in gold]
    have = [tuple(map(_plain, row)) for row in answer]
    return any(
        _same(want, [tuple(row[at] for at in pick) for row in have], ordered)
        for pick in islice(_picks(want, have), _MOST_PICKS)
    )


def _picks(want: list[tuple[str, ...]], have: list[tuple[str, ...]]) -> Iterator[tuple[int, ...]]:
    """A column of the answer for each gold column, of the same values each, none taken twice."""
    columns = [Counter(column) for column in zip(*have, strict=True)]
    fits = [
        [at for at, column in enumerate(columns) if column == Counter(gold)]
        for gold in zip(*want, strict=True)
    ]
    return (pick for pick in product(*fits) if len(set(pick)) == len(pick))


def _same(want: list[tuple[str, ...]], have: list[tuple[str, ...]], ordered: bool) -> bool:
    return want == have if ordered else Counter(want) == Counter(have)


def _plain(cell: object) -> str:
    if cell is None:
        return "∅"
    text = str(cell).strip()
    try:
        return str(Decimal(text).quantize(_HUNDREDTH, ROUND_HALF_UP) + 0)  # -0.00 is 0.00
    except InvalidOperation:
        return text.removesuffix(" 00:00:00")
