"""The stream that one question produces, and the answer at its end.

Every front end (the `ask` command, the chat, reports, evaluation) reads these types and
nothing else of the loop. The order is: any number of `Progress`, deltas and `Repair`,
at most one `RowsReady` per statement that ran, then exactly one `Answered`, always last.
"""

from dataclasses import dataclass, field
from typing import Literal

Stage = Literal["starting", "reading", "writing", "running", "summarising"]
Status = Literal["answered", "ask", "refused", "failed", "cancelled"]
Cell = str | int | float | bool | None
Row = tuple[Cell, ...]
ColumnType = Literal[
    "integer", "decimal", "float", "text", "date", "datetime", "time", "boolean", "json", "binary"
]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a result: its label as the statement gave it, and its type."""

    name: str
    type: ColumnType


@dataclass(frozen=True, slots=True)
class QueryResult:
    """Rows as the database returned them.

    Cells: NULL is None; integers beyond 2**53 and DECIMAL are exact strings; dates are the
    server's own text; binary is "<N bytes 0x…>". `truncated` names the cap that cut the rows
    ("rows", "bytes"), or is None when nothing is missing.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    truncated: str | None
    elapsed_ms: float
    sql: str

    @property
    def row_count(self) -> int:
        """Rows held here; the database may hold more when `truncated` is set."""
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class Progress:
    """What is going on; `done` is a share from 0 to 1 where it is known."""

    stage: Stage
    done: float | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """A piece of the model's reasoning."""

    text: str


@dataclass(frozen=True, slots=True)
class SqlDelta:
    """A piece of the statement while the model writes it."""

    text: str


@dataclass(frozen=True, slots=True)
class SqlReady:
    """The statement about to run, after names were bound; `mends` says what code changed."""

    sql: str
    mends: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowsReady:
    """The statement ran."""

    result: QueryResult


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the answer's prose."""

    text: str


@dataclass(frozen=True, slots=True)
class Repair:
    """The statement could not run; the model is asked once more with these facts."""

    reason: str


@dataclass(frozen=True, slots=True)
class ColdPrompt:
    """A notice: the model server read `tokens` of the prompt, of which it had known `expected`."""

    tokens: int
    expected: int


@dataclass(frozen=True, slots=True)
class Usage:
    """What the question cost. Tokens are counted by the model server.

    `prompt_tokens` includes the cached ones; `tokens_per_second` is generation speed.
    """

    calls: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    tokens_per_second: float = 0.0
    seconds: float = 0.0

    @property
    def new_prompt_tokens(self) -> int:
        """Prompt tokens that the server had to read, not found in its cache."""
        return self.prompt_tokens - self.cached_tokens


@dataclass(frozen=True, slots=True)
class Answer:
    """The end of one question, in the question's language.

    `text` is the answer, the question back (status ask), the reason (refused) or the error
    (failed). `choices` and `default` belong to ask. `exit_code`: 0 answered, 1 not answered,
    2 settings, 3 when the model server or the database could not be reached. `sentence` is the
    model's own, its slots not filled, for the same statement at another time.
    """

    status: Status
    text: str
    sql: str | None = None
    result: QueryResult | None = None
    notes: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    default: str | None = None
    usage: Usage = field(default_factory=Usage)
    model: str = ""
    database: str = ""
    exit_code: int = 0
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """The last event."""

    answer: Answer


Event = (
    Progress
    | ReasoningDelta
    | SqlDelta
    | SqlReady
    | RowsReady
    | TextDelta
    | Repair
    | ColdPrompt
    | Usage
    | Answered
)
