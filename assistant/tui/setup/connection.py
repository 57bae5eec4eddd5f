"""Where the database is; it is connected to and graded before it is taken."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from textual import on
from textual.widget import Widget
from textual.widgets import Button, Input

from assistant.asker import failed_answer
from assistant.locale import t
from assistant.setup.choice import Tested
from assistant.tui.setup.step import Step

_SHOWN_PRIVILEGES = 5


class ConnectionStep(Step):
    """Enter tests; what was tested and not changed since is taken by the next Enter."""

    NAME = "connection"

    def body(self) -> Iterable[Widget]:
        """A URL or a file, its password, and what tests it."""
        self._url = Input(self.choice.database, placeholder=t("setup.url"), id="url")
        self._password = Input(
            self.choice.password, placeholder=t("setup.password"), password=True, id="password"
        )
        self._use = Button(t("setup.test"), id="use", variant="primary", compact=True)
        yield from (self._url, self._password, self._use)

    def on_mount(self) -> None:
        """Nothing was tested yet."""
        self._tested: tuple[str, str] | None = None
        self._url.focus()

    @on(Input.Changed)
    def forget(self) -> None:
        """Something else has to be tested first."""
        if self._tested and self._tested != self._typed:
            self._tested = None
            self.state.write("")
            self._use.label = t("setup.test")

    @on(Input.Submitted)
    @on(Button.Pressed, "#use")
    def go_on(self) -> None:
        """Test, or take what was tested."""
        database, password = self._typed
        if self._tested == (database, password):
            self.dismiss(replace(self.choice, database=database, password=password))
        elif database:
            self.problem.write("")
            self.state.write(t("setup.testing"))
            self.run_worker(self._test(database, password), "test", exclusive=True)

    @property
    def _typed(self) -> tuple[str, str]:
        return self._url.value.strip(), self._password.value

    async def _test(self, database: str, password: str) -> None:
        try:
            tested = await self.services.test(database, password)
        except Exception as error:  # noqa: BLE001 - whatever it meets is told in place
            self.state.write("")
            self.problem.write(failed_answer(error).text)
        else:
            self._tested = (database, password)
            self.state.write("\n".join(_verdict(tested)))
            self._use.label = t("setup.use")


def _verdict(tested: Tested) -> Iterator[str]:
    yield t("setup.found", server=tested.server, tables=tested.tables, url=tested.url)
    if tested.missing:
        yield t("db.missing", server=tested.server, missing=", ".join(tested.missing))
    if tested.grade == "reader":
        yield t("db.reader" if not tested.missing else "setup.reader")
    else:
        privileges = ", ".join(tested.excess[:_SHOWN_PRIVILEGES])
        yield t(f"db.{tested.grade}", privileges=privileges)
