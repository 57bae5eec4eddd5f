from pathlib import Path

import pytest

from assistant.errors import PersonMustAct
from assistant.report.questions import Question, read_questions

EXAMPLES = Path(__file__).parents[3] / "examples" / "reports"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "q.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_questions_keep_their_order_and_a_heading_defaults_to_the_text(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """
        title = " 売上 "
        [[question]]
        id = "b"
        text = "合計は？"
        [[question]]
        id = "a"
        text = "月別は？"
        heading = "月別"
        note = "税抜き"
        """,
    )
    file = read_questions(path)
    assert file.title == "売上"
    assert file.questions == (
        Question("b", "合計は？", "合計は？"),
        Question("a", "月別は？", "月別", "税抜き"),
    )


def test_a_file_saved_by_notepad_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "q.toml"
    path.write_text('title = "t"\n[[question]]\nid = "a"\ntext = "x"\n', encoding="utf-8-sig")
    assert read_questions(path).title == "t"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.name)
def test_every_example_is_valid(path: Path) -> None:
    assert read_questions(path).questions


ONE = '[[question]]\nid = "a"\ntext = "x"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", 'title is missing or empty; add title = "…"'),
        ('title = " "\n' + ONE, "title is missing"),
        ('title = "t"\n', "holds no question"),
        ('title = "t"\nquestion = []\n', "holds no question"),
        ('title = "t"\nquestion = "x"\n', "holds no question"),
        ('title = "t"\n[question]\nid = "a"\n', "holds no question"),
        ('titel = "t"\n' + ONE, "unknown key titel; did you mean title?"),
        ('title = "t"\n[[questions]]\nid = "a"\n', "questions; did you mean question?"),
        ('title = "t"\n' + ONE + 'headding = "h"\n', "question[1].headding; did you mean heading?"),
        ('title = "t"\n[[question]]\nid = "a"\n', "question[1].text is missing"),
        ('title = "t"\n[[question]]\nid = "a"\ntext = ""\n', "question[1].text is missing"),
        ('title = "t"\n[[question]]\ntext = "x"\n', "question[1].id is missing"),
        ('title = "t"\n[[question]]\nid = 1\ntext = "x"\n', "question[1].id must be text"),
        ("title = 2025\n" + ONE, "title must be text; write it in quotes"),
        ('title = "t"\n' + ONE + ONE, "question[1] and question[2] both have the id a"),
        ('title = "t"\n[[question]\n', "line 2"),
    ],
)
def test_a_mistake_is_named_with_file_and_key(tmp_path: Path, text: str, said: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(PersonMustAct) as caught:
        read_questions(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_or_not_text_is_named(tmp_path: Path) -> None:
    binary = tmp_path / "sales.xlsx"
    binary.write_bytes(b"PK\x03\x04\xff\xfe")
    for path, said in [
        (tmp_path / "none.toml", "No such file"),
        (tmp_path, "Is a directory"),
        (binary, "not UTF-8"),
    ]:
        with pytest.raises(PersonMustAct, match=said):
            read_questions(path)
