"""Read-only schema and query tools for MySQL, MariaDB and SQLite over MCP."""
