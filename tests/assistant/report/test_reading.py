import json
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from assistant.errors import PersonMustAct
from assistant.report.questions import json_schema
from assistant.report.reading import read_questions

EXAMPLES = Path(__file__).parents[3] / "examples" / "reports"


def written(tmp_path: Path, text: str, name: str = "q.toml") -> Path:
    path = tmp_path / name
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
        [[section]]
        heading = "詳細"
        [[section.question]]
        id = "a"
        text = "月別は？"
        heading = "月別"
        note = "税抜き"
        """,
    )
    file = read_questions(path)
    assert file.title == "売上"
    assert [(q.id, q.title, q.note) for q in file.questions] == [
        ("b", "合計は？", ""),
        ("a", "月別", "税抜き"),
    ]


YAML = """
title: 売上
parameters:
  month: "2025-12"
question:
  - id: a
    text: 合計は？
    expect:
      rows: "> 0"
"""


def test_yaml_says_the_same_as_toml(tmp_path: Path) -> None:
    path = written(tmp_path, YAML, "q.yaml")
    toml = """
    title = "売上"
    parameters = { month = "2025-12" }
    [[question]]
    id = "a"
    text = "合計は？"
    expect = { rows = "> 0" }
    """
    assert read_questions(path) == read_questions(written(tmp_path, toml))


def test_a_csv_row_is_a_question_and_its_section_lasts(tmp_path: Path) -> None:
    text = "section,id,text,limit\n,,合計は？,\n詳細,m,月別は？,5\n,d,日別は？,\n"
    file = read_questions(written(tmp_path, text, "売上.csv"))
    assert (file.title, [q.id for q in file.questions]) == ("売上", ["q1", "m", "d"])
    assert [(s.heading, len(s.question)) for s in file.section] == [("詳細", 2)]
    assert file.questions[1].limit == 5


def test_plain_lines_are_questions_with_a_title_and_sections(tmp_path: Path) -> None:
    text = "# 売上\n合計は？\n\n## 詳細\n月別は？\n"
    file = read_questions(written(tmp_path, text, "q.txt"))
    assert (file.title, file.section[0].heading) == ("売上", "詳細")
    assert [(q.id, q.text) for q in file.questions] == [("q1", "合計は？"), ("q2", "月別は？")]


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
        ('title = "t"\n' + ONE + 'chart = "pi"\n', "line 5: question[1].chart: "),
        ('title = "t"\n\n' + ONE + '[question.expect]\nrowz = "1"\n', "line 7: unknown key"),
        ('title = "t"\n' + ONE + 'expect = { rows = "many" }\n', 'write a number, "> 0"'),
        ('title = "t"\n' + ONE + 'formats = { x = "euro" }\n', "euro is none of plain, "),
        ('title = "t"\n' + ONE + 'limit = "5"\n', "line 5: question[1].limit: "),
        ('title = "t"\n' + ONE.replace('"a"', '"a/b"'), "question[1].id: "),
        (
            'title = "t"\n' + ONE + "[parameters]\nmonth = { defualt = 1 }\n",
            "did you mean default?",
        ),
        (
            'title = "t"\n' + ONE + "[parameters]\nmonth = [1]\n",
            "line 6: parameters.month.default must be text",
        ),
        ('title = "t"\n' + ONE + "[summary]\nproze = true\n", "did you mean prose?"),
        ('title = "t"\n[[section]]\ntext = "x"\n', "line 2: section[1].heading is missing"),
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


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("q.yaml", YAML + "    charrt: pie\n", "line 10: unknown key question[1].charrt"),
        ("q.yaml", "title: [\n", "cannot be parsed"),
        ("q.yaml", "- a\n", "holds no question"),
        ("q.csv", "txt\nx\n", "line 1: unknown key txt; did you mean text?"),
        ("q.txt", "# only a title\n", "holds no question"),
    ],
)
def test_mistakes_in_other_forms_are_named_too(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    with pytest.raises(PersonMustAct) as caught:
        read_questions(written(tmp_path, text, name))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_published_schema_is_that_of_the_reader() -> None:
    published = files("assistant.report").joinpath("question_file.schema.json").read_text("utf-8")
    assert json.loads(published) == json_schema()
    Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.name)
def test_every_example_keeps_to_the_published_schema(path: Path) -> None:
    Draft202012Validator(json_schema()).validate(tomllib.loads(path.read_text(encoding="utf-8")))
