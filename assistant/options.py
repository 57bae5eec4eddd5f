"""How questions are answered, beyond the model and the database."""

from dataclasses import dataclass

from assistant.knowledge.files import EMPTY, Knowledge
from assistant.methods import ALL, Methods


@dataclass(frozen=True, slots=True)
class Options:
    """`fiscal_year_starts`: a month; without it April for Japanese questions, January for others.

    A statement that the database expects to read more than `most_rows_read` is not run. `prose`:
    comparisons, explanations and many rows are put into verified sentences, by a call more.
    """

    methods: Methods = ALL
    knowledge: Knowledge = EMPTY
    fiscal_year_starts: int | None = None
    most_rows_read: int = 1_000_000_000
    prose: bool = False


USUAL = Options()
