from datetime import date

from assistant.dates import Period
from assistant.hints import hints
from assistant.linking import Link


def test_links_come_first_then_periods() -> None:
    kind = Link("個人", ("customers.kind",), ("個人",), exact=True)
    period = Period("先月", date(2026, 6, 1), date(2026, 6, 30))
    assert hints([kind], [period]) == [
        "個人: customers.kind = '個人'",
        "先月: BETWEEN '2026-06-01' AND '2026-06-30'",
    ]
