"""The way of a web order to its customer."""

from datetime import timedelta

from mcp_server.samples.dice import Dice, Wheel
from mcp_server.samples.sales.places import prefectures, regions
from mcp_server.samples.sales.rows import Customer, Order, Shipment
from mcp_server.samples.sales.story import LAST_DAY, LATE_REGION, SEED

_CARRIERS = Wheel(["青空運輸", "北斗急便", "みなと通運"], [5, 3, 2])
_LATE, _USUALLY_LATE = 0.36, 0.04  # share of the parcels


class Parcels:
    """Ships web orders; what has not happened by the last day of the data is not there."""

    def __init__(self) -> None:
        self._dice = Dice(SEED + 7)
        late_region = next(number for number, name in regions() if name == LATE_REGION)
        self._late = {home.id for home in prefectures() if home.region_id == late_region}
        self.shipments: list[Shipment] = []

    def ship(self, order: Order, customer: Customer) -> str:
        """Send the order off; its status then."""
        dice = self._dice
        shipped = order.order_date + timedelta(days=dice.between(0, 2))
        if shipped > LAST_DAY:
            return "準備中"
        due = order.order_date + timedelta(days=5)
        carrier = _CARRIERS.spin(dice)
        arrived = due + timedelta(days=self._delay(customer))
        delivered = arrived if arrived <= LAST_DAY else None
        number = len(self.shipments) + 1
        self.shipments.append(Shipment(number, order.id, carrier, shipped, due, delivered))
        return "完了" if delivered else "配送中"

    def _delay(self, customer: Customer) -> int:
        """Days after the due date; below 0 for a parcel that comes early."""
        odds = _LATE if customer.prefecture_id in self._late else _USUALLY_LATE
        return self._dice.between(1, 6) if self._dice.chance(odds) else -self._dice.between(0, 2)
