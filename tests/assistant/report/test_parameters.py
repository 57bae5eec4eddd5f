from datetime import date
from pathlib import Path

import pytest

from assistant.errors import ParameterInvalid, ParameterMissing, PersonMustAct, UnknownParameter
from assistant.report.parameters import filled_file, parameter_values
from assistant.report.questions import QuestionFile
from assistant.report.reading import read_questions


def file(tmp_path: Path, parameters: str, text: str = "x", title: str = "売上") -> QuestionFile:
    path = tmp_path / "q.toml"
    question = f'[[question]]\nid = "a"\ntext = "{text}"\n'
    content = f'title = "{title}"\n{question}[parameters]\n{parameters}\n'
    path.write_text(content, encoding="utf-8")
    return read_questions(path)


def test_what_is_given_goes_before_the_default_and_takes_its_type(tmp_path: Path) -> None:
    wish = file(tmp_path, 'n = 5\nshare = 0.5\nday = 2025-12-31\nopen = true\nname = "a"')
    given = {"n": "-7", "share": "1e2", "day": "2024-02-29", "open": "FALSE", "name": "5"}
    assert parameter_values(wish, {}) == {
        "n": 5, "share": 0.5, "day": date(2025, 12, 31), "open": True, "name": "a",
    }  # fmt: skip
    assert parameter_values(wish, given) == {
        "n": -7, "share": 100.0, "day": date(2024, 2, 29), "open": False, "name": "5",
    }  # fmt: skip


def test_a_month_brings_its_label_and_its_days(tmp_path: Path) -> None:
    values = parameter_values(file(tmp_path, 'month = "2025-12"'), {"month": "2024-02"})
    assert values == {
        "month": "2024-02",
        "month_label": "2024年2月",
        "month_first": date(2024, 2, 1),
        "month_last": date(2024, 2, 29),
        "month_next": date(2024, 3, 1),
        "month_previous": date(2024, 1, 1),
        "month_year_ago": date(2023, 2, 1),
    }


def test_a_year_brings_its_label_and_its_days_in_the_language_of_the_title(tmp_path: Path) -> None:
    values = parameter_values(file(tmp_path, "year = 2025", title="Sales"), {})
    assert (values["year_label"], values["year_first"]) == ("2025", date(2025, 1, 1))
    assert (values["year_next"], values["year_previous"]) == (date(2026, 1, 1), date(2024, 1, 1))
    months = parameter_values(file(tmp_path, 'm = "2025-12"', title="Sales"), {})
    assert (months["m_label"], months["m_next"]) == ("December 2025", date(2026, 1, 1))


def test_every_text_is_filled_and_the_statement_is_not(tmp_path: Path) -> None:
    wish = file(tmp_path, 'month = "2025-12"', "{month_label}の売上", "報告 {month}")
    asked = filled_file(wish, parameter_values(wish, {}))
    assert (asked.title, asked.questions[0].text) == ("報告 2025-12", "2025年12月の売上")


@pytest.mark.parametrize(
    ("parameters", "given", "error", "said"),
    [
        ("n = 5", {"m": "1"}, UnknownParameter, "--set: there is no parameter m; did you mean n?"),
        ('n = { help = "x" }', {}, ParameterMissing, "add --set n=…"),
        ("n = 5", {"n": "five"}, ParameterInvalid, "n cannot be five: it must be 1, 2, 3"),
        ("n = 0.5", {"n": "nan"}, ParameterInvalid, "n cannot be nan"),
        ("n = 0.5", {"n": "inf"}, ParameterInvalid, "n cannot be inf"),
        ("n = true", {"n": "yes"}, ParameterInvalid, "true / false"),
        ("n = 2025-12-31", {"n": "31.12.2025"}, ParameterInvalid, "2025-12-31"),
        ('n = "2025-12"', {"n": "2025-13"}, ParameterInvalid, "must be 2025-12"),
        ('n = "a"', {"n": "a\nb"}, ParameterInvalid, "text of one line"),
        ('n = "a"', {"n": "a\0"}, ParameterInvalid, "text of one line"),
        ('n = { default = "a", pattern = "[a-z]+" }', {"n": "A1"}, ParameterInvalid, "[a-z]+"),
        ('n = { default = "a", choices = ["a", "b"] }', {"n": "c"}, ParameterInvalid, "a, b"),
    ],
)
def test_a_wrong_value_is_told(
    tmp_path: Path, parameters: str, given: dict[str, str], error: type[Exception], said: str
) -> None:
    with pytest.raises(error) as caught:
        parameter_values(file(tmp_path, parameters), given)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_text_with_an_unknown_name_is_told(tmp_path: Path) -> None:
    wish = file(tmp_path, "month = 1", "{mnth}の売上")
    with pytest.raises(PersonMustAct, match="a: there is no parameter mnth; did you mean month"):
        filled_file(wish, parameter_values(wish, {}))
