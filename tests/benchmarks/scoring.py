"""Execution match: are these rows the gold rows?"""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from itertools import permutations

Rows = Sequence[Sequence[object]]
_FEW = 6


def matches(gold: Rows, answer: Rows, *, ordered: bool) -> bool:
    """Whether some columns of `answer`, in some order, hold exactly the gold rows.

    Row order counts only when `ordered`; numbers match to the hundredth.
    """
    if len(gold) != len(answer) or not gold:
        return len(gold) == len(answer)
    want = [tuple(map(_plain, row)) for row in gold]
    have = [tuple(map(_plain, row)) for row in answer]
    width = len(have[0])
    if len(want[0]) > width or width > _FEW:
        return False
    choices = permutations(range(width), len(want[0]))
    return any(
        _same(want, [tuple(row[i] for i in pick) for row in have], ordered) for pick in choices
    )


def _same(want: list[tuple[str, ...]], have: list[tuple[str, ...]], ordered: bool) -> bool:
    return want == have if ordered else Counter(want) == Counter(have)


def _plain(cell: object) -> str:
    if cell is None:
        return "∅"
    try:
        return str(Decimal(str(cell)).quantize(Decimal("0.01")))
    except InvalidOperation:
        return str(cell).strip()
