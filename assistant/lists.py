"""Whether a statement gives a list: its rows are shown as a table, and need no sentence."""

from sqlglot import exp

from assistant.scopes import parsed, totals


def gives_list(sql: str) -> bool:
    """Whether it gives many rows as a rule: groups, an order or all there is, but not the first.

    Conditions alone do not tell: they may find one row, for which a sentence is wanted.
    """
    tree = parsed(sql)
    if not isinstance(tree, exp.Select) or _takes_first(tree):
        return False
    if tree.args.get("group"):
        return True
    many = any(map(tree.args.get, ("order", "distinct"))) or not tree.args.get("where")
    return many and not totals(tree)


def _takes_first(tree: exp.Select) -> bool:
    limit = tree.args.get("limit")
    return isinstance(limit, exp.Limit) and limit.expression.sql() == "1"
