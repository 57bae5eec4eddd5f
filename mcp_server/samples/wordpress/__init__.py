"""The sample "wordpress": the diary of a couple with a vegetable garden, 2021 to 2025."""

from collections.abc import Sequence

from mcp_server.samples.rows import Row
from mcp_server.samples.wordpress.comments import Comments
from mcp_server.samples.wordpress.diary import entries
from mcp_server.samples.wordpress.posts import counted, filed, postmeta
from mcp_server.samples.wordpress.schema import METADATA, SQL_MODE
from mcp_server.samples.wordpress.site import links, options, usermeta, users
from mcp_server.samples.wordpress.terms import Terms

__all__ = ["METADATA", "SQL_MODE", "rows"]


def rows() -> dict[str, Sequence[Row]]:
    """Every row by table, in the order of its key; cells in the order of the table's columns."""
    posts = filed(entries())
    comments, terms = Comments(posts), Terms(posts)
    approved = comments.approved()
    return {
        "wp_users": users(),
        "wp_usermeta": usermeta(),
        "wp_posts": [counted(one, approved[one.post.id]).post for one in posts],
        "wp_postmeta": postmeta(posts),
        "wp_terms": terms.terms(),
        "wp_termmeta": terms.meta(),
        "wp_term_taxonomy": terms.taxonomies(),
        "wp_term_relationships": terms.relationships(),
        "wp_comments": comments.rows(),
        "wp_commentmeta": comments.meta(),
        "wp_links": links(),
        "wp_options": options(),
    }
