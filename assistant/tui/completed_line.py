"""A line with suggestions above it. They come while a person types and never hold a key up."""

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from assistant.completion import MOST, Names, Suggestion, Word, values_matching, word_before
from assistant.errors import AssistantError
from assistant.linking import StoredValue
from assistant.locale import t
from assistant.render import printable

LookUp = Callable[[str], Awaitable[Sequence[StoredValue]]]
"""Stored values for a text, the best first; raises errors of ours."""


class CompletedLine(Vertical):
    """Tab takes the suggestion, up and down choose, Esc closes. Enter is always the line's own.

    Until `know` is called there are none.
    """

    DEFAULT_CSS = """
    CompletedLine { height: auto; }
    CompletedLine OptionList {
        height: auto; max-height: 8; border: none; margin: 0 1; padding: 0;
        background: $panel; display: none;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "take", show=False, priority=True),
        Binding("down", "choose(1)", show=False, priority=True),
        Binding("up", "choose(-1)", show=False, priority=True),
        Binding("escape", "close", show=False, priority=True),
    ]

    def __init__(self, line: Input) -> None:
        super().__init__()
        self._line = line
        self._list = OptionList(compact=True)
        self._list.can_focus = False
        self._names: Names | None = None
        self._look_up: LookUp | None = None
        self._suggestions: list[Suggestion] = []

    def compose(self) -> ComposeResult:
        """The suggestions, where there are any, and the line."""
        yield self._list
        yield self._line

    def know(self, names: Names, look_up: LookUp | None = None) -> None:
        """Suggest from these names from now on, and from what `look_up` finds."""
        self._names, self._look_up = names, look_up

    @property
    def _word(self) -> Word | None:
        return word_before(self._line.value, self._line.cursor_position)

    def on_input_changed(self) -> None:
        """Suggest anew: names at once, stored values when the database has found some."""
        word = self._word
        if word is None or self._names is None:
            self._show([])
            return
        self._show(self._names.matching(word.text))
        if self._look_up:
            self.run_worker(self._add_values(word, self._look_up), "values", exclusive=True)

    def on_option_list_option_selected(self, selected: OptionList.OptionSelected) -> None:
        """Take what was clicked."""
        selected.stop()
        self._list.highlighted = selected.option_index
        self.action_take()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without suggestions the keys are not ours."""
        ours = action in ("take", "choose", "close")
        return bool(self._suggestions) and self._line.has_focus if ours else True

    def action_take(self) -> None:
        """Put the suggestion in place of the word."""
        word, at = self._word, self._list.highlighted
        if word is None or at is None:
            return
        text, caret = self._suggestions[at].text, self._line.cursor_position
        with self._line.prevent(Input.Changed):
            self._line.replace(text, word.start, caret)
            self._line.cursor_position = word.start + len(text)
        self._show([])

    def action_choose(self, by: int) -> None:
        """Another suggestion."""
        (self._list.action_cursor_down if by > 0 else self._list.action_cursor_up)()

    def action_close(self) -> None:
        """Leave the word as it is."""
        self._show([])

    async def _add_values(self, word: Word, look_up: LookUp) -> None:
        try:
            found = values_matching(word.text, await look_up(word.text))
        except AssistantError:
            return  # suggestions are a comfort; the question itself will tell what is wrong
        known = {one.text for one in self._suggestions}
        more = [one for one in found if one.text not in known]
        if more and self._word == word:
            self._show([*self._suggestions, *more][:MOST])

    def _show(self, suggestions: list[Suggestion]) -> None:
        self._suggestions = suggestions
        self._list.clear_options()
        self._list.add_options(map(_option, suggestions))
        self._list.highlighted = 0 if suggestions else None
        self._list.display = bool(suggestions)


def _option(one: Suggestion) -> Option:
    place = one.place if one.place != one.text else ""
    facts = f"  {t(f'schema.{one.kind}')} {place}".rstrip()
    return Option(Content.assemble(Content(printable(one.text)), (printable(facts), "dim")))
