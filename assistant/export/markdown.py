"""A conversation as Markdown; nothing of the model or the database is passed on as markup."""

from collections.abc import Iterator

from assistant.export.words import answer_words, cost_words, head, rows_words
from assistant.markdown import fenced, literal, one_line
from assistant.render import markdown_table
from assistant.sessions.session import KeptTurn, Transcript

TABLE_ROWS = 100


def markdown(transcript: Transcript) -> str:
    """The whole conversation, a heading a question."""
    session = transcript.session
    blocks = [f"# {one_line(literal(session.title))}", f"*{literal(head(session))}*"]
    for turn in transcript.turns:
        blocks += _turn(turn)
    return "\n\n".join(filter(None, blocks)) + "\n"


def _turn(turn: KeptTurn) -> Iterator[str]:
    yield f"## {one_line(literal(turn.question))}"
    yield literal(answer_words(turn))
    if answer := turn.answer:
        yield "\n".join(f"{n}. {literal(choice)}" for n, choice in enumerate(answer.choices, 1))
        if answer.result and answer.result.columns:
            yield markdown_table(answer.result, TABLE_ROWS)
            yield rows_words(answer, TABLE_ROWS)
        yield "\n".join(f"- {one_line(literal(note))}" for note in answer.notes)
        if answer.sql:
            yield fenced(answer.sql, "sql")
    yield f"*{literal(cost_words(turn))}*"
