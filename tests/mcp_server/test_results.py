from mcp_server.results import Column, JudgedStream, QueryResult, compact, summary, tsv


def result(*rows: tuple[str | int | None, ...], names: tuple[str, ...] = ("a", "b")) -> QueryResult:
    columns = tuple(Column(name, "text") for name in names)
    return QueryResult(columns, rows, None, 1.0, "SELECT", "default")


def stream(*values: object) -> JudgedStream:
    return JudgedStream(["v"], [[value] for value in values])


def kind(*values: object) -> str:
    taken = stream(*values)
    list(taken)
    return taken.columns[0].type


def test_null_the_text_null_the_empty_text_and_the_marker_all_differ() -> None:
    found = result((None, "NULL"), ("", r"\N"))

    assert tsv(found).split("\n") == ["a\tb", "\\N\tNULL", "\t\\\\N"]
    assert summary(found) == r"(2 rows; \N is NULL)"


def test_json_names_the_columns_once_and_keeps_every_cell() -> None:
    found = result((None, "NULL"), ("", "1"), names=("a", "a"))

    assert compact(found) == '{"columns":["a","a"],"rows":[[null,"NULL"],["","1"]]}'


def test_tabs_and_line_ends_in_cells_and_names_are_escaped() -> None:
    text = tsv(result(("a\tb\nc\rd",), names=("x\ty",)))

    assert text == "x\\ty\na\\tb\\nc\\rd"


def test_integers_that_json_cannot_hold_are_texts() -> None:
    assert list(stream(2**53 - 1, 2**53, -(2**53))) == [
        (2**53 - 1,),
        ("9007199254740992",),
        ("-9007199254740992",),
    ]


def test_floats_that_json_cannot_hold_are_texts() -> None:
    assert list(stream(1.5, float("inf"), float("nan"))) == [(1.5,), ("inf",), ("nan",)]


def test_binary_is_its_length_and_a_prefix() -> None:
    assert list(stream(b"\x00\xff", b"a" * 20)) == [
        ("<2 bytes 0x00ff>",),
        (f"<20 bytes 0x{'61' * 16}…>",),
    ]


def test_values_without_a_declared_type_give_the_column_its_type() -> None:
    assert kind() == "text"
    assert kind(None, 1) == "integer"
    assert kind(1, 1.5) == "float"
    assert kind("2024-01-01", "2024-12-31") == "date"
    assert kind("2024-01-01", "2024-01-01 10:00:00") == "datetime"
    assert kind("2024-01-01", "soon") == "text"
    assert kind(1, "a") == "text"
    assert kind(b"x") == "binary"
