"""What a question says of its numbers and the statement does not: of whom, and of what total.

"How many students got an A" counts each student once, and "which" lists each once; "an average
price above 200" is no price above 200. Only what the keys of the schema make certain is changed.
"""

import re
from collections.abc import Iterator

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from assistant.asked import noun, units
from assistant.fanout import repeated
from assistant.linking import fold
from assistant.mends import Mend
from assistant.schema import Schema, Table
from assistant.scopes import base_tables, owner, scopes_of, spelled

_PEOPLE = "何(?:人|名|社|種類|店)|人数"
_COUNTERS = r"(?:件|回|個|点|人|名|つ|本|冊|台|枚)"
_WHO = re.compile(r"\bwho\b|誰")
_AVERAGE = re.compile(r"(?:\b(?:average|avg|mean)\b|平均)[^.?。、\d]*$")
_TOTAL = re.compile(r"(?:\b(?:total|combined)\b|累計|合計|総額|通算)[^.?。、\d]*$")
_TOTAL_BEHIND = re.compile(r"^[^.?。、\d]{0,12}\b(?:in total|in all|altogether|combined|overall)\b")
_COMPARED = re.compile(r"\s*(?P<sign>>=|<=|>|<)\s*(?P<number>\d+(?:\.\d+)?)(?![\w.])")
_BEHIND = re.compile(r"\b(?:ORDER\s+BY|LIMIT)\b|;?\s*$", re.IGNORECASE)


def counted_once(sql: str, schema: Schema, question: str) -> Iterator[Mend]:
    """COUNT(key of students) becomes COUNT(DISTINCT …) where it is asked how many students."""
    for scope in _only(sql):
        tables = base_tables(scope, schema)
        for count in scope.find_all(exp.Count):
            column = count.this
            alias = owner(column, tables) if isinstance(column, exp.Column) else None
            if alias is None or "start" not in _first(column).meta:
                continue
            if _repeats(column.name, alias, scope, tables, schema, question):
                place, name = _first(column).meta["start"], column.sql("mysql")
                yield Mend(place, place, "DISTINCT ", f"COUNT({name}) → COUNT(DISTINCT {name})")


def _repeats(
    column: str,
    alias: str,
    scope: Scope,
    tables: dict[str, Table],
    schema: Schema,
    question: str,
) -> bool:
    """Whether rows are counted where the question counts what the column stands for."""
    table = tables[alias]
    if table.primary_key == (column,):
        return _counts(table, question) and repeated(alias, scope, tables)
    meant = schema.table(table.reference(column).partition(".")[0])
    return meant is not None and _counts(meant, question) and not _counts(table, question)


def compared_as_total(sql: str, schema: Schema, question: str) -> Iterator[Mend]:
    """WHERE price > 200 becomes HAVING AVG(price) > 200 where the question says "average"."""
    for scope in _only(sql):
        tree, tables = scope.expression, base_tables(scope, schema)
        listed = _listed(tree, tables)
        if listed is None or tree.args.get("having") or not repeated(listed, scope, tables):
            continue
        others = (c for c in tree.find_all(exp.Column) if owner(c, tables) not in {None, listed})
        moves = (
            list(_moved(sql, column, listed, scope, tables, fold(question)))
            for column in others
            if _must_hold(column)
        )
        yield from next(filter(None, moves), [])  # there is one HAVING


def listed_once(sql: str, schema: Schema, question: str) -> Iterator[Mend]:
    """Which customers bought paper: whoever did so twice is still one row."""
    for scope in _only(sql):
        tree, tables = scope.expression, base_tables(scope, schema)
        listed = None if _grouped(tree) or units(question) else _listed(tree, tables)
        if listed is None or not repeated(listed, scope, tables) or not tables[listed].primary_key:
            continue
        if not _is_asked_for(listed, tables, fold(question)):
            continue
        order = tree.args.get("order")
        others = {owner(c, tables) for c in order.find_all(exp.Column)} - {listed} if order else {}
        if not others:
            group = _grouping(scope, listed, tables)
            place = _end_of_conditions(sql, tree)
            yield Mend(place, place, f"{group} ", f"+{group}")


def _is_asked_for(listed: str, tables: dict[str, Table], question: str) -> bool:
    """Whether these are what the question is about: its first noun, in Japanese its last one."""
    places = {alias: _places(table, question) for alias, table in tables.items()}
    if not any(places.values()):
        return _WHO.search(question) is not None
    first = min((found[0][0], alias) for alias, found in places.items() if found)
    last = max((found[-1][1], alias) for alias, found in places.items() if found)
    return (first if question.isascii() else last)[1] == listed


def _places(table: Table, question: str) -> list[tuple[int, int]]:
    """Where the question speaks of its rows."""
    comment = rf"|{re.escape(fold(table.comment))}" if table.comment else ""
    return [one.span() for one in re.finditer(rf"\b{noun(table.name)}\b{comment}", question)]


def _grouped(tree: exp.Expr) -> bool:
    """Whether its rows are not those of the join, each as it is."""
    return bool(
        tree.args.get("group")
        or tree.args.get("distinct")
        or tree.is_star
        or tree.find(exp.AggFunc, exp.Window)
    )


def _end_of_conditions(sql: str, tree: exp.Expr) -> int:
    """Where ORDER BY begins, or else LIMIT, or the end: behind all that chooses rows."""
    for part, word in (("order", r"\bORDER\s+BY\b"), ("limit", r"\bLIMIT\b")):
        if tree.args.get(part):
            *_, found = re.finditer(word, sql, re.IGNORECASE)
            return found.start()
    return len(sql.rstrip("; \n"))


def _only(sql: str) -> Iterator[Scope]:
    """The SELECT of a statement that has no other."""
    scopes = scopes_of(sql)
    if len(scopes) == 1 and isinstance(scopes[0].expression, exp.Select):
        yield scopes[0]


def _counts(table: Table, question: str) -> bool:
    """Whether the question asks for the number of these."""
    english = rf"\b(?:how many|number of) (?:[a-z-]+ )?{noun(table.name)}\b"
    if re.search(english, fold(question)):
        return True
    comment = re.escape(fold(table.comment))
    return bool(comment and re.search(rf"{comment}.{{0,24}}(?:{_PEOPLE})", fold(question)))


def _must_hold(column: exp.Column) -> bool:
    """Whether it is compared in WHERE, in a condition without which no row comes."""
    above = column.parent.parent if column.parent else None
    while isinstance(above, exp.And):
        above = above.parent
    return isinstance(above, exp.Where)


def _first(column: exp.Column) -> exp.Identifier:
    """Where the column begins in the statement."""
    found: exp.Identifier = column.args.get("table") or column.this
    return found


def _listed(tree: exp.Expr, tables: dict[str, Table]) -> str | None:
    """The alias of the only table whose columns are selected, beside totals."""
    parts = [one.unalias() for one in tree.expressions]
    plain_ones = [one for one in parts if not one.find(exp.AggFunc)]
    owners = {owner(one, tables) if isinstance(one, exp.Column) else None for one in plain_ones}
    return owners.pop() if len(owners) == 1 else None


def _moved(
    sql: str,
    column: exp.Column,
    listed: str,
    scope: Scope,
    tables: dict[str, Table],
    question: str,
) -> Iterator[Mend]:
    if "end" not in column.this.meta or "start" not in _first(column).meta:
        return
    start, end = _first(column).meta["start"], column.this.meta["end"] + 1
    compared = _COMPARED.match(sql, end)
    if compared is None or not isinstance(column.parent, exp.GT | exp.GTE | exp.LT | exp.LTE):
        return
    if not (total := _total(column, compared["number"], tables, question)):
        return
    condition = f"{total} {compared['sign']} {compared['number']}"
    told = f"{sql[start : compared.end()]} → HAVING {condition}"
    yield Mend(*_with_its_word(sql, start, compared.end()), "", told)
    place = _BEHIND.search(sql, compared.end())
    if place:
        group = "" if scope.expression.args.get("group") else _grouping(scope, listed, tables)
        yield Mend(place.start(), place.start(), f"{group} HAVING {condition} ", told)


def _total(column: exp.Column, number: str, tables: dict[str, Table], question: str) -> str | None:
    """The total that the question compares with the number; None where it says none."""
    for found in re.finditer(rf"(?<![\d.]){re.escape(number)}(?![\d.]*\d)", _bare(question)):
        before, behind = _bare(question)[: found.start()], _bare(question)[found.end() :]
        if counted := _counted(before, behind, tables):
            return counted
        if _AVERAGE.search(before):
            return f"AVG({column.sql('mysql')})"
        if _TOTAL.search(before) or _TOTAL_BEHIND.search(behind):
            return f"SUM({column.sql('mysql')})"
    return None


def _bare(question: str) -> str:
    """1,000 as 1000."""
    return re.sub(r"(?<=\d),(?=\d{3})", "", question)


def _counted(before: str, behind: str, tables: dict[str, Table]) -> str | None:
    """COUNT where the number is one of rows of a table: "3 reviews", レビューが3件."""
    for alias, table in tables.items():
        comment = re.escape(fold(table.comment))
        japanese = comment and re.search(rf"{comment}[がをの]?\s*$", before)
        said = re.match(rf"\s+(?:[a-z-]+ )?{noun(table.name)}\b", behind)
        if len(table.primary_key) == 1 and (
            said or (japanese and re.match(_COUNTERS, behind.lstrip()))
        ):
            return f"COUNT(DISTINCT {spelled(alias, table.primary_key[0])})"
    return None


def _with_its_word(sql: str, start: int, end: int) -> tuple[int, int]:
    """The condition's place together with the AND, or else the WHERE, that it leaves behind."""
    if found := re.search(r"\bAND\s+$", sql[:start], re.IGNORECASE):
        return found.start(), end
    if found := re.match(r"\s+AND\s+", sql[end:], re.IGNORECASE):
        return start, end + found.end()
    found = re.search(r"\bWHERE\s+$", sql[:start], re.IGNORECASE)
    return (found.start() if found else start), end


def _grouping(scope: Scope, listed: str, tables: dict[str, Table]) -> str:
    """A row for each of what is listed."""
    keys = [spelled(listed, key) for key in tables[listed].primary_key]
    shown = [one.unalias() for one in scope.expression.expressions]
    columns = [one.sql("mysql") for one in shown if not one.find(exp.AggFunc)]
    return f" GROUP BY {', '.join(dict.fromkeys([*keys, *columns]))}"
