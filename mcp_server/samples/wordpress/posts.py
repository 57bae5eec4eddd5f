"""wp_posts and wp_postmeta: the entries with their pictures and revisions, and the site's pages."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, count
from typing import NamedTuple

from mcp_server.samples.dice import Dice
from mcp_server.samples.rows import Row
from mcp_server.samples.wordpress.diary import Entry
from mcp_server.samples.wordpress.markup import content, picture_data
from mcp_server.samples.wordpress.moments import gmt, local, unix
from mcp_server.samples.wordpress.schema import NEVER
from mcp_server.samples.wordpress.story import LAST_MOMENT, SEED
from mcp_server.samples.wordpress.texts import lines, texts

HOME = "https://hatake.example"
_FIRST_ID = 5  # the installer's own posts came before, and went


class Post(NamedTuple):
    """A row of wp_posts, in the order of its columns."""

    id: int
    author: int
    date: str
    date_gmt: str
    content: str
    title: str
    excerpt: str
    status: str
    comment_status: str
    ping_status: str
    password: str
    name: str
    to_ping: str
    pinged: str
    modified: str
    modified_gmt: str
    content_filtered: str
    parent: int
    guid: str
    menu_order: int
    type: str
    mime_type: str
    comment_count: int


@dataclass(frozen=True, slots=True)
class Filed:
    """A post, its metadata, and the entry that it holds, if it holds one."""

    post: Post
    meta: tuple[tuple[str, str], ...] = ()
    entry: Entry | None = None


def authors() -> dict[str, int]:
    """The id of each login."""
    return {user["login"]: number for number, user in enumerate(texts("site")["user"], start=1)}


def filed(entries: Iterable[Entry]) -> list[Filed]:
    """Everything of wp_posts in the order of its ids."""
    dice, numbers, known = Dice(SEED + 4), count(_FIRST_ID), authors()
    found = [Filed(post) for post in _pages(numbers)]
    names: set[str] = set()
    for entry in entries:
        found += _with_company(dice, numbers, entry, known[entry.author], names)
    return [*found, *(Filed(post) for post in _odds_and_ends(numbers))]


def postmeta(filed: Iterable[Filed]) -> list[Row]:
    """Rows of wp_postmeta."""
    pairs = ((one.post.id, key, value) for one in filed for key, value in one.meta)
    return [(number, *pair) for number, pair in enumerate(pairs, start=1)]


def _post(id: int, author: int, moment: datetime, status: str, type: str, title: str) -> Post:
    """A post without text; what nobody has published has no moment in GMT yet."""
    unborn = status in {"draft", "pending", "auto-draft"}
    return Post(
        id, author, local(moment), NEVER if unborn else gmt(moment), "", title, "", status,
        "open" if type == "post" else "closed", "open" if type == "post" else "closed", "", "",
        "", "", local(moment), gmt(moment), "", 0, f"{HOME}/?p={id}", 0, type, "", 0,
    )  # fmt: skip


def _pages(numbers: Iterator[int]) -> Iterator[Post]:
    for order, page in enumerate(texts("site")["page"]):
        moment = datetime.fromisoformat(page["date"])
        post = _post(next(numbers), 1, moment, page["status"], "page", page["title"])
        yield post._replace(
            name=page["slug"], content=content(lines(page["text"])), menu_order=order
        )


def _odds_and_ends(numbers: Iterator[int]) -> Iterator[Post]:
    """What else an editor and a theme leave behind."""
    at = LAST_MOMENT - timedelta(hours=2)
    yield _post(next(numbers), 1, at, "auto-draft", "post", "自動下書き")
    styles = _post(next(numbers), 1, at, "publish", "wp_global_styles", "Custom Styles")
    yield styles._replace(
        name="wp-global-styles-twentytwentyfive",
        content='{"version": 3, "isGlobalStylesUserThemeJSON": true }',
    )
    for order, title in enumerate(("ホーム", "畑の一年", "このブログについて"), start=1):
        item = _post(next(numbers), 1, at, "publish", "nav_menu_item", title)
        yield item._replace(name=f"menu-{order}", menu_order=order)


def _with_company(
    dice: Dice, numbers: Iterator[int], entry: Entry, author: int, names: set[str]
) -> Iterator[Filed]:
    """The entry's post, its pictures, and its revisions."""
    post = _post(next(numbers), author, entry.moment, entry.status, "post", entry.title)
    edited = _edited(dice, entry.moment)
    pictures = [
        _picture(dice, next(numbers), post, entry.moment - timedelta(minutes=2 * left))
        for left in range(_pictures(dice, entry), 0, -1)
    ]
    post = post._replace(
        content=content(entry.paragraphs, [(p.post.id, p.post.guid) for p in pictures[1:]]),
        name=_name(entry, names),
        modified=local(edited),
        modified_gmt=gmt(edited),
    )
    yield Filed(post, tuple(_meta(dice, post, pictures, entry, edited)), entry)
    yield from pictures
    for number in range(dice.pick((0, 1, 1, 2, 3)), 0, -1):
        yield Filed(_revision(next(numbers), post, entry, edited - timedelta(minutes=3 * number)))


def _pictures(dice: Dice, entry: Entry) -> int:
    if entry.categories[0] == "写真":
        return dice.between(2, 4)
    return dice.between(1, 2) if dice.chance(0.55) else 0


def _edited(dice: Dice, moment: datetime) -> datetime:
    """When it was last changed: right away mostly, sometimes weeks after."""
    days = dice.between(1, 60) if dice.chance(0.2) else 0
    return min(moment + timedelta(days=days, minutes=dice.between(0, 50)), LAST_MOMENT)


def _name(entry: Entry, names: set[str]) -> str:
    """The last part of its address; drafts have none."""
    if entry.status in {"draft", "pending"}:
        return ""
    day = f"{entry.moment:%Y%m%d}"
    free = next(n for n in chain([day], (f"{day}-{at}" for at in count(2))) if n not in names)
    names.add(free)
    return f"{free}__trashed" if entry.status == "trash" else free


def _picture(dice: Dice, id: int, post: Post, moment: datetime) -> Filed:
    file = f"{moment:%Y/%m}/img_{dice.between(1000, 9999)}-{id}.jpg"
    picture = _post(id, post.author, moment, "inherit", "attachment", f"IMG_{id}")
    row = picture._replace(
        parent=post.id,
        mime_type="image/jpeg",
        name=f"img_{id}",
        guid=f"{HOME}/wp-content/uploads/{file}",
    )
    sizes = dice.pick(((2400, 1600), (1600, 2400), (2048, 1536)))
    meta = (("_wp_attached_file", file), ("_wp_attachment_metadata", picture_data(file, *sizes)))
    return Filed(row, meta)


def _revision(id: int, post: Post, entry: Entry, moment: datetime) -> Post:
    """An earlier version: the end was not written yet."""
    row = _post(id, post.author, moment, "inherit", "revision", post.title)
    return row._replace(
        content=content(entry.paragraphs[:-1]), parent=post.id, name=f"{post.id}-revision-v1"
    )


def _meta(
    dice: Dice, post: Post, pictures: list[Filed], entry: Entry, edited: datetime
) -> Iterator[tuple[str, str]]:
    yield "_edit_last", str(post.author)
    yield "_edit_lock", f"{unix(edited)}:{post.author}"
    if pictures:
        yield "_thumbnail_id", str(pictures[0].post.id)
    yield from entry.fields
    if entry.status == "trash":
        yield "_wp_trash_meta_status", dice.pick(("publish", "draft"))
        yield "_wp_trash_meta_time", str(unix(edited))


def counted(one: Filed, comments: int) -> Filed:
    """With the number of its approved comments."""
    return replace(one, post=one.post._replace(comment_count=comments))
