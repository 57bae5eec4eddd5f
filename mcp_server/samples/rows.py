"""What a row of any sample is made of."""

from datetime import date

Value = int | str | date | None
Row = tuple[Value, ...]
