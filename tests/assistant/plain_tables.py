"""Tables without comments, as most are: a key, keys to others, numbers, names and dates."""

from assistant.schema import ForeignKey, Schema, SchemaColumn, Table

_KINDS = {"name": "text", "country": "text", "day": "date"}


def table(name: str, columns: str, *, to: str = "") -> Table:
    """A table with the key `id` and a key to each table of `to`, called after its singular."""
    keys = [(f"{one.removesuffix('s')}_id", one) for one in to.split()]
    names = ["id", *(key for key, _ in keys), *columns.split()]
    return Table(
        name,
        tuple(SchemaColumn(one, _KINDS.get(one, "int")) for one in names),
        primary_key=("id",),
        foreign_keys=tuple(ForeignKey((key,), one, ("id",)) for key, one in keys),
    )


def shop(flavour: str = "mysql") -> Schema:
    """Customers, their orders and reviews, and the stores that they live near."""
    tables = (
        table("stores", "name"),
        table("customers", "name country points", to="stores"),
        table("products", "name price"),
        table("orders", "day status", to="customers"),
        table("order_items", "quantity", to="orders products"),
        table("reviews", "rating", to="customers products"),
    )
    return Schema("default", flavour, "9.7", tables)
