"""Text of unknown origin made fit to stand within one line of output.

Messages quote names and source, paths may hold any character: a line break in them would tear a
line that tools read, and an escape character would drive the terminal.
"""

from __future__ import annotations

import re

# C0 and C1 controls, the separators that editors break lines at, and marks that reorder the text.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def one_line(text: str) -> str:
    """`text` with each control character written as its Python escape."""
    return _UNSAFE.sub(lambda match: ascii(match.group())[1:-1], text)
