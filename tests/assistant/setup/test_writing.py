import stat
import tomllib
from pathlib import Path

import pytest

from assistant import settings as assistant_settings
from assistant.errors import SettingsNotWritable, SettingsPresent
from assistant.setup.choice import Choice
from assistant.setup.writing import is_first_run, mysql_url, split_password, write_settings
from mcp_server import settings as tool_settings

SECRET = 'p@ss:w/ör"d'


def test_both_packages_read_what_was_written(tmp_path: Path) -> None:
    file = tmp_path / "config" / "kotae.toml"
    url = mysql_url("読者", "db.example", 3307, "a&b/c")
    write_settings(file, Choice(url, SECRET, model="gpt-oss-20b", language="ja"))
    loaded = assistant_settings.load({"KOTAE_CONFIG": str(file)})
    assert (loaded.model.name, loaded.language) == ("gpt-oss-20b", "ja")
    connection = tool_settings.load(file, environ={}).connections["default"]
    assert (connection.url.username, connection.url.password) == ("読者", SECRET)
    assert (connection.url.database, connection.url.port) == ("a&b/c", 3307)


def test_a_password_in_the_url_moves_to_a_file_that_others_cannot_read(tmp_path: Path) -> None:
    file = tmp_path / "kotae.toml"
    write_settings(file, Choice("mysql://u:p%40ss@127.0.0.1/shop"))
    assert "p@ss" not in file.read_text("utf-8")
    assert "p%40ss" not in file.read_text("utf-8")
    assert tool_settings.load(file, environ={}).connections["default"].url.password == "p@ss"
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {"kotae.toml": 0o600, "database.password": 0o600}


def test_an_sqlite_file_becomes_an_absolute_url(tmp_path: Path) -> None:
    file = tmp_path / "kotae.toml"
    write_settings(file, Choice('売上 \\ "quoted".db'))
    written = tool_settings.load(file, environ={}).connections["default"]
    assert written.url.database == str(tmp_path / '売上 \\ "quoted".db')


def test_a_keyring_entry_is_named_and_no_password_is_written(tmp_path: Path) -> None:
    file = tmp_path / "kotae.toml"
    write_settings(file, Choice("mysql://u@h/d", keyring="kotae/u"))
    assert tomllib.loads(file.read_text("utf-8"))["database"]["password_keyring"] == "kotae/u"
    assert [path.name for path in tmp_path.iterdir()] == ["kotae.toml"]


def test_a_file_that_is_there_is_kept_unless_told_otherwise(tmp_path: Path) -> None:
    file = tmp_path / "kotae.toml"
    file.write_text("# mine\n", encoding="utf-8")
    with pytest.raises(SettingsPresent):
        write_settings(file, Choice("a.db"))
    assert file.read_text("utf-8") == "# mine\n"
    write_settings(file, Choice("a.db"), overwrite=True)
    assert "a.db" in file.read_text("utf-8")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsNotWritable, match="KOTAE_CONFIG"):
        write_settings(tmp_path / "file" / "kotae.toml", Choice("a.db"))


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("mysql://u:p@h:1/d?tls=off", ("mysql://u@h:1/d?tls=off", "p")),
        ("mysql://u@h/d", ("mysql://u@h/d", "")),
        ("mysql://u:a%3Ab@[::1]:3306/d", ("mysql://u@[::1]:3306/d", "a:b")),
        ("sqlite:////tmp/a:b@c.db", ("sqlite:////tmp/a:b@c.db", "")),
    ],
)
def test_the_password_is_told_apart_from_the_url(url: str, parts: tuple[str, str]) -> None:
    assert split_password(url) == parts


def test_the_first_run_ends_with_a_settings_file_or_a_named_database(tmp_path: Path) -> None:
    assert is_first_run(None, {})
    assert not is_first_run("sales.db", {})
    assert not is_first_run(None, {"KOTAE_DATABASE_URL": "sqlite:///a.db"})
    Path("kotae.toml").touch()
    assert not is_first_run(None, {})
