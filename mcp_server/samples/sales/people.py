"""Employees and customers, with names as they are met in Japan."""

import tomllib
from datetime import date, timedelta
from importlib.resources import files

from mcp_server.samples.dice import Dice, Wheel
from mcp_server.samples.sales.places import population, prefectures
from mcp_server.samples.sales.rows import Customer, Employee, Store
from mcp_server.samples.sales.story import FIRST_DAY, LAST_DAY, SEED

CUSTOMERS = 5600

_NAMES = {
    kind: names.split()
    for kind, names in tomllib.loads(
        files(__package__).joinpath("names.toml").read_text(encoding="utf-8")
    ).items()
}

# Job, monthly salary from and to in thousands of yen.
_PAY = {
    "店長": (380, 520),
    "副店長": (310, 390),
    "社員": (230, 320),
    "パート": (90, 150),
}
_STAFF = {
    "大型店": ["店長", "副店長", *["社員"] * 5, *["パート"] * 6],
    "標準店": ["店長", "副店長", *["社員"] * 3, *["パート"] * 4],
    "小型店": ["店長", *["社員"] * 2, *["パート"] * 3],
}

_MEMBERSHIPS = Wheel(["ゴールド", "シルバー", "一般"], [8, 22, 70])
_SURNAMES = Wheel(_NAMES["surnames"], [1 / (rank + 12) for rank in range(len(_NAMES["surnames"]))])


def _birthday(dice: Dice, around: date) -> date:
    """Of someone who is 18 to 78 on that day; people in middle life are most."""
    age = 19 + dice.between(0, 30) + dice.between(0, 29)
    return date(around.year - age, dice.between(1, 12), dice.between(1, 28))


def employees(stores: list[Store]) -> list[Employee]:
    """Rows store by store; a store's manager and first colleagues are there when it opens."""
    dice = Dice(SEED + 3)
    posts = [(store, job) for store in stores for job in _STAFF[store.size]]
    return [
        Employee(
            number,
            store.id,
            f"{_SURNAMES.spin(dice)} {dice.pick(_NAMES[dice.pick(('women', 'men'))])}",
            job,
            _hired(dice, store, job),
            dice.between(*_PAY[job]) * 1000,
        )
        for number, (store, job) in enumerate(posts, start=1)
    ]


def _hired(dice: Dice, store: Store, job: str) -> date:
    if job == "店長" or dice.chance(0.4):
        return store.opened_date - timedelta(days=dice.between(20, 90))
    return dice.day(store.opened_date, LAST_DAY - timedelta(days=60))


def customers(stores: list[Store]) -> list[Customer]:
    """Rows in the order of their registration. More live where there is a store."""
    dice = Dice(SEED + 4)
    served = {store.prefecture_id for store in stores}
    homes = prefectures()
    weights = [
        people * (3 if home.id in served else 1)
        for home, people in zip(homes, population(), strict=True)
    ]
    wheel = Wheel(homes, weights)
    return [
        _customer(dice, number, wheel.spin(dice).id, registered)
        for number, registered in enumerate(_registrations(dice), start=1)
    ]


def _registrations(dice: Dice) -> list[date]:
    """Nearly half of the customers were there before the data begin."""
    before = CUSTOMERS * 45 // 100
    old = [dice.day(date(2018, 1, 1), FIRST_DAY - timedelta(days=1)) for _ in range(before)]
    new = [dice.day(FIRST_DAY, LAST_DAY) for _ in range(CUSTOMERS - before)]
    return sorted(old) + sorted(new)


def _customer(dice: Dice, number: int, home: int, registered: date) -> Customer:
    rank = _MEMBERSHIPS.spin(dice)
    if dice.chance(0.12):
        name = f"株式会社{dice.pick(_NAMES['words'])}{dice.pick(_NAMES['trades'])}"
        return Customer(number, home, name, "法人", None, None, rank, registered)
    gender, given = dice.pick((("女性", "women"), ("男性", "men")))
    name = f"{_SURNAMES.spin(dice)} {dice.pick(_NAMES[given])}"
    born = _birthday(dice, registered)
    return Customer(number, home, name, "個人", gender, born, rank, registered)
