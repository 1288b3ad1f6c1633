"""What --fix would change, as a unified diff that `git apply` and `patch -p1` take."""

from __future__ import annotations

import difflib
import os
from typing import TYPE_CHECKING

from store_lint.report.paths import shown

if TYPE_CHECKING:
    from pathlib import Path

    from store_lint.fix.mend import Mended

_NO_NEWLINE = b"\n\\ No newline at end of file\n"


def unified_diff(mended: Mended, folder: Path) -> bytes:
    """The diff of one file, in the file's own encoding; paths relative to `folder`."""
    name = shown(mended.path, folder)
    # A patch tool reads a name up to the first blank unless a tab ends it.
    tab = "\t" if any(character.isspace() for character in name) else ""
    below = not mended.path.is_absolute() or mended.path.is_relative_to(folder)
    before, after = (f"a/{name}{tab}", f"b/{name}{tab}") if below else (f"{name}{tab}",) * 2
    diff = difflib.diff_bytes(
        difflib.unified_diff,
        _lines(mended.before),
        _lines(mended.after),
        os.fsencode(before),
        os.fsencode(after),
    )
    return b"".join(line if line.endswith(b"\n") else line + _NO_NEWLINE for line in diff)


def _lines(data: bytes) -> list[bytes]:
    # Patch tools end a line at \n alone; splitlines would also split at \r and \f.
    lines = [line + b"\n" for line in data.split(b"\n")]
    if data.endswith(b"\n") or not data:
        return lines[:-1]
    return [*lines[:-1], lines[-1][:-1]]
