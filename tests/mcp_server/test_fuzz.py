import pytest

from tests.mcp_server.conftest import SHOP, execute
from tests.mcp_server.fuzz import fuzz, run
from tests.mcp_server.state import watching


def test_what_the_policy_lets_through_changes_nothing_even_without_the_fence(
    server_database: str,
) -> None:
    report = fuzz(server_database, cases=300, seed=3)

    assert report.changed == ()
    assert report.passed > 20
    assert report.ran > 10


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT touch(7)",
        "SELECT 1; DROP TABLE log",
        "SELECT 1 INTO OUTFILE '{files}kotae_attack'",
        "SELECT GET_LOCK('kotae_lock', 0)",
        "SELECT @a := 7",
        "SELECT * FROM orders FOR UPDATE",
        "SELECT * FROM orders LOCK IN SHARE MODE",
    ],
)
def test_the_fuzzer_would_see_a_change_of_each_kind(server_database: str, sql: str) -> None:
    execute(server_database, SHOP)
    with watching(server_database) as watch:
        _, calm = run(server_database, [], watch)
        _, after = run(server_database, [watch.filled(sql)], watch)

    assert after != calm
