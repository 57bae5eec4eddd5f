"""Everything that a statement could leave behind on a server, as digests to compare."""

import hashlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from tests.mcp_server.conftest import admin

ACCOUNTS = (
    *("user", "db", "tables_priv", "columns_priv", "procs_priv", "proxies_priv", "global_priv"),
    *("role_edges", "default_roles", "global_grants", "roles_mapping", "servers", "func"),
    *("plugin", "component"),
)
# MariaDB forgets the database's own charset at COM_RESET_CONNECTION; other clients' writes are
# in gtid_executed.
VOLATILE = (
    "'timestamp', 'pseudo_thread_id', 'rand_seed1', 'rand_seed2', 'statement_id',"
    " 'character_set_database', 'collation_database', 'gtid_executed'"
)
_SCHEMA = "information_schema.{} WHERE {}_schema = DATABASE()"
_BOTH = {
    "databases": r"SELECT schema_name FROM information_schema.schemata"
    r" WHERE schema_name NOT REGEXP '^kotae_[0-9a-f]{12}$' OR schema_name = DATABASE()",
    "views": f"SELECT * FROM {_SCHEMA.format('views', 'table')}",
    "columns": f"SELECT * FROM {_SCHEMA.format('columns', 'table')}",
    "indexes": "SELECT table_name, index_name, column_name"
    f" FROM {_SCHEMA.format('statistics', 'table')}",
    "routines": f"SELECT * FROM {_SCHEMA.format('routines', 'routine')}",
    "triggers": f"SELECT * FROM {_SCHEMA.format('triggers', 'trigger')}",
    "events": f"SELECT * FROM {_SCHEMA.format('events', 'event')}",
    "globals": f"SHOW GLOBAL VARIABLES WHERE Variable_name NOT IN ({VOLATILE})",
    "files": "SELECT LOAD_FILE(CONCAT(@@secure_file_priv, '/', DATABASE(), '_attack'))",
    "named locks": "SELECT IS_USED_LOCK('kotae_lock')",
    "open tables": "SHOW OPEN TABLES WHERE In_use > 0 AND `Database` = DATABASE()",
}
_MYSQL = {
    "row locks": "SELECT * FROM performance_schema.data_locks WHERE object_schema = DATABASE()",
    "metadata locks": "SELECT * FROM performance_schema.metadata_locks"
    " WHERE object_schema = DATABASE() AND owner_thread_id <> PS_CURRENT_THREAD_ID()"
    " AND NOT (lock_type IN ('SHARED', 'SHARED_HIGH_PRIO', 'SHARED_READ')"
    " AND lock_duration = 'TRANSACTION')",
    "user variables": "SELECT * FROM performance_schema.user_variables_by_thread"
    " WHERE thread_id <> PS_CURRENT_THREAD_ID()",
}
# information_schema.innodb_trx may be 0.1 s old: see which rows can be locked instead.
_MARIADB = {"row locks": "SELECT id FROM orders FOR UPDATE SKIP LOCKED"}


class Watch:
    """An administrator that looks at one database, and at what belongs to the whole server."""

    def __init__(self, connection: Any) -> None:
        self._cursor = connection.cursor()
        is_mariadb = "MariaDB" in connection.get_server_info()
        tables = [f"`{name}`" for (name,) in self._rows("SHOW FULL TABLES WHERE 1 = 1", 1)]
        accounts = {f"mysql.{name}" for name in ACCOUNTS}
        known = {f"mysql.{name}" for (name,) in self._rows("SHOW TABLES FROM mysql", 1)}
        self._questions = {
            "tables": "SHOW FULL TABLES",
            **_BOTH,
            **(_MARIADB if is_mariadb else _MYSQL),
            "rows": f"CHECKSUM TABLE {', '.join([*tables, *sorted(accounts & known)])}",
        }

    def state(self) -> dict[str, str]:
        """A digest of each kind of thing; equal when nothing of that kind changed."""
        return {name: self._digest(self._rows(sql)) for name, sql in self._questions.items()}

    def filled(self, sql: str) -> str:
        """A statement of the corpus for this server; each database has its own attack file."""
        [(database, files)] = self._rows("SELECT DATABASE(), @@secure_file_priv")
        named = sql.replace("{files}kotae_attack", f"{files}/{database}_attack")
        return named.replace("{database}", database).replace("{files}", f"{files}/")

    def _rows(self, sql: str, width: int | None = None) -> list[tuple[Any, ...]]:
        self._cursor.execute(sql)
        return [row[:width] for row in self._cursor.fetchall()]

    def _digest(self, rows: list[tuple[Any, ...]]) -> str:
        return hashlib.sha256("\n".join(sorted(map(repr, rows))).encode()).hexdigest()


@contextmanager
def watching(url: str) -> Iterator[Watch]:
    """A watch over the database that `url` names."""
    with closing(admin(url)) as connection:
        yield Watch(connection)
