from assistant.figures import figures, held, lines
from assistant.verification import verified
from tests.assistant.scripted import result

ROWS = result(("2024", 100), ("2025", 150), ("2026", None), year="text", sales="integer")


def test_totals_means_changes_and_shares_are_worked_out_of_what_has_values() -> None:
    assert {figure.name: figure.value for figure in figures(ROWS)} == {
        "total of sales": 250,
        "mean of sales": 125,
        "change of sales from the first to the last row": 50,
        "the same in % of sales": 50,
        "share of row 1 in sales, %": 40,
        "share of row 2 in sales, %": 60,
    }


def test_one_row_and_what_only_names_something_have_no_figures() -> None:
    assert figures(result((1,), n="integer")) == []
    assert figures(result((1,), (2,), customer_id="integer")) == []


def test_the_model_reads_twenty_rows_and_the_figures_of_all() -> None:
    many = result(*((n,) for n in range(1, 31)), n="integer")
    told = lines(many).splitlines()
    assert told[:3] == ["n", "1", "2"]
    assert "21" not in told
    assert "rows: 30" in told
    assert "total of n: 465" in told


def test_a_text_may_state_cells_figures_and_the_number_of_rows() -> None:
    text = "3 rows: 100 in 2024, 40% of 250."
    assert verified(text, held(ROWS), "") == (text, 0)
