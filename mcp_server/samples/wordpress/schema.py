"""The tables of WordPress 6 as its installer makes them: types, defaults and keys.

There are no foreign keys and no comments. A moment that is not known yet is the zero date, which
is why WordPress takes NO_ZERO_DATE out of the mode of its sessions.
"""

from typing import TypeVar

from sqlalchemy import Column, Index, MetaData, Table, Text, UniqueConstraint, text
from sqlalchemy.dialects.mysql import BIGINT, INTEGER, LONGTEXT, MEDIUMTEXT, TINYTEXT, VARCHAR
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine, UserDefinedType

METADATA = MetaData()
SQL_MODE = "NO_ENGINE_SUBSTITUTION"
NEVER = "0000-00-00 00:00:00"

T = TypeVar("T")
_MOST_INDEXED = 191  # characters of utf8mb4 that fit into the 767 bytes of old keys


class Moment(UserDefinedType[str]):
    """DATETIME whose cells are text on every engine: Python has no date for NEVER."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """As it stands in CREATE TABLE."""
        return "DATETIME"


def _table(name: str, *items: SchemaItem) -> Table:
    return Table(
        f"wp_{name}",
        METADATA,
        *items,
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_unicode_520_ci",
        mariadb_engine="InnoDB",
        mariadb_charset="utf8mb4",
        mariadb_collate="utf8mb4_unicode_520_ci",
    )


def _id(name: str) -> Column[int]:
    return Column(name, BIGINT(20, unsigned=True), primary_key=True, autoincrement=True)


def _ref(name: str, default: str = "0") -> Column[int]:
    """The id of a row elsewhere; 0 for none."""
    return _column(name, BIGINT(20, unsigned=True), default)


def _count(name: str, default: str = "0") -> Column[int]:
    return _column(name, BIGINT(20), default)


def _number(name: str) -> Column[int]:
    return _column(name, INTEGER(11), "0")


def _word(name: str, length: int, default: str = "") -> Column[str]:
    return _column(name, VARCHAR(length), default)


def _moment(name: str) -> Column[str]:
    return _column(name, Moment(), NEVER)


def _column(name: str, kind: TypeEngine[T], default: str) -> Column[T]:
    return Column(name, kind, nullable=False, server_default=text(f"'{default}'"))


def _text(name: str, kind: TypeEngine[str], *, optional: bool = False) -> Column[str]:
    return Column(name, kind.with_variant(Text(), "sqlite"), nullable=optional)


def _key(name: str, *columns: str, length: int | None = None) -> Index:
    return Index(name, *(columns or (name,)), mysql_length=length, mariadb_length=length)


def _meta(kind: str, owner: str, key: str = "meta_id") -> None:
    """A table of names and values that belong to rows elsewhere."""
    _table(
        f"{kind}meta",
        _id(key),
        _ref(owner),
        Column("meta_key", VARCHAR(255), server_default=text("NULL")),
        _text("meta_value", LONGTEXT(), optional=True),
        _key(owner),
        _key("meta_key", length=_MOST_INDEXED),
    )


_table(
    "users",
    _id("ID"),
    _word("user_login", 60),
    _word("user_pass", 255),
    _word("user_nicename", 50),
    _word("user_email", 100),
    _word("user_url", 100),
    _moment("user_registered"),
    _word("user_activation_key", 255),
    _number("user_status"),
    _word("display_name", 250),
    _key("user_login_key", "user_login"),
    _key("user_nicename"),
    _key("user_email"),
)

_meta("user", "user_id", key="umeta_id")

_table(
    "posts",
    _id("ID"),
    _ref("post_author"),
    _moment("post_date"),
    _moment("post_date_gmt"),
    _text("post_content", LONGTEXT()),
    _text("post_title", Text()),
    _text("post_excerpt", Text()),
    _word("post_status", 20, "publish"),
    _word("comment_status", 20, "open"),
    _word("ping_status", 20, "open"),
    _word("post_password", 255),
    _word("post_name", 200),
    _text("to_ping", Text()),
    _text("pinged", Text()),
    _moment("post_modified"),
    _moment("post_modified_gmt"),
    _text("post_content_filtered", LONGTEXT()),
    _ref("post_parent"),
    _word("guid", 255),
    _number("menu_order"),
    _word("post_type", 20, "post"),
    _word("post_mime_type", 100),
    _count("comment_count"),
    _key("post_name", length=_MOST_INDEXED),
    _key("type_status_date", "post_type", "post_status", "post_date", "ID"),
    _key("post_parent"),
    _key("post_author"),
)

_meta("post", "post_id")

_table(
    "terms",
    _id("term_id"),
    _word("name", 200),
    _word("slug", 200),
    Column("term_group", BIGINT(10), nullable=False, server_default=text("0")),
    _key("slug", length=_MOST_INDEXED),
    _key("name", length=_MOST_INDEXED),
)

_meta("term", "term_id")

_table(
    "term_taxonomy",
    _id("term_taxonomy_id"),
    _ref("term_id"),
    _word("taxonomy", 32),
    _text("description", LONGTEXT()),
    _ref("parent"),
    _count("count"),
    UniqueConstraint("term_id", "taxonomy", name="term_id_taxonomy"),
    _key("taxonomy"),
)

_table(
    "term_relationships",
    Column("object_id", BIGINT(20, unsigned=True), primary_key=True, server_default=text("0")),
    Column(
        "term_taxonomy_id", BIGINT(20, unsigned=True), primary_key=True, server_default=text("0")
    ),
    _number("term_order"),
    _key("term_taxonomy_id"),
)

_table(
    "comments",
    _id("comment_ID"),
    _ref("comment_post_ID"),
    _text("comment_author", TINYTEXT()),
    _word("comment_author_email", 100),
    _word("comment_author_url", 200),
    _word("comment_author_IP", 100),
    _moment("comment_date"),
    _moment("comment_date_gmt"),
    _text("comment_content", Text()),
    _number("comment_karma"),
    _word("comment_approved", 20, "1"),
    _word("comment_agent", 255),
    _word("comment_type", 20, "comment"),
    _ref("comment_parent"),
    _ref("user_id"),
    _key("comment_post_ID"),
    _key("comment_approved_date_gmt", "comment_approved", "comment_date_gmt"),
    _key("comment_date_gmt"),
    _key("comment_parent"),
    _key("comment_author_email", length=10),
)

_meta("comment", "comment_id")

_table(
    "links",
    _id("link_id"),
    _word("link_url", 255),
    _word("link_name", 255),
    _word("link_image", 255),
    _word("link_target", 25),
    _word("link_description", 255),
    _word("link_visible", 20, "Y"),
    _ref("link_owner", "1"),
    _number("link_rating"),
    _moment("link_updated"),
    _word("link_rel", 255),
    _text("link_notes", MEDIUMTEXT()),
    _word("link_rss", 255),
    _key("link_visible"),
)

_table(
    "options",
    _id("option_id"),
    _word("option_name", 191),
    _text("option_value", LONGTEXT()),
    _word("autoload", 20, "yes"),
    UniqueConstraint("option_name", name="option_name"),
    _key("autoload"),
)
