import json
from dataclasses import replace

from assistant.examples import examples
from assistant.lists import gives_list
from assistant.reply import Statement, parse
from assistant.schema import SchemaColumn, Table
from assistant.scopes import base_tables, scopes_of
from tests.assistant.shop import SCHEMA


def test_every_example_is_a_reply_and_its_statement_reads_the_databases_own_tables() -> None:
    replies = [parse(str(m["content"])) for m in examples(SCHEMA)[1::2]]
    statements = [reply.sql for reply in replies if isinstance(reply, Statement)]
    assert len(statements) >= len(replies) / 2
    for sql in statements:
        assert [base_tables(scope, SCHEMA) for scope in scopes_of(sql)] != [{}]


def test_only_what_gives_one_row_has_a_sentence() -> None:
    replies = [parse(str(m["content"])) for m in examples(SCHEMA)[1::2]]
    statements = [reply for reply in replies if isinstance(reply, Statement)]
    assert any(gives_list(reply.sql) for reply in statements)
    for reply in statements:
        assert gives_list(reply.sql) != bool(reply.template)


def test_a_schema_without_tables_has_only_refusals_and_a_question_back() -> None:
    told = [json.loads(str(m["content"])) for m in examples(replace(SCHEMA, tables=()))[1::2]]
    assert {key for one in told for key in one} == {"refuse", "ask", "choices"}


def test_a_table_with_a_name_and_a_measure_shows_how_the_first_is_found() -> None:
    goods = Table(
        "goods",
        (
            SchemaColumn("id", "int"),
            SchemaColumn("goods_name", "text"),
            SchemaColumn("price", "int"),
        ),
        primary_key=("id",),
    )
    told = [str(message["content"]) for message in examples(replace(SCHEMA, tables=(goods,)))]
    asked = told.index("Which of the goods has the highest price?")
    assert parse(told[asked + 1]) == Statement(
        "SELECT goods_name, price FROM goods ORDER BY price DESC LIMIT 1",
        "{goods_name} has the highest, {price}.",
    )
