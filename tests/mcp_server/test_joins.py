from mcp_server.joins import Joins
from mcp_server.schema import ForeignKey, Table


def table(name: str, *keys: ForeignKey) -> Table:
    return Table(name, "table", "", 0, (), foreign_keys=keys)


def to(target: str, *columns: str) -> ForeignKey:
    return ForeignKey(columns or (f"{target}_id",), target, ("id",) * max(1, len(columns)))


SHOP = Joins(
    [
        table("item", to("order"), to("product")),
        table("order", to("customer")),
        table("customer", to("area")),
        table("product"),
        table("area"),
        table("alone"),
        table("route", to("area", "from_id"), to("area", "to_id"), to("route", "next_id")),
        table("hidden", to("closed")),
        table("odd name", ForeignKey(("a", "b"), "area", ("x", "id"))),
    ]
)


def ways(*tables: str) -> list[tuple[str, ...]]:
    return [join.on for join in SHOP.connecting(tables)]


def test_the_shortest_way_between_two_tables_is_told_step_by_step() -> None:
    [join] = SHOP.connecting(["product", "customer"])

    assert join.tables == ("product", "item", "order", "customer")
    assert join.on == (
        "item.product_id = product.id",
        "item.order_id = order.id",
        "order.customer_id = customer.id",
    )


def test_each_further_table_is_joined_to_the_nearest_that_is_there() -> None:
    assert ways("product", "customer", "area", "order") == [
        (
            "item.product_id = product.id",
            "item.order_id = order.id",
            "order.customer_id = customer.id",
        ),
        ("customer.area_id = area.id",),
    ]


def test_several_keys_to_the_same_table_are_all_named() -> None:
    assert ways("area", "route") == [("route.from_id = area.id (or route.to_id = area.id)",)]


def test_a_key_of_several_columns_is_one_condition_and_odd_names_are_quoted() -> None:
    assert ways("area", "odd name") == [("`odd name`.a = area.x AND `odd name`.b = area.id",)]


def test_without_foreign_keys_there_is_no_way() -> None:
    assert ways("alone", "area") == []


def test_tables_that_are_not_given_are_no_neighbours() -> None:
    assert SHOP.neighbours("hidden") == []
    assert SHOP.neighbours("route") == ["area"]
