"""LangChain, create_sql_query_chain and an answer call, as its documentation shows them.

Arguments: model URL, name, database.
"""

import json
import re
import sys

from langchain_classic.chains import create_sql_query_chain
from langchain_community.utilities import SQLDatabase
from langchain_openai import ChatOpenAI

ANSWER = """Given the following user question, corresponding SQL query, and SQL result, \
answer the user question.

Question: {question}
SQL Query: {query}
SQL Result: {result}
Answer: """


def statement(text: str) -> str:
    """The statement without the prefix and the fence that models put around it."""
    fenced = re.search(r"```(?:sql)?\s*(.+?)```", text, re.DOTALL)
    plain = fenced[1] if fenced else text
    return plain.split("SQLQuery:")[-1].split("SQLResult:")[0].strip()


def main() -> None:
    """Answer every question of standard input."""
    url, model, database = sys.argv[1:]
    llm = ChatOpenAI(
        model=model, base_url=url, api_key="none", temperature=0, timeout=900, max_retries=0
    )
    source = SQLDatabase.from_uri(database)
    chain = create_sql_query_chain(llm, source)
    for line in sys.stdin:
        question, sql = json.loads(line)["question"], None
        try:
            sql = statement(chain.invoke({"question": question}))
            prompt = ANSWER.format(question=question, query=sql, result=source.run(sql))
            found = {"sql": sql, "answer": llm.invoke(prompt).content}
        except Exception as error:  # noqa: BLE001 - whatever fails is this peer's answer
            found = {"sql": sql, "error": str(error)}
        print(json.dumps(found, ensure_ascii=False), flush=True)


main()
