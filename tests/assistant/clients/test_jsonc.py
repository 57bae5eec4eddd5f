import json
import random
import re

import pytest

from assistant.clients.jsonc import NotJson, put

OURS = {"command": "/p", "args": ["-P"]}
ZED = """\
// Zed settings
{
  "theme": "One // not a comment", // mine
  /* servers */
  "context_servers": {
    "other": { "command": "x" }, // keep
    // the last word
  },
}
"""


def test_comments_and_all_other_bytes_survive() -> None:
    after = put(ZED, ("context_servers", "kotae"), OURS)
    added = """\
    "kotae": {
      "command": "/p",
      "args": [
        "-P"
      ]
    },
"""
    assert after == ZED.replace("    // the last word\n", "    // the last word\n" + added)


def test_an_entry_of_before_is_replaced_where_it_stands() -> None:
    once = put(ZED, ("context_servers", "other"), {"command": "y"})
    assert once == ZED.replace('{ "command": "x" }', '{\n      "command": "y"\n    }')


@pytest.mark.parametrize("text", ["", " \n", "{}", "// nothing yet\n", '{ "a": 1 }', "{/**/}"])
def test_missing_objects_are_added(text: str) -> None:
    after = put(text, ("servers", "kotae"), OURS)
    data = json.loads(re.sub(r"//.*|/\*.*?\*/", "", after))
    assert data.pop("servers") == {"kotae": OURS}
    assert data == ({"a": 1} if "a" in text else {})


def test_tabs_and_windows_line_ends_are_kept() -> None:
    after = put('{\r\n\t"a": 1\r\n}\r\n', ("servers", "kotae"), {"b": 2})
    assert after.split("\r\n") == [
        "{",
        '\t"a": 1,',
        '\t"servers": {',
        '\t\t"kotae": {',
        '\t\t\t"b": 2',
        "\t\t}",
        "\t}",
        "}",
        "",
    ]
    assert "\n" not in after.replace("\r\n", "")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("{\n'a': 1}", 2),
        ('{"a": 1', 1),
        ('{"a": 1}\n{}', 2),
        ('{"servers": []}', 1),
        ("[]", 1),
        ('{\n"a" 1}', 2),
        ("{a: 1}", 1),
        ('{"a": [1 2]}', 1),
        ("{,}", 1),
        ("/* open", 1),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(NotJson) as refused:
        put(text, ("servers", "kotae"), OURS)
    assert refused.value.line == line


def test_any_settings_come_out_as_they_were_but_for_our_entry() -> None:
    dice = random.Random(8)
    for _ in range(300):
        data = _settings(dice, 3)
        text = json.dumps(data, indent=dice.choice([None, 1, 2, 4, "\t"]))
        after = json.loads(put(text, ("servers", "kotae"), OURS))
        data.setdefault("servers", {})["kotae"] = OURS
        assert after == data
        assert list(after) == list(data)


def _settings(dice: random.Random, depth: int) -> dict[str, object]:
    values = ['x"}', 'a // "b" /*', 1.5, None, [], {}, [1, {"kotae": "no"}], "日本語"]
    found = {f"k{n}": dice.choice(values) for n in range(dice.randrange(4))}
    if depth:
        name = dice.choice(["servers", "other"])
        found[name] = _settings(dice, depth - 1)
    return found
