"""Each once: who is counted, who is listed, and what is counted of each.

"How many students got an A" counts each student once, "which courses have a review" lists each
course once, and "which medication is prescribed most" counts prescriptions, not medications. Only
what the keys of the schema make certain is changed.
"""

import re
from collections.abc import Iterator

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from assistant.asked import counts_nothing, units
from assistant.fanout import repeated
from assistant.folding import fold
from assistant.mends import Mend
from assistant.names import tables_end, told_apart
from assistant.nouns import either, english, japanese
from assistant.ranking import from_place
from assistant.schema import Schema, SchemaColumn, Table
from assistant.scopes import base_tables, begin, end_of_conditions, names_rows, only, owner, spelled

_PEOPLE = "何(?:人|名|社|種類|店)|人数"
_NUMBER_OF = r"(?:how many|number of) (?:[a-z-]+ )?|(?:most|fewest) "
_MOST_JA = "(?:件?数)?[がの]?(?:最も|一番)(?:多|少な)"
_ROWS_JA = r"(?:(?:のうち|の中).{0,24}|[がをも]?)何件|は何件(?:です|あ[りる]|か|\W|$)|の?件数"
_COUNT = re.compile(r"\bCOUNT\s*\([^()]*\)", re.IGNORECASE)
_SELECT = re.compile(r"\s*SELECT\s+", re.IGNORECASE)
_WHICH = re.compile(
    r"\b(?:which|who|whose|list|names?|show)\b|どの|誰|一覧|名前|リスト", re.IGNORECASE
)
_COUNTRIES = re.compile("何[かカヶヵ]国")
_IN_ORDER = re.compile(r"\b(?:in|by) (?:\w+ ){0,2}order\b|\border(?:ed)? by\b")
"""How rows are to stand, not what was ordered."""
_STEM = 5
"""Letters that "ordered" and orders have in common."""
_WHO = re.compile(r"\bwho\b|誰")


def counted_once(sql: str, schema: Schema, question: str) -> Iterator[Mend]:
    """COUNT(key of students) becomes COUNT(DISTINCT …) where it is asked how many students."""
    for scope in only(sql):
        tables = base_tables(scope, schema)
        for count in scope.find_all(exp.Count):
            column = count.this
            alias = owner(column, tables) if isinstance(column, exp.Column) else None
            if alias is None or "start" not in begin(column).meta:
                continue
            if _repeats(column.name, alias, scope, tables, schema, question):
                place, name = begin(column).meta["start"], column.sql("mysql")
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


def _counts(table: Table, question: str) -> bool:
    """Whether the question asks for the number of these."""
    said = rf"\b(?:{_NUMBER_OF}){english(table.name)}\b"
    called = f"(?:{japanese(table)})"
    asked = (
        rf"{called}(?:.{{0,24}}(?:{_PEOPLE})|{_ROWS_JA}|{_MOST_JA})|(?:最も|一番)多くの?{called}"
    )
    return re.search(f"{said}|{asked}", fold(question)) is not None


def counted_as_said(sql: str, schema: Schema, question: str) -> Iterator[Mend]:
    """The number of orders is that of orders, whatever else is joined and counted."""
    for scope in only(sql):
        tree, tables = scope.expression, base_tables(scope, schema)
        said = [alias for alias, table in tables.items() if _counts(table, question)]
        counts = {found[0] for found in _COUNT.finditer(sql)}
        # What HAVING compares, and what is counted of each row itself, is something else.
        if len(said) != 1 or len(counts) != 1 or tree.args.get("having"):
            continue
        key = tables[said[0]].primary_key
        if len(key) != 1 or said[0] in each_of(tree, tables):
            continue
        if repeated(said[0], scope, tables) and not _is_counted(said[0], scope, tables):
            told = f"COUNT(DISTINCT {spelled(said[0], key[0])})"
            for found in _COUNT.finditer(sql):
                yield Mend(*found.span(), told, f"{found[0]} → {told}")


def each_of(tree: exp.Expr, tables: dict[str, Table]) -> set[str | None]:
    """The tables of which each row is a group: by its key or its name."""
    group = tree.args.get("group")
    keys = group.find_all(exp.Column) if group else ()
    return {owner(key, tables) for key in keys if names_rows(key, tables)}


def _is_counted(alias: str, scope: Scope, tables: dict[str, Table]) -> bool:
    """Whether a column of it is, or values of any."""
    return any(
        isinstance(count.this, exp.Distinct)
        or (isinstance(count.this, exp.Column) and owner(count.this, tables) == alias)
        for count in scope.find_all(exp.Count)
    )


def counted_not_listed(sql: str, schema: Schema, question: str) -> Iterator[Mend]:
    """SELECT country FROM customers becomes a COUNT where it is asked how many countries."""
    for scope in only(sql):
        tree, tables = scope.expression, base_tables(scope, schema)
        listed, place, start = the_listed(tree, tables), from_place(sql, tree), _SELECT.match(sql)
        rows = any(tree.args.get(part) for part in ("group", "having", "order", "limit"))
        if not listed or rows or not place or not start or _WHICH.search(question):
            continue
        count = _number_of(listed, scope, tables, question)
        if count and counts_nothing(question, sql, schema):
            selected = sql[start.end() : place].strip()
            yield Mend(start.end(), place, f"{count} AS n ", f"{selected} → {count}")


def _number_of(alias: str, scope: Scope, tables: dict[str, Table], question: str) -> str | None:
    """Of rows or of values, whichever the question names; None where it names neither."""
    table, parts = tables[alias], [one.unalias() for one in scope.expression.expressions]
    column = table.column(parts[0].name) if len(parts) == 1 else None
    if column and _counts_values(column, question):
        return f"COUNT(DISTINCT {spelled(alias, column.name)})"
    if not _counts(table, question):
        return None
    if not repeated(alias, scope, tables):
        return "COUNT(*)"
    key = table.primary_key
    return f"COUNT(DISTINCT {spelled(alias, key[0])})" if len(key) == 1 else None


def _counts_values(column: SchemaColumn, question: str) -> bool:
    """Whether it is asked how many different ones: countries, 何種類の言語, 何か国."""
    said, comment = fold(question), re.escape(fold(column.comment))
    number = rf"\b(?:how many|number of) (?:different |distinct )?{english(column.name)}\b"
    kinds = comment and re.search(rf"{comment}.{{0,4}}何種類|何種類の{comment}", said)
    countries = _COUNTRIES.search(said) and column.name.lower() in {"country", "nation"}
    return bool(re.search(number, said) or kinds or countries)


def counted_of_each(sql: str, schema: Schema, question: str) -> Iterator[Mend]:
    """GROUP BY medications.name counts one for each: what is counted is prescriptions of it."""
    for scope in only(sql):
        tables = base_tables(scope, schema)
        table = next(iter(tables.values())) if len(tables) == 1 else None
        if table is None or not _counts_itself(scope, table):
            continue
        if _counts(table, question) or scope.expression.args.get("having"):
            continue
        pointing = [one for one in schema.tables if table.name in _pointed(one)]
        meant = [one for one in pointing if _is_spoken_of(one, question)]
        if len(meant) == 1 and len(meant[0].primary_key) == 1:
            yield from _counting(sql, scope, tables, meant[0])


def _pointed(table: Table) -> dict[str, str]:
    """The tables that it points at, and the column that does."""
    return {key.table: key.columns[0] for key in table.foreign_keys if len(key.columns) == 1}


def _counts_itself(scope: Scope, table: Table) -> bool:
    """Whether each row of the table is a group, and its rows are all that is counted."""
    tree = scope.expression
    group, totals = tree.args.get("group"), list(tree.find_all(exp.AggFunc))
    own = {*table.primary_key, *table.naming}
    keys = {key.name for key in group.expressions if isinstance(key, exp.Column)} if group else ()
    counted = [total.this for total in totals if isinstance(total, exp.Count)]
    itself = (isinstance(one, exp.Star) or one.name in own for one in counted)
    return bool({*keys} & own and counted and len(counted) == len(totals) and all(itself))


def _is_spoken_of(table: Table, question: str) -> bool:
    """Prescriptions are where a question says "prescribed"; in Japanese, its noun."""
    if re.search(japanese(table), fold(question)):
        return True
    stem, said = table.name.lower().rsplit("_", 1)[-1][:_STEM], _IN_ORDER.sub(" ", fold(question))
    return len(stem) == _STEM and re.search(rf"\b{re.escape(stem)}", said) is not None


def _counting(sql: str, scope: Scope, tables: dict[str, Table], counted: Table) -> Iterator[Mend]:
    [(alias, table)] = tables.items()
    column = _pointed(counted)[table.name]
    equal = f"{spelled(counted.name, column)} = {spelled(alias, table.primary_key[0])}"
    way = f"LEFT JOIN {spelled(counted.name)} ON {equal}"  # of some there are none
    place, what = tables_end(sql, scope), f"COUNT({spelled(counted.name, counted.primary_key[0])})"
    yield Mend(place, place, f" {way} ", f"+ {way}")
    counts = list(_COUNT.finditer(sql))
    for mend in told_apart(scope, tables, counted):
        if not any(count.start() <= mend.start < count.end() for count in counts):
            yield mend
    for count in counts:
        yield Mend(*count.span(), what, f"{count[0]} → {what}")


def listed_once(sql: str, schema: Schema, question: str) -> Iterator[Mend]:
    """Which customers bought paper: whoever did so twice is still one row."""
    for scope in only(sql):
        tree, tables = scope.expression, base_tables(scope, schema)
        listed = None if _grouped(tree) or units(question) else the_listed(tree, tables)
        if listed is None or not repeated(listed, scope, tables) or not tables[listed].primary_key:
            continue
        if not _is_asked_for(listed, scope, tables, fold(question)):
            continue
        order = tree.args.get("order")
        others = {owner(c, tables) for c in order.find_all(exp.Column)} - {listed} if order else {}
        if not others:
            group = grouping(scope, listed, tables)
            place = end_of_conditions(sql, tree)
            yield Mend(place, place, f"{group} ", f"+{group}")


def _is_asked_for(listed: str, scope: Scope, tables: dict[str, Table], question: str) -> bool:
    """Whether these are what the question is about: its first noun, in Japanese its last one."""
    places = {alias: _places(table, question) for alias, table in tables.items()}
    if not any(places.values()):
        return _WHO.search(question) is not None or _joined_for_nothing(listed, scope, tables)
    first = min((found[0][0], alias) for alias, found in places.items() if found)
    last = max((found[-1][1], alias) for alias, found in places.items() if found)
    return (first if question.isascii() else last)[1] == listed


def _joined_for_nothing(listed: str, scope: Scope, tables: dict[str, Table]) -> bool:
    """Whether nothing of the other tables is read but what joins them."""
    columns = scope.expression.find_all(exp.Column)
    read = (column for column in columns if not column.find_ancestor(exp.Join))
    return all(owner(column, tables) == listed for column in read)


def _places(table: Table, question: str) -> list[tuple[int, int]]:
    """Where the question speaks of its rows."""
    return [one.span() for one in re.finditer(either(table), question)]


def _grouped(tree: exp.Expr) -> bool:
    """Whether its rows are not those of the join, each as it is."""
    return bool(
        tree.args.get("group")
        or tree.args.get("distinct")
        or tree.is_star
        or tree.find(exp.AggFunc, exp.Window)
    )


def grouping(scope: Scope, listed: str, tables: dict[str, Table]) -> str:
    """A row for each of what is listed."""
    keys = [spelled(listed, key) for key in tables[listed].primary_key]
    shown = [one.unalias() for one in scope.expression.expressions]
    columns = [one.sql("mysql") for one in shown if not one.find(exp.AggFunc)]
    return f" GROUP BY {', '.join(dict.fromkeys([*keys, *columns]))}"


def the_listed(tree: exp.Expr, tables: dict[str, Table]) -> str | None:
    """The alias of the only table whose columns are selected, beside totals."""
    parts = [one.unalias() for one in tree.expressions]
    plain_ones = [one for one in parts if not one.find(exp.AggFunc)]
    owners = {owner(one, tables) if isinstance(one, exp.Column) else None for one in plain_ones}
    return owners.pop() if len(owners) == 1 else None
