"""Which modules a file imports, by regular expression, to decide whether it is worth parsing.

It may name more than is imported (words in a string look the same); it misses nothing, whatever
Python's syntax is by then. What names mean is decided on the parsed tree, never here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_JOINED_LINE: Final = rb"\\(?:\r\n|\r|\n)"
_NAME: Final = r"[^\W\d]\w*"
_DOTTED: Final = rf"{_NAME}(?:\s*\.\s*{_NAME})*"
_FROM: Final = re.compile(
    rf"\bfrom\s*(?P<dots>(?:\.\s*)*)(?P<module>{_DOTTED})?\s*\bimport\b\s*"
    r"(?:\((?P<group>[^)]*\)?)|(?P<names>[^\r\n;]*))"
)
_IMPORT: Final = re.compile(r"\bimport\s+(?P<names>[^\r\n;]*)")
_IMPORTED: Final = re.compile(rf"(?P<name>{_DOTTED})(?:\s+as\s+{_NAME})?")


def scan(data: bytes) -> Iterator[tuple[str, int]]:
    """Each module that the file may import, as a dotted name and a relative level.

    For `from a import b` both `a` and `a.b` come, since b may be a module.
    """
    if b"\\" in data:
        data = re.sub(_JOINED_LINE, b" ", data)
    text = data.decode("utf-8", "replace")
    for match in _FROM.finditer(text):
        level = match["dots"].count(".")
        module = _without_space(match["module"] or "")
        if module or level:
            yield module, level
        listed = match["group"]
        if listed is not None and "#" in listed:
            # A comment may hold the closing parenthesis: read on to the real one.
            listed = _group(text, match.start("group"))
        for name in _IMPORTED.finditer(listed if listed is not None else match["names"] or ""):
            inner = _without_space(name["name"])
            yield (f"{module}.{inner}" if module else inner), level
    for match in _IMPORT.finditer(text):
        for name in _IMPORTED.finditer(match["names"]):
            yield _without_space(name["name"]), 0


def _without_space(name: str) -> str:
    return "".join(name.split())


def _group(text: str, start: int) -> str:
    lines: list[str] = []
    for line in text[start:].splitlines():
        code = line.partition("#")[0]
        end = code.find(")")
        lines.append(code if end < 0 else code[:end])
        if end >= 0:
            break
    return " ".join(lines)
