"""The model's statement bound to the schema and the server; what a rule can mend costs no call.

Mended: another dialect's spelling, a quote inside a literal, days of another period than the
question's, one alias of two tables, a name that the SELECT gives and uses itself, a condition ahead
of its table, a name with one near one, a column under the wrong alias, a foreign key's name on both
sides of its =, a forgotten join to the one-side, a join that skips the table between, a total that
a join repeats, a column that must be grouped too, days compared with moments or months, a value in
the question's word for it. Then, what the question says and the statement does not: a total, a
number of rows for each, a condition on what is listed, the average of a row's own group, the first
of each group, all of a list; rows counted or listed more than once, a count of nothing but the row
itself. Last, what a person misses in the rows: a last name, a measure that they are ranked or
chosen by, the group of a total, the names behind ids, ranks. The rest stays as the model wrote it,
to the letter.
"""

import re
from collections.abc import Callable, Iterable, Sequence

from assistant.aliases import separate_aliases
from assistant.dates import Period
from assistant.dialect import native
from assistant.finer import ranked_within
from assistant.grouping import grouped_too
from assistant.having import said_of_the_listed
from assistant.joins import by_way_of, in_order
from assistant.labels import group_named, group_shown, named
from assistant.limits import all_of_them
from assistant.lines import without_lines
from assistant.linking import Link
from assistant.meaning import compared_as_total
from assistant.means import number_for_each
from assistant.mends import Bound, Mend, mended
from assistant.moments import fitting_days
from assistant.names import forgotten_join, near_columns, near_tables
from assistant.once import (
    counted_as_said,
    counted_not_listed,
    counted_of_each,
    counted_once,
    listed_once,
)
from assistant.peers import compared_with_own
from assistant.qualifiers import keyed, requalified
from assistant.ranges import days_as_asked, year_as_asked
from assistant.ranking import measured_by, numbered
from assistant.reused import spelled_out
from assistant.schema import Schema
from assistant.scopes import parsed
from assistant.stored import as_stored
from assistant.sums import total_of_lines
from assistant.tops import first_of_each
from assistant.whole_names import both_names

_INNER_QUOTE = re.compile(r"(?<=[A-Za-z])'(?=[A-Za-z])")


def bind(
    sql: str,
    schema: Schema,
    question: str = "",
    periods: Sequence[Period] = (),
    links: Sequence[Link] = (),
) -> Bound:
    """The statement with its mends; unchanged where it cannot be parsed.

    `periods` are those that the question names, `links` what its words stand for.
    """
    bound = _quoted(Bound(*native(sql, schema.flavour)))
    for as_asked in (days_as_asked, year_as_asked):
        bound = mended(bound, as_asked(bound.sql, periods))
    for rule in _NAMES:
        bound = mended(bound, rule(bound.sql, schema))
    bound = mended(bound, as_stored(bound.sql, schema, links))
    for meaning in _MEANINGS if question else ():
        bound = mended(bound, meaning(bound.sql, schema, question))
    for rule in _SHOWN:
        bound = mended(bound, rule(bound.sql, schema))
    for last in (first_of_each, numbered) if question else ():
        bound = mended(bound, last(bound.sql, schema, question))
    return bound


def _quoted(bound: Bound) -> Bound:
    """A quote inside a literal is doubled, where the statement makes sense only then."""
    doubled = _INNER_QUOTE.sub("''", bound.sql)
    if doubled == bound.sql or parsed(bound.sql) or not parsed(doubled):
        return bound
    return Bound(doubled, (*bound.mends, "' → ''"))


_Rule = Callable[[str, Schema], Iterable[Mend]]
_NAMES: tuple[_Rule, ...] = (
    near_tables,
    separate_aliases,
    spelled_out,
    keyed,
    requalified,
    near_columns,
    forgotten_join,
    by_way_of,
    in_order,
    total_of_lines,
    grouped_too,
    fitting_days,
)
_MEANINGS: tuple[Callable[[str, Schema, str], Iterable[Mend]], ...] = (
    all_of_them,
    counted_not_listed,
    counted_of_each,
    counted_as_said,
    counted_once,
    without_lines,
    number_for_each,
    compared_as_total,
    said_of_the_listed,
    compared_with_own,
    ranked_within,
    both_names,
    listed_once,
)
_SHOWN: tuple[_Rule, ...] = (measured_by, grouped_too, group_shown, group_named, named)
