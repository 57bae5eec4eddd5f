"""Categories and tags: wp_terms, wp_termmeta, wp_term_taxonomy, wp_term_relationships."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from mcp_server.samples.rows import Row
from mcp_server.samples.wordpress.posts import Filed
from mcp_server.samples.wordpress.texts import texts

# In a site that has lived for some time the two ids of a term need not be the same: who joins tags
# by the wrong one shall see it.
_DRIFT = 3


@dataclass(frozen=True, slots=True)
class Term:
    """A term in its taxonomy; `parent` is a term's id."""

    id: int
    taxonomy_id: int
    taxonomy: str
    name: str
    slug: str
    description: str = ""
    parent: int = 0


class Terms:
    """All terms, and which posts they are given to."""

    def __init__(self, filed: Sequence[Filed]) -> None:
        self._categories = _categories()
        self._tags = _tags(filed, after=len(self._categories) + 1)
        menu_id = len(self._categories) + 1
        self._menu = Term(menu_id, menu_id, "nav_menu", "メインメニュー", "main-menu")
        self._given = [(one, term) for one in filed for term in self._of(one)]

    def _of(self, one: Filed) -> list[Term]:
        if one.post.type == "nav_menu_item":
            return [self._menu]
        if one.entry is None:
            return [self._categories["未分類"]] if one.post.type == "post" else []
        found = [self._categories[name] for name in one.entry.categories]
        return found + [self._tags[name] for name in one.entry.tags]

    @property
    def _all(self) -> list[Term]:
        return [*self._categories.values(), self._menu, *self._tags.values()]

    def terms(self) -> list[Row]:
        """Rows of wp_terms."""
        return [(term.id, term.name, term.slug, 0) for term in self._all]

    def taxonomies(self) -> list[Row]:
        """Rows of wp_term_taxonomy; `count` knows only what is published, as in WordPress."""
        counts = Counter(term.id for one, term in self._given if one.post.status == "publish")
        return [
            (t.taxonomy_id, t.id, t.taxonomy, t.description, t.parent, counts[t.id])
            for t in self._all
        ]

    def relationships(self) -> list[Row]:
        """Rows of wp_term_relationships; drafts and what is in the trash keep theirs."""
        return sorted((one.post.id, term.taxonomy_id, 0) for one, term in self._given)

    def meta(self) -> list[Row]:
        """Rows of wp_termmeta: the order in which the theme shows the categories."""
        shown = [term for term in self._categories.values() if term.parent == 0]
        return [(at, term.id, "order", str(at)) for at, term in enumerate(shown, start=1)]


def _categories() -> dict[str, Term]:
    found: dict[str, Term] = {}
    for id, entry in enumerate(texts("site")["category"], start=1):
        parent = found[entry["parent"]].id if "parent" in entry else 0
        name = entry["name"]
        found[name] = Term(id, id, "category", name, entry["slug"], entry.get("about", ""), parent)
    return found


def _tags(filed: Sequence[Filed], after: int) -> dict[str, Term]:
    """In the order in which they were first used."""
    names = dict.fromkeys(name for one in filed if one.entry for name in one.entry.tags)
    return {
        name: Term(id, id + _DRIFT, "post_tag", name, quote(name).lower())
        for id, name in enumerate(names, start=after + 1)
    }
