"""Who buys where: each customer has a nearest store, and keen customers come back."""

from bisect import bisect
from collections.abc import Sequence
from datetime import date

from mcp_server.samples.dice import Dice, Wheel
from mcp_server.samples.sales.places import prefectures
from mcp_server.samples.sales.rows import Customer, Employee, Store
from mcp_server.samples.sales.story import SEED

_ZEAL = {"ゴールド": 5, "シルバー": 2, "一般": 1}


class Crowd:
    """Customers by the day they registered; only those already registered can be met."""

    def __init__(self, members: Sequence[Customer], weights: Sequence[float]) -> None:
        self._days = [member.registered_date for member in members]
        self._wheel = Wheel(members, weights)

    def meet(self, dice: Dice, day: date) -> Customer:
        """One customer who orders on that day."""
        return self._wheel.spin(dice, among=bisect(self._days, day))


class Custom:
    """All customers, the stores they go to, and who serves them there."""

    def __init__(
        self, customers: list[Customer], stores: list[Store], employees: list[Employee]
    ) -> None:
        dice = Dice(SEED + 6)
        zeal = [dice.keenness() * _ZEAL[customer.membership] for customer in customers]
        nearest = _nearest(stores)
        homes = [nearest[customer.prefecture_id].spin(dice).id for customer in customers]
        self._everyone = Crowd(customers, zeal)
        self._regulars = {
            store.id: Crowd(
                [
                    customer
                    for customer, home in zip(customers, homes, strict=True)
                    if home == store.id
                ],
                [weight for weight, home in zip(zeal, homes, strict=True) if home == store.id],
            )
            for store in stores
        }
        self._stores = Wheel(stores, [store.floor_area for store in stores])
        self._staff = {
            store.id: sorted(
                (one for one in employees if one.store_id == store.id),
                key=lambda one: one.hired_date,
            )
            for store in stores
        }

    def on_the_web(self, dice: Dice, day: date) -> Customer:
        """Who orders on the web."""
        return self._everyone.meet(dice, day)

    def in_a_store(self, dice: Dice, day: date) -> tuple[Customer, Store, Employee]:
        """Who buys in which open store, served by whom."""
        store = self._stores.spin(dice)
        while store.opened_date > day:
            store = self._stores.spin(dice)
        staff = self._staff[store.id]
        on_duty = bisect(staff, day, key=lambda one: one.hired_date)
        return self._regulars[store.id].meet(dice, day), store, staff[dice.between(0, on_duty - 1)]


def _nearest(stores: list[Store]) -> dict[int, Wheel[Store]]:
    """By prefecture: the stores in it, else those of its region; big ones draw more."""
    regions = {prefecture.id: prefecture.region_id for prefecture in prefectures()}
    return {
        home: _by_size(
            [store for store in stores if store.prefecture_id == home]
            or [store for store in stores if regions[store.prefecture_id] == region]
        )
        for home, region in regions.items()
    }


def _by_size(stores: list[Store]) -> Wheel[Store]:
    return Wheel(stores, [store.floor_area for store in stores])
