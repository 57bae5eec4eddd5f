"""Round numbers along an axis."""

import math
from collections.abc import Sequence


def ticks(low: float, high: float, wished: int = 5) -> list[float]:
    """Round numbers that enclose low..high and 0, about `wished` of them, evenly spaced."""
    low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        return [0.0, 1.0]
    rough = (high - low) / wished
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(m * magnitude for m in (1, 2, 2.5, 5, 10) if m * magnitude >= rough)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [number * step for number in range(first, last + 1)]


def tick_text(value: float, all_ticks: Sequence[float], *, japanese: bool) -> str:
    """1,200 · 3万 · 1.2億 in Japanese, 1.2k · 3M · 1B in English; one unit for a whole axis."""
    largest = max(map(abs, all_ticks))
    units = _JAPANESE if japanese else _ENGLISH
    size, name = next(((s, n) for s, n in units if largest >= s), (1.0, ""))
    step = abs(all_ticks[1] - all_ticks[0]) / size
    places = max(0, -math.floor(math.log10(step) + 1e-9)) if step < 1 else int(step % 1 > 0)
    return f"{value / size:,.{places}f}{name}" if value else "0"


_JAPANESE = ((1e8, "億"), (1e4, "万"))
_ENGLISH = ((1e9, "B"), (1e6, "M"), (1e3, "k"))
