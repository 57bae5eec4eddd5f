import re
from typing import Any

import pytest

from assistant.model.grammar import anchored, for_grammar
from assistant.prompt import reply_schema


def test_a_reference_is_replaced_by_what_it_means() -> None:
    schema = {
        "type": "object",
        "properties": {
            "city": {"$ref": "#/$defs/name"},
            "all": {"items": {"$ref": "#/$defs/name"}},
        },
        "$defs": {"name": {"type": "string", "maxLength": 9}},
    }
    name = {"type": "string", "maxLength": 9}
    assert for_grammar(schema) == {
        "type": "object",
        "properties": {"city": name, "all": {"items": name}},
    }


@pytest.mark.parametrize("reference", ["#/$defs/none", "other.json", "#/$defs/tree"])
def test_a_reference_to_nothing_or_to_itself_stands_for_anything(reference: str) -> None:
    tree = {"type": "array", "items": {"$ref": "#/$defs/tree"}}
    schema = {"properties": {"x": {"$ref": reference}}, "$defs": {"tree": tree}}
    told = for_grammar(schema)["properties"]["x"]
    assert told in ({}, {"type": "array", "items": {}})


@pytest.mark.parametrize(
    "pattern",
    [r"^(?=.*@).+$", r"^(?!x)y$", r"^(?<=a)b$", r"\bword\b", r"^(a)\1$", "^a|b", r"^(?i:x)$"],
)
def test_a_pattern_that_no_grammar_holds_is_left_out(pattern: str) -> None:
    schema = {"type": "string", "pattern": pattern, "maxLength": 5}
    assert for_grammar(schema) == {"type": "string", "maxLength": 5}


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("[0-9]+", "no 12 here", True),
        ("[0-9]+", "none here", False),
        ("a|b", "xbx", True),
        ("^ab", "abc", True),
        ("^ab", "cab", False),
        ("ab$", "cab", True),
        ("ab$", "abc", False),
        (r"cost\$", "cost$ each", True),
        ("^(?:a|b)c$", "bc", True),
    ],
)
def test_a_pattern_is_anchored_and_means_the_same(pattern: str, text: str, fits: bool) -> None:
    whole = anchored(pattern)
    assert whole is not None
    assert whole.startswith("^")
    assert whole.endswith("$")
    assert bool(re.search(whole, text)) is bool(re.search(pattern, text)) is fits


def test_data_and_names_are_no_keywords() -> None:
    schema: dict[str, Any] = {
        "properties": {"pattern": {"enum": [{"$ref": "x"}, "a+"]}, "$ref": {"const": "b"}},
        "required": ["pattern"],
    }
    assert for_grammar(schema) == schema


def test_our_own_schemas_stay_as_they_are() -> None:
    schema = reply_schema("2025年の売上は？").schema
    assert for_grammar(schema) == schema
