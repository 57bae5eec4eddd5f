"""LlamaIndex, NLSQLTableQueryEngine, as its documentation shows it.

Arguments: model URL, name, database.
"""

import json
import sys

from llama_index.core import MockEmbedding, SQLDatabase
from llama_index.core.query_engine import NLSQLTableQueryEngine
from llama_index.llms.openai_like import OpenAILike
from sqlalchemy import create_engine, inspect


def main() -> None:
    """Answer every question of standard input."""
    url, model, database = sys.argv[1:]
    llm = OpenAILike(
        model=model,
        api_base=url,
        api_key="none",
        is_chat_model=True,
        temperature=0,
        context_window=16384,
        timeout=900,
        max_retries=0,
    )
    source = create_engine(database)
    engine = NLSQLTableQueryEngine(
        sql_database=SQLDatabase(source),
        tables=inspect(source).get_table_names(),
        llm=llm,
        embed_model=MockEmbedding(embed_dim=1),
    )
    for line in sys.stdin:
        try:
            response = engine.query(json.loads(line)["question"])
            found = {"sql": response.metadata.get("sql_query"), "answer": str(response)}
        except Exception as error:  # noqa: BLE001 - whatever fails is this peer's answer
            found = {"sql": None, "error": str(error)}
        print(json.dumps(found, ensure_ascii=False), flush=True)


main()
