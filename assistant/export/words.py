"""What a conversation's files say around the answers."""

from assistant.events import Answer
from assistant.locale import t
from assistant.render import footer, number_text
from assistant.sessions.session import KeptTurn, Session


def head(session: Session) -> str:
    """What it was about, when, with which model."""
    return t(
        "sessions.head",
        database=session.database,
        model=session.model,
        started=session.started[:16],
        questions=session.questions,
    )


def answer_words(turn: KeptTurn) -> str:
    """The answer, or in its place why there is none."""
    answer = turn.answer
    if answer is None:
        return t("sessions.unanswered")
    match answer.status:
        case "cancelled":
            return t("sessions.cancelled")
        case "refused":
            return t("sessions.refused", reason=answer.text)
        case "failed":
            return t("sessions.failed", error=answer.text)
        case "answered" | "ask":
            return answer.text


def rows_words(answer: Answer, shown: int) -> str:
    """How many rows are shown of how many, where some are not."""
    if answer.result is None or answer.result.row_count <= shown:
        return ""
    total = number_text(answer.result.row_count)
    return t("sessions.rows_shown", shown=number_text(shown), total=total)


def cost_words(turn: KeptTurn) -> str:
    """When it was asked and what it cost."""
    answer = turn.answer
    cost = footer(answer.usage) if answer and answer.usage.calls else ""
    return " · ".join(filter(None, [turn.asked[:16], cost]))
