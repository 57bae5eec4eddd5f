from decimal import Decimal

import pytest

from assistant.report.expectations import broken, parse_interval, parse_share
from assistant.report.questions import Expect
from tests.assistant.scripted import result

ROWS = result((1, "10.5"), (2, None), n="integer", v="decimal")


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("12", [12], [11, 13]),
        ("> 0", [1], [0, -1]),
        (">= 0", [0], [-1]),
        ("< 5", [4], [5]),
        ("<=5", [5], [6]),
        ("1..31", [1, 31], [0, 32]),
        ("0..", [0, 10**12], [-1]),
        ("..-1.5", [-2], [-1]),
    ],
)
def test_an_interval_holds_what_it_says(text: str, inside: list[int], outside: list[int]) -> None:
    interval = parse_interval(text)
    assert all(Decimal(number) in interval for number in inside)
    assert not any(Decimal(number) in interval for number in outside)


@pytest.mark.parametrize("text", ["", "many", "..", "=> 5", "1-5", "> "])
def test_what_is_no_interval_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write a number"):
        parse_interval(text)


def test_a_share_is_a_percentage() -> None:
    assert parse_share("20%") == Decimal("0.2")
    with pytest.raises(ValueError, match="percentage"):
        parse_share("0.2")


@pytest.mark.parametrize(
    ("expect", "change", "told"),
    [
        (Expect(rows="2", range={"n": "1..2", "v": "0..11"}, change="20%"), "0.2", []),
        (Expect(rows="> 2"), None, ["2 rows, expected > 2"]),
        (Expect(not_null=["V"]), None, ["V has no value in 1 rows"]),
        (Expect(not_null=["x"]), None, ["there is no column x"]),
        (Expect(range={"v": "> 11"}), None, ["v is 10.5, expected > 11"]),
        (Expect(change="20%"), "-0.5", ["moved by -50.0%, expected at most 20%"]),
        (Expect(change="20%"), None, []),
    ],
)
def test_what_does_not_hold_is_told(expect: Expect, change: str | None, told: list[str]) -> None:
    share = None if change is None else Decimal(change)
    assert list(broken(expect, ROWS, share, "en")) == told
