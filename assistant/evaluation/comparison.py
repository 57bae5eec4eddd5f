"""Two runs side by side: which questions changed, and how the totals moved."""

from collections.abc import Sequence

from assistant.evaluation.journal import Outcome
from assistant.evaluation.summary import summarise, table
from assistant.locale import t


def compare(before: Sequence[Outcome], after: Sequence[Outcome]) -> str:
    """A Markdown table of the questions of both runs that ended otherwise, and the totals."""
    earlier = {outcome.id: outcome for outcome in before}
    pairs = [(earlier[outcome.id], outcome) for outcome in after if outcome.id in earlier]
    changed = [
        [new.id, t(f"eval.kind_{old.kind}"), t(f"eval.kind_{new.kind}")]
        for old, new in pairs
        if old.kind != new.kind
    ]
    both = [summarise([pair[side] for pair in pairs]) for side in (0, 1)]
    first, second = (summary.groups[0] for summary in both)
    won = sum(new.kind == "right" != old.kind for old, new in pairs)
    lost = sum(old.kind == "right" != new.kind for old, new in pairs)
    total = t(
        "eval.compared",
        count=len(pairs),
        before=f"{first.share:.0%}",
        after=f"{second.share:.0%}",
        won=won,
        lost=lost,
    )
    if not changed:
        return total
    return f"{table(['', 'A', 'B'], changed)}\n\n{total}"
