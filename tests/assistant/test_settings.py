from datetime import date
from pathlib import Path

import pytest

from assistant.errors import (
    AssistantError,
    SecretExposed,
    SettingInvalid,
    SettingsUnreadable,
    SettingUnknown,
)
from assistant.settings import Settings, find_file, load


def configured(text: str, model: str | None = None, **environ: str) -> Settings:
    Path("kotae.toml").write_text(text, encoding="utf-8")
    return load(environ, model=model)


def test_without_any_setting_there_are_defaults() -> None:
    assert load({}) == Settings()
    assert Settings().model.effort == "low"


def test_flags_come_before_the_environment_and_the_environment_before_the_file() -> None:
    text = 'language = "en"\n[model]\nname = "file"\nendpoint = "http://file"\neffort = "high"'
    settings = configured(text, "flag", KOTAE_MODEL="env", KOTAE_ENDPOINT="http://env")
    assert settings.language == "en"
    assert settings.model.name == "flag"
    assert settings.model.endpoint == "http://env"
    assert settings.model.effort == "high"


def test_the_environment_sets_every_kind_of_value() -> None:
    settings = load(
        {
            "KOTAE_LANGUAGE": "ja",
            "KOTAE_TODAY": "2026-07-01",
            "KOTAE_CONTEXT_TOKENS": "8192",
            "KOTAE_ENGINE": "/opt/llama-server",
            "KOTAE_API_KEY": "sk-1",
        }
    )
    assert (settings.language, settings.assistant.today) == ("ja", date(2026, 7, 1))
    assert (settings.model.context_tokens, settings.model.api_key) == (8192, "sk-1")
    assert settings.model.engine == Path("/opt/llama-server")


def test_an_empty_variable_sets_nothing() -> None:
    assert load({"KOTAE_MODEL": "", "KOTAE_TODAY": ""}) == Settings()


def test_the_file_is_the_named_one_or_the_nearest(tmp_path: Path) -> None:
    assert find_file({}) is None
    (tmp_path / "kotae.toml").touch()
    assert find_file({}) == Path("kotae.toml")
    assert find_file({"KOTAE_CONFIG": "other.toml"}) == Path("other.toml")


def test_the_sections_of_the_database_tools_are_passed_over() -> None:
    assert configured('[database]\nurl = "x"\n[connections.a]\n[limits]\nrows = 1\n') == Settings()


@pytest.mark.parametrize(
    ("text", "key", "nearest"),
    [
        ('[model]\nnmae = "x"', "model.nmae", "model.name"),
        ("[modle]", "modle", "model"),
        ("[assistant]\ntody = 2026-07-01", "assistant.tody", "assistant.today"),
        ('langauge = "ja"', "langauge", "language"),
        ("[conections.a]", "conections", "connections"),
    ],
)
def test_an_unknown_key_names_the_nearest(text: str, key: str, nearest: str) -> None:
    with pytest.raises(SettingUnknown) as caught:
        configured(text)
    assert caught.value.slots == {"file": "kotae.toml", "key": key, "nearest": nearest}
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "environ", "source", "key"),
    [
        ('[model]\neffort = "much"', {}, "kotae.toml", "model.effort"),
        ('model = "qwen"', {}, "kotae.toml", "model"),
        ("model = 3", {"KOTAE_MODEL": "x"}, "kotae.toml", "model"),
        ('language = "fr"', {}, "kotae.toml", "language"),
        ("", {"KOTAE_CONTEXT_TOKENS": "many"}, "environment", "model.context_tokens"),
        ("", {"KOTAE_TODAY": "tomorrow"}, "environment", "assistant.today"),
    ],
)
def test_a_wrong_value_names_its_key_and_where_it_came_from(
    text: str, environ: dict[str, str], source: str, key: str
) -> None:
    with pytest.raises(SettingInvalid) as caught:
        configured(text, **environ)
    assert (caught.value.slots["file"], caught.value.slots["key"]) == (source, key)


@pytest.mark.parametrize("text", [None, "[model", b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_told(text: str | bytes | None) -> None:
    file = Path("named.toml")
    if text is not None:
        file.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(SettingsUnreadable, match=r"named\.toml: cannot read the settings: "):
        load({"KOTAE_CONFIG": "named.toml"})


@pytest.mark.parametrize("value", ['"sk-secret"', '""', "7"])
def test_a_key_in_the_settings_file_is_refused_without_being_shown(value: str) -> None:
    with pytest.raises(SettingInvalid) as caught:
        configured(f"[model]\napi_key = {value}")
    assert caught.value.slots["key"] == "model.api_key"
    assert "sk-secret" not in str(caught.value)


def key_file(mode: int) -> Path:
    file = Path("key")
    file.write_text("sk-file\n", encoding="utf-8")
    file.chmod(mode)
    return file


def test_a_private_key_file_is_read_unless_the_environment_has_the_key() -> None:
    key_file(0o600)
    assert configured('[model]\napi_key_file = "key"').model.api_key == "sk-file"
    both = configured('[model]\napi_key_file = "key"', KOTAE_API_KEY="sk-env")
    assert both.model.api_key == "sk-env"


def test_a_key_file_may_stand_in_the_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_file(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert configured('[model]\napi_key_file = "~/key"').model.api_key == "sk-file"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_key_file_that_others_can_touch_is_refused(mode: int) -> None:
    key_file(mode)
    with pytest.raises(SecretExposed, match="chmod 600 key"):
        configured('[model]\napi_key_file = "key"')


def test_a_missing_key_file_is_told() -> None:
    with pytest.raises(AssistantError, match="nowhere: cannot read"):
        configured('[model]\napi_key_file = "nowhere"')


@pytest.mark.parametrize("section", ["audit", "connections.shop", "database", "http", "limits"])
def test_sections_of_the_database_tools_are_passed_over(section: str) -> None:
    Path("kotae.toml").write_text(f"[{section}]\n", encoding="utf-8")
    assert load().model.name is None
