"""Everything that can go wrong on the way from a question to an answer, sorted by who must act.

AssistantError
├── QuestionFailed  this question got no answer; the next one may: exit 1
├── PersonMustAct   usage or settings: exit 2
│   ├── QuestionFileUnreadable, QuestionFileNotParsed, NoQuestions, DuplicateQuestionId
│   ├── UnknownQuestionKey, QuestionKeyMissing, QuestionKeyNotText, QuestionKeyInvalid
│   ├── UnknownParameter, ParameterMissing, ParameterInvalid, UnknownQuestionId, UnknownFormat
│   ├── LockUnreadable, ReportRunning, ReportNotWritable, NoBrowser, BrowserFailed
│   ├── GoldFileUnreadable, GoldLineInvalid, DuplicateGoldId, NothingToAsk
│   ├── JournalUnusable, JournalNotOurs, NoQuestionFile, UnknownMethod
│   ├── SettingsPresent, SettingsNotWritable, SessionsUnusable, ExportNotWritable
│   ├── WebNotInstalled, WebTokenMissing, PortTaken
│   ├── KnowledgeUnusable, KnowledgeInvalid, StatementStale
│   ├── ClientFileUnusable, ClientFileNotParsed, ClientWithoutHttp, ClientWithoutPlace
│   └── SeveralForms
└── Unreachable     model server or database is not there: exit 3
"""

from typing import ClassVar


class AssistantError(Exception):
    """Base. A subclass sets `template`: what happened, to what, and what to type next.

    `slots` keeps the values that filled the template; `assistant.locale` says the same
    sentence in Japanese, looked up by the class name.
    """

    template: ClassVar[str] = "{message}"
    exit_code: int = 1

    def __init__(self, **slots: object) -> None:
        self.slots = slots
        super().__init__(self.template.format(**slots))


class QuestionFailed(AssistantError):
    """This question got no answer."""


class PersonMustAct(AssistantError):
    """Nothing changes until the person changes the command or the settings."""

    exit_code = 2


class QuestionFileUnreadable(PersonMustAct):
    """No such file, no permission, or not text."""

    template = "cannot read the question file {path}: {reason}; name a TOML file of questions"


class QuestionFileNotParsed(PersonMustAct):
    """The file is not what its name says; `reason` names line and column."""

    template = "{path} cannot be parsed: {reason}; correct that line"


class NoQuestions(PersonMustAct):
    """A file that asks nothing."""

    template = "{path} holds no question; add a [[question]] with id and text"


class UnknownQuestionKey(PersonMustAct):
    """A misspelt key would silently change nothing."""

    template = "{path}, line {line}: unknown key {key}; did you mean {nearest}?"


class QuestionKeyMissing(PersonMustAct):
    """A key that every question file or question has is not there, or empty."""

    template = '{path}, line {line}: {key} is missing or empty; add {name} = "…"'


class QuestionKeyNotText(PersonMustAct):
    """A number, a list or a table stands where text belongs."""

    template = '{path}, line {line}: {key} must be text; write it in quotes: {name} = "…"'


class QuestionKeyInvalid(PersonMustAct):
    """A value that the key cannot have."""

    template = "{path}, line {line}: {key}: {problem}"


class UnknownParameter(PersonMustAct):
    """A text, a statement or --set names a parameter that the file does not declare."""

    template = "{place}: there is no parameter {name}; did you mean {nearest}?"


class ParameterMissing(PersonMustAct):
    """A parameter without a default was not given."""

    template = "the parameter {name} has no default; add --set {name}=…"


class ParameterInvalid(PersonMustAct):
    """A value of the wrong kind."""

    template = "the parameter {name} cannot be {value}: it must be {wish}"


class UnknownQuestionId(PersonMustAct):
    """--only names a question that the file does not have."""

    template = "no question has the id {id}; did you mean {nearest}?"


class UnknownFormat(PersonMustAct):
    """--format names something that no writer writes."""

    template = "cannot write the format {format}; choose from {known}"


class DuplicateQuestionId(PersonMustAct):
    """Two questions of one id could not be told apart in the report."""

    template = "{path}: {first} and {second} both have the id {id}; give one of them another"


class SeveralForms(PersonMustAct):
    """Standard output can have one form only."""

    template = "choose one of --json, --csv and --sql"


class ReportNotWritable(PersonMustAct):
    """The output directory or a file in it cannot be made."""

    template = "cannot write the report to {path}: {reason}; choose another directory with -o"


class LockUnreadable(PersonMustAct):
    """The lock file was damaged or is of another version."""

    template = "{path} is not a lock file: {reason}; delete it, and the model is asked anew"


class ReportRunning(PersonMustAct):
    """Two runs would write over each other."""

    template = "another run is writing to {path}; wait for it, or choose another directory with -o"


class NoBrowser(PersonMustAct):
    """PDF is printed by a browser of the Chromium family."""

    template = "no Chrome, Edge or Chromium was found to print the PDF; name one in KOTAE_BROWSER"


class BrowserFailed(PersonMustAct):
    """The browser did not print."""

    template = "{browser} did not print the PDF: {reason}; open report.html and print it"


class GoldFileUnreadable(PersonMustAct):
    """No such file, no permission, or not text."""

    template = "cannot read {path}: {reason}; name a file of JSON lines with id, question and gold"


class GoldLineInvalid(PersonMustAct):
    """A line is not the JSON object of a question."""

    template = "{path}, line {line}: {problem}; a line holds id, question and gold"


class DuplicateGoldId(PersonMustAct):
    """Two questions of one id could not be told apart in the journal."""

    template = "{path}, line {line}: the id {id} stands there twice; give one of them another"


class NothingToAsk(PersonMustAct):
    """The file has no question about this database."""

    template = "{path} holds no question about the database {database}; choose another with -d"


class NoQuestionFile(PersonMustAct):
    """Neither a file to ask nor two journals to compare."""

    template = "name a question file, or two journals: kotae eval --compare A B"


class JournalUnusable(PersonMustAct):
    """The journal cannot be read or written."""

    template = "cannot use the journal {path}: {reason}; choose another with --output"


class JournalNotOurs(PersonMustAct):
    """The file is no journal of an evaluation."""

    template = "{path} is no journal of kotae eval; choose another with --output"


class UnknownMethod(PersonMustAct):
    """No method of that name."""

    template = "there is no method {name}; the methods are {known}"


class KnowledgeUnusable(PersonMustAct):
    """A file of the knowledge folder cannot be read or written."""

    template = "cannot use {path}: {reason}; correct it, or name another folder in kotae.toml"


class KnowledgeInvalid(PersonMustAct):
    """A file of the knowledge folder does not parse, or has a wrong key."""

    template = "{path}: {problem}; correct that entry"


class StatementStale(PersonMustAct):
    """A statement to keep names what the schema lacks."""

    template = "the statement is not kept: the database has no {names}"


class SessionsUnusable(PersonMustAct):
    """The file of conversations cannot be read or written."""

    template = (
        "cannot use the conversations in {path}: {reason}; name another file in"
        " KOTAE_SESSIONS_FILE, or set keep_sessions = false in [assistant]"
    )


class ExportNotWritable(PersonMustAct):
    """A file to export to cannot be made."""

    template = "cannot write {path}: {reason}; choose another file"


class WebNotInstalled(PersonMustAct):
    """The extra `web` is not there."""

    template = "the chat in a browser needs textual-serve; type: pip install 'kotae[web]'"


class WebTokenMissing(PersonMustAct):
    """Other machines could reach the chat, and with it the database."""

    template = (
        "other machines can reach {host}; set a token of your own in KOTAE_WEB_TOKEN, or leave"
        " --host out"
    )


class PortTaken(PersonMustAct):
    """Another program listens there."""

    template = "another program uses port {port}; choose another with --port"


class Unreachable(AssistantError):
    """The model server or the database is not there."""

    exit_code = 3


class EvaluationStopped(Unreachable):
    """The model server or the database went away; what is done is in the journal."""

    template = "stopped at {id}: {reason}; the same command goes on from there"


class ModelUnreachable(Unreachable):
    """No connection."""

    template = "no model server answers at {url}; start one with: kotae model start"


class ModelTimeout(Unreachable):
    """Connected, but silent for too long."""

    template = "the model server at {url} did not answer in time; look at: kotae model status"


class ModelLoading(Unreachable):
    """The server is there, its model not yet."""

    template = "the model server at {url} is still loading its model; ask again in a moment"


class ModelKeyRejected(PersonMustAct):
    """401 or 403."""

    template = "the model server at {url} refused the API key; set KOTAE_API_KEY"


class ModelRejected(QuestionFailed):
    """Any other HTTP error."""

    template = "the model server at {url} answered {status}: {message}"


class ReplyCut(QuestionFailed):
    """The stream ended before the reply did."""

    template = "the reply from {url} broke off; ask again, or look at: kotae model status"


class ReplyTooLong(QuestionFailed):
    """The reply ran into the token limit."""

    template = "the model's reply ran past {tokens} tokens; ask for less at a time"


class ReasoningTooLong(QuestionFailed):
    """The token limit was reached before the reply began."""

    template = (
        "the model thought for {tokens} tokens without beginning its reply; ask for less at a"
        " time, or set a lower effort in [model]"
    )


class ReplyEmpty(QuestionFailed):
    """The model ended its turn after thinking, each time that it was asked."""

    template = (
        "the model {model} thought for {tokens} tokens in all and replied nothing; ask again in"
        " other words"
    )


class HeaderMalformed(QuestionFailed):
    """What the model wrote does not follow its own format, each time that it was asked."""

    template = (
        "the model {model} wrote something that the model server cannot read; ask again in other"
        " words"
    )


class ContextFull(QuestionFailed):
    """The context ended before the reply did."""

    template = (
        "the context of {context} tokens is full: the prompt took {prompt} and the reply {reply};"
        " restart the model server with a larger one"
    )


class ContextOverflow(QuestionFailed):
    """The prompt is larger than the server's context."""

    template = (
        "the prompt has {tokens} tokens, the model server's context holds {context};"
        " restart it with a larger one"
    )


class MalformedReply(QuestionFailed):
    """The reply is not the JSON object that was asked for, even after one repair."""

    template = "the model's reply was not understood: {reply}"


class ConditionIgnored(QuestionFailed):
    """The question names a period or a stored value and the statement does not; told once."""

    template = "The statement does not filter by {conditions}."


class NoTableRead(QuestionFailed):
    """A statement of constants: its rows would be the model's own words."""

    template = "the model's statement reads no table, so its values are not data: {sql}"


class UngroupedColumns(QuestionFailed):
    """Columns beside a total that could be any row's; said to the model, once."""

    template = "{columns} must be in GROUP BY, or in an aggregate, or left out."


class NotGrouped(QuestionFailed):
    """One row of totals for a question that wants a row each; said to the model, once."""

    template = (
        "The question asks for each {unit}; select it beside the total and GROUP BY it.{keep}"
    )


class NotCounted(QuestionFailed):
    """Names for a question that asks how many; said to the model, once."""

    template = "The question asks how many; select the COUNT.{keep}"


class MeaningUnsaid(QuestionFailed):
    """A question that chooses without a measure; said to the model, once."""

    template = (
        "The question does not say by which measure “{word}” is meant. Ask back with the possible"
        " measures as choices."
    )


class NotRanked(QuestionFailed):
    """Rows in no order for a question about the first of them; said to the model, once."""

    template = "The question asks for the first of many; ORDER BY what it ranks by, and LIMIT.{way}"


class Misjoined(QuestionFailed):
    """A foreign key compared with the key of another table; said to the model, once."""

    template = "{facts} Join along the keys."


class RowsRepeated(QuestionFailed):
    """A total over the one-side of a join; said to the model, once."""

    template = (
        "{total} counts rows several times, once for each row of {table}."
        " Total a column of {table}, or leave it out."
    )


class ReadsTooMuch(QuestionFailed):
    """The database's own estimate is beyond the limit; a condition of a join is missing, mostly."""

    template = (
        "the statement would read about {rows} rows; join each table by its key, or ask for less"
    )


class ClientFileUnusable(PersonMustAct):
    """The settings file of another program cannot be read or written."""

    template = "{path}: {reason}; name another file with --path"


class ClientFileNotParsed(PersonMustAct):
    """A settings file that is not JSON, so that nothing can be put into it safely."""

    template = (
        "{path}, line {line}: {problem}; nothing was written. "
        "Paste by hand what this prints: kotae client {client}"
    )


class ClientWithoutHttp(PersonMustAct):
    """A client that only starts servers itself."""

    template = "{client} starts MCP servers itself; leave --http and --url out"


class ClientWithoutPlace(PersonMustAct):
    """A client whose settings have no place of their own."""

    template = "{client} has no settings file of its own; name one with --path FILE"


class EmptyQuestion(PersonMustAct):
    """Nothing was asked."""

    template = 'the question is empty; type for example: kotae ask "How many orders came in 2025?"'


class SettingUnknown(PersonMustAct):
    """A key that nobody reads."""

    template = "{file}: unknown setting {key}; did you mean {nearest}?"


class SettingInvalid(PersonMustAct):
    """A value of the wrong kind."""

    template = "{file}: {key}: {problem}"


class SettingsUnreadable(PersonMustAct):
    """The settings file is missing or is not TOML."""

    template = "{file}: cannot read the settings: {problem}"


class SettingsPresent(PersonMustAct):
    """A settings file would be written over."""

    template = "{file} is already there; change it by hand, or move it away"


class SettingsNotWritable(PersonMustAct):
    """The settings file, or its folder, cannot be made."""

    template = "cannot write the settings to {file}: {reason}; name another file in KOTAE_CONFIG"


class SecretExposed(PersonMustAct):
    """A file with a secret that others can read."""

    template = "{file} holds a secret and others can read it; type: chmod 600 {file}"


class DatabaseToolFailed(QuestionFailed):
    """A database tool refused or failed; `code`, `actor` and `details` are the tool server's own.

    The person is told the tool's own sentence, which names the next step; who must act decides
    the exit code.
    """

    template = "{message}"

    def __init__(
        self, *, code: str, actor: str, message: str, details: dict[str, object] | None = None
    ) -> None:
        super().__init__(message=message)
        self.code = code
        self.actor = actor
        self.message = message
        self.details = details or {}
        self.exit_code = {"person": 2, "time": 3}.get(actor, 1)


class ToolServerLost(Unreachable):
    """The MCP connection itself failed."""

    template = "the database tools do not answer: {reason}"
