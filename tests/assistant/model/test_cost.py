from assistant.events import ColdPrompt, Usage
from assistant.model import Message
from assistant.model.cost import WORTH_TELLING, CacheWatch

RULES: Message = {"role": "system", "content": "x" * 9000}


def asked(question: str) -> list[Message]:
    return [RULES, {"role": "user", "content": question}]


def watch(tokens: int = 3000) -> CacheWatch:
    """One that saw a question of so many tokens, nearly all of them rules."""
    watching = CacheWatch()
    watching.read(asked("how many?"), tokens)
    return watching


def test_a_warm_turn_that_pays_a_cold_prompt_is_noticed() -> None:
    notice = watch().cold(asked("which one?"), Usage(prompt_tokens=3010, cached_tokens=30))
    assert notice == ColdPrompt(tokens=2980, expected=2997)


def test_a_prompt_that_is_mostly_cached_is_not_worth_a_word() -> None:
    assert watch().cold(asked("which?"), Usage(prompt_tokens=3010, cached_tokens=2900)) is None


def test_the_first_prompt_and_a_short_one_are_not_either() -> None:
    cold = Usage(prompt_tokens=3010)
    assert CacheWatch().cold(asked("how many?"), cold) is None
    assert watch(WORTH_TELLING - 1).cold(asked("which one?"), cold) is None


def test_another_database_shares_nothing_that_could_be_cached() -> None:
    other: list[Message] = [{"role": "system", "content": "y" * 9000}]
    assert watch().cold(other, Usage(prompt_tokens=3010)) is None
