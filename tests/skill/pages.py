"""The skill's pages and their blocks of code.

# What a block's info string says

    bash app              run in the page's application, in the order of the page
    python app file=PATH  written to that file of it, linted (by ruff too), and imported
    bash needs=NAME       shown: needs what is not here; its commands are checked by their options
    python wrong, right   examples of rules, which tests/store_lint/rules/test_pages.py runs
    console, toml, yaml, python, text      README and docs: see test_blocks.py

More words: `settings=postgres` (mysql, mongodb) gives the application the settings of that engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt

ROOT: Final = Path(__file__).parents[2]
SKILL: Final = ROOT / "SKILL.md"
ENGINES: Final = sorted((ROOT / "skill" / "engines").glob("*.md"))
SUBJECTS: Final = sorted(page for page in (ROOT / "skill").glob("*.md") if page.name != "contract.md")
PAGES: Final = [SKILL, *ENGINES, *SUBJECTS]
"""What an agent reads, without the pages of rules and the contract, which have tests of their own."""
DOCUMENTS: Final = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@dataclass(frozen=True)
class Block:
    """A fenced block."""

    page: Path
    line: int
    language: str
    words: tuple[str, ...]
    code: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    def word(self, key: str) -> str | None:
        return next((w.partition("=")[2] for w in self.words if w.startswith(f"{key}=")), None)


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page."""
    return [
        Block(page, (token.map or [0])[0] + 1, info[0] if info else "", tuple(info[1:]), token.content)
        for token in MarkdownIt().parse(page.read_text("utf-8"))
        if token.type == "fence"
        for info in [token.info.split()]
    ]


def body(page: Path) -> str:
    """A page without its frontmatter."""
    text = page.read_text("utf-8")
    return text.split("---\n", 2)[2] if text.startswith("---\n") else text


def tokens(text: str) -> int:
    """How many tokens a text is, counted high: models take about four letters of prose for one."""
    return round(len(text) / 3.5)
