"""Orders and their lines.

A cancelled order keeps its row but has no lines and a total of 0, so that sums of money
need no filter.
"""

from datetime import date

from mcp_server.samples.dice import Dice, Wheel
from mcp_server.samples.sales.calendar import order_days
from mcp_server.samples.sales.custom import Custom
from mcp_server.samples.sales.goods import Shelves, price_in
from mcp_server.samples.sales.parcels import Parcels
from mcp_server.samples.sales.rows import Customer, Order, OrderLine, Product
from mcp_server.samples.sales.story import SEED

_WEB_SHARE = {2023: 0.34, 2024: 0.40, 2025: 0.46}
_CANCELLED = {"店舗": 0.01, "ウェブ": 0.04}
_LINES = Wheel([1, 2, 3, 4, 5, 6], [24, 29, 22, 14, 7, 4])


class OrderBook:
    """All orders in the order of their days."""

    def __init__(self, custom: Custom, shelves: Shelves) -> None:
        self._dice = Dice(SEED + 8)
        self._custom = custom
        self._shelves = shelves
        self._parcels = Parcels()
        self.orders: list[Order] = []
        self.lines: list[OrderLine] = []
        for day in order_days():
            self.orders.append(self._order(day))
        self.shipments = self._parcels.shipments

    def _order(self, day: date) -> Order:
        order, customer = self._received(day)
        if self._dice.chance(_CANCELLED[order.channel]):
            return order._replace(status="キャンセル")
        lines = self._fill(order, customer)
        self.lines += lines
        order = order._replace(total_amount=sum(line.amount for line in lines))
        if order.channel == "店舗":
            return order
        return order._replace(status=self._parcels.ship(order, customer))

    def _received(self, day: date) -> tuple[Order, Customer]:
        number = len(self.orders) + 1
        if self._dice.chance(_WEB_SHARE[day.year]):
            customer = self._custom.on_the_web(self._dice, day)
            return Order(number, customer.id, None, None, "ウェブ", "完了", day, 0), customer
        customer, store, employee = self._custom.in_a_store(self._dice, day)
        return Order(number, customer.id, store.id, employee.id, "店舗", "完了", day, 0), customer

    def _fill(self, order: Order, customer: Customer) -> list[OrderLine]:
        """Lines for different products, as many as the dice say."""
        wheel = self._shelves.wheel(customer.kind, order.order_date)
        basket: dict[int, Product] = {}
        count = _LINES.spin(self._dice)
        while len(basket) < count:
            product = wheel.spin(self._dice)
            basket[product.id] = product
        first = len(self.lines) + 1
        return [
            self._line(number, order, customer.kind, product)
            for number, product in enumerate(basket.values(), start=first)
        ]

    def _line(self, number: int, order: Order, kind: str, product: Product) -> OrderLine:
        price = price_in(product, order.order_date.year)
        quantity = self._quantity(kind, price)
        return OrderLine(number, order.id, product.id, quantity, price, quantity * price)

    def _quantity(self, kind: str, price: int) -> int:
        """Companies buy by the dozen, and nobody buys many dear things."""
        match kind, price >= 4000:
            case "法人", True:
                return self._dice.between(1, 4)
            case "法人", False:
                return self._dice.between(3, 20)
            case _, True:
                return 1
            case _:
                return self._dice.pick((1, 1, 1, 2, 2, 3))
