import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import assistant.errors
import assistant.locale
import inference.errors
import mcp_server.errors
from assistant.errors import DatabaseToolFailed, ModelUnreachable
from assistant.locale import describe, language, language_of, t

ROOT = Path(assistant.locale.__file__).parent
PACKAGES = {
    "assistant": assistant.errors.AssistantError,
    "inference": inference.errors.InferenceError,
    "mcp_server": mcp_server.errors.DatabaseToolError,
}
ROOMS = sorted(path.stem for path in (ROOT / "en").iterdir())


def sentences(lang: str, room: str) -> dict[str, str]:
    return tomllib.loads((ROOT / lang / f"{room}.toml").read_text(encoding="utf-8"))


def slots(sentence: str) -> set[tuple[str, str | None]]:
    """Names and formats of a sentence's slots."""
    return {(name, spec) for _, name, spec, _ in string.Formatter().parse(sentence) if name}


def concrete(base: type[Exception]) -> Iterator[type[Exception]]:
    """The error classes below `base` that say something of their own."""
    for kind in base.__subclasses__():
        if "template" in vars(kind) and kind.__module__ == base.__module__:
            yield kind
        yield from concrete(kind)


ERRORS = [
    pytest.param(package, kind, id=f"{package}.{kind.__name__}")
    for package, base in PACKAGES.items()
    for kind in concrete(base)
]


def test_both_languages_have_the_same_rooms() -> None:
    japanese = {path.stem for path in (ROOT / "ja").iterdir()}
    assert set(ROOMS) | set(PACKAGES) == japanese


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_has_the_same_sentences_and_slots_in_both_languages(room: str) -> None:
    english, japanese = sentences("en", room), sentences("ja", room)
    assert list(english) == list(japanese)
    assert {k: slots(v) for k, v in english.items()} == {k: slots(v) for k, v in japanese.items()}


@pytest.mark.parametrize(("package", "kind"), ERRORS)
def test_every_error_has_a_japanese_sentence_with_the_same_slots(
    package: str, kind: type[Exception]
) -> None:
    template = str(vars(kind)["template"])
    assert slots(sentences("ja", package)[kind.__name__]) == slots(template)


@pytest.mark.parametrize("package", PACKAGES)
def test_no_japanese_sentence_outlives_its_error(package: str) -> None:
    assert set(sentences("ja", package)) == {kind.__name__ for kind in concrete(PACKAGES[package])}


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "en"),
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "C", "LC_MESSAGES": "ja_JP"}, "ja"),
        ({"LANG": "ja_JP.UTF-8", "KOTAE_LANGUAGE": "en"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_the_language_is_the_environments(
    environ: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert language() == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("売上は？", "ja"), ("ｳﾘｱｹﾞ", "ja"), ("Sales?", "en"), ("2025?", "en"), ("Ünïcode", "en")],
)
def test_a_question_is_answered_in_its_own_language(text: str, expected: str) -> None:
    assert language_of(text) == expected


def test_a_sentence_is_filled_in_the_language_asked_for() -> None:
    assert t("answer.rows", "en", count=3) == "3 rows."
    assert t("answer.rows", "ja", count=3) == "3 行あります。"


def test_an_error_is_told_in_either_language() -> None:
    error = ModelUnreachable(url="http://x/v1")
    assert describe(error, "en") == str(error)
    assert describe(error, "ja").startswith("http://x/v1 でモデルサーバーが応答しません")


def test_an_error_of_the_tools_is_told_in_their_own_words() -> None:
    slots = {"path": "x.db"}
    error = DatabaseToolFailed(
        code="SqliteFileMissing", actor="person", message="there is no file", details=slots
    )
    assert describe(error, "en") == "there is no file"
    assert describe(error, "ja").startswith("SQLite ファイル x.db がありません")


def test_an_error_that_is_not_ours_says_itself_in_both_languages() -> None:
    unknown = DatabaseToolFailed(code="FromTheFuture", actor="model", message="new")
    assert [describe(unknown, "ja"), describe(ValueError("x"), "ja")] == ["new", "x"]


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("2025年の売上は?", "ja"),
        ("売上合計", "ja"),
        ("iPhone 15 Pro Max 売上", "ja"),
        ("iphoneを買った顧客", "ja"),
        ("How many orders?", "en"),
        ("How many orders from 東京?", "en"),
    ],
)
def test_a_question_is_in_one_language(question: str, language: str) -> None:
    assert language_of(question) == language
