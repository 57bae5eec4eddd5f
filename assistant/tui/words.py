"""The words with which the chat ends a question."""

from assistant.events import Answer
from assistant.locale import t


def final_text(answer: Answer) -> str:
    """The answer's words as the chat says them."""
    match answer.status:
        case "refused":
            return t("tui.refused", reason=answer.text)
        case "failed":
            return t("tui.failed", error=answer.text)
        case "cancelled":
            return t("tui.cancelled")
        case "answered" | "ask":
            return answer.text
