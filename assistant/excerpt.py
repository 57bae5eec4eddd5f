"""The part of a large schema that questions are about, since a prompt has no room for all of it.

It grows at its end, so that what the model server has read stays read, and begins anew when it is
full. A schema that fits the budget is shown whole.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from assistant.linking import words_of
from assistant.prompt import table_line
from assistant.schema import Schema, Table

MOST_TOKENS = 6000
"""Beyond this a longer schema makes answers worse, not only slower."""
_OF_CONTEXT = 3
_OF_BUDGET = 3
_CANDIDATES = 60
_HOPS = 2
_LETTERS_A_TOKEN = 3
_NEAR = 0.5
"""Of the best table's score; one that fits less misleads, unless a key leads to it."""


class SchemaTools(Protocol):
    """What finding tables needs of the database."""

    async def schema(self, tables: Sequence[str] = ()) -> Schema:
        """The named tables."""
        ...

    async def tables_about(self, text: str) -> list[str]:
        """Names of the tables that fit the text, the best first."""
        ...


def budget_of(context_tokens: int | None) -> int:
    """Tokens that tables may take of a context; the rest is for rules, question, rows and reply."""
    return min(MOST_TOKENS, context_tokens // _OF_CONTEXT) if context_tokens else MOST_TOKENS


def tokens_of(tables: Iterable[Table]) -> int:
    """About how many tokens the tables' lines take; a letter beyond ASCII counts as a token."""
    text = "\n".join(map(table_line, tables))
    wide = sum(not letter.isascii() for letter in text)
    return wide + (len(text) - wide) // _LETTERS_A_TOKEN


class Excerpt:
    """`whole` is the schema as the tools first gave it, perhaps without tables of its own end."""

    def __init__(self, tools: SchemaTools, whole: Schema, budget: int = MOST_TOKENS) -> None:
        self._tools = tools
        self._budget = budget
        fits = not whole.left_out and tokens_of(whole.tables) <= budget
        self._shown = whole if fits else replace(whole, tables=())
        self._grows = not fits

    @property
    def shown(self) -> Schema:
        """The tables that prompts show by now."""
        return self._shown

    async def about(self, question: str) -> Schema:
        """The tables to show for this question, and those of earlier ones; '' adds none.

        Raises: DatabaseToolFailed.
        """
        if self._grows and question:
            found = await self._found(question)
            new = [table for table in found if not self._shown.table(table.name)]
            tables = (*self._shown.tables, *new)
            fits = tokens_of(tables) <= self._budget
            self._shown = replace(self._shown, tables=tables if fits else tuple(found))
        return self._shown

    async def _found(self, question: str) -> list[Table]:
        """The tables that fit the question best, and room given, those around them."""
        scores = await self._scores([question, *words_of(question)])
        tables = await self._described(scores)
        linked = _with_neighbours(scores, tables)
        best = max(linked.values(), default=0)
        tables.sort(key=lambda table: -linked[table.name] / tokens_of([table]))
        near = self._fitting([], [table for table in tables if linked[table.name] >= _NEAR * best])
        return await self._with_ways(near)

    async def _with_ways(self, near: list[Table]) -> list[Table]:
        """With the tables that keys lead to from these, a few steps far."""
        chosen = near
        for _ in range(_HOPS):
            around = await self._described(await self._scores(table.name for table in near))
            near = [table for table in around if _joins(table, near) and table not in chosen]
            chosen = self._fitting(chosen, near)
        return chosen

    def _fitting(self, chosen: list[Table], others: Iterable[Table]) -> list[Table]:
        """With as many of the others as one question may add."""
        chosen = [*chosen]
        for table in others:
            wider = [*chosen, table]
            if table not in chosen and tokens_of(wider) <= self._budget // _OF_BUDGET:
                chosen = wider
        return chosen

    async def _described(self, scores: dict[str, float]) -> list[Table]:
        names = sorted(scores, key=lambda name: -scores[name])[:_CANDIDATES]
        return [*(await self._tools.schema(names)).tables] if names else []

    async def _scores(self, texts: Iterable[str]) -> dict[str, float]:
        """How well tables fit these texts: well when they come first, for several of them."""
        scores: dict[str, float] = defaultdict(float)
        for text in texts:
            for rank, name in enumerate(await self._tools.tables_about(text), 1):
                scores[name] += 1 / rank
        return scores


def _with_neighbours(scores: dict[str, float], tables: Sequence[Table]) -> dict[str, float]:
    """A table gains from the best one that a key joins it with."""
    gains: dict[str, float] = defaultdict(float)
    for table in tables:
        for key in table.foreign_keys:
            for one, other in ((table.name, key.table), (key.table, table.name)):
                gains[one] = max(gains[one], scores.get(other, 0) / 2)
    return {table.name: scores[table.name] + gains[table.name] for table in tables}


def _joins(table: Table, others: Iterable[Table]) -> bool:
    """Whether a key leads from the table to one of these, or back."""
    return any(
        key.table == to.name
        for other in others
        for of, to in ((table, other), (other, table))
        for key in of.foreign_keys
    )
