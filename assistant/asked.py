"""What the wording of a question wants of its statement, in either language."""

import re

from sqlglot import exp

from assistant.schema import NUMBERS, Schema
from assistant.scopes import base_tables, owner, parsed, scopes_of

_EACH = re.compile(
    r"\b(?:for|of|in|by|from|at) (?:each|every) (?P<each>[a-z]+)"
    r"|\bby (?P<period>year|quarter|month|week|day)\b"
    r"|\bper (?P<per>[a-z]+)"
    r"|(?P<kind>[々㐀-鿿ァ-ヺー]+)(?:別|ごと|毎)"
    r"|各(?P<every>[々㐀-鿿ァ-ヺー]+)",
    re.IGNORECASE,
)
_NO_KINDS = {"特", "個", "区", "識", "判", "差", "分", "種", "戸"}
"""特別, 個別, 区別 … are words of their own."""
_MEAN_COUNT = re.compile(
    r"\b(?:average|avg|mean) (?:number|count|quantity)|平均[^平均]{0,4}(?:件|人|個|点)?数|数の平均",
    re.IGNORECASE,
)
"""The average number of items per order is one number."""
_PERIODS = frozenset({"year", "quarter", "month", "week", "day"})
_HOW_MANY = re.compile(
    r"\bhow many\b|何(?:件|人|個|社|点|種類|回|名|店|枚|本|冊|台|[かヶカヵ]国)|いくつあり",
    re.IGNORECASE,
)
_FIRST = re.compile(
    r"(?<!at )\b(?:most|least|fewest|highest|lowest|largest|smallest|biggest|cheapest|longest"
    r"|shortest|oldest|newest|latest|earliest|best|worst|top)\b(?! of\b)"
    r"|最も|一番|最大|最小|最高|最低|最多|最少|最新|最古|上位|下位|トップ|ワースト",
    re.IGNORECASE,
)
_BOTH = re.compile(r"\bboth\b|両方|どちらも|いずれも", re.IGNORECASE)
_ANY_NUMBER = NUMBERS | {"smallint", "tinyint", "mediumint"}


def units(question: str) -> set[str]:
    """What the question wants a row each for: 月 of 月別, month of "for each month"."""
    return {part.lower() for found in _EACH.findall(question) for part in found if part}


def each(question: str) -> list[str]:
    """What "for each" and ごと name; what "per" names is often a measure."""
    kinds = ("each", "kind", "every")
    return [
        found[kind].lower() for found in _EACH.finditer(question) for kind in kinds if found[kind]
    ]


def ungrouped_unit(question: str, sql: str, schema: Schema) -> str | None:
    """What the question wants a row each for, where the statement makes one row of all."""
    found = _EACH.search(question)
    if found is None or found["kind"] in _NO_KINDS or _MEAN_COUNT.search(question):
        return None
    if found["per"] and not _names(found["per"], schema):  # per cent, per capita
        return None
    return next(filter(None, found.groups())) if _one_row(sql) else None


def _names(word: str, schema: Schema) -> bool:
    """Whether it is a period, or a part of the name of a table or column."""
    stem = word.lower().removesuffix("s")
    names = " ".join(
        f"{table.name} {' '.join(column.name for column in table.columns)}"
        for table in schema.tables
    )
    return stem in _PERIODS or re.search(rf"(?<![a-z]){re.escape(stem)}", names.lower()) is not None


def counts_nothing(question: str, sql: str, schema: Schema) -> bool:
    """Whether the question asks how many and the statement lists names, without any number."""
    tree = parsed(sql)
    if not _HOW_MANY.search(question) or not isinstance(tree, exp.Select):
        return False
    return tree.find(exp.AggFunc) is None and _lists_texts(sql, tree, schema)


def asks_for_first(question: str) -> bool:
    """Whether the question wants the first of many by something: the highest, 上位5つ.

    Who has both the highest and the lowest is no first of anything.
    """
    return _FIRST.search(question) is not None and not asks_for_both(question)


def asks_for_both(question: str) -> bool:
    """Whether two conditions must be met by the same one, not by the same row."""
    return _BOTH.search(question) is not None


def ranks_nothing(question: str, sql: str) -> bool:
    """Whether the question asks for the first of many and the statement puts them in no order."""
    tree = parsed(sql)
    if not asks_for_first(question) or not isinstance(tree, exp.Query):
        return False
    return tree.find(exp.Order, exp.Max, exp.Min, exp.Window) is None


def _one_row(sql: str) -> bool:
    """Whether the statement is a SELECT of totals only, without groups."""
    tree = parsed(sql)
    return (
        isinstance(tree, exp.Select)
        and not tree.args.get("group")
        and not tree.find(exp.Window)
        and all(projection.find(exp.AggFunc) for projection in tree.expressions)
    )


def _lists_texts(sql: str, tree: exp.Select, schema: Schema) -> bool:
    """Whether it selects nothing but columns of the schema that hold no numbers."""
    tables = base_tables(scopes_of(sql)[-1], schema)
    for projection in tree.expressions:
        column = projection.unalias()
        alias = owner(column, tables) if isinstance(column, exp.Column) else None
        found = tables[alias].column(column.name) if alias else None
        if found is None or found.base_type in _ANY_NUMBER:
            return False
    return True
