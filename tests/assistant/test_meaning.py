"""Totals that a question says and a statement does not."""

import pytest

from assistant.binding import bind
from assistant.schema import ForeignKey, Schema, SchemaColumn, Table

TEXTS = {"name": "", "title": "", "language": "言語", "country": "", "status": ""}
"""Columns of texts, and their comments."""


def table(name: str, columns: str, *, to: str = "", comment: str = "") -> Table:
    """A table with the key `id`, and a key to each table of `to`, called after its singular."""
    keys = [(f"{one.removesuffix('s')}_id", one) for one in to.split()]
    names = ["id", *(key for key, _ in keys), *columns.split()]
    return Table(
        name,
        tuple(
            SchemaColumn(one, "text" if one in TEXTS else "int", TEXTS.get(one, ""))
            for one in names
        ),
        comment=comment,
        primary_key=("id",),
        foreign_keys=tuple(ForeignKey((key,), one, ("id",)) for key, one in keys),
    )


SCHEMA = Schema(
    "default",
    "mysql",
    "9.7",
    (
        table("students", "name country", comment="学生"),
        table("courses", "title fee language", comment="講座"),
        table("enrollments", "grade status", to="students courses", comment="履修"),
        table("reviews", "rating", to="courses", comment="評価"),
    ),
)
JOIN = "FROM courses c JOIN reviews r ON r.course_id = c.id"


def meant(sql: str, question: str) -> str:
    return " ".join(bind(sql, SCHEMA, question).sql.split())


@pytest.mark.parametrize(
    ("question", "sql", "counted"),
    [
        (
            "How many students got an A?",
            "SELECT COUNT(student_id) AS n FROM enrollments WHERE grade = 1",
            "SELECT COUNT(DISTINCT student_id) AS n FROM enrollments WHERE grade = 1",
        ),
        (
            "学生は何人いますか？",
            "SELECT COUNT(e.student_id) FROM enrollments e",
            "SELECT COUNT(DISTINCT e.student_id) FROM enrollments e",
        ),
        (
            "Which country has the most students?",
            "SELECT COUNT(student_id) AS n FROM enrollments",
            "SELECT COUNT(DISTINCT student_id) AS n FROM enrollments",
        ),
        (
            "学生が最も多い講座はどれですか？",
            "SELECT COUNT(student_id) AS n FROM enrollments",
            "SELECT COUNT(DISTINCT student_id) AS n FROM enrollments",
        ),
        (
            "How many courses have reviews?",
            f"SELECT COUNT(c.id) AS n {JOIN}",
            f"SELECT COUNT(DISTINCT c.id) AS n {JOIN}",
        ),
    ],
)
def test_whoever_is_asked_for_is_counted_once(question: str, sql: str, counted: str) -> None:
    assert meant(sql, question) == counted


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("How many enrollments are there?", "SELECT COUNT(student_id) AS n FROM enrollments"),
        ("How many student enrollments?", "SELECT COUNT(student_id) AS n FROM enrollments"),
        ("How many students are there?", "SELECT COUNT(id) AS n FROM students"),
        ("How many students got an A?", "SELECT COUNT(DISTINCT student_id) AS n FROM enrollments"),
        ("学生は何件履修しましたか？", "SELECT COUNT(student_id) AS n FROM enrollments"),
    ],
)
def test_rows_stay_rows_where_those_are_asked_for(question: str, sql: str) -> None:
    assert meant(sql, question) == sql


@pytest.mark.parametrize(
    ("question", "where", "having"),
    [
        ("with an average rating above 4", "r.rating > 4", "AVG(r.rating) > 4"),
        ("that have more than 4,000 in total", "r.rating > 4000", "SUM(r.rating) > 4000"),
        ("with at least 3 reviews", "r.rating >= 3", "COUNT(DISTINCT r.id) >= 3"),
        ("平均が4を超える講座", "r.rating > 4", "AVG(r.rating) > 4"),
        ("評価が3件以上の講座", "r.rating >= 3", "COUNT(DISTINCT r.id) >= 3"),
        ("累計で4000より多い講座", "r.rating > 4000", "SUM(r.rating) > 4000"),
    ],
)
def test_a_number_is_compared_with_the_total_that_the_question_says(
    question: str, where: str, having: str
) -> None:
    found = bind(f"SELECT c.title {JOIN} WHERE {where} ORDER BY c.title", SCHEMA, question)

    shown = {"A": "average", "S": "total", "C": "n"}[having[0]]
    measure = f"{having.rsplit(' ', 2)[0]} AS {shown}"
    assert " ".join(found.sql.split()) == (
        f"SELECT c.title , {measure} {JOIN} GROUP BY c.id, c.title HAVING {having} ORDER BY c.title"
    )
    assert found.mends == (f"{where} → HAVING {having}", f"+ {measure}")


def test_other_conditions_and_groups_stay() -> None:
    sql = f"SELECT c.title {JOIN} WHERE c.fee > 9 AND r.rating > 4 GROUP BY c.title"

    assert meant(sql, "Titles above 9 with an average rating of more than 4") == (
        f"SELECT c.title , AVG(r.rating) AS average {JOIN} WHERE c.fee > 9"
        " GROUP BY c.title HAVING AVG(r.rating) > 4"
    )


def test_of_two_such_numbers_the_second_stays_where_it_was() -> None:
    sql = f"SELECT c.title {JOIN} WHERE r.rating > 4 AND r.id > 3 GROUP BY c.title"

    assert meant(sql, "an average rating above 4, on an average above 3") == (
        f"SELECT c.title , AVG(r.rating) AS average {JOIN} WHERE r.id > 3"
        " GROUP BY c.title HAVING AVG(r.rating) > 4"
    )


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("reviews with a rating above 4", f"SELECT c.title {JOIN} WHERE r.rating > 4"),
        ("average rating above 4", "SELECT id FROM reviews WHERE rating > 4"),
        ("average rating above 4", f"SELECT r.id {JOIN} WHERE r.rating > 4"),
        ("average fee above 4", f"SELECT c.title, r.id {JOIN} WHERE c.fee > 4"),
        ("average rating above 44", f"SELECT c.title {JOIN} WHERE r.rating > 4"),
        ("average rating above 4", f"SELECT c.title {JOIN} WHERE r.rating = 4"),
        ("average rating above 4", f"SELECT c.title {JOIN} WHERE r.rating > 4 OR c.fee > 9"),
        ("average rating above 4", f"SELECT c.title {JOIN} WHERE NOT r.rating > 4"),
        (
            "average rating above 4",
            f"SELECT c.title, COUNT(*) AS n {JOIN} WHERE r.rating > 4 GROUP BY c.title"
            " HAVING COUNT(*) > 1",
        ),
    ],
)
def test_a_number_of_single_rows_stays_with_them(question: str, sql: str) -> None:
    assert meant(sql, question) == sql


@pytest.mark.parametrize(
    ("question", "sql", "listed"),
    [
        (
            "Which courses have a review of 5?",
            f"SELECT c.title {JOIN} WHERE r.rating = 5",
            f"SELECT c.title {JOIN} WHERE r.rating = 5 GROUP BY c.id, c.title",
        ),
        (
            "評価5の付いた講座を3つ",
            f"SELECT c.title, c.fee {JOIN} WHERE r.rating = 5 ORDER BY c.title LIMIT 3;",
            f"SELECT c.title, c.fee {JOIN} WHERE r.rating = 5 GROUP BY c.id, c.title, c.fee "
            "ORDER BY c.title LIMIT 3;",
        ),
        (
            "What does C++ cost?",
            f"SELECT c.fee {JOIN} WHERE c.title = 'C++'",
            f"SELECT c.fee , c.title {JOIN} WHERE c.title = 'C++' GROUP BY c.id, c.fee, c.title",
        ),
    ],
)
def test_who_is_listed_is_listed_once(question: str, sql: str, listed: str) -> None:
    assert meant(sql, question) == listed


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("The title for each review", f"SELECT c.title {JOIN}"),
        ("The courses and their ratings", f"SELECT c.title, r.rating {JOIN}"),
        ("Which courses have reviews?", f"SELECT DISTINCT c.title {JOIN}"),
        ("What does C++ cost?", f"SELECT c.fee {JOIN} WHERE c.title = 'C++' AND r.rating > 1"),
        ("Courses by rating", f"SELECT c.title {JOIN} ORDER BY r.rating"),
        (
            "The courses of the reviews",
            "SELECT r.rating FROM reviews r JOIN courses c ON c.id = r.course_id",
        ),
    ],
)
def test_rows_that_are_asked_for_or_come_once_stay(question: str, sql: str) -> None:
    assert meant(sql, question) == sql


@pytest.mark.parametrize(
    ("question", "sql", "counted"),
    [
        (
            "How many languages?",
            "SELECT language FROM courses",
            "COUNT(DISTINCT courses.language)",
        ),
        (
            "講座の言語は何種類?",
            "SELECT DISTINCT language FROM courses",
            "COUNT(DISTINCT courses.language)",
        ),
        (
            "学生は何か国から来ていますか?",
            "SELECT country FROM students",
            "COUNT(DISTINCT students.country)",
        ),
        ("How many countries?", "SELECT country FROM students", "COUNT(DISTINCT students.country)"),
        ("How many enrollments are over?", "SELECT status FROM enrollments", "COUNT(*)"),
        ("How many students?", "SELECT name FROM students", "COUNT(*)"),
    ],
)
def test_what_is_to_be_counted_is_not_listed(question: str, sql: str, counted: str) -> None:
    assert meant(sql, question).startswith(f"SELECT {counted} AS n FROM")


def test_whoever_is_counted_through_a_join_is_counted_once() -> None:
    sql = f"SELECT c.language, c.title {JOIN} WHERE r.rating = 5"

    assert meant(sql, "How many courses have a 5?") == (
        f"SELECT COUNT(DISTINCT c.id) AS n {JOIN} WHERE r.rating = 5"
    )


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("How many languages, and which?", "SELECT language FROM courses"),
        ("Languages of the courses", "SELECT language FROM courses"),
        ("How many are left?", "SELECT fee FROM courses"),
        ("How many are over?", "SELECT status FROM enrollments WHERE status = 'over'"),
        ("How many languages?", "SELECT language FROM courses ORDER BY fee"),
    ],
)
def test_what_may_be_a_list_stays(question: str, sql: str) -> None:
    assert meant(sql, question) == sql


@pytest.mark.parametrize(
    ("question", "sql", "counted"),
    [
        (
            "Which course is reviewed most often?",
            "SELECT title, COUNT(id) AS n FROM courses GROUP BY title ORDER BY n DESC LIMIT 1",
            "SELECT title, COUNT(reviews.id) AS n FROM courses "
            "LEFT JOIN reviews ON reviews.course_id = courses.id "
            "GROUP BY title ORDER BY n DESC LIMIT 1",
        ),
        (
            "履修が一番多い学生は?",
            "SELECT s.name FROM students s GROUP BY s.id, s.name ORDER BY COUNT(*) DESC LIMIT 1",
            "SELECT s.name , COUNT(enrollments.id) AS n FROM students s "
            "LEFT JOIN enrollments ON enrollments.student_id = s.id GROUP BY s.id, s.name "
            "ORDER BY COUNT(enrollments.id) DESC LIMIT 1",
        ),
    ],
)
def test_what_is_counted_of_each_is_not_itself(question: str, sql: str, counted: str) -> None:
    assert meant(sql, question) == counted


@pytest.mark.parametrize("counted", ["COUNT(*)", "COUNT(s.id)", "COUNT(c.id)"])
def test_the_number_of_rows_is_that_of_the_rows_that_are_named(counted: str) -> None:
    join = (
        "FROM students s JOIN enrollments e ON e.student_id = s.id "
        "JOIN courses c ON c.id = e.course_id JOIN reviews r ON r.course_id = c.id"
    )
    sql = f"SELECT s.name, {counted} AS n {join} GROUP BY s.id, s.name ORDER BY n DESC LIMIT 3"

    assert meant(sql, "The 3 students with the highest number of enrollments") == sql.replace(
        counted, "COUNT(DISTINCT e.id)"
    )
    assert "COUNT(DISTINCT e.id)" not in meant(sql, "The 3 students with the most reviews")


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        (  # which rows those would be is not said
            "Which course is the most popular?",
            "SELECT title, COUNT(id) AS n FROM courses GROUP BY title ORDER BY n DESC LIMIT 1",
        ),
        (
            "How many courses are reviewed for each fee?",
            "SELECT fee, COUNT(id) AS n FROM courses GROUP BY fee",
        ),
        (
            "How many courses of one title that are reviewed?",
            "SELECT title, COUNT(*) AS n FROM courses GROUP BY title",
        ),
        (
            "Titles of reviewed courses that are there twice",
            "SELECT title, COUNT(*) AS n FROM courses GROUP BY title HAVING COUNT(*) > 1",
        ),
        (
            "The reviews of the courses",
            "SELECT title, COUNT(id) AS n, SUM(fee) AS total FROM courses GROUP BY title",
        ),
    ],
)
def test_a_count_that_may_mean_its_own_rows_stays(question: str, sql: str) -> None:
    assert meant(sql, question) == sql


def test_what_having_compares_is_not_who_is_counted() -> None:
    sql = (
        "SELECT s.id, s.name, COUNT(*) AS n FROM students s JOIN enrollments e "
        "ON e.student_id = s.id GROUP BY s.id, s.name HAVING COUNT(*) > 5"
    )

    assert meant(sql, "How many students have more than 5 enrollments?") == sql


def test_the_order_of_rows_is_no_table_of_orders() -> None:
    shop = Schema(
        "x", "mysql", "9", (table("customers", "name"), table("orders", "", to="customers"))
    )
    sql = "SELECT name, COUNT(*) AS n FROM customers GROUP BY name ORDER BY name"

    assert bind(sql, shop, "Names and their counts in alphabetical order").sql == sql
    assert "COUNT(orders.id)" in bind(sql, shop, "How often did each name order?").sql


def test_whose_row_it_is_stands_beside_its_group() -> None:
    sql = (
        "SELECT e.grade, COUNT(*) AS n FROM enrollments e JOIN students s ON s.id = e.student_id "
        "GROUP BY e.grade, s.id"
    )

    assert meant(sql, "How often did each student get which grade?") == (
        "SELECT e.grade, COUNT(*) AS n , s.name FROM enrollments e "
        "JOIN students s ON s.id = e.student_id GROUP BY e.grade, s.id, s.name"
    )
