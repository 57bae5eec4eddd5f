"""First names alone."""

import pytest

from assistant.binding import bind
from assistant.schema import Schema
from tests.assistant.plain_tables import table

SCHEMA = Schema(
    "default",
    "mysql",
    "9.7",
    (
        table("patients", "first_name last_name age"),
        table("doctors", "first_name family_name last_name"),
        table("visits", "day", to="patients"),
    ),
)


@pytest.mark.parametrize(
    ("sql", "whole"),
    [
        ("SELECT first_name FROM patients", "SELECT first_name, patients.last_name FROM patients"),
        (
            "SELECT DISTINCT p.last_name, p.age FROM patients p",
            "SELECT DISTINCT p.last_name, p.first_name, p.age FROM patients p",
        ),
        (
            "SELECT p.first_name, COUNT(v.id) AS n FROM patients p JOIN visits v"
            " ON v.patient_id = p.id GROUP BY p.first_name",
            "SELECT p.first_name, p.last_name, COUNT(v.id) AS n FROM patients p JOIN visits v"
            " ON v.patient_id = p.id GROUP BY p.first_name, p.last_name",
        ),
    ],
)
def test_the_other_half_of_a_name_stands_beside_it(sql: str, whole: str) -> None:
    assert bind(sql, SCHEMA, "Show the patients").sql == whole
    assert bind(whole, SCHEMA, "Show the patients").sql == whole


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("What first names are there?", "SELECT first_name FROM patients"),
        ("姓の一覧", "SELECT last_name FROM patients"),
        ("Show the doctors", "SELECT first_name FROM doctors"),
        ("Show the patients", "SELECT CONCAT(first_name, last_name) AS name FROM patients"),
    ],
)
def test_a_half_that_is_asked_for_stays_alone(question: str, sql: str) -> None:
    assert bind(sql, SCHEMA, question).sql == sql
