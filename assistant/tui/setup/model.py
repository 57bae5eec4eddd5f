"""Which model answers: proposed by the plan of this machine's memory, or a server elsewhere."""

from collections.abc import Iterable
from dataclasses import replace

from textual import on
from textual.widget import Widget
from textual.widgets import Input, OptionList

from assistant.asker import failed_answer
from assistant.locale import t
from assistant.setup.choice import Proposal
from assistant.tui.setup.step import Step, option

_GIGABYTE = 1e9


class ModelStep(Step):
    """The best one that fits stands on top; the last line is a model server of one's own."""

    NAME = "model"

    def body(self) -> Iterable[Widget]:
        """The models, and a line for a URL that shows when it is wanted."""
        self._proposals: tuple[Proposal, ...] = ()
        self._list = OptionList()
        self._endpoint = Input(placeholder=t("setup.endpoint_url"))
        self._endpoint.display = False
        yield from (self._list, self._endpoint)

    def on_mount(self) -> None:
        """Look at the machine while the person reads."""
        self.state.write(t("setup.planning"))
        self.run_worker(self._propose(), "plan")

    def on_option_list_option_selected(self, selected: OptionList.OptionSelected) -> None:
        """Take the model, or ask for the URL."""
        if selected.option_index < len(self._proposals):
            name = self._proposals[selected.option_index].name
            self.dismiss(replace(self.choice, model=name, endpoint=None))
        else:
            self._endpoint.display = True
            self._endpoint.focus()

    @on(Input.Submitted)
    def take_endpoint(self) -> None:
        """Take the URL; the first question tells whether a server answers there."""
        url = self._endpoint.value.strip()
        if url.startswith(("http://", "https://")):
            self.dismiss(replace(self.choice, endpoint=url, model=None))
        else:
            self.problem.write(t("setup.endpoint_wrong"))

    async def _propose(self) -> None:
        try:
            self._proposals = await self.services.propose()
        except Exception as error:  # noqa: BLE001 - a server elsewhere can still be named
            self.problem.write(failed_answer(error).text)
        self.state.write("")
        self._list.add_options(option(one.name, _remark(one)) for one in self._proposals)
        self._list.add_option(option(t("setup.endpoint"), t("setup.endpoint_text")))
        names = [one.name for one in self._proposals]
        self._list.highlighted = names.index(self.choice.model) if self.choice.model in names else 0
        self._list.focus()


def _remark(one: Proposal) -> str:
    gigabytes = f"{one.download / _GIGABYTE:.1f}"
    size = t("setup.download", gigabytes=gigabytes) if one.download else t("setup.here")
    verdict = t(f"setup.{one.verdict.replace(' ', '_')}")
    return t("setup.model_facts", title=one.title, verdict=verdict,
             rate=f"{one.tokens_per_second:.0f}", size=size)  # fmt: skip
