"""Everything that can go wrong on the way from a question to an answer, sorted by who must act.

AssistantError
├── QuestionFailed  this question got no answer; the next one may: exit 1
├── PersonMustAct   usage or settings: exit 2
│   ├── QuestionFileUnreadable, QuestionFileNotToml, NoQuestions
│   ├── UnknownQuestionKey, QuestionKeyMissing, QuestionKeyNotText, DuplicateQuestionId
│   └── ReportNotWritable
└── Unreachable     model server or database is not there: exit 3
"""

from typing import ClassVar


class AssistantError(Exception):
    """Base. A subclass sets `template`: what happened, to what, and what to type next.

    `slots` keeps the values that filled the template; `assistant.locale` says the same
    sentence in Japanese, looked up by the class name.
    """

    template: ClassVar[str] = "{message}"
    exit_code: ClassVar[int] = 1

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


class QuestionFileNotToml(PersonMustAct):
    """The file does not parse; `reason` names line and column."""

    template = "{path} is not valid TOML: {reason}; correct that line"


class NoQuestions(PersonMustAct):
    """A file that asks nothing."""

    template = "{path} holds no question; add a [[question]] with id and text"


class UnknownQuestionKey(PersonMustAct):
    """A misspelt key would silently change nothing."""

    template = "{path}: unknown key {key}; did you mean {nearest}?"


class QuestionKeyMissing(PersonMustAct):
    """A key that every question file or question has is not there, or empty."""

    template = '{path}: {key} is missing or empty; add {name} = "…"'


class QuestionKeyNotText(PersonMustAct):
    """A number, a list or a table stands where text belongs."""

    template = '{path}: {key} must be text; write it in quotes: {name} = "…"'


class DuplicateQuestionId(PersonMustAct):
    """Two questions of one id could not be told apart in the report."""

    template = "{path}: {first} and {second} both have the id {id}; give one of them another"


class ReportNotWritable(PersonMustAct):
    """The output directory or a file in it cannot be made."""

    template = "cannot write the report to {path}: {reason}; choose another directory with -o"


class Unreachable(AssistantError):
    """The model server or the database is not there."""

    exit_code = 3
