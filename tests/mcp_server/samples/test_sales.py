"""What the sample holds: the same bytes on every engine."""

import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, inspect, select, text

from mcp_server.samples.sales.schema import METADATA

ROW_COUNTS = {
    "regions": 8,
    "prefectures": 47,
    "stores": 22,
    "employees": 215,
    "categories": 36,
    "suppliers": 18,
    "products": 177,
    "customers": 5600,
    "orders": 43699,
    "order_lines": 112820,
    "payments": 42648,
    "shipments": 16970,
    "returns": 1440,
    "reviews": 5297,
    "store_targets": 751,
    "inventory": 3894,
}
TOTAL_SALES = 645_062_700
CHECKSUM = "d43c2a90f3620d4bf0c7e3c850f0d94f961075b0bdbf57d08b696b839edbbbf1"


@pytest.fixture
def sales(sales_url: str) -> Iterator[Engine]:
    engine = create_engine(sales_url)
    yield engine
    engine.dispose()


def _canonical(engine: Engine) -> Iterator[bytes]:
    """Every table in the order of its declaration, every row in the order of its key."""
    with engine.connect() as connection:
        for table in METADATA.tables.values():
            yield f"# {table.name}\n".encode()
            for row in connection.execute(select(table).order_by(*table.primary_key)):
                cells = ("\\N" if cell is None else str(cell) for cell in row)
                yield ("\t".join(cells) + "\n").encode()


def test_row_counts_total_and_checksum_are_the_same_on_every_engine(sales: Engine) -> None:
    digest = hashlib.sha256()
    for line in _canonical(sales):
        digest.update(line)
    with sales.connect() as connection:
        counts = {
            name: connection.scalar(text(f"SELECT COUNT(*) FROM {name}"))
            for name in METADATA.tables
        }
        total = connection.scalar(text("SELECT SUM(total_amount) FROM orders"))
    assert (counts, total, digest.hexdigest()) == (ROW_COUNTS, TOTAL_SALES, CHECKSUM)


def test_every_foreign_key_and_date_has_an_index(sales: Engine) -> None:
    found = inspect(sales)
    for name in METADATA.tables:
        first = {index["column_names"][0] for index in found.get_indexes(name)}
        first.add(found.get_pk_constraint(name)["constrained_columns"][0])
        keys = {key["constrained_columns"][0] for key in found.get_foreign_keys(name)}
        assert keys - {"product_id" if name == "inventory" else ""} <= first, name
    assert "ix_orders_order_date" in {index["name"] for index in found.get_indexes("orders")}


def test_every_table_and_every_column_but_ids_has_a_short_japanese_comment() -> None:
    for table in METADATA.tables.values():
        assert table.comment
        for column in table.columns:
            is_id = column.name == "id" or column.name.endswith("_id")
            assert is_id == (column.comment is None), column
            assert len(column.comment or "") <= 11, column


def test_servers_keep_the_comments(server_sales: str) -> None:
    engine = create_engine(server_sales)
    found = inspect(engine)
    for table in METADATA.tables.values():
        assert found.get_table_comment(table.name)["text"] == table.comment
        comments = {column["name"]: column["comment"] for column in found.get_columns(table.name)}
        assert comments == {column.name: column.comment for column in table.columns}
    engine.dispose()


@pytest.fixture(params=["mariadb", "mysql"])
def server_sales(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"sales_{request.param}")
    return url


def test_sqlite_keeps_the_comments_in_the_text_of_its_statements(sales_sqlite: Path) -> None:
    with sqlite3.connect(sales_sqlite) as database:
        [(orders,)] = database.execute("SELECT sql FROM sqlite_master WHERE name = 'orders'")
    database.close()
    lines = orders.splitlines()
    assert lines[0] == "CREATE TABLE orders ( -- 受注"
    assert "\tid INTEGER NOT NULL," in lines
    assert "\tstatus VARCHAR(10) NOT NULL, -- 状態" in lines


def test_the_schema_is_small_enough_for_a_prompt() -> None:
    columns = [column for table in METADATA.tables.values() for column in table.columns]
    assert len(METADATA.tables) >= 14
    assert len(columns) <= 100
