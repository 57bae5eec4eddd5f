"""What the sample "wordpress" holds: the same on every engine, and all that makes a site one."""

import hashlib
import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, select, text

from mcp_server.samples.wordpress.schema import METADATA

ROW_COUNTS = {
    "wp_users": 4,
    "wp_usermeta": 20,
    "wp_posts": 1347,
    "wp_postmeta": 2749,
    "wp_terms": 99,
    "wp_termmeta": 7,
    "wp_term_taxonomy": 99,
    "wp_term_relationships": 966,
    "wp_comments": 815,
    "wp_commentmeta": 598,
    "wp_links": 3,
    "wp_options": 35,
}
CHECKSUM = "c22ae2e8006fe38cc85eafe3013e34e91dcf95b1d95772d1cbfb56d00af7f24e"
Ask = Callable[[str], list[tuple[object, ...]]]


@pytest.fixture
def ask(wordpress_sqlite: Path) -> Iterator[Ask]:
    """Runs a statement and returns its rows."""
    database = sqlite3.connect(wordpress_sqlite)
    yield lambda sql: database.execute(sql).fetchall()
    database.close()


@pytest.mark.parametrize("engine", ["sqlite", "mariadb", "mysql"])
def test_row_counts_and_checksum_are_the_same_on_every_engine(
    engine: str, request: pytest.FixtureRequest
) -> None:
    found = request.getfixturevalue(f"wordpress_{engine}")
    url = f"sqlite:///{found}" if isinstance(found, Path) else str(found)
    database, digest, counts = create_engine(url), hashlib.sha256(), {}
    with database.connect() as connection:
        for table in METADATA.tables.values():
            rows = connection.execute(select(table).order_by(*table.primary_key)).all()
            counts[table.name] = len(rows)
            for row in rows:
                digest.update(("\t".join(map(str, row)) + "\n").encode())
    database.dispose()
    assert (counts, digest.hexdigest()) == (ROW_COUNTS, CHECKSUM)


PUBLIC = "post_type = 'post' AND post_status = 'publish'"


def test_the_diary_has_over_three_hundred_entries_of_which_no_two_are_alike(ask: Ask) -> None:
    entries = ask(f"SELECT post_title, post_content FROM wp_posts WHERE {PUBLIC}")
    assert len(entries) > 300
    assert len({title for title, _ in entries}) == len({body for _, body in entries})
    assert len({title for title, _ in entries}) == len(entries)
    lengths = [len(re.sub(r"<[^>]*>|\s", "", str(body))) for _, body in entries]
    assert min(lengths) >= 150
    assert max(lengths) <= 600


def test_a_count_of_all_posts_is_far_from_the_number_of_entries(ask: Ask) -> None:
    kinds = {str(kind) for (kind,) in ask("SELECT DISTINCT post_type FROM wp_posts")}
    assert {"attachment", "nav_menu_item", "page", "post", "revision"} < kinds
    assert ask("SELECT DISTINCT post_status FROM wp_posts WHERE post_type = 'post' ORDER BY 1") == [
        ("auto-draft",),
        ("draft",),
        ("pending",),
        ("private",),
        ("publish",),
        ("trash",),
    ]
    assert ask(f"SELECT COUNT(*) > 3 * SUM({PUBLIC}) FROM wp_posts") == [(1,)]


def test_wordpress_own_counts_are_right(ask: Ask) -> None:
    assert (
        ask(
            "SELECT p.ID FROM wp_posts p WHERE comment_count <> (SELECT COUNT(*) FROM wp_comments c"
            " WHERE c.comment_post_ID = p.ID AND c.comment_approved = '1')"
        )
        == []
    )
    assert (
        ask(
            "SELECT t.term_id FROM wp_term_taxonomy t WHERE t.count <> (SELECT COUNT(*)"
            " FROM wp_term_relationships r JOIN wp_posts p ON p.ID = r.object_id"
            " WHERE r.term_taxonomy_id = t.term_taxonomy_id AND p.post_status = 'publish')"
        )
        == []
    )


def test_gmt_is_nine_hours_behind_and_not_known_of_drafts(ask: Ask) -> None:
    assert (
        ask(
            "SELECT DISTINCT post_status FROM wp_posts WHERE post_date_gmt <> '0000-00-00 00:00:00'"
            " AND post_date <> DATETIME(post_date_gmt, '+9 hours')"
        )
        == []
    )
    assert ask(
        "SELECT DISTINCT post_status FROM wp_posts WHERE post_date_gmt = '0000-00-00 00:00:00'"
        " ORDER BY 1"
    ) == [("auto-draft",), ("draft",), ("pending",)]


def test_everything_hangs_together(ask: Ask) -> None:
    for child, column, parent, key in (
        ("wp_posts", "post_author", "wp_users", "ID"),
        ("wp_postmeta", "post_id", "wp_posts", "ID"),
        ("wp_comments", "comment_post_ID", "wp_posts", "ID"),
        ("wp_commentmeta", "comment_id", "wp_comments", "comment_ID"),
        ("wp_term_taxonomy", "term_id", "wp_terms", "term_id"),
        ("wp_term_relationships", "object_id", "wp_posts", "ID"),
        ("wp_term_relationships", "term_taxonomy_id", "wp_term_taxonomy", "term_taxonomy_id"),
    ):
        orphans = f"SELECT 1 FROM {child} WHERE {column} NOT IN (SELECT {key} FROM {parent})"
        assert ask(orphans) == []
    assert (
        ask(
            "SELECT m.meta_id FROM wp_postmeta m LEFT JOIN wp_posts p ON p.ID = m.meta_value"
            " AND p.post_type = 'attachment' WHERE m.meta_key = '_thumbnail_id' AND p.ID IS NULL"
        )
        == []
    )
    assert (
        ask(
            "SELECT a.comment_ID FROM wp_comments a"
            " JOIN wp_comments c ON c.comment_ID = a.comment_parent"
            " WHERE a.comment_date <= c.comment_date OR a.comment_post_ID <> c.comment_post_ID"
        )
        == []
    )


@pytest.mark.parametrize("engine", ["mariadb", "mysql"])
def test_a_server_has_the_types_defaults_and_keys_of_the_installer(
    engine: str, request: pytest.FixtureRequest
) -> None:
    database = create_engine(request.getfixturevalue(f"wordpress_{engine}"))
    with database.connect() as connection:
        found = connection.execute(text("SHOW COLUMNS FROM wp_posts")).all()
        [(collation,)] = connection.execute(
            text(
                "SELECT DISTINCT table_collation FROM information_schema.tables"
                " WHERE table_schema = DATABASE()"
            )
        )
    columns = {name: (re.sub(r"\(20\)", "", str(kind)), *more) for name, kind, *more in found}
    assert columns["ID"] == ("bigint unsigned", "NO", "PRI", None, "auto_increment")
    assert columns["post_date_gmt"] == ("datetime", "NO", "", "0000-00-00 00:00:00", "")
    assert columns["post_status"][0].startswith("varchar")
    assert columns["post_content"][:2] == ("longtext", "NO")
    indexes = {
        index["name"]: index["column_names"] for index in inspect(database).get_indexes("wp_posts")
    }
    assert indexes["type_status_date"] == ["post_type", "post_status", "post_date", "ID"]
    assert set(indexes) == {"post_name", "type_status_date", "post_parent", "post_author"}
    database.dispose()
    assert collation == "utf8mb4_unicode_520_ci"


def test_the_readmes_tell_the_numbers_of_rows(ask: Ask) -> None:
    examples = Path(__file__).parents[3] / "examples" / "wordpress"
    [(entries,)] = ask(f"SELECT COUNT(*) FROM wp_posts WHERE {PUBLIC}")
    for readme in ("README.md", "README.ja.md"):
        words = (examples / readme).read_text(encoding="utf-8")
        for number in (entries, ROW_COUNTS["wp_posts"], ROW_COUNTS["wp_comments"]):
            assert f"{number:,}" in words
