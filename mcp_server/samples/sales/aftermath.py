"""What follows an order: payment, return, review."""

from collections.abc import Iterator
from datetime import date, timedelta

from mcp_server.samples.dice import Dice, Wheel
from mcp_server.samples.rows import Row
from mcp_server.samples.sales.rows import Customer, Order, OrderLine, Product
from mcp_server.samples.sales.story import FAULTY_PRODUCT, LAST_DAY, SEED

_METHODS = {
    "店舗": Wheel(["現金", "クレジットカード", "QR決済"], [42, 38, 20]),
    "ウェブ": Wheel(["クレジットカード", "コンビニ払い", "QR決済"], [64, 18, 18]),
}
_REASONS = Wheel(["不良品", "破損", "イメージ違い", "注文間違い"], [3, 2, 4, 2])
_RETURNED, _FAULTY_RETURNED = 0.012, 0.17  # share of the lines
_REVIEWED = 0.12
_RATINGS = Wheel([5, 4, 3, 2, 1], [36, 38, 16, 6, 4])
_FAULTY_RATINGS = Wheel([5, 4, 3, 2, 1], [6, 12, 22, 32, 28])


def _numbered(rows: Iterator[Row]) -> list[Row]:
    """The rows with an id in front."""
    return [(number, *row) for number, row in enumerate(rows, start=1)]


def payments(orders: list[Order], customers: list[Customer]) -> list[Row]:
    """One row for each order that was paid; companies pay web orders later, by bank transfer."""
    dice = Dice(SEED + 9)
    kinds = {customer.id: customer.kind for customer in customers}
    return _numbered(
        (order.id, method, paid, order.total_amount)
        for order in orders
        if order.status != "キャンセル"
        for method, paid in [_payment(dice, order, kinds[order.customer_id])]
        if paid <= LAST_DAY
    )


def _payment(dice: Dice, order: Order, kind: str) -> tuple[str, date]:
    if kind == "法人" and order.channel == "ウェブ":
        return "銀行振込", order.order_date + timedelta(days=dice.between(10, 45))
    method = _METHODS[order.channel].spin(dice)
    wait = dice.between(0, 5) if method == "コンビニ払い" else 0
    return method, order.order_date + timedelta(days=wait)


def _faulty(products: list[Product]) -> int:
    return next(product.id for product in products if product.name == FAULTY_PRODUCT)


def returns(orders: list[Order], lines: list[OrderLine], products: list[Product]) -> list[Row]:
    """Rows for lines of completed orders that came back, in the order of the lines."""
    dice = Dice(SEED + 10)
    faulty = _faulty(products)
    bought = {order.id: order.order_date for order in orders if order.status == "完了"}
    return _numbered(
        (line.id, back, quantity, quantity * line.unit_price, reason)
        for line in lines
        if line.order_id in bought
        and dice.chance(_FAULTY_RETURNED if line.product_id == faulty else _RETURNED)
        for back in [bought[line.order_id] + timedelta(days=dice.between(7, 25))]
        for quantity in [dice.between(1, line.quantity)]
        for reason in ["不良品" if line.product_id == faulty else _REASONS.spin(dice)]
        if back <= LAST_DAY
    )


def reviews(orders: list[Order], lines: list[OrderLine], products: list[Product]) -> list[Row]:
    """Rows for products that web customers wrote about."""
    dice = Dice(SEED + 11)
    faulty = _faulty(products)
    web = {order.id: order for order in orders if order.channel == "ウェブ"}
    return _numbered(
        (line.product_id, web[line.order_id].customer_id, rating, written)
        for line in lines
        if line.order_id in web and dice.chance(_REVIEWED)
        for rating in [(_FAULTY_RATINGS if line.product_id == faulty else _RATINGS).spin(dice)]
        for written in [web[line.order_id].order_date + timedelta(days=dice.between(8, 30))]
        if written <= LAST_DAY
    )
