"""The top 3 customers of each country, where the statement ranks the countries themselves."""

import re
from collections.abc import Iterator

from assistant.asked import units
from assistant.folding import fold
from assistant.mends import Mend
from assistant.nouns import english, japanese
from assistant.ranking import from_place
from assistant.schema import Schema, Table
from assistant.scopes import end_of_conditions, names_rows, spelled
from assistant.tops import Top, stands_for, top_of

_FIRST = "(?:top|first|best|highest|biggest|largest|most|lowest|worst)"
_FIRST_JA = "(?:トップ|上位|ベスト|ワースト|下位)"
_COUNTED = "(?:件|人|名|つ|個|社|位|点)?"


def ranked_within(sql: str, schema: Schema, question: str) -> Iterator[Mend]:
    """GROUP BY country … LIMIT 3 gets the customers as well, so that each country has three."""
    top = top_of(sql, schema)
    begin = from_place(sql, top.scope.expression) if top else None
    if top is None or begin is None or top.scope.expression.args.get("having"):
        return
    wanted = [alias for alias, table in top.tables.items() if _is_wanted(table, top, question)]
    key = top.tables[wanted[0]].primary_key if len(wanted) == 1 else ()
    if len(key) != 1 or not _ranks_groups(top, wanted[0], question):
        return
    names = ", ".join(spelled(wanted[0], one) for one in top.tables[wanted[0]].naming or key)
    yield Mend(begin, begin, f", {names} ", f"+ {names}")
    place = end_of_conditions(sql, top.scope.expression)
    yield Mend(place, place, f", {spelled(wanted[0], key[0])} ", f"+ {names}")


def _is_wanted(table: Table, top: Top, question: str) -> bool:
    """Whether the question asks for the first of these, as many as the statement takes."""
    called, number = f"(?:{japanese(table)})", f"(?:{top.count}|{_FIRST})"
    ways = (
        rf"\b{_FIRST} (?:{top.count} )?(?:[a-z-]+ )?{english(table.name)}\b",
        rf"{called}(?:を|の)?{_FIRST_JA}{number}",
        rf"{_FIRST_JA}{number}{_COUNTED}の?{called}",
    )
    return any(re.search(way, fold(question)) for way in ways)


def _ranks_groups(top: Top, wanted: str, question: str) -> bool:
    """Whether each group is what the question wants them of each of, and none is one of them."""
    keys = top.keys
    own = {wanted: top.tables[wanted]}
    if not keys or any(names_rows(part, own) for part in (*keys, *top.shown)):
        return False
    return any(all(stands_for(unit, key, top.tables) for key in keys) for unit in units(question))
