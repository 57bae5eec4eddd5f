from tests.mcp_server.fuzz import fuzz


def test_what_the_policy_lets_through_changes_nothing_even_without_the_fence(
    server_database: str,
) -> None:
    report = fuzz(server_database, cases=300, seed=3)

    assert report.changed == ()
    assert report.passed > 20
    assert report.ran > 0
