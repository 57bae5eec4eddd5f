"""What code tells the model beside the question: what its words stand for, and its periods.

Only real hits are told: a hint that fits nothing in the question misleads a small model.
"""

from collections.abc import Sequence

from assistant.dates import Period
from assistant.linking import Link


def hints(links: Sequence[Link], periods: Sequence[Period]) -> list[str]:
    """One short line a hit: "個人: customers.kind = '個人'", "2025: BETWEEN '2025-01-01' AND …"."""
    return [*(link.hint for link in links), *(f"{p.name}: {p.condition}" for p in periods)]
