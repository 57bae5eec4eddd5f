"""The methods that raise accuracy, each of which can be left out to see what it earns."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Self

from assistant.errors import UnknownMethod


@dataclass(frozen=True, slots=True)
class Methods:
    """All on, as a person gets them."""

    values: bool = True
    """Stored values of a column with few, in the prefix."""
    linking: bool = True
    """Stored values and periods that the question names, after it."""
    glossary: bool = True
    """Terms of the house and what they mean in SQL."""
    pairs: bool = True
    """Similar questions with verified statements."""
    checks: bool = True
    """Names bound and dialect mended in code, before a statement runs."""
    repair: bool = True
    """One more call after an error."""

    def without(self, names: Iterable[str]) -> Self:
        """These left out. Raises: UnknownMethod."""
        known = [field.name for field in fields(self)]
        for name in names:
            if name not in known:
                raise UnknownMethod(name=name, known=", ".join(known))
        return replace(self, **dict.fromkeys(names, False))


ALL = Methods()
