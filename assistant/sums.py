"""A total of orders that a join with their lines repeats becomes the total of the lines.

SUM(orders.total_amount) for each product counts an order as often as it has lines, and whole; the
lines say what each product made. Only where the total is one of lines by its name, and the lines
have one of their own, or a quantity and a price.
"""

import re
from collections.abc import Iterator

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from assistant.fanout import repeated, repeater
from assistant.mends import Mend
from assistant.schema import NUMBERS, Schema, Table
from assistant.scopes import above_it, base_tables, begin, only, own, owner, spelled

_TOTALS = {
    "total",
    "subtotal",
    "amount",
    "revenue",
    "sale",
    "合計",
    "金額",
    "合計金額",
    "小計",
    "売上",
}
_BESIDE = {"price", "line", "item", "detail", "net", "gross", "grand", "order", "invoice"}
"""What the name of a total may say beside that it is one; tax or discount is another total."""
_QUANTITIES = {"quantity", "qty", "unit", "数量"}
_PRICES = {"price", "単価"}
_OF_ONE = {"unit", "each", "sale", "selling", "item"}
_REDUCED = {"discount", "rebate", "割引", "値引", "値引き"}
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[぀-ヿ㐀-鿿]+")


def total_of_lines(sql: str, schema: Schema) -> Iterator[Mend]:
    """SUM(o.total_amount) becomes SUM(l.quantity * l.unit_price) where lines are asked about."""
    for scope in only(sql):
        tables = base_tables(scope, schema)
        for total in own(scope, exp.Sum):
            column = total.this
            alias = owner(column, tables) if isinstance(column, exp.Column) else None
            if alias is None or isinstance(total.parent, exp.Window):
                continue
            lines = _lines(alias, scope, tables)
            if lines and _is_total(column.name, tables[alias]) and (of := _made(lines, tables)):
                start, end = begin(column).meta["start"], column.this.meta["end"] + 1
                yield Mend(start, end, of, f"SUM({sql[start:end]}) → SUM({of})")


def _lines(alias: str, scope: Scope, tables: dict[str, Table]) -> str | None:
    """The rows that the joined ones of `alias` consist of, where the statement needs them."""
    lines = repeater(alias, scope, tables)
    if lines is None or repeated(lines, scope, tables):
        return None
    pointed = {key.table for key in tables[lines].foreign_keys}
    above = above_it(alias, tables)
    columns = (one for one in scope.find_all(exp.Column) if not one.find_ancestor(exp.Join))
    needed = any(owner(column, tables) not in {*above, None} for column in columns)
    return lines if tables[alias].name in pointed and needed else None


def _made(lines: str, tables: dict[str, Table]) -> str | None:
    """What each line made: its own total, or its quantity by its price."""
    table = tables[lines]
    numbers = [one.name for one in table.columns if one.base_type in NUMBERS]
    totals = [name for name in numbers if _is_total(name, table)]
    if len(totals) == 1:
        return spelled(lines, totals[0])
    prices = [name for name in numbers if _is_price(name)]
    quantities = [name for name in numbers if _words(name) & _QUANTITIES and name not in prices]
    reduced = any(_words(one.name) & _REDUCED for one in table.columns)
    if totals or reduced or not len(quantities) == len(prices) == 1:
        return None
    return f"{spelled(lines, quantities[0])} * {spelled(lines, prices[0])}"


def _is_total(name: str, table: Table) -> bool:
    """Whether the name says no more than that it is the total of such a row."""
    words = _words(name)
    sure = words & (_TOTALS - {"sale"} if "price" in words else _TOTALS)
    return bool(sure) and words <= _TOTALS | _BESIDE | _words(table.name)


def _is_price(name: str) -> bool:
    words = _words(name)
    return bool(words & _PRICES) and words <= _PRICES | _OF_ONE


def _words(name: str) -> set[str]:
    """Order, line of order_lines and of orderLines."""
    found = (word.lower() for word in _WORD.findall(name))
    return {word if word.endswith("ss") else word.removesuffix("s") for word in found}
