"""The average number of rows of one table for each row of another."""

import re
from collections.abc import Iterator

from sqlglot import exp

from assistant.fanout import repeated
from assistant.folding import fold
from assistant.mends import Mend
from assistant.nouns import english, japanese
from assistant.schema import Schema, Table
from assistant.scopes import base_tables, end_of_conditions, only, spelled

_MEAN = re.compile(r"\bAVG\s*\((?:[^()]|\([^()]*\))*\)", re.IGNORECASE)
_GROUP = re.compile(r"\s*\bGROUP\s+BY\b", re.IGNORECASE)
_ONE = "(?:1|一)?(?:件|人|名|回|点|個|店|社)?"


def number_for_each(sql: str, schema: Schema, question: str) -> Iterator[Mend]:
    """AVG(quantity) becomes items divided by orders: "the average number of items per order"."""
    for scope in only(sql):
        tree, tables = scope.expression, base_tables(scope, schema)
        means = list(_MEAN.finditer(sql))
        if len(means) != 1 or len(tree.expressions) != 1 or not _is_mean(tree):
            continue
        for alias, table in tables.items():
            key = _asked_for_each(table, schema, fold(question))
            if key is None or repeated(alias, scope, tables) or not _grouped_at_most(tree, key):
                continue
            ratio = f"COUNT(*) / COUNT(DISTINCT {spelled(alias, key)})"
            told = f"{means[0][0]} → {ratio}"
            yield Mend(*means[0].span(), ratio, told)
            if found := _GROUP.search(sql):
                yield Mend(found.start(), end_of_conditions(sql, tree), " ", told)


def _is_mean(tree: exp.Expr) -> bool:
    """Whether the one number is an average, without conditions on groups or rows of a place."""
    others = any(tree.args.get(part) for part in ("having", "order", "limit", "distinct"))
    return isinstance(tree.expressions[0].unalias(), exp.Avg | exp.Round) and not others


def _grouped_at_most(tree: exp.Expr, key: str) -> bool:
    """Whether the statement has one group, or makes one for each of what is asked."""
    group = tree.args.get("group")
    return group is None or [one.name for one in group.expressions] == [key]


def _asked_for_each(table: Table, schema: Schema, question: str) -> str | None:
    """The key of the table that points at what its rows are to be counted for."""
    for key in table.foreign_keys:
        other = schema.table(key.table)
        if other and len(key.columns) == 1 and _says(table, other, question):
            return key.columns[0]
    return None


def _says(counted: Table, each: Table, question: str) -> bool:
    said = (
        rf"\b(?:average|avg|mean) number of (?:[a-z-]+ )?{english(counted.name)}"
        rf" (?:per|(?:for|in|by) (?:each|every|an?)|each) {english(each.name)}\b"
    )
    of, called = f"(?:{japanese(each)})", f"(?:{japanese(counted)})"
    number = rf"{called}(?:件|点|人)?数"
    asked = rf"{_ONE}{of}{_ONE}(?:あたり|当たり|ごと)の(?:平均{number}|{number}の平均)"
    return re.search(f"{said}|{asked}", question) is not None
