"""Texts in the code that would reach a person in one language only."""

import ast
import re
from collections.abc import Iterator

SAY = frozenset(
    {
        *("say", "fail", "echo", "print", "notify", "prompt", "confirm", "status", "update"),
        *("Static", "Label", "Button", "Input", "Text", "Content", "Binding", "BadParameter"),
        *("Option", "Argument", "Typer", "command", "add_column", "add_task", "append", "assemble"),
    }
)
SHOWN = frozenset({"help", "title", "placeholder", "tooltip", "description", "border_title"})
# Words as people write them; a label before a tab, a style or a key is data.
WORDS = re.compile(r"[A-Za-z]{2,}[,.:]? +[A-Za-z]{2,}|^[A-Z][a-z]{2,}|[\u3040-\u30ff\u4e00-\u9fff]")
STYLE = re.compile(r"(bold|dim|italic|reverse)( \w+)?$")


def literals(code: str) -> Iterator[tuple[int, str]]:
    """Line and text of every literal that is said or shown as it stands."""
    for node in ast.walk(ast.parse(code)):
        for shown in _shown(node):
            for constant in _outside_calls(shown):
                text = constant.value
                if isinstance(text, str) and WORDS.search(text) and not STYLE.match(text):
                    yield constant.lineno, text


def _shown(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            yield from node.args if name in SAY else ()
            yield from (keyword.value for keyword in node.keywords if keyword.arg in SHOWN)
        case ast.Assign(targets=[ast.Name(id=name) | ast.Attribute(attr=name)]):
            if name.lower().removeprefix("sub_") in SHOWN:
                yield node.value


def _outside_calls(node: ast.AST) -> Iterator[ast.Constant]:
    """The constants of an expression but those that a call inside takes: t("key") is no text."""
    if isinstance(node, ast.Constant):
        yield node
    elif not isinstance(node, ast.Call):
        for child in ast.iter_child_nodes(node):
            yield from _outside_calls(child)
