"""Which language the chat speaks."""

from collections.abc import Iterable
from dataclasses import replace
from typing import get_args

from textual.widgets import OptionList

from assistant.locale import Language, language, set_language
from assistant.tui.setup.step import Step, options

_NAMES: dict[Language, str] = {"en": "English", "ja": "日本語"}


class LanguageStep(Step):
    """The other steps speak the language that was chosen."""

    NAME = "language"

    def body(self) -> Iterable[OptionList]:
        """Each language by its own name."""
        now = self.choice.language or language()
        lines = [(_NAMES[one], "") for one in get_args(Language)]
        yield options(*lines, chosen=get_args(Language).index(now))

    def on_option_list_option_selected(self, selected: OptionList.OptionSelected) -> None:
        """Speak it from now on."""
        wish: Language = get_args(Language)[selected.option_index]
        set_language(wish)
        self.dismiss(replace(self.choice, language=wish))
