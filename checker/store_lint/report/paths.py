"""How a path is shown: from where the user stands, with forward slashes on every system."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def shown(path: Path, folder: Path) -> str:
    """`path` relative to `folder` where it lies below it, else as it is."""
    if path.is_absolute() and path.is_relative_to(folder):
        path = path.relative_to(folder)
    return path.as_posix()
