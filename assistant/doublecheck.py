"""A second opinion, on request: another sample of the same question, and whether its rows agree."""

from dataclasses import replace

from assistant.evaluation.scoring import matches
from assistant.events import Answer, Answered, Event
from assistant.locale import Language, t
from assistant.model import Sampling

SECOND = Sampling(temperature=0.7, seed=1)
"""Warm enough to find another reading where there is one."""


def compared(first: Answer, event: Event, lang: Language) -> Event:
    """The second sample's event; its answer says at the head of its notes how it compares."""
    if not isinstance(event, Answered):
        return event
    second = event.answer
    if agree(first, second):
        note = t("answer.second_agrees", lang)
        return Answered(replace(first, notes=(note, *first.notes), usage=second.usage))
    note = t("answer.second_differs", lang)
    return Answered(replace(second, notes=(note, *second.notes)))


def agree(first: Answer, second: Answer) -> bool:
    """Whether both give the same rows, further columns aside; or neither gives any."""
    if first.result is None or second.result is None:
        return first.result is second.result and first.status == second.status
    rows, others = first.result.rows, second.result.rows
    return matches(rows, others, ordered=False) or matches(others, rows, ordered=False)
