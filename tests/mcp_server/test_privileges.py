from collections.abc import Iterator
from contextlib import closing
from typing import Any
from uuid import uuid4

import anyio
import pytest
from sqlalchemy.engine import make_url

from mcp_server.connections import Connections
from mcp_server.errors import NoDatabaseChosen, NotAServer
from mcp_server.privileges import READER, Account, examine, graded, reader_statements
from mcp_server.settings import load
from tests.mcp_server.conftest import admin, execute, tools
from tests.mcp_server.test_query import ENDLESS, running, until


@pytest.fixture
def account(shop: str) -> Iterator[str]:
    """The URL of a new account without any right but to be there."""
    name = f"kotae_{uuid4().hex[:8]}"
    execute(shop, f"CREATE USER {name}@'%' IDENTIFIED BY 'secret'")
    yield make_url(shop).set(username=name, password="secret").render_as_string(False)
    execute(shop, f"DROP USER {name}@'%'")


def granted(shop: str, account: str, *statements: str) -> None:
    user = f"{make_url(account).username}@'%'"
    for statement in (f"GRANT SELECT ON `{make_url(shop).database}`.* TO USER", *statements):
        execute(shop, statement.replace("USER", user))


def seen(url: str, look: Any = examine, *arguments: str) -> Any:
    connections = Connections(load(database=url, environ={}))
    with closing(connections), connections.get().session() as session:
        return look(session, *arguments)


def test_an_account_that_only_reads_is_a_reader(shop: str, account: str) -> None:
    granted(shop, account, "GRANT SHOW VIEW ON *.* TO USER")

    found = seen(account).account

    assert (found.grade, found.excess) == ("reader", ())
    assert found.user == f"{make_url(account).username}@%"


@pytest.mark.parametrize(
    ("grant", "grade", "excess"),
    [
        ("GRANT INSERT, DROP ON *.* TO USER", "writer", ("DROP", "INSERT")),
        ("GRANT EXECUTE ON *.* TO USER", "writer", ("EXECUTE",)),
        ("GRANT FILE ON *.* TO USER", "admin", ("FILE",)),
        ("GRANT SUPER, UPDATE ON *.* TO USER", "admin", ("SUPER", "UPDATE")),
        ("GRANT SELECT ON *.* TO USER WITH GRANT OPTION", "admin", ("GRANT OPTION",)),
    ],
)
def test_what_an_account_may_do_beyond_reading_is_named(
    shop: str, account: str, grant: str, grade: str, excess: tuple[str, ...]
) -> None:
    granted(shop, account, grant)

    found = seen(account).account

    assert (found.grade, found.excess) == (grade, excess)


def test_rights_of_roles_and_of_their_roles_count_also_while_they_are_not_active(
    shop: str, account: str
) -> None:
    outer, inner = f"kotae_{uuid4().hex[:8]}", f"kotae_{uuid4().hex[:8]}"
    execute(shop, f"CREATE ROLE {outer};\nCREATE ROLE {inner};\nGRANT DELETE ON *.* TO {inner}")
    execute(shop, f"GRANT {inner} TO {outer}")
    granted(shop, account, f"GRANT {outer} TO USER")
    try:
        assert seen(account).account.excess == ("DELETE",)
    finally:
        execute(shop, f"DROP ROLE {outer};\nDROP ROLE {inner}")


def test_columns_roles_and_revokes_in_grants_are_read() -> None:
    account = graded(
        "a@b",
        [
            "GRANT USAGE ON *.* TO `a`@`b` IDENTIFIED BY PASSWORD '*X'",
            "GRANT SELECT (`x`, `y`), UPDATE (`x`) ON `s`.`t` TO `a`@`b`",
            "GRANT `r`@`%`,`q`@`%` TO `a`@`b`",
            "REVOKE INSERT ON `s`.* FROM `a`@`b`",
            "GRANT PROXY ON ``@`` TO `a`@`b`",
        ],
    )

    assert account == Account("a@b", "admin", ("PROXY", "UPDATE"))


def test_the_server_is_described(shop: str) -> None:
    found = seen(shop)

    assert found.flavour in {"mysql", "mariadb"}
    assert found.charset.startswith(("utf8", "latin1"))
    assert "STRICT_TRANS_TABLES" in found.sql_mode
    assert found.account.grade == "admin"


async def test_the_reader_that_we_suggest_is_a_reader_with_which_everything_works(
    shop: str,
) -> None:
    create, grant = seen(shop, reader_statements, "default")
    name = f"kotae_{uuid4().hex[:8]}"
    host = create.split("@")[1].split(" ")[0]
    execute(shop, f"{create};\n{grant}".replace(READER, name).replace(";;", ";").rstrip(";"))
    password = create.split("'")[5]
    url = make_url(shop).set(username=name, password=password).render_as_string(False)
    try:
        assert seen(url).account.grade == "reader"
        async with tools(url) as client:
            described = await client.call_tool("describe_tables", {"tables": []})
            rows = await client.call_tool("query", {"sql": "SELECT COUNT(*) FROM paid"})
            async with anyio.create_task_group() as group:
                group.start_soon(client.call_tool, "query", {"sql": ENDLESS})
                await until(lambda: running(shop, ENDLESS) == 1)
                group.cancel_scope.cancel()
            await until(lambda: running(shop, ENDLESS) == 0)
    finally:
        execute(shop, f"DROP USER '{name}'@{host}")

    assert not described.is_error
    assert not rows.is_error


def test_wildcards_in_the_name_of_the_database_are_escaped(shop: str) -> None:
    _, grant = seen(shop, reader_statements, "default")

    name = str(make_url(shop).database)
    assert f"`{name.replace('_', chr(92) + '_')}`.*" in grant


def test_a_reader_needs_a_database_and_a_server(shop: str, shop_file: Any) -> None:
    with pytest.raises(NoDatabaseChosen):
        seen(make_url(shop).set(database="").render_as_string(False), reader_statements, "x")
    with pytest.raises(NotAServer):
        seen(str(shop_file), reader_statements, "x")


async def test_status_tells_the_grade_and_what_to_do(shop: str) -> None:
    async with tools(shop) as client:
        result = await client.call_tool("status", {})

    assert result.structured_content is not None
    assert result.structured_content["connections"][0]["account"]["grade"] == "admin"
    assert "kotae db grant" in result.content[0].model_dump()["text"]


def test_an_sqlite_file_is_always_only_read(shop_file: Any) -> None:
    found = seen(str(shop_file))

    assert (found.flavour, found.charset, found.account.grade) == ("sqlite", "UTF-8", "reader")


def test_everybodys_rights_count_on_mariadb(mariadb: str) -> None:
    with closing(admin(mariadb)) as connection, connection.cursor() as cursor:
        cursor.execute("GRANT INSERT ON *.* TO PUBLIC")
        cursor.execute("CREATE USER kotae_public@'%' IDENTIFIED BY 'secret'")
        cursor.execute("GRANT SELECT ON *.* TO kotae_public@'%'")
        url = make_url(mariadb).set(username="kotae_public", password="secret")
        try:
            assert seen(url.render_as_string(False)).account.excess == ("INSERT",)
        finally:
            cursor.execute("DROP USER kotae_public@'%'")
            cursor.execute("REVOKE INSERT ON *.* FROM PUBLIC")
