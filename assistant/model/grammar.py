"""A JSON schema as samplers take it: references in place, patterns anchored and plain.

One keyword that a server cannot turn into a grammar refuses the whole request, so what cannot
be said is left out: the reply is checked when it is read anyway.
"""

import re
from collections.abc import Mapping
from typing import Any

# Keywords whose values are schemas by name; a property called "pattern" is no pattern.
_BY_NAME = {"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"}
_DATA = {"enum", "const", "default", "examples", "required"}
# Groups that look around or set flags, boundaries and references back have no grammar.
_NO_GRAMMAR = re.compile(r"\(\?(?!:)|(?<!\\)(?:\\\\)*\\[bBAZz1-9pP]")


def for_grammar(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema without references, and without patterns that no grammar can hold."""
    inlined = _inlined(schema, schema, frozenset())
    kept: dict[str, Any] = {k: v for k, v in inlined.items() if k not in ("$defs", "definitions")}
    return kept


def _inlined(node: Any, root: Mapping[str, Any], seen: frozenset[str]) -> Any:
    match node:
        case {"$ref": str(reference)}:
            target = None if reference in seen else _target(reference, root)
            return {} if target is None else _inlined(target, root, seen | {reference})
        case dict():
            values = ((key, _value(key, value, root, seen)) for key, value in node.items())
            return {key: value for key, value in values if value is not None}
        case list():
            return [_inlined(item, root, seen) for item in node]
        case _:
            return node


def _value(key: str, value: Any, root: Mapping[str, Any], seen: frozenset[str]) -> Any:
    if key == "pattern" and isinstance(value, str):
        return anchored(value)
    if key in _DATA:
        return value
    if key in _BY_NAME and isinstance(value, dict):
        return {name: _inlined(schema, root, seen) for name, schema in value.items()}
    return _inlined(value, root, seen)


def _target(reference: str, root: Mapping[str, Any]) -> Any:
    """What a reference inside the same schema points at, None for any other."""
    if not reference.startswith("#/"):
        return None
    node: Any = root
    for step in reference.removeprefix("#/").split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        if not isinstance(node, Mapping) or name not in node:
            return None
        node = node[name]
    return node


def anchored(pattern: str) -> str | None:
    """The pattern as one for the whole string; None where no grammar can say it."""
    plain = pattern.replace("(?:", "(")
    starts, ends = plain.startswith("^"), _ends_anchored(plain)
    if _NO_GRAMMAR.search(plain) or ((starts or ends) and not (starts and ends) and "|" in plain):
        return None
    if starts and ends:
        return plain
    body = plain.removeprefix("^")
    body = body[:-1] if ends else body
    return f"^{'' if starts else '.*'}({body}){'' if ends else '.*'}$"


def _ends_anchored(pattern: str) -> bool:
    return re.search(r"(?<!\\)(?:\\\\)*\$$", pattern) is not None
