"""A sample to play with, or a database of one's own."""

from collections.abc import Iterable
from dataclasses import replace

from textual.widgets import OptionList

from assistant.asker import failed_answer
from assistant.locale import t
from assistant.tui.setup.connection import ConnectionStep
from assistant.tui.setup.step import Step, options


class DatabaseStep(Step):
    """The sample is made at once; one's own is asked for in a step of its own."""

    NAME = "database"

    def body(self) -> Iterable[OptionList]:
        """The two."""
        yield options(
            (t("setup.sample"), t("setup.sample_text")), (t("setup.own"), t("setup.own_text"))
        )

    def on_option_list_option_selected(self, selected: OptionList.OptionSelected) -> None:
        """Make the sample, or ask where the database is."""
        self.problem.write("")
        work = self._make_sample() if selected.option_index == 0 else self._ask()
        self.run_worker(work, "database", exclusive=True)

    async def _ask(self) -> None:
        asked = ConnectionStep(self.choice, self.services, self._number)
        if chosen := await self.app.push_screen_wait(asked):
            self.dismiss(chosen)

    async def _make_sample(self) -> None:
        try:
            url = await self.services.load_sample(self._hear)
        except Exception as error:  # noqa: BLE001 - whatever it meets is told in place
            self.state.write("")
            self.problem.write(failed_answer(error).text)
        else:
            self.dismiss(replace(self.choice, database=url, password=""))

    def _hear(self, share: float) -> None:
        self.app.call_from_thread(self.state.write, t("setup.making_sample", share=f"{share:.0%}"))
