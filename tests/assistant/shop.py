"""A shop small enough to know by heart, as a schema and as an SQLite file."""

import sqlite3
from contextlib import closing
from pathlib import Path

from assistant.schema import ForeignKey, Schema, SchemaColumn, Table

SCHEMA = Schema(
    connection="default",
    flavour="mariadb",
    version="10.11.19",
    tables=(
        Table(
            "customers",
            (
                SchemaColumn("id", "int(11)"),
                SchemaColumn("name", "varchar(40)", "氏名"),
                SchemaColumn("kind", "varchar(10)", values=("個人", "法人")),
            ),
            comment="顧客",
            primary_key=("id",),
        ),
        Table(
            "orders",
            (
                SchemaColumn("id", "int(11)"),
                SchemaColumn("customer_id", "int(11)"),
                SchemaColumn("status", "varchar(20)", values=("paid", "cancelled", "it's open")),
                SchemaColumn("ordered_on", "date", range=("2023-01-01", "2025-12-31")),
                SchemaColumn("amount", "decimal(12,2)"),
            ),
            primary_key=("id",),
            foreign_keys=(ForeignKey(("customer_id",), "customers", ("id",)),),
        ),
    ),
)
SCRIPT = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL);
CREATE TABLE orders (
  id INTEGER PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  status TEXT NOT NULL,
  ordered_on DATE NOT NULL,
  amount DECIMAL(12, 2) NOT NULL
);
INSERT INTO customers VALUES (1, '山田', '個人'), (2, '佐藤商店', '法人'), (3, '鈴木', '個人');
INSERT INTO orders VALUES
  (1, 1, 'paid', '2024-03-01', 1200), (2, 2, 'paid', '2025-02-01', 34000),
  (3, 2, 'cancelled', '2025-05-01', 500), (4, 3, 'paid', '2025-11-01', 800);
"""


def write_shop(file: Path) -> Path:
    """Make the SQLite file."""
    with closing(sqlite3.connect(file)) as database:
        database.executescript(SCRIPT)
    return file
