"""Another dialect's spelling put into this server's, by rule; text in quotes stays as it is."""

import re
from collections.abc import Callable

Write = Callable[[re.Match[str]], str]
Rules = tuple[tuple[re.Pattern[str], Write], ...]

_QUOTED = re.compile(r"'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.)*\"|`[^`]*`")
_NESTED = r"\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)"
_ARG = rf"((?:[^(),']|'[^']*'|{_NESTED})+?)"
_INNER = rf"((?:[^()']|'[^']*'|{_NESTED})+)"
_OPERAND = rf"(?:'(?:[^']|'')*'|[\w.`]+(?:{_NESTED})?|{_NESTED})"


def native(sql: str, flavour: str) -> tuple[str, tuple[str, ...]]:
    """The statement as the server spells it, and what was changed: "ILIKE → LIKE"."""
    told: list[str] = []
    for pattern, write in _SQLITE if flavour == "sqlite" else _MYSQL:
        quoted = [match.span() for match in _QUOTED.finditer(sql)]

        def written(
            match: re.Match[str], write: Write = write, quoted: list[tuple[int, int]] = quoted
        ) -> str:
            if any(start < match.start() < end for start, end in quoted):
                return match[0]
            after = write(match)
            if after != match[0]:
                told.append(f"{match[0].strip()} → {after.strip()}")
            return after

        sql = pattern.sub(written, sql)
    return sql, tuple(dict.fromkeys(told))


def _rules(*rules: tuple[str, str | Write]) -> Rules:
    return tuple((re.compile(pattern, re.IGNORECASE), _writing(write)) for pattern, write in rules)


def _writing(write: str | Write) -> Write:
    if isinstance(write, str):
        return lambda match: match.expand(write)
    return write


def _cast(match: re.Match[str]) -> str:
    kind = re.sub(r"\s+", " ", match[1].upper())
    return f" AS {_CAST_TYPES.get(kind, match[1])})"


_CAST_TYPES = (
    dict.fromkeys(("REAL", "FLOAT8", "DOUBLE PRECISION"), "DOUBLE")
    | dict.fromkeys(("INTEGER", "INT", "INT4", "INT8", "BIGINT", "SMALLINT"), "SIGNED")
    | dict.fromkeys(("TEXT", "STRING", "VARCHAR"), "CHAR")
    # Without a scale a DECIMAL has none, and 0.5 becomes 1.
    | dict.fromkeys(("NUMERIC", "DECIMAL"), "DECIMAL(30,6)")
    | {"TIMESTAMP": "DATETIME", "BOOLEAN": "UNSIGNED", "BOOL": "UNSIGNED"}
)
_TRUNCATED = {"year": "%Y-01-01", "month": "%Y-%m-01", "day": "%Y-%m-%d"}
_TO_CHAR = (
    ("YYYY", "%Y"), ("Month", "%M"), ("MM", "%m"), ("DD", "%d"), ("HH24", "%H"), ("MI", "%i"),
    ("SS", "%s"), ("Day", "%W"), ("YY", "%y"),
)  # fmt: skip


def _to_char(match: re.Match[str]) -> str:
    form = match[2]
    for theirs, ours in _TO_CHAR:
        form = form.replace(theirs, ours)
    return f"DATE_FORMAT({match[1]}, '{form}')"


def _strftime(match: re.Match[str]) -> str:
    form = match[1].replace("%M", "%i").replace("%S", "%s")
    return f"DATE_FORMAT({match[2]}, '{form}')"


def _trunc(match: re.Match[str]) -> str:
    return f"DATE_FORMAT({match[2]}, '{_TRUNCATED[match[1].lower()]}')"


def _filtered(match: re.Match[str]) -> str:
    counted = "1" if match[2].strip() == "*" else match[2].strip()
    return f"{match[1]}(CASE WHEN {match[3].strip()} THEN {counted} END)"


def _interval(match: re.Match[str]) -> str:
    return f"INTERVAL {match[1]} {match[2].upper().removesuffix('S')}"


def _concatenated(match: re.Match[str]) -> str:
    return f"CONCAT({', '.join(part.strip() for part in re.findall(_OPERAND, match[0]))})"


_UNIT = r"(second|minute|hour|day|week|month|quarter|year)s?"
_MYSQL = _rules(
    (r"\s+AS\s+([a-z]+\d?(?:\s+precision)?)\s*\)", _cast),
    (r"\s+AS\s+(?:VARCHAR|TEXT)\s*(\(\d+\))\s*\)", r" AS CHAR\1)"),
    (rf"({_OPERAND})::(?:numeric|decimal)(\(\d+,\s*\d+\))", r"CAST(\1 AS DECIMAL\2)"),
    (rf"({_OPERAND})::(double precision|\w+)",
     lambda m: f"CAST({m[1]} AS {_CAST_TYPES.get(m[2].upper(), m[2].upper())})"),
    (rf"\b(COUNT|SUM|AVG|MIN|MAX)\s*\({_ARG}\)\s*FILTER\s*\(\s*WHERE\s+{_INNER}\)", _filtered),
    (r"\bILIKE\b", "LIKE"),
    (rf"{_OPERAND}(?:\s*\|\|\s*{_OPERAND})+", _concatenated),
    (rf"\bSTRFTIME\s*\(\s*'([^']*)'\s*,\s*{_ARG}\s*\)", _strftime),
    (rf"\bTO_CHAR\s*\(\s*{_ARG}\s*,\s*'([^']*)'\s*\)", _to_char),
    (rf"\bDATE_TRUNC\s*\(\s*'(year|month|day)'\s*,\s*{_ARG}\s*\)", _trunc),
    (rf"\bINTERVAL\s+'(\d+)\s*{_UNIT}'", _interval),
    (rf"\bINTERVAL\s+(\d+)\s+({_UNIT[1:-3]})s\b", lambda m: f"INTERVAL {m[1]} {m[2].upper()}"),
    (rf"\bSTRING_AGG\s*\(\s*{_ARG}\s*,\s*('[^']*')\s*\)", r"GROUP_CONCAT(\1 SEPARATOR \2)"),
    (rf"\bJULIANDAY\s*\(\s*{_ARG}\s*\)\s*-\s*JULIANDAY\s*\(\s*{_ARG}\s*\)", r"DATEDIFF(\1, \2)"),
    (r"\b(DESC)\s+NULLS\s+LAST\b|\b(ASC)\s+NULLS\s+FIRST\b", lambda m: m[1] or m[2]),
    (r"\bFETCH\s+(?:FIRST|NEXT)\s+(\d+)\s+ROWS?\s+ONLY\b", r"LIMIT \1"),
    (r"^(\s*SELECT)\s+TOP\s+\(?(\d+)\)?\s+(.+)$", r"\1 \3 LIMIT \2"),
)  # fmt: skip
_SQLITE = _rules(
    (rf"\bYEAR\s*\(\s*{_ARG}\s*\)", r"CAST(STRFTIME('%Y', \1) AS INTEGER)"),
    (rf"\bMONTH\s*\(\s*{_ARG}\s*\)", r"CAST(STRFTIME('%m', \1) AS INTEGER)"),
    (rf"\bDATE_FORMAT\s*\(\s*{_ARG}\s*,\s*('[^']*')\s*\)", r"STRFTIME(\2, \1)"),
    (rf"\bDATEDIFF\s*\(\s*{_ARG}\s*,\s*{_ARG}\s*\)", r"(JULIANDAY(\1) - JULIANDAY(\2))"),
    (r"\bCURDATE\s*\(\s*\)", "DATE('now')"),
    (r"\bNOW\s*\(\s*\)", "DATETIME('now')"),
    (r"\bILIKE\b", "LIKE"),
)
