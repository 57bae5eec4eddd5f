"""The sample "sales": a Japanese retailer with stores and a web shop, 2023 to 2025."""

from collections.abc import Sequence

from mcp_server.samples.rows import Row
from mcp_server.samples.sales.aftermath import payments, returns, reviews
from mcp_server.samples.sales.custom import Custom
from mcp_server.samples.sales.goods import Shelves, goods
from mcp_server.samples.sales.orders import OrderBook
from mcp_server.samples.sales.people import customers, employees
from mcp_server.samples.sales.places import prefectures, regions, stores
from mcp_server.samples.sales.plans import inventory, targets
from mcp_server.samples.sales.schema import METADATA

__all__ = ["METADATA", "rows"]


def rows() -> dict[str, Sequence[Row]]:
    """Every row by table, in the order of its key; cells in the order of the table's columns."""
    shops, stock = stores(), goods()
    staff, buyers = employees(shops), customers(shops)
    book = OrderBook(Custom(buyers, shops, staff), Shelves(stock))
    return {
        "regions": regions(),
        "prefectures": prefectures(),
        "stores": shops,
        "employees": staff,
        "categories": stock.categories,
        "suppliers": stock.suppliers,
        "products": stock.products,
        "customers": buyers,
        "orders": book.orders,
        "order_lines": book.lines,
        "payments": payments(book.orders, buyers),
        "shipments": book.shipments,
        "returns": returns(book.orders, book.lines, stock.products),
        "reviews": reviews(book.orders, book.lines, stock.products),
        "store_targets": targets(book.orders, shops),
        "inventory": inventory(shops, stock.products),
    }
