"""Everything that can go wrong between a tool call and the database, sorted by who must act.

DatabaseToolError
├── ModelMustRepair        the statement or the arguments: another call can mend it
│   ├── PolicyRefused      the statement policy said no, before the database saw anything
│   │   ├── WriteRefused         a change of data, structure or rights
│   │   ├── StatementNotAllowed  another statement than those that read
│   │   ├── SeveralStatements
│   │   ├── ClauseNotAllowed     INTO, locking reads, user variables…
│   │   ├── FunctionNotAllowed   SLEEP, LOAD_FILE…
│   │   ├── UnknownFunction      stored, loaded, or misspelt
│   │   ├── NameClosed           a schema, table, column or SHOW that `deny` names
│   │   ├── NameNotAllowed       one that `allow` does not name
│   │   ├── ColumnsClosed        all columns of a table, some of them closed
│   │   ├── ViewUnclear          a view over what is closed or masked
│   │   ├── ColumnMasked         a statement that could tell a masked value
│   │   ├── CommentNotAllowed    executable comments and hints
│   │   ├── StatementUnreadable  a quote or comment without an end, a stray character
│   │   └── EmptyStatement
│   ├── FenceRefused       the database's own read-only fence said no
│   ├── SqlFailed          the database could not run the statement
│   ├── QueryTimedOut
│   ├── UnknownTable
│   └── UnknownConnection
├── PersonMustAct          settings, password, privileges
│   ├── SettingUnreadable, UnknownSetting, PasswordFileExposed
│   ├── BadSection, BadUrl, BadText, BadTexts, BadColumns, BadNames, BadTls, BadFence, BadNumber
│   ├── BadTunnel, BadKeyring, KeyringMissing, NotInKeyring
│   ├── NoConnection, NoDatabaseChosen, UnknownDatabase, AccessDenied
│   ├── SqliteFileMissing, NotSqlite, NotAServer
│   ├── AuditUnwritable
│   ├── TokenMissing           HTTP that other machines could reach
│   ├── UnknownSample, DatabaseNotEmpty, CannotWrite   loading a sample
│   ├── FenceMissing       the server would read statements otherwise than the lexer
│   └── FenceIncomplete    the server does not give all of the fence that is required
└── RetryLater             the database is down, slow or busy
    ├── DatabaseDown, ConnectionLost, TunnelFailed
    └── DatabaseBusy
"""

from typing import ClassVar, Literal

Actor = Literal["model", "person", "time"]


class DatabaseToolError(Exception):
    """Base. A subclass sets `template`: what happened, to what, and what to type next.

    `slots` keeps the values that filled the template, so that a client can say the same
    sentence in another language; it looks the sentence up by the class name (the code).
    """

    template: ClassVar[str] = "{message}"
    actor: ClassVar[Actor] = "model"

    def __init__(self, **slots: object) -> None:
        self.slots = slots
        super().__init__(self.template.format(**slots))


class ModelMustRepair(DatabaseToolError):
    """The caller can mend it by another call."""


class PersonMustAct(DatabaseToolError):
    """Nothing changes until a person changes settings, password or privileges."""

    actor = "person"


class RetryLater(DatabaseToolError):
    """The same call may work later."""

    actor = "time"


class PolicyRefused(ModelMustRepair):
    """The statement policy said no; the database has seen nothing of it."""


class WriteRefused(PolicyRefused):
    """A change of data, structure or rights was asked for."""

    template = (
        "statement policy: {token} changes the database, and this connection only reads. "
        "Ask for rows with SELECT instead."
    )


class StatementNotAllowed(PolicyRefused):
    """The statement is none of those that read."""

    template = (
        "statement policy: {token} is not among the statements that read. "
        "Start with SELECT, WITH, TABLE, VALUES, SHOW, DESCRIBE or EXPLAIN."
    )


class SeveralStatements(PolicyRefused):
    """More than one statement in a call."""

    template = (
        "statement policy: several statements in one call (the second starts with {token}). "
        "Send one statement a call."
    )


class ClauseNotAllowed(PolicyRefused):
    """A part of a reading statement that writes, locks or keeps something."""

    template = (
        "statement policy: {token} writes, locks or keeps state outside the result. "
        "Remove it and send the statement again."
    )


class FunctionNotAllowed(PolicyRefused):
    """A function that waits, locks, reads files or keeps state."""

    template = (
        "statement policy: the function {token} may wait, lock, read files or change something. "
        "Leave it out and send the statement again."
    )


class UnknownFunction(PolicyRefused):
    """A function that is not built in: stored functions may write, so each must be named."""

    template = (
        "statement policy: {token} is not a built-in function. Nearest: {nearest}. "
        "Use built-in functions, or list it under functions in kotae.toml."
    )


class NameClosed(PolicyRefused):
    """A schema, a table, a column or a SHOW that the settings close."""

    template = (
        "statement policy: {token} is closed to this connection (deny in kotae.toml). "
        "Ask other tables; search_schema lists them."
    )


class NameNotAllowed(PolicyRefused):
    """A schema, a table or a column outside of what the settings allow."""

    template = (
        "statement policy: {token} is outside of what this connection may read. Allowed: "
        "{allowed}. Ask those; search_schema lists them."
    )


class ColumnsClosed(PolicyRefused):
    """All columns of a table were asked for, and some are closed."""

    template = (
        "statement policy: some columns of {table} are closed to this connection. Name the "
        "columns that you need, without * and NATURAL JOIN; describe_tables lists the open ones."
    )


class ViewUnclear(PolicyRefused):
    """A view that reads what is closed or masked, or whose text cannot be read."""

    template = (
        "statement policy: the view {view} reads what is closed to this connection ({reason}). "
        "Ask other tables, or have a person name the view in allow of kotae.toml."
    )


class ColumnMasked(PolicyRefused):
    """A table with masked columns, asked in a way that could tell their values."""

    template = (
        "statement policy: {table} has masked columns, which may only be shown: in the list of one "
        "simple SELECT, without an alias, and nowhere else. Leave them out of everything else."
    )


class CommentNotAllowed(PolicyRefused):
    """A comment that the server would execute, or a hint that is not known to be harmless."""

    template = (
        "statement policy: the comment {token} would be obeyed by the server. "
        "Remove it and send the statement again."
    )


class StatementUnreadable(PolicyRefused):
    """The statement cannot be read for certain, so it is not sent."""

    template = (
        "statement policy: the statement cannot be read from {token} on. "
        "Close every quote and comment, and send it again."
    )


class EmptyStatement(PolicyRefused):
    """Nothing but blanks and comments."""

    template = "statement policy: there is no statement. Send one SELECT."


class FenceRefused(ModelMustRepair):
    """The database's own fence stopped a statement that the policy let through."""

    template = (
        "read-only fence of the database: {message} (error {number}). Ask for rows with SELECT."
    )


class SqlFailed(ModelMustRepair):
    """The database could not run the statement; number and message are its own."""

    template = "the database answered: {message} (error {number}). Mend the statement."


class QueryTimedOut(ModelMustRepair):
    """The statement ran too long and was stopped on the server."""

    template = (
        "the statement was stopped after {seconds:g} s. "
        "Narrow it (fewer rows, an indexed condition) or raise limits.seconds in kotae.toml."
    )


class UnknownTable(ModelMustRepair):
    """A table name that the catalogue does not hold."""

    template = "there is no table {name}. Nearest: {nearest}. search_schema lists what is there."


class UnknownConnection(ModelMustRepair):
    """A connection name that the settings do not hold."""

    template = (
        "{name} is no connection, database URL or SQLite file. Configured connections: {known}."
    )


class SettingUnreadable(PersonMustAct):
    """The settings file, or a file that it names, cannot be read."""

    template = "{file} cannot be read: {reason}. Correct the file or name another one."


class UnknownSetting(PersonMustAct):
    """A key that means nothing; nothing starts until it is corrected."""

    template = "{file}: unknown key {key}. Nearest: {nearest}. Correct or remove it."


class BadSection(PersonMustAct):
    """A value stands where a section belongs."""

    template = "{file}: {key} must be a section. Write [{key}] on a line of its own."


class BadUrl(PersonMustAct):
    """Not the URL of a database; it is not repeated, since it may hold a password."""

    template = (
        "{file}: {key} must be mysql://USER@HOST/DATABASE, mariadb://USER@HOST/DATABASE "
        "or sqlite:///FILE. Correct it."
    )


class BadText(PersonMustAct):
    """Something else where a text belongs."""

    template = "{file}: {key} must be a text in quotes. Correct it."


class BadTexts(PersonMustAct):
    """Something else where a list of texts belongs."""

    template = '{file}: {key} must be a list of texts: ["one", "two"]. Correct it.'


class BadColumns(PersonMustAct):
    """Something else where columns are named."""

    template = '{file}: {key} must name columns in full: ["schema.table.column"]. Correct it.'


class BadNames(PersonMustAct):
    """Something else where schemas, tables or columns are listed."""

    template = (
        '{file}: {key} cannot hold "{entry}". '
        'Write "schema", "schema.table" or "schema.table.column".'
    )


class BadTunnel(PersonMustAct):
    """Something else where the machine of a tunnel is named."""

    template = (
        "{file}: {key} must be ssh://USER@HOST:PORT, beside a url that names a host of MySQL or "
        "MariaDB. Correct it; keys and other options of ssh belong in ~/.ssh/config."
    )


class BadKeyring(PersonMustAct):
    """Something else where an entry of the keyring is named."""

    template = '{file}: {key} must be "SERVICE/USER", as in: keyring set SERVICE USER'


class KeyringMissing(PersonMustAct):
    """The keyring was named, and what reads it is not installed."""

    template = (
        "{file}: {key} needs a part that reads the system's keyring. "
        "Install it: pip install kotae[keyring]"
    )


class NotInKeyring(PersonMustAct):
    """The keyring holds no such entry, or does not open."""

    template = (
        "the keyring gives no password for {user} of {service} ({reason}). "
        "Put it there: keyring set {service} {user}"
    )


class BadTls(PersonMustAct):
    """Another word where the kind of TLS is named."""

    template = '{file}: {key} must be "verified", "preferred" or "off". Correct it.'


class BadFence(PersonMustAct):
    """Another word where it is said how much of the fence there must be."""

    template = '{file}: {key} must be "required" or "available". Correct it.'


class BadNumber(PersonMustAct):
    """A limit that limits nothing."""

    template = "{file}: {key} must be a number above 0 (whole unless it is seconds). Correct it."


class PasswordFileExposed(PersonMustAct):
    """Other users of the machine may read the password file."""

    template = "{file} can be read by other users. Close it: chmod 600 {file}"


class NoConnection(PersonMustAct):
    """No database is configured at all."""

    template = (
        "no database is configured. Set KOTAE_DATABASE_URL "
        "(mysql://USER@HOST/DATABASE or sqlite:///FILE) or url in [database] of kotae.toml, or "
        "type: kotae init"
    )


class NoDatabaseChosen(PersonMustAct):
    """The URL names a server but no database on it."""

    template = (
        "connection {connection} names no database. "
        "Add one to its URL: mysql://USER@HOST/DATABASE. On that server: {databases}."
    )


class UnknownDatabase(PersonMustAct):
    """The server is there, the database is not."""

    template = "there is no database {database} at {where}. Correct the URL of {connection}."


class AccessDenied(PersonMustAct):
    """Wrong user or password, or no right to the database."""

    template = (
        "{where} refused user {user}. Check the user in the URL of connection {connection}, "
        "its rights, and the password (KOTAE_DATABASE_PASSWORD, password_file or password_keyring)."
    )


class SqliteFileMissing(PersonMustAct):
    """There is no such SQLite file; it is never created."""

    template = "there is no SQLite file {path}. Correct the path; kotae does not create it."


class NotSqlite(PersonMustAct):
    """The file is there and is something else."""

    template = "{path} is not an SQLite database ({message}). Name another file."


class NotAServer(PersonMustAct):
    """Accounts were asked for where there are none."""

    template = (
        "connection {connection} is an SQLite file, which has no accounts; it is opened read-only. "
        "Name a MySQL or MariaDB connection with --database."
    )


class AuditUnwritable(PersonMustAct):
    """Statements should be written down and cannot be, so nothing starts."""

    template = (
        "the audit file {file} cannot be written: {reason}. "
        "Correct file in [audit] of kotae.toml, or the rights of its folder."
    )


class TokenMissing(PersonMustAct):
    """HTTP was to be served where other machines can reach it, without a token."""

    template = (
        "{host} can be reached from other machines, so HTTP there needs a token. "
        "Set KOTAE_MCP_TOKEN or token_file in [http] of kotae.toml, or leave --host out."
    )


class UnknownSample(PersonMustAct):
    """No sample database has this name."""

    template = "there is no sample {name}. Samples: {known}."


class DatabaseNotEmpty(PersonMustAct):
    """A sample goes into an empty database only; nothing was changed."""

    template = (
        "{database} is not empty: it holds {tables} tables or views, and a sample must not "
        "mix with them. Nothing was changed. Name an empty database or a new file with --into."
    )


class CannotWrite(PersonMustAct):
    """The SQLite file cannot be made where it should be."""

    template = "{path} cannot be written ({message}). Name another file with --into."


class ServerUnverified(PersonMustAct):
    """The server speaks no TLS, or its certificate proves nothing; nothing was sent to it."""

    template = (
        "{where} could not be verified by TLS ({message}). Add ?ssl_ca=FILE to the URL of "
        "connection {connection}, or ?tls=preferred if you trust the network."
    )


class FenceMissing(PersonMustAct):
    """The server would read quotes or characters in its own way, so no statement is sent."""

    template = (
        "{where} does not take the quoting and charset of the fence ({message}), so nothing "
        "was run. Use MySQL 8 or later, MariaDB 10.6 or later, or SQLite."
    )


class FenceIncomplete(PersonMustAct):
    """The server lacks a layer of its own read-only fence, and the settings require them all."""

    template = (
        "{where} ({product}) does not give this part of the read-only fence: {missing}. Nothing "
        "was run. To rely on an account that only reads and on the statement policy, set "
        'fence = "available" on connection {connection}, then run kotae db check.'
    )


class DatabaseDown(RetryLater):
    """Nobody answers."""

    template = "no database answers at {where} ({message}). Start it, then ask again."


class TunnelFailed(RetryLater):
    """ssh did not open the way to the database; `message` is its own."""

    template = "no tunnel through {tunnel}: {message}. See what ssh says by hand: {command}"


class ConnectionLost(RetryLater):
    """The connection broke while a statement ran."""

    template = "the connection to {where} broke ({message}). Ask again."


class ConnectionStale(ConnectionLost):
    """An idle connection had broken: what was asked on it can be asked on another one at once."""

    template = ConnectionLost.template


class DatabaseBusy(RetryLater):
    """No connection is free, here or on the server."""

    template = "no connection to {where} is free ({message}). Ask again in a moment."
