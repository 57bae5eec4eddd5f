import pytest

from assistant.dialect import native


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("SELECT CAST(a AS REAL)", "SELECT CAST(a AS DOUBLE)"),
        ("SELECT CAST(a AS double precision)", "SELECT CAST(a AS DOUBLE)"),
        ("SELECT CAST(a AS INTEGER)", "SELECT CAST(a AS SIGNED)"),
        ("SELECT CAST(a AS TEXT)", "SELECT CAST(a AS CHAR)"),
        ("SELECT CAST(a AS VARCHAR(7))", "SELECT CAST(a AS CHAR(7))"),
        ("SELECT CAST(a AS DECIMAL)", "SELECT CAST(a AS DECIMAL(30,6))"),
        ("SELECT a::int", "SELECT CAST(a AS SIGNED)"),
        ("SELECT SUM(a)::numeric", "SELECT CAST(SUM(a) AS DECIMAL(30,6))"),
        ("SELECT a::numeric(10, 2)", "SELECT CAST(a AS DECIMAL(10, 2))"),
        ("SELECT '2025-01-01'::date", "SELECT CAST('2025-01-01' AS DATE)"),
        ("a ILIKE '%x%'", "a LIKE '%x%'"),
        ("SELECT a || ' ' || b.c", "SELECT CONCAT(a, ' ', b.c)"),
        ("STRFTIME('%Y-%M', d)", "DATE_FORMAT(d, '%Y-%i')"),
        ("TO_CHAR(o.d, 'YYYY-MM-DD')", "DATE_FORMAT(o.d, '%Y-%m-%d')"),
        ("DATE_TRUNC('month', d)", "DATE_FORMAT(d, '%Y-%m-01')"),
        ("NOW() - INTERVAL '30 days'", "NOW() - INTERVAL 30 DAY"),
        ("NOW() - INTERVAL 6 months", "NOW() - INTERVAL 6 MONTH"),
        ("STRING_AGG(name, ', ')", "GROUP_CONCAT(name SEPARATOR ', ')"),
        ("JULIANDAY(a) - JULIANDAY(b)", "DATEDIFF(a, b)"),
        ("ORDER BY a DESC NULLS LAST", "ORDER BY a DESC"),
        ("SELECT a FROM t FETCH FIRST 5 ROWS ONLY", "SELECT a FROM t LIMIT 5"),
        ("SELECT TOP 5 a FROM t", "SELECT a FROM t LIMIT 5"),
        ("COUNT(*) FILTER (WHERE (a > 1))", "COUNT(CASE WHEN (a > 1) THEN 1 END)"),
        ("SUM(b) FILTER (WHERE a = 'x)')", "SUM(CASE WHEN a = 'x)' THEN b END)"),
    ],
)
def test_another_dialects_spelling_becomes_mysqls(theirs: str, ours: str) -> None:
    sql, told = native(theirs, "mariadb")
    assert sql == ours
    assert len(told) == 1
    assert native(ours, "mysql") == (ours, ())


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("YEAR(d) = 2025", "CAST(STRFTIME('%Y', d) AS INTEGER) = 2025"),
        ("DATE_FORMAT(d, '%Y-%m')", "STRFTIME('%Y-%m', d)"),
        ("DATEDIFF(a, b)", "(JULIANDAY(a) - JULIANDAY(b))"),
        ("d < CURDATE()", "d < DATE('now')"),
    ],
)
def test_mysqls_spelling_becomes_sqlites(theirs: str, ours: str) -> None:
    assert native(theirs, "sqlite")[0] == ours


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 'a ILIKE b', \"x::int\", `CAST(a AS REAL)`",
        "SELECT a AS real_name FROM t",
        "SELECT (SELECT 1 AS one)",
        "SELECT a FROM t ORDER BY a DESC LIMIT 5",
        "SELECT CAST(a AS DECIMAL(10,2)), CAST(b AS CHAR), CAST(c AS SIGNED)",
    ],
)
def test_what_is_in_quotes_or_right_stays(sql: str) -> None:
    assert native(sql, "mysql") == (sql, ())


def test_what_was_changed_is_told() -> None:
    _, told = native("SELECT a::int", "mysql")
    assert told == ("a::int → CAST(a AS SIGNED)",)
