"""wp_comments and wp_commentmeta: readers, answers, pingbacks, and what the filter caught."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mcp_server.samples.dice import Dice
from mcp_server.samples.rows import Row
from mcp_server.samples.wordpress.diary import parent_of
from mcp_server.samples.wordpress.moments import gmt, local
from mcp_server.samples.wordpress.posts import HOME, Filed, authors
from mcp_server.samples.wordpress.site import address
from mcp_server.samples.wordpress.story import LAST_MOMENT, SEED
from mcp_server.samples.wordpress.texts import lines, texts

_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment; `answers` is one that it answers, `user_id` 0 for who has no account."""

    post_id: int
    author: str
    moment: datetime
    text: str
    approved: str = "1"
    kind: str = "comment"
    user_id: int = 0
    site: str = ""
    answers: "Comment | None" = None


class Comments:
    """All comments, in the order in which they came."""

    def __init__(self, filed: Sequence[Filed]) -> None:
        public = [one for one in filed if one.entry and one.post.status == "publish"]
        heard = [comment for one in public for comment in _about(Dice(SEED + one.post.id), one)]
        heard = [comment for comment in heard if comment.moment <= LAST_MOMENT]
        heard.sort(key=lambda comment: (comment.moment, comment.post_id, comment.text))
        self._numbers = {comment: number for number, comment in enumerate(heard, start=1)}

    def approved(self) -> Counter[int]:
        """How many approved ones each post has; pingbacks count, as in WordPress."""
        return Counter(comment.post_id for comment in self._numbers if comment.approved == "1")

    def rows(self) -> list[Row]:
        """Rows of wp_comments."""
        return [self._row(comment, number) for comment, number in self._numbers.items()]

    def meta(self) -> list[Row]:
        """Rows of wp_commentmeta: what the filter said of each comment of a stranger."""
        judged = [
            (number, "akismet_result", "true" if comment.approved == "spam" else "false")
            for comment, number in self._numbers.items()
            if not comment.user_id
        ]
        return [(at, *entry) for at, entry in enumerate(judged, start=1)]

    def _row(self, comment: Comment, number: int) -> Row:
        parent = self._numbers.get(comment.answers, 0) if comment.answers else 0
        return (
            number, comment.post_id, comment.author, _address(comment), comment.site,
            f"203.0.113.{sum(map(ord, comment.author)) % 250 + 1}", local(comment.moment),
            gmt(comment.moment), comment.text, 0, comment.approved, _AGENT, comment.kind, parent,
            comment.user_id,
        )  # fmt: skip


def _address(comment: Comment) -> str:
    if comment.kind == "pingback":
        return ""
    if comment.user_id:
        return address(comment.user_id)
    name = sum(ord(letter) * at for at, letter in enumerate(comment.author, start=1))
    return f"reader{name % 9973}@mail.example"


def _about(dice: Dice, one: Filed) -> Iterator[Comment]:
    """What came in about one entry."""
    assert one.entry
    said = texts("comments")
    yield from _readers(dice, one, lines(said["said"][parent_of(one.entry.categories[0])]))
    for kind, chance in (("spam", 0.3), ("pending", 0.04), ("pingback", 0.05), ("trash", 0.02)):
        if dice.chance(chance):
            yield _unasked(dice, one, kind)


def _readers(dice: Dice, one: Filed, remarks: list[str]) -> Iterator[Comment]:
    readers = texts("comments")["readers"].split()
    names: set[str] = set()
    for _ in range(dice.pick((0, 0, 0, 1, 1, 1, 2, 2, 3, 5))):
        name = dice.pick(readers)
        if name in names or not remarks:
            continue
        names.add(name)
        remark = dice.pick(remarks)
        remarks.remove(remark)
        member = authors()["yuzuko"] if name == "ゆずこ" and _is_after(one, 2023, 7) else 0
        comment = Comment(one.post.id, name, _later(dice, one, 6000), remark, user_id=member)
        yield comment
        if dice.chance(0.45):
            yield _answer(dice, one, comment)


def _is_after(one: Filed, year: int, month: int) -> bool:
    assert one.entry
    return (one.entry.moment.year, one.entry.moment.month) >= (year, month)


def _later(dice: Dice, one: Filed, minutes: int) -> datetime:
    assert one.entry
    return one.entry.moment + timedelta(minutes=dice.between(20, minutes))


def _answer(dice: Dice, one: Filed, comment: Comment) -> Comment:
    """The author of the entry says thank you."""
    names = {number: user["name"] for number, user in enumerate(texts("site")["user"], start=1)}
    return Comment(
        one.post.id,
        names[one.post.author],
        comment.moment + timedelta(minutes=dice.between(30, 2000)),
        dice.pick(lines(texts("comments")["answers"]["lines"])),
        user_id=one.post.author,
        answers=comment,
    )


def _unasked(dice: Dice, one: Filed, kind: str) -> Comment:
    moment = _later(dice, one, 200_000)
    wording = texts("comments")["spam" if kind == "trash" else kind]["lines"]
    text, number = dice.pick(lines(wording)), dice.between(1, 99)
    match kind:
        case "pingback":
            site = f"https://blog{number}.example/?p={one.post.id}"
            return Comment(
                one.post.id, f"ブログ{number}号", moment, text, kind="pingback", site=site
            )
        case "pending":
            return Comment(one.post.id, f"読者{number}", moment, text, approved="0")
        case _:
            site = f"https://shop{number}.example/?from={HOME.removeprefix('https://')}"
            return Comment(one.post.id, f"shop{number}", moment, text, kind, site=site)
