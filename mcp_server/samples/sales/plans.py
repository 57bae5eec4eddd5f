"""What the chain plans by: monthly targets of the stores, and stock."""

from mcp_server.samples.dice import Dice
from mcp_server.samples.rows import Row
from mcp_server.samples.sales.calendar import Month, slump_share
from mcp_server.samples.sales.rows import Order, Product, Store
from mcp_server.samples.sales.story import SEED, SLUMP, WEAK_STORE, WEAK_YEAR


def targets(orders: list[Order], stores: list[Store]) -> list[Row]:
    """Rows of store_targets by store and month, for the months in which a store sold."""
    dice = Dice(SEED + 12)
    sold: dict[tuple[int, Month], int] = {}
    for order in orders:
        if order.store_id is not None:
            key = (order.store_id, (order.order_date.year, order.order_date.month))
            sold[key] = sold.get(key, 0) + order.total_amount
    names = {store.id: store.name for store in stores}
    return [
        (store_id, f"{month[0]}-{month[1]:02}", _target(dice, names[store_id], month, amount))
        for (store_id, month), amount in sorted(sold.items())
    ]


def _target(dice: Dice, store: str, month: Month, amount: int) -> int:
    """What the month would have brought without the slump, times some ambition.

    Whole ten thousands of yen, rounded up.
    """
    missed = month == SLUMP or (store == WEAK_STORE and month[0] == WEAK_YEAR)
    ambition = (1.03 if missed else 0.80) + dice.random() * 0.28
    return int(amount / slump_share(month) * ambition / 10_000 + 1) * 10_000


def inventory(stores: list[Store], products: list[Product]) -> list[Row]:
    """Rows by store and product; big stores keep more, dear things are few."""
    dice = Dice(SEED + 13)
    return [
        (store.id, product.id, _pieces(dice, reorder_point), reorder_point)
        for store in stores
        for product in products
        for reorder_point in [max(2, store.floor_area * 12 // 1000 - product.list_price // 2000)]
    ]


def _pieces(dice: Dice, reorder_point: int) -> int:
    """Most shelves are above the reorder point, a few are below, some are empty."""
    if dice.chance(0.02):
        return 0
    return dice.between(reorder_point * 8 // 10, reorder_point * 4)
