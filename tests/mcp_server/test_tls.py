"""Within this machine a call needs no TLS; a server or an account that requires it has it."""

from collections.abc import Iterator
from contextlib import closing

import pymysql
import pytest

from tests.fixtures.certificates import certificate_for
from tests.fixtures.databases import MARIADBD, private_mariadb
from tests.mcp_server.conftest import admin, tools

CIPHER = "SHOW SESSION STATUS LIKE 'Ssl_cipher'"


@pytest.fixture(scope="module")
def mariadb_with_tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of an administrator on a MariaDB that offers TLS."""
    if not MARIADBD:
        pytest.fail("no mariadbd: install the package mariadb-server")
    folder = tmp_path_factory.mktemp("tls")
    certificate = certificate_for("localhost", folder)
    files = f"--ssl-cert={certificate}", f"--ssl-key={folder / 'key.pem'}"
    home = folder / "server"
    home.mkdir()
    with private_mariadb(home, *files) as url:
        yield url


@pytest.fixture(params=["mariadb_with_tls", "mysql_admin"])
def server(request: pytest.FixtureRequest) -> Iterator["pymysql.cursors.Cursor"]:
    """An administrator beside the account kotae_tls, which may come without TLS."""
    with closing(admin(request.getfixturevalue(request.param))) as connection:
        cursor = connection.cursor()
        cursor.execute("CREATE USER kotae_tls IDENTIFIED BY 'secret'")
        try:
            yield cursor
        finally:
            cursor.execute("SET GLOBAL require_secure_transport = OFF")
            cursor.execute("DROP USER kotae_tls")


async def cipher(server: "pymysql.cursors.Cursor", option: str = "") -> str:
    """The cipher of a session's TLS; "" without TLS."""
    url = f"mysql://kotae_tls:secret@127.0.0.1:{server.connection.port}/{option}"
    async with tools(url) as client:
        result = await client.call_tool("query", {"sql": CIPHER})
    assert result.structured_content is not None, result.content
    [[_, name]] = result.structured_content["rows"]
    return str(name)


async def test_within_this_machine_no_call_pays_for_tls(server: "pymysql.cursors.Cursor") -> None:
    assert await cipher(server) == ""


@pytest.mark.parametrize("option", ["?tls=preferred", "?ssl_verify_cert=false"])
async def test_who_speaks_of_tls_gets_it(server: "pymysql.cursors.Cursor", option: str) -> None:
    assert await cipher(server, option) != ""


@pytest.mark.parametrize(
    "order", ["ALTER USER kotae_tls REQUIRE SSL", "SET GLOBAL require_secure_transport = ON"]
)
async def test_what_requires_tls_gets_it_without_a_word(
    server: "pymysql.cursors.Cursor", order: str
) -> None:
    server.execute(order)

    assert await cipher(server) != ""
