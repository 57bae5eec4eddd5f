import sqlite3
from pathlib import Path

import pytest

from mcp_server.closed import CLOSED
from mcp_server.errors import (
    BadFence,
    BadNames,
    BadNumber,
    BadSection,
    BadText,
    BadTexts,
    BadTls,
    BadTunnel,
    BadUrl,
    DatabaseToolError,
    PasswordFileExposed,
    PersonMustAct,
    SettingUnreadable,
    SqliteFileMissing,
    UnknownConnection,
    UnknownSetting,
)
from mcp_server.settings import HttpSettings, Limits, Settings, load
from mcp_server.settings_values import Tunnel


def configured(tmp_path: Path, text: str, database: str | None = None, **environ: str) -> Settings:
    file = tmp_path / "some.toml"
    file.write_text(text, encoding="utf-8")
    return load(file, database, environ)


def test_nothing_configured_is_allowed() -> None:
    assert load(environ={}) == Settings({}, None, Limits())


def test_the_environment_names_the_default_connection() -> None:
    settings = load(environ={"KOTAE_DATABASE_URL": "mysql://me:secret@db.example/shop"})

    assert settings.default == "default"
    assert settings.connections["default"].shown_url == "mysql://me:***@db.example/shop"
    assert settings.connections["default"].where == "db.example:3306"


def test_the_environment_stands_above_the_file_and_the_argument_above_both(tmp_path: Path) -> None:
    text = '[database]\nurl = "mysql://a/one"\n[limits]\nrows = 5\nseconds = 2.5\n'
    environ = {"KOTAE_DATABASE_URL": "mysql://b/two", "KOTAE_LIMIT_ROWS": "7"}

    from_environment = configured(tmp_path, text, **environ)
    from_argument = configured(tmp_path, text, "mariadb://c/three", **environ)

    assert from_environment.connections["default"].where == "b:3306"
    assert from_environment.limits == Limits(rows=7, seconds=2.5)
    assert from_argument.connections["default"].where == "c:3306"


def test_the_argument_may_name_a_connection_or_an_sqlite_file(tmp_path: Path) -> None:
    file = tmp_path / "shop.sqlite"
    sqlite3.connect(file).close()
    text = '[connections.hr]\nurl = "mysql://a/hr"\n'

    assert configured(tmp_path, text, "hr").default == "hr"
    assert configured(tmp_path, text, str(file)).connections["default"].where == str(file)
    assert configured(tmp_path, text).default == "hr"


def test_the_assistants_sections_are_passed_over(tmp_path: Path) -> None:
    text = 'language = "ja"\n[model]\nname = "x"\n[assistant]\nanything = 1\n'

    assert configured(tmp_path, text) == Settings()


def test_the_file_is_found_in_the_working_directory_and_by_name(tmp_path: Path) -> None:
    text = '[connections.here]\nurl = "mysql://a/here"\n'
    Path("kotae.toml").write_text(text, encoding="utf-8")
    other = tmp_path / "other.toml"
    other.write_text(text.replace("here", "there"), encoding="utf-8")

    assert load(environ={}).default == "here"
    assert load(environ={"KOTAE_CONFIG": str(other)}).default == "there"


@pytest.mark.parametrize(
    ("text", "key", "nearest"),
    [
        ("[databse]\n", "databse", "database"),
        ("[database]\nuri = 'mysql://a/b'\n", "database.uri", "database.url"),
        ("[connections.hr]\npasswordfile = 'x'\n", "connections.hr.passwordfile", "password_file"),
        ("[database]\nallowed = ['x']\n", "database.allowed", "database.allow"),
        ("[connections.hr]\ntunel = 'x'\n", "connections.hr.tunel", "connections.hr.tunnel"),
        ("[database]\npassword_keyrin = 'x'\n", "database.password_keyrin", "password_keyring"),
        ("[limits]\nrow = 1\n", "limits.row", "limits.rows"),
        ("[database]\nurl = 'mysql://a/b?local_infile=1'\n", "database.url?local_infile", ""),
    ],
)
def test_an_unknown_key_names_the_file_the_key_and_the_nearest(
    tmp_path: Path, text: str, key: str, nearest: str
) -> None:
    with pytest.raises(UnknownSetting) as error:
        configured(tmp_path, text)

    assert error.value.slots["file"] == str(tmp_path / "some.toml")
    assert error.value.slots["key"] == key
    assert nearest in str(error.value.slots["nearest"])


@pytest.mark.parametrize(
    ("text", "key", "kind"),
    [
        ("database = 1\n", "database", BadSection),
        ("[database]\nurl = 1\n", "database.url", BadText),
        ("[database]\nurl = 'postgres://a/b'\n", "database.url", BadUrl),
        ("[database]\nurl = 'nonsense'\n", "database.url", BadUrl),
        ("[database]\n", "database.url", BadUrl),
        ("[database]\nurl = 'mysql://a/b'\ndeny = 'x'\n", "database.deny", BadTexts),
        ("[database]\nurl = 'mysql://a/b'\ndeny = ['a..b']\n", "database.deny", BadNames),
        ("[database]\nurl = 'mysql://a/b'\nallow = ['a.b.c.d']\n", "database.allow", BadNames),
        ("[database]\nurl = 'mysql://a/b'\ntls = 'yes'\n", "database.tls", BadTls),
        ("[database]\nurl = 'sqlite:///a'\ntunnel = 'ssh://b'\n", "database.tunnel", BadTunnel),
        ("[database]\nurl = 'mysql://a/b'\nfunctions = [1]\n", "database.functions", BadTexts),
        ("[database]\nurl = 'sqlite://'\n", "database.url", BadUrl),
        ("[limits]\nrows = 0\n", "limits.rows", BadNumber),
        ("[limits]\nrows = 1.5\n", "limits.rows", BadNumber),
        ("[limits]\nrows = true\n", "limits.rows", BadNumber),
        ("[limits]\nseconds = 'x'\n", "limits.seconds", BadNumber),
        ("[limits]\nseconds = nan\n", "limits.seconds", BadNumber),
    ],
)
def test_a_value_that_cannot_be_used_names_its_key(
    tmp_path: Path, text: str, key: str, kind: type[PersonMustAct]
) -> None:
    with pytest.raises(kind) as error:
        configured(tmp_path, text)

    assert error.value.slots["key"] == key


def test_deny_replaces_what_is_closed_by_default(tmp_path: Path) -> None:
    url = '[database]\nurl = "mysql://a/b"\n'

    assert configured(tmp_path, url).connections["default"].deny == CLOSED
    assert configured(tmp_path, url + "deny = []\n").connections["default"].deny == ()


def test_a_bad_url_is_never_repeated_since_it_may_hold_a_password() -> None:
    with pytest.raises(BadUrl) as error:
        load(environ={"KOTAE_DATABASE_URL": "oracle://me:secret@host/x"})

    assert "secret" not in str(error.value)
    assert error.value.slots["key"] == "KOTAE_DATABASE_URL"


def test_a_bad_limit_in_the_environment_names_the_variable() -> None:
    with pytest.raises(BadNumber) as error:
        load(environ={"KOTAE_LIMIT_ROWS": "many"})

    assert error.value.slots["key"] == "KOTAE_LIMIT_ROWS"


def test_a_file_that_is_not_toml_or_not_there_is_reported(tmp_path: Path) -> None:
    with pytest.raises(SettingUnreadable, match=r"some\.toml"):
        configured(tmp_path, "= 1")
    with pytest.raises(SettingUnreadable, match=r"none\.toml"):
        load(tmp_path / "none.toml", environ={})


def test_the_password_comes_from_the_environment_or_a_closed_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("p@ss\n", encoding="utf-8")
    secret.chmod(0o600)
    text = f'[database]\nurl = "mysql://me@a/b"\npassword_file = "{secret}"\n'

    from_file = configured(tmp_path, text)
    from_environment = configured(tmp_path, text, KOTAE_DATABASE_PASSWORD="other")

    assert from_file.connections["default"].url.password == "p@ss"
    assert from_environment.connections["default"].url.password == "other"
    assert "p@ss" not in repr(from_file)


def test_the_token_of_http_comes_from_the_environment_or_a_closed_file(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("t0ken\n", encoding="utf-8")
    secret.chmod(0o600)
    text = f'[http]\ntoken_file = "{secret}"\nhosts = ["pc.home"]\n'

    from_file = configured(tmp_path, text)
    from_environment = configured(tmp_path, text, KOTAE_MCP_TOKEN="other")
    secret.chmod(0o644)

    assert from_file.http == HttpSettings("t0ken", ("pc.home",))
    assert from_environment.http.token == "other"
    assert "t0ken" not in repr(from_file)
    with pytest.raises(PasswordFileExposed):
        configured(tmp_path, text)


def test_a_password_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("p", encoding="utf-8")
    secret.chmod(0o644)

    with pytest.raises(PasswordFileExposed, match="chmod 600"):
        configured(tmp_path, f'[database]\nurl = "mysql://a/b"\npassword_file = "{secret}"\n')


@pytest.mark.parametrize(
    ("database", "error"), [("nobody", UnknownConnection), ("none.sqlite", SqliteFileMissing)]
)
def test_an_argument_that_names_nothing_is_reported(
    database: str, error: type[DatabaseToolError]
) -> None:
    with pytest.raises(error, match=database):
        load(database=database, environ={})


def test_the_url_may_say_how_tls_is_used_and_it_is_no_option_of_the_driver() -> None:
    settings = load(environ={"KOTAE_DATABASE_URL": "mysql://a@db.example/shop?tls=preferred"})
    connection = settings.connections["default"]
    assert (connection.tls, connection.must_verify) == ("preferred", False)
    assert "tls" not in connection.url.query


def test_another_word_for_tls_in_the_url_is_refused() -> None:
    with pytest.raises(BadTls, match="KOTAE_DATABASE_URL"):
        load(environ={"KOTAE_DATABASE_URL": "mysql://a@db.example/shop?tls=maybe"})


def test_all_of_the_fence_is_required_unless_a_person_says_otherwise(tmp_path: Path) -> None:
    text = '[database]\nurl = "mysql://me@a/b{}"\n{}'
    fences = [
        configured(tmp_path, text.format(*words)).connections["default"].fence
        for words in (("", ""), ("?fence=available", ""), ("", 'fence = "available"\n'))
    ]

    assert fences == ["required", "available", "available"]
    for words in (("?fence=maybe", ""), ("", 'fence = "off"\n')):
        with pytest.raises(BadFence, match="required"):
            configured(tmp_path, text.format(*words))


def test_what_a_file_denies_is_added_to_what_is_closed_by_default(tmp_path: Path) -> None:
    text = '[database]\nurl = "mysql://a/b"\ndeny = [{}]\n'

    added = configured(tmp_path, text.format('"b.salaries", "*.*.email"'))
    emptied = configured(tmp_path, text.format(""))

    assert added.connections["default"].deny == (*CLOSED, "b.salaries", "*.*.email")
    assert emptied.connections["default"].deny == ()


@pytest.mark.parametrize(
    ("text", "tunnel", "command"),
    [
        ("ssh://bastion", Tunnel("bastion"), "ssh bastion"),
        ("ssh://me@b.example:2222", Tunnel("b.example", "me", 2222), "ssh -p 2222 me@b.example"),
        ("ssh://me@[fe80::1]:22", Tunnel("fe80::1", "me", 22), "ssh -p 22 me@fe80::1"),
    ],
)
def test_a_tunnel_names_user_host_and_port(
    tmp_path: Path, text: str, tunnel: Tunnel, command: str
) -> None:
    file = f'[connections.x]\nurl = "mysql://db/b"\ntunnel = "{text}"\n'

    found = configured(tmp_path, file).connections["x"].tunnel

    assert found == tunnel
    assert tunnel.command == command


@pytest.mark.parametrize(
    ("tunnel", "host"),
    [
        ("ssh://-oProxyCommand=touch%20x", "db"),
        ("ssh://-oProxyCommand=x@host", "db"),
        ("ssh://me@-oProxyCommand=x", "db"),
        ("ssh://me@host;touch x", "db"),
        ("ssh://me@host$(x)", "db"),
        ("ssh://me@host:22 -oProxyCommand=x", "db"),
        ("ssh://me@host\\n", "db"),
        ("ssh://me:secret@host", "db"),
        ("http://host", "db"),
        ("host", "db"),
        ("ssh://me@host", "-oProxyCommand=x"),
        ("ssh://me@host", "db:1:2"),
    ],
)
def test_a_tunnel_that_could_be_more_than_a_host_is_refused(
    tmp_path: Path, tunnel: str, host: str
) -> None:
    file = f'[connections.x]\nurl = "mysql://{host}/b"\ntunnel = "{tunnel}"\n'

    with pytest.raises((BadTunnel, BadUrl)):
        configured(tmp_path, file)
