"""URLs of databases are read as SQLAlchemy reads them, and shown without their password."""

import pytest
from sqlalchemy.engine import make_url

from mcp_server.database_url import read_url

URLS = [
    "mysql://db.example/shop",
    "mysql+pymysql://root:@127.0.0.1:3307/",
    "mysql://me@db.example:3306/shop",
    "mariadb://me:p%40ss%2Fw#?rd:x@db.example/shop",
    "mysql://m%C3%A9:secret@[::1]:3308/販売?ssl_ca=/etc/ca.pem&tls=verified",
    "mysql:///shop?unix_socket=/run/mysqld/mysqld.sock",
    "sqlite:////var/lib/shop.db",
    "sqlite:///shop.db",
    "mysql://me@db.example:3307/a%26b%2Fc%25%3F",
    "sqlite://",
]


@pytest.mark.parametrize("text", URLS)
def test_the_parts_are_those_that_sqlalchemy_reads(text: str) -> None:
    ours, theirs = read_url(text), make_url(text)
    assert (ours.driver, ours.username, ours.password) == (
        theirs.drivername,
        theirs.username,
        theirs.password,
    )
    assert (ours.host, ours.port, ours.database) == (theirs.host, theirs.port, theirs.database)
    assert dict(ours.query) == dict(theirs.query)


@pytest.mark.parametrize("text", URLS)
def test_the_shown_url_is_the_same_but_for_the_password(text: str) -> None:
    ours = read_url(text)
    again = read_url(ours.shown)
    assert again.password == (None if ours.password is None else "***")
    assert (again.username, again.host, again.port) == (ours.username, ours.host, ours.port)
    assert (again.database, again.query) == (ours.database, ours.query)
    assert not ours.password or ours.password not in ours.shown + repr(ours)


@pytest.mark.parametrize(
    "text", ["", "nonsense", "://a/b", "mysql:/a/b", "mysql://a:port/b", "mysql://a:123456/b"]
)
def test_anything_else_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(ValueError, match="not the URL of a database") as refused:
        read_url(text)
    assert "mysql" not in str(refused.value)
