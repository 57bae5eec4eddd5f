"""The part of a large schema that questions are about, since a prompt has no room for all of it.

It grows at its end, so that what the model server has read stays read, and begins anew when it is
full. A schema that fits the budget is shown whole.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from assistant.prompt import table_line
from assistant.schema import Schema, Table

MOST_TOKENS = 6000
"""Beyond this a longer schema makes answers worse, not only slower."""
_OF_CONTEXT = 3
_OF_BUDGET = 3
_LETTERS_A_TOKEN = 3


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

    async def about(self, question: str) -> Schema:
        """The tables to show for this question, and those of earlier ones; '' adds none.

        Raises: DatabaseToolFailed.
        """
        if self._grows and question:
            names = await self._tools.tables_about(question)
            found = await self._found(names)
            new = [table for table in found if not self._shown.table(table.name)]
            tables = (*self._shown.tables, *new)
            fits = tokens_of(tables) <= self._budget
            self._shown = replace(self._shown, tables=tables if fits else tuple(found))
        return self._shown

    async def _found(self, names: Sequence[str]) -> list[Table]:
        """The first of these tables, as many as one question may add."""
        if not names:
            return []
        tables = {table.name: table for table in (await self._tools.schema(names)).tables}
        chosen: list[Table] = []
        for name in names:
            if name in tables and tokens_of([*chosen, tables[name]]) <= self._budget // _OF_BUDGET:
                chosen.append(tables[name])
        return chosen
