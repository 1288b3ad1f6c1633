"""The bytes of files as a run sees them: each relevant one read once, standard input in its place."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Reader:
    """Reads files; `given` holds, by absolute path, bytes that stand in for a file's own."""

    def __init__(self, given: Mapping[str, bytes] | None = None) -> None:
        self._kept = dict(given or {})

    def read(self, path: str) -> bytes:
        """The bytes of a file; raises OSError."""
        data = self._kept.get(path)
        if data is not None:
            return data
        with open(path, "rb") as file:
            return file.read()

    def keep(self, path: str, data: bytes) -> None:
        """Remember what a file was read as, so that all that is said of it is said of the same."""
        self._kept[path] = data

    def __call__(self, path: Path) -> bytes:
        return self.read(os.fspath(path))
