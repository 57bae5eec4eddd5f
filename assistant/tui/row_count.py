"""How many rows a statement has in all, where only the first ones were fetched."""

from contextlib import aclosing
from dataclasses import dataclass

from assistant.asker import ChatAsker, failed_answer
from assistant.events import Answered
from assistant.locale import t
from assistant.tui.turn import Turn


@dataclass(frozen=True, slots=True)
class RowCount:
    """Counts in the database; it waits in the queue like a question."""

    turn: Turn
    sql: str

    async def follow(self, asker: ChatAsker) -> None:
        """Count, and say it below the rows."""
        whole = self.sql.rstrip().removesuffix(";")
        # The lines of its own are for a statement that ends with a comment.
        sql = f"SELECT COUNT(*) AS counted FROM (\n{whole}\n) AS whole"  # noqa: S608 - the statement passes the policy like any other
        try:
            async with aclosing(asker.run_sql(sql)) as events:
                async for event in events:
                    if isinstance(event, Answered) and self.turn.result_view:
                        self._show(event)
        except Exception as error:  # noqa: BLE001 - a broken count may not end the chat
            self.fail(error)

    def fail(self, error: Exception) -> None:
        """Say why there is no count."""
        self.turn.note(t("tui.failed", error=failed_answer(error).text))

    def withdraw(self) -> None:
        """The rows say what they said before."""

    def _show(self, event: Answered) -> None:
        answer, view = event.answer, self.turn.result_view
        if answer.result and answer.result.rows and view:
            view.total = int(str(answer.result.rows[0][0]))
            view.retell()
        else:
            self.turn.note(t("tui.failed", error=answer.text))
