"""A LIMIT that nobody asked for: a list that ends at ten looks like the whole answer."""

import re
from collections.abc import Iterator

from sqlglot import exp

from assistant.asked import asks_for_first
from assistant.folding import fold
from assistant.mends import Mend
from assistant.numerals import said
from assistant.schema import Schema
from assistant.scopes import only

_LIMIT = re.compile(r"\s*\bLIMIT\s+\d+\s*;?\s*$", re.IGNORECASE)
_FEW = re.compile(
    r"\b(?:some|few|several|any|examples?|samples?|recent(?:ly)?|popular|main|major|common(?:ly)?"
    r"|best-selling|frequent(?:ly)?)\b"
    r"|いくつか|何[件人個]か|数[件人個]|少し|一部|例え|サンプル|最近|直近|人気|主な|よく"
    r"|(?<!より)多[いかく]|少な[いかく]|高[いかく]|低[いかく]|安[いかく]|売れ"
)
_ALL = re.compile(r"\b(?:all|list|rank)\b|一覧|すべて|全て|全部|全員|順[にで]|リスト|ランキング")


def all_of_them(sql: str, schema: Schema, question: str) -> Iterator[Mend]:
    """LIMIT 10 goes where the question says neither ten, nor the first, nor a few."""
    asked = fold(question)
    if asks_for_first(question) or (_FEW.search(asked) and not _ALL.search(asked)):
        return
    for scope in only(sql):
        limit, found = scope.expression.args.get("limit"), _LIMIT.search(sql)
        count = limit.expression if isinstance(limit, exp.Limit) else None
        number = int(count.this) if isinstance(count, exp.Literal) and count.is_int else 1
        if found and number > 1 and not said(number, asked):
            yield Mend(found.start(), found.end(), "", f"{found[0].strip()} → ∅")
