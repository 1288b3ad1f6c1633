"""The bytes of files as a run sees them: standard input in its file's place, and little read twice."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


_ROOM: Final = 16_000_000
"""Bytes that are held of files that were asked for again, though nobody said that they matter."""


class Reader:
    """Reads files; `given` holds, by absolute path, bytes that stand in for a file's own."""

    def __init__(self, given: Mapping[str, bytes] | None = None) -> None:
        self._kept = dict(given or {})
        self._seen: set[str] = set()
        self._room = _ROOM

    def read(self, path: str) -> bytes:
        """The bytes of a file; raises OSError."""
        data = self._kept.get(path)
        if data is not None:
            return data
        with open(path, "rb") as file:
            data = file.read()
        if path not in self._seen:
            self._seen.add(path)
        elif len(data) <= self._room:
            self._room -= len(data)
            self._kept[path] = data
        return data

    def keep(self, path: str, data: bytes) -> None:
        """Remember what a file was read as, so that all that is said of it is said of the same."""
        self._kept[path] = data

    def __call__(self, path: Path) -> bytes:
        return self.read(os.fspath(path))
