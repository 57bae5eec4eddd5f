import pytest

from assistant.events import QueryResult
from assistant.grounding import ground, is_empty, plain, states_own_number
from tests.assistant.scripted import result

ONE = result((1234567, None), total="integer", note="text")
NONE = result(total="integer")


def with_sql(rows: QueryResult, sql: str) -> QueryResult:
    return QueryResult(rows.columns, rows.rows, None, 1.0, sql)


@pytest.mark.parametrize(
    ("template", "answer"),
    [
        ("The total is {total}.", "The total is 1,234,567."),
        ("合計は{ `TOTAL` }円です。", "合計は1,234,567円です。"),
        ("It is {o.total}.", "It is 1,234,567."),
        ("{total}, {total}", "1,234,567, 1,234,567"),
        ("{note}: {total}", "(no value): 1,234,567"),
    ],
)
def test_slots_are_filled_from_the_row(template: str, answer: str) -> None:
    assert ground(template, ONE, "What is the total?", "en") == answer


@pytest.mark.parametrize(
    "template",
    [
        "The total is 99.",
        "The total is {total}, up 12 percent.",
        "The total of {total} is three times more.",
        "The total is {sum}.",
        "The total is known.",
        "合計は{total}円、前年は二百万円です。",
        "",
    ],
)
def test_a_sentence_with_words_of_its_own_about_the_rows_is_dropped(template: str) -> None:
    assert ground(template, ONE, "What is the total?", "en") == "total: 1,234,567; note: (no value)"


def test_a_number_of_the_question_or_of_a_date_in_the_statement_may_be_said() -> None:
    rows = with_sql(ONE, "SELECT 1 FROM t WHERE d BETWEEN '2024-03-01' AND '2024-03-31'")
    said = "In March (03) 2024 the top 5 made {total}."
    assert ground(said, rows, "What did the top 5 make?", "en").endswith("top 5 made 1,234,567.")


def test_a_single_column_takes_a_slot_of_any_name() -> None:
    rows = result((3,), **{"COUNT(*)": "integer"})
    assert ground("There are {count} stores.", rows, "How many?", "en") == "There are 3 stores."


def test_many_rows_are_counted_since_a_sentence_would_speak_of_the_first_only() -> None:
    rows = result(*((n,) for n in range(1200)), n="integer")
    assert ground("It is {n}.", rows, "Which?", "en") == "1,200 rows."
    assert ground("{n}です。", rows, "どれ？", "ja") == "1,200 行あります。"


@pytest.mark.parametrize("rows", [NONE, result((None, None), a="integer", b="text")])
def test_nothing_found_is_said_as_such(rows: QueryResult) -> None:
    assert is_empty(rows)
    assert ground("It is {a}.", rows, "How much?", "en") == "No data matches."
    assert ground("{a}です。", rows, "いくら？", "ja") == "該当するデータはありません。"


@pytest.mark.parametrize("cell", [0, "", "NULL", False])
def test_a_value_that_only_looks_like_nothing_is_an_answer(cell: str | int) -> None:
    assert not is_empty(result((cell,), n="text"))


def test_without_the_models_words_the_row_speaks_in_the_language_of_the_question() -> None:
    rows = result(("東京都", None), 都道府県="text", 売上="integer")
    assert plain(rows, "ja") == "都道府県: 東京都、売上: （値なし）"


@pytest.mark.parametrize(
    ("text", "question", "own"),
    [
        ("in 2025", "sales in 2025?", False),
        ("in 2025", "sales in ２０２５?", False),
        ("1,000 yen", "over 1000 yen?", False),
        ("in 2024", "sales in 2025?", True),
        ("twice as many", "how many?", False),
        ("seventeen", "how many?", True),
        ("the top ten", "the top ten?", False),
        ("十二件", "何件？", True),
        ("一番多い", "どれ？", False),
        ("３件", "何件？", True),
        ("1.5 percent", "over 15?", True),
    ],
)
def test_a_number_is_the_models_own_unless_the_question_has_it(
    text: str, question: str, own: bool
) -> None:
    assert states_own_number(text, question, "SELECT 1") is own
