"""Which files of a project mention a word: for the few questions that imports do not answer.

Who derives from a class, who creates an instance of it, who sets an attribute from outside: that
file imports the class, not the other way round. Asked only of what would be reported.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from store_lint.tree.files import discover

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from store_lint.tree.layout import Layout


class Search:
    """Searches the files that are checked, and the rest of their project."""

    def __init__(self, layout: Layout, read: Callable[[Path], bytes]) -> None:
        self._layout = layout
        self._read = read
        self._listed: dict[str, tuple[str, ...]] = {}
        self._found: dict[tuple[str, str], list[Path]] = {}

    def __call__(self, word: str, near: Path) -> list[Path]:
        """The files in whose bytes `word` occurs, of the project to which `near` belongs."""
        key = (word, self._layout.project_of(str(near.parent)) or str(near.parent))
        if key not in self._found:
            self._found[key] = list(self._search(word, near))
        return self._found[key]

    def _search(self, word: str, near: Path) -> Iterator[Path]:
        encoded = word.encode()
        pattern = re.compile(rb"\b" + re.escape(encoded) + rb"\b")
        for path in dict.fromkeys((*self._layout.files, *self._project(str(near.parent)))):
            try:
                data = self._read(Path(path))
            except OSError:
                continue
            if encoded in data and pattern.search(data):  # the first costs a tenth of the second
                yield Path(path)

    def _project(self, folder: str) -> tuple[str, ...]:
        top = self._layout.project_of(folder) or folder
        if top not in self._listed:
            self._listed[top] = tuple(discover((Path(top),), (), Path(top)).files)
        return self._listed[top]
