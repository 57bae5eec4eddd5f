"""A refusal is believed unless all that it misses is in the schema."""

import pytest

from assistant.refusals import denied
from assistant.schema import Schema, SchemaColumn, Table
from tests.assistant.shop import SCHEMA


@pytest.mark.parametrize(
    ("reason", "there"),
    [
        ("There is no data on customers.", ["customers"]),
        ("There is no data on order amounts.", ["orders", "orders.amount"]),
        ("There is no information about the status of orders.", ["orders.status", "orders"]),
        ("氏名のデータはありません。", ["customers.name"]),
        ("顧客についての情報がありません。", ["customers"]),
        ("There is no data on blood types of customers.", []),
        ("There is no data on blood types.", []),
        ("身長のデータはありません。", []),
        ("Data cannot be changed.", []),
        ("", []),
    ],
)
def test_what_is_denied_though_it_is_there(reason: str, there: list[str]) -> None:
    assert denied(reason, SCHEMA) == there


def test_what_one_schema_calls_a_price_another_calls_a_cost() -> None:
    costs = Table("medications", (SchemaColumn("unit_cost", "decimal(8,2)"),))
    schema = Schema("default", "mysql", "9.7", (costs,))

    told = denied("There is no data on medication prices.", schema)

    assert told == ["medications", "medications.unit_cost"]
    assert denied("There is no data on medication weights.", schema) == []
