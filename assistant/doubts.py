"""What a person should know before relying on the rows: computed, never generated."""

import re
from collections.abc import Iterator

from assistant.asked import ungrouped_unit
from assistant.dates import Found, ignored
from assistant.events import QueryResult
from assistant.fanout import multiplied
from assistant.folding import fold
from assistant.grounding import is_empty
from assistant.grouping import ungrouped
from assistant.joins import misjoined
from assistant.linking import Link, unused
from assistant.locale import Language, t
from assistant.render import number_text
from assistant.schema import Schema
from assistant.scopes import filters
from assistant.tops import first_of_all


def doubts(
    question: str,
    found: Found,
    links: tuple[Link, ...],
    result: QueryResult,
    schema: Schema,
    lang: Language,
) -> Iterator[str]:
    """A line for each reason to look twice; none for an answer that has none."""
    if unmet := ignored(found.periods, result.sql):
        names = ", ".join(period.name for period in unmet)
        yield t("answer.years_unused", lang, years=names)
    if unused := unused_words(question, found, links, result.sql):
        yield t("answer.words_unused", lang, words=", ".join(unused))
    if facts := misjoined(result.sql, schema):
        yield t("answer.misjoined", lang, facts=" ".join(facts))
    if columns := ungrouped(result.sql, schema):
        yield t("answer.ungrouped", lang, columns=", ".join(columns))
    if unit := ungrouped_unit(question, result.sql, schema):
        yield t("answer.not_each", lang, unit=unit)
    if unit := first_of_all(question, result.sql, schema):
        yield t("answer.first_of_all", lang, unit=unit)
    for total, table in multiplied(result.sql, schema):
        yield t("answer.fan_out", lang, total=total, table=table)
    if is_empty(result) and (conditions := filters(result.sql)):
        yield t("answer.empty", lang, conditions="; ".join(conditions))
    match result.truncated:
        case None:
            pass
        case "rows":
            yield t("answer.cut_rows", lang, count=number_text(result.row_count))
        case why:
            yield t("answer.cut_other", lang, why=why)


def unused_words(question: str, found: Found, links: tuple[Link, ...], sql: str) -> list[str]:
    """Stored values and numbers that the question names and nothing in the statement uses."""
    used = fold(sql)
    words = [link.word for link in unused(links, sql)]
    numbers = [number for number in _numbers(question, found) if not _number_used(number, used)]
    return list(dict.fromkeys([*words, *numbers]))


_NUMBER = re.compile(r"(?<![\w.,-])\d+(?:[.,]\d+)*(?![\w.]*\d)")


def _numbers(question: str, found: Found) -> list[str]:
    """Numbers of two digits or more outside of dates; a small one is often said for its word."""
    text = fold(question)
    for period in found.periods:
        text = text.replace(period.name, " ")
    return [n for n in _NUMBER.findall(text) if len(n.replace(",", "")) > 1]


def _number_used(number: str, sql: str) -> bool:
    plain = number.replace(",", "").rstrip("0").rstrip(".") or number
    share = f"0.{plain}" if len(plain) < 3 else plain
    return number.replace(",", "") in sql or share in sql
