from mcp_server.samples.dice import Dice, Wheel


def test_the_same_seed_falls_the_same_way_on_every_python() -> None:
    dice = Dice(20230101)
    assert [dice.between(1, 1000) for _ in range(8)] == [279, 164, 907, 866, 353, 862, 923, 215]


def test_between_reaches_both_ends_and_nothing_else() -> None:
    dice = Dice(1)
    assert {dice.between(3, 5) for _ in range(200)} == {3, 4, 5}


def test_a_wheel_stops_at_heavy_items_more_often_and_never_at_weightless_ones() -> None:
    dice, wheel = Dice(1), Wheel(["none", "light", "heavy"], [0, 1, 9])
    spins = [wheel.spin(dice) for _ in range(1000)]
    assert spins.count("none") == 0
    assert 800 < spins.count("heavy") < 1000


def test_a_wheel_limited_to_its_first_items_stops_only_there() -> None:
    dice, wheel = Dice(1), Wheel("abcd", [1, 1, 1, 1])
    assert {wheel.spin(dice, among=2) for _ in range(100)} == {"a", "b"}
