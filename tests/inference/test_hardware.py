"""What this machine is good for."""

import pytest

from inference import hardware
from inference.hardware import slots_worth


@pytest.mark.parametrize(
    ("cores", "wish", "worth"),
    [(1, 2, 1), (2, 2, 1), (4, 2, 2), (8, 8, 4), (16, 3, 3), (2, 1, 1)],
)
def test_a_slot_is_worth_it_where_two_cores_feed_it(
    cores: int, wish: int, worth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hardware, "physical_cores", lambda: cores)
    assert slots_worth(wish) == worth
