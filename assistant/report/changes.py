"""What moved since the previous run: the value, the share, an arrow."""

from dataclasses import dataclass
from decimal import Decimal

from assistant.cells import as_number
from assistant.events import Column, QueryResult
from assistant.render import number_text
from assistant.report.formats import formatted

_NUMERIC = ("integer", "decimal", "float")


@dataclass(frozen=True, slots=True)
class Change:
    """A value now and in the previous run."""

    now: Decimal
    before: Decimal

    @property
    def difference(self) -> Decimal:
        """Now less before."""
        return self.now - self.before

    @property
    def share(self) -> Decimal | None:
        """The difference as a share of the value before; None when that was zero."""
        return self.difference / abs(self.before) if self.before else None

    @property
    def arrow(self) -> str:
        """Up, down or level."""
        return "→" if not self.difference else "▲" if self.difference > 0 else "▼"

    def text(self, format: str | None = None) -> str:
        """▲ +1,200 (+3.4%)."""
        amount = abs(self.difference)
        written = formatted(str(amount), format) if format else number_text(f"{amount:f}")
        sign = "±" if not self.difference else "+" if self.difference > 0 else "-"
        share = None if self.share is None else formatted(str(abs(self.share)), "percent")
        return f"{self.arrow} {sign}{written}" + (f" ({sign}{share})" if share else "")


def key_value(result: QueryResult) -> tuple[Column, Decimal] | None:
    """The one number that a result is about: a single row with just one numeric cell."""
    if result.row_count != 1:
        return None
    cells = zip(result.columns, result.rows[0], strict=True)
    found = [
        (column, number)
        for column, cell in cells
        if column.type in _NUMERIC and (number := as_number(cell)) is not None
    ]
    return found[0] if len(found) == 1 else None
