"""The fenced blocks of the documents that a person reads, and the commands in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
# AGENTS.md draws the house; what it lists is no command that a person types.
DOCUMENTS = sorted({*ROOT.glob("*.md"), *ROOT.glob("examples/**/*.md")} - {ROOT / "AGENTS.md"})
_FENCED = re.compile(r"^(?P<indent> *)```(?P<kind>\w*)\n(?P<text>.*?)^ *```$", re.M | re.S)


@dataclass(frozen=True, slots=True)
class Block:
    """`place` is file:line; `kind` is what stands behind the fence, "" where nothing does."""

    place: str
    kind: str
    text: str

    def commands(self) -> Iterator[str]:
        """The lines that a person types into a shell."""
        joined = self.text.replace("\\\n", " ")
        for line in joined.splitlines():
            match self.kind:
                case "console" if line.startswith("$ "):
                    yield line[2:]
                case "sh" | "bash" if line.strip() and not line.startswith("#"):
                    yield line
                case "" if line.startswith("kotae "):
                    yield line

    def output(self) -> str:
        """What a console shows after its first command."""
        return self.text.partition("\n")[2]


def blocks(*kinds: str) -> list[Block]:
    """Those of all documents that have one of these kinds."""
    return [
        block for document in DOCUMENTS for block in _of_document(document) if block.kind in kinds
    ]


def _of_document(document: Path) -> Iterator[Block]:
    text = document.read_text(encoding="utf-8")
    for match in _FENCED.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        indent = match["indent"]
        body = re.sub(f"^{indent}", "", match["text"], flags=re.M)
        yield Block(f"{document.relative_to(ROOT)}:{line}", match["kind"], body)
