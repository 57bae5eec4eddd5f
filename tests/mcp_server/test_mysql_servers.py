"""What is known of each server by its version. Which real servers ran is told by the test run."""

import pytest

from mcp_server.mysql_fence import fence_of
from mcp_server.mysql_servers import SESSION, TRANSACTION, Server, identify

AURORA = {"aurora_version": "3.08.0"}
STARROCKS = {"version_comment": "StarRocks version 3.4.0"}
DORIS = {"version_comment": "Doris version doris-3.0.2-rc01"}


def fence(server: Server) -> tuple[str, ...]:
    """What a server that takes everything is told."""
    return fence_of(server, 30, lambda _: ()).statements


@pytest.mark.parametrize(
    ("announced", "told", "product", "flavour", "version"),
    [
        ("8.0.36-0ubuntu0.22.04.1", {}, "MySQL", "mysql", "8.0.36"),
        ("8.4.3", {}, "MySQL", "mysql", "8.4.3"),
        ("9.7.0-log", {}, "MySQL", "mysql", "9.7.0"),
        ("8.0.36-28", {"version_comment": "Percona Server (GPL)"}, "MySQL", "mysql", "8.0.36"),
        ("8.0.39", AURORA, "Aurora MySQL", "mysql", "8.0.39"),
        ("5.5.5-10.6.18-MariaDB-log", {}, "MariaDB", "mariadb", "10.6.18"),
        ("10.11.19-MariaDB-0+deb12u1", {}, "MariaDB", "mariadb", "10.11.19"),
        ("11.8.3-MariaDB", {}, "MariaDB", "mariadb", "11.8.3"),
        ("8.0.11-TiDB-v8.5.1", {}, "TiDB", "mysql", "8.0.11"),
        ("8.0.30-Vitess", {}, "Vitess", "mysql", "8.0.30"),
        ("5.1.0", STARROCKS, "StarRocks", "mysql", "5.1.0"),
        ("5.7.99", DORIS, "Doris", "mysql", "5.7.99"),
        ("5.7.25-OceanBase-v4.2.1", {}, "OceanBase", "mysql", "5.7.25"),
    ],
)
def test_a_server_is_known_by_what_it_announces(
    announced: str, told: dict[str, str], product: str, flavour: str, version: str
) -> None:
    server = identify(announced, told)

    assert (server.product, server.flavour, server.version) == (product, flavour, version)


@pytest.mark.parametrize(
    ("announced", "variable"),
    [
        ("5.7.19", "tx_read_only"),
        ("5.7.20", "transaction_read_only"),
        ("8.0.36", "transaction_read_only"),
        ("8.4.3", "transaction_read_only"),
        ("9.7.0", "transaction_read_only"),
        ("10.6.18-MariaDB", "tx_read_only"),
        ("10.11.19-MariaDB", "tx_read_only"),
        ("11.0.6-MariaDB", "tx_read_only"),
        ("11.1.1-MariaDB", "transaction_read_only"),
        ("12.0.2-MariaDB", "transaction_read_only"),
    ],
)
def test_the_read_only_variable_has_the_name_of_its_version(announced: str, variable: str) -> None:
    assert f"SESSION {variable} = 1" in fence(identify(announced, {}))[0]


@pytest.mark.parametrize(
    ("announced", "told", "seconds", "setting"),
    [
        ("8.4.3", {}, 30, "max_execution_time = 30000"),
        ("8.4.3", {}, 0.0001, "max_execution_time = 1"),
        ("8.0.39", AURORA, 1.5, "max_execution_time = 1500"),
        ("8.0.11-TiDB-v8.5.1", {}, 30, "max_execution_time = 30000"),
        ("10.11.19-MariaDB", {}, 1.5, "max_statement_time = 1.5"),
        ("8.0.33", STARROCKS, 0.5, "query_timeout = 1"),
        ("5.7.99", DORIS, 30, "query_timeout = 30"),
        ("5.7.25-OceanBase-v4.2.1", {}, 30, "ob_query_timeout = 30000000"),
    ],
)
def test_the_time_limit_has_the_unit_of_the_server_and_is_never_none(
    announced: str, told: dict[str, str], seconds: float, setting: str
) -> None:
    settings = fence_of(identify(announced, told), seconds, lambda _: ()).statements[0]

    assert f"SESSION {setting}," in settings


@pytest.mark.parametrize(
    ("announced", "told", "missing"),
    [
        ("8.4.3", {}, set()),
        ("11.8.3-MariaDB", {}, set()),
        ("8.0.39", AURORA, set()),
        ("8.0.11-TiDB-v8.5.1", {}, {SESSION, TRANSACTION}),
        ("8.0.30-Vitess", {}, {SESSION}),
        ("8.0.33", STARROCKS, {SESSION, TRANSACTION}),
        ("5.7.25-OceanBase-v4.2.1", {}, {SESSION, TRANSACTION}),
    ],
)
def test_what_another_engine_takes_without_keeping_it_counts_as_missing(
    announced: str, told: dict[str, str], missing: set[str]
) -> None:
    assert fence_of(identify(announced, told), 30, lambda _: ()).missing == missing


def test_row_estimates_are_asked_for_fresh_where_that_can_be_said() -> None:
    for announced, fresh in (("5.7.44", False), ("8.0.36", True), ("10.11.19-MariaDB", False)):
        assert ("stats_expiry" in fence(identify(announced, {}))[0]) is fresh
