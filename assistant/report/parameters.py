"""Parameters: values that change from run to run, in the words of a question and in its SQL.

A month ("2025-12") and a year ("2025") bring more names along: {month_label} for the words,
and days for a statement: :month_first, :month_last, :month_next (the first day after it),
:month_previous (the first day of the one before), :month_year_ago.
"""

import math
import re
from collections.abc import Mapping
from datetime import date, timedelta
from difflib import get_close_matches

from assistant.errors import ParameterInvalid, ParameterMissing, UnknownParameter
from assistant.locale import Language, language_of, t
from assistant.report.questions import Parameter, Question, QuestionFile, Scalar

DERIVED = ("_label", "_first", "_last", "_next", "_previous", "_year_ago")
"""What a month or a year brings along."""
Values = Mapping[str, Scalar]
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_YEAR = re.compile(r"(?:19|20)\d\d")
_SLOT = re.compile(r"\{([A-Za-z_]\w*)\}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def parameter_values(file: QuestionFile, given: Mapping[str, str]) -> dict[str, Scalar]:
    """The declared parameters with their defaults or what was `given`, and derived names.

    Raises: UnknownParameter, ParameterMissing, ParameterInvalid.
    """
    declared = file.parameters
    for name in given:
        if name not in declared:
            raise unknown("--set", name, declared)
    lang = language_of(file.title)
    values: dict[str, Scalar] = {}
    for name, parameter in declared.items():
        values[name] = _value(name, parameter, given.get(name))
    derived = {k: v for name, value in values.items() for k, v in _derived(name, value, lang)}
    return derived | values


def _value(name: str, parameter: Parameter, given: str | None) -> Scalar:
    if given is None and parameter.default is None:
        raise ParameterMissing(name=name)
    value = parameter.default if given is None else _read(name, given, parameter.default)
    assert value is not None
    text = str(value)
    if _CONTROL.search(text):
        raise ParameterInvalid(name=name, value=repr(text), wish="text of one line")
    if parameter.pattern and not re.fullmatch(parameter.pattern, text):
        raise ParameterInvalid(name=name, value=text, wish=parameter.pattern)
    if parameter.choices and value not in parameter.choices:
        raise ParameterInvalid(name=name, value=text, wish=", ".join(map(str, parameter.choices)))
    return value


def _read(name: str, text: str, default: Scalar | None) -> Scalar:
    """What was typed, as the default's type."""
    try:
        match default:
            case bool():
                return {"true": True, "false": False}[text.lower()]
            case int():
                return int(text)
            case float():
                return _finite(text)
            case date():
                return date.fromisoformat(text)
            case str() if _MONTH.fullmatch(default) and not _MONTH.fullmatch(text):
                raise ValueError
            case _:
                return text
    except (ValueError, KeyError) as error:
        wish = {"bool": "true / false", "int": "1, 2, 3 …", "float": "0.5", "date": "2025-12-31"}
        like = wish.get(type(default).__name__, str(default))
        raise ParameterInvalid(name=name, value=text, wish=like) from error


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _derived(name: str, value: Scalar, lang: Language) -> list[tuple[str, Scalar]]:
    text = str(value)
    if month := _MONTH.fullmatch(text):
        year, number = int(month[1]), int(month[2])
        first, following = date(year, number, 1), date(year + number // 12, number % 12 + 1, 1)
        called = number if lang == "ja" else f"{first:%B}"
        label = t("report.month_label", lang, year=year, month=called)
    elif _YEAR.fullmatch(text) and not isinstance(value, bool):
        first, following = date(int(text), 1, 1), date(int(text) + 1, 1, 1)
        label = t("report.year_label", lang, year=text)
    else:
        return []
    before = first - timedelta(days=1)
    previous = before.replace(day=1) if month else date(before.year, 1, 1)
    return [
        (f"{name}_label", label),
        (f"{name}_first", first),
        (f"{name}_last", following - timedelta(days=1)),
        (f"{name}_next", following),
        (f"{name}_previous", previous),
        (f"{name}_year_ago", first.replace(year=first.year - 1)),
    ]


def fill(text: str, values: Values, place: str) -> str:
    """The text with each {name} replaced; raises UnknownParameter."""

    def filled(slot: re.Match[str]) -> str:
        if slot[1] not in values:
            raise unknown(place, slot[1], values)
        return str(values[slot[1]])

    return _SLOT.sub(filled, text)


def names_in(text: str) -> set[str]:
    """The parameters that a text names."""
    return set(_SLOT.findall(text))


def filled_file(file: QuestionFile, values: Values) -> QuestionFile:
    """The file as it is asked and printed: every text with its values."""

    def question(one: Question) -> Question:
        texts = {
            key: fill(getattr(one, key), values, one.id) for key in ("text", "heading", "note")
        }
        return one.model_copy(update=texts)

    asked = file.mapped(question)
    sections = [
        section.model_copy(
            update={
                "heading": fill(section.heading, values, "section"),
                "text": fill(section.text, values, "section"),
            }
        )
        for section in asked.section
    ]
    return asked.model_copy(
        update={
            "title": fill(file.title, values, "title"),
            "text": fill(file.text, values, "text"),
            "section": sections,
        }
    )


def root(name: str, values: Values) -> str:
    """The parameter that a name was derived from, or the name itself."""
    stem = next((name.removesuffix(end) for end in DERIVED if name.endswith(end)), name)
    return stem if stem in values else name


def unknown(place: str, name: str, known: Mapping[str, object]) -> UnknownParameter:
    """The error for a name that is not declared."""
    nearest = (get_close_matches(name, list(known), n=1, cutoff=0) or ["-"])[0]
    return UnknownParameter(place=place, name=name, nearest=nearest)
