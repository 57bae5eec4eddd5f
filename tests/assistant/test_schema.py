from assistant.schema import ForeignKey, Schema, SchemaColumn
from tests.assistant.shop import SCHEMA

CONTENT = {
    "connection": "shop",
    "server": {"flavour": "mysql", "version": "9.7.0"},
    "tables": [
        {
            "name": "orders",
            "columns": [
                {"name": "id", "type": "INT UNSIGNED", "comment": None, "values": [1, 2]},
                {"name": "d", "type": "datetime(6)", "range": ["2023", "2025"]},
                {"name": "e", "type": "date", "range": [None, None]},
            ],
            "comment": "受注",
            "rows": 40,
            "primary_key": ["id"],
            "foreign_keys": [{"columns": ["a", "b"], "table": "t", "ref_columns": ["x", "y"]}],
        },
        {"name": "bare", "columns": []},
    ],
}


def test_the_tools_content_becomes_a_schema() -> None:
    schema = Schema.from_tool(CONTENT)
    orders, bare = schema.tables
    assert (schema.connection, schema.dialect) == ("shop", "MySQL 9.7.0")
    assert (orders.comment, orders.rows, orders.primary_key) == ("受注", 40, ("id",))
    assert orders.foreign_keys == (ForeignKey(("a", "b"), "t", ("x", "y")),)
    assert orders.columns == (
        SchemaColumn("id", "INT UNSIGNED", values=("1", "2")),
        SchemaColumn("d", "datetime(6)", range=("2023", "2025")),
        SchemaColumn("e", "date"),
    )
    assert (bare.columns, bare.comment, bare.rows, bare.primary_key) == ((), "", None, ())


def test_a_type_is_known_without_its_length() -> None:
    assert [c.base_type for c in Schema.from_tool(CONTENT).tables[0].columns] == [
        "int unsigned",
        "datetime",
        "date",
    ]


def test_names_are_found_in_any_case() -> None:
    orders = SCHEMA.table("ORDERS")
    assert orders is not None
    assert orders.column("Status") is orders.columns[2]
    assert SCHEMA.table("nosuch") is None
    assert [table.name for table in SCHEMA.owners("ID")] == ["customers", "orders"]
    assert list(SCHEMA.owners("nosuch")) == []


def test_a_reference_is_told_for_keys_of_one_column_only() -> None:
    assert SCHEMA.tables[1].reference("customer_id") == "customers.id"
    assert SCHEMA.tables[1].reference("id") == ""
    assert Schema.from_tool(CONTENT).tables[0].reference("a") == ""


def test_a_kind_of_server_that_we_do_not_know_keeps_its_own_name() -> None:
    assert Schema("x", "tidb", "8", ()).dialect == "tidb 8"
    assert SCHEMA.dialect == "MariaDB 10.11.19"
