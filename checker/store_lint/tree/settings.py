"""Which files hold settings, and which read them in a way that is worth a look: by their bytes.

Who reads a settings class wrongly need not mention chatkit, and a project has hundreds of files that
read settings rightly. So nothing is parsed here: a file is let through when it takes an attribute of a
class that may hold settings, or one that is not written in the files that hold them. It may let
through more than is wrong; what is wrong is decided on the parsed tree.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from store_lint.tree.layout import Layout

CLASS_NAME: Final = re.compile(r"Conf(?:ig|\b)|Cfg|Setting|Secrets|Env(?:ironment)?(?![a-z])")
"""In what a class is called that holds settings."""
MODULE_NAME: Final = re.compile(
    r"(?:\w+_)?(?:conf(?:ig(?:uration)?)?|cfg|settings?|env(?:ironment)?)", re.IGNORECASE
)
"""What a module is called whose classes hold settings."""
_CLASS: Final = re.compile(rb"^[ \t]*class[ \t]+(\w+)([^:\n]*)", re.MULTILINE)
_BOUND: Final = re.compile(rb"^(?:(?:async[ \t]+)?def[ \t]+)?(\w+)[ \t]*[=:(]([^\n]*)", re.MULTILINE)
_FIELD: Final = re.compile(rb"^[ \t]+(?:def[ \t]+|self\.)?(\w+)[ \t]*[=:(]", re.MULTILINE)
_NOT_ON_CLASS: Final = re.compile(
    rb"BaseSettings|BaseModel|dataclass|\bself\.\w|^[ \t]+\w+[ \t]*:[^=\n]*$", re.MULTILINE
)
_READ: Final = re.compile(rb"\b(\w+)(?=\s*(\([^()]*\))?\s*\.\s*([A-Za-z]\w*))")
_ATTRIBUTE: Final = re.compile(rb"\.\s*([A-Za-z]\w*)")
_LINES_OF_A_CALL: Final = 3
_WORD: Final = re.compile(rb"\w+")
_RENAMED: Final = re.compile(
    rb"\b(?P<imported>\w+)[ \t]+as[ \t]+(?P<as>\w+)"
    rb"|\b(?P<variable>\w+)[ \t]*(?::[^=\n]*)?=[ \t]*(?:\w+\.)*(?P<value>\w+)(?P<called>\()?"
    rb"|\b(?P<annotated>\w+)[ \t]*:[ \t]*['\"]?(?:\w+\.)*(?P<type>\w+)"
)
_SIGN: Final = re.compile(rb"onf|Cfg|etting|Secrets|Env")
_TELLING: Final = re.compile(rb"conf|cfg|setting|env|secret", re.IGNORECASE)
_MAX_DEPTH: Final = 2


class _Holder(NamedTuple):
    """What the bytes of a file that holds settings say."""

    classes: frozenset[bytes]
    names: frozenset[bytes]
    """What the module binds: instances of them, and functions that give one."""
    words: frozenset[bytes]
    fields: frozenset[bytes]
    """What its classes may have, without case and underscores."""


class SettingsFiles:
    """Answers for the files of one run; `read` gives a file's bytes or raises OSError."""

    def __init__(self, layout: Layout, read: Callable[[Path], bytes]) -> None:
        self._layout = layout
        self._read = read
        self._holders: dict[str, _Holder | None] = {}
        self._imported: dict[str, tuple[str, ...]] = {}

    def holds(self, path: str) -> bool:
        """Whether a file defines a class that may hold settings."""
        return self._holder(path) is not None

    def leads_to_settings(self, path: str) -> bool:
        """Whether a file holds settings, or imports what does, as a re-export would."""
        return next(self._reached(path), None) is not None

    def names(self, path: str) -> frozenset[bytes]:
        """The words by which other files can mean what the file holds."""
        holder = self._holder(path)
        if holder is None:
            return frozenset()
        stem = os.path.basename(path).removesuffix(".py")
        if stem == "__init__":
            stem = os.path.basename(os.path.dirname(path))
        telling = (name for name in holder.names if _TELLING.search(name))
        return frozenset({stem.encode(), *holder.classes, *telling})

    def reads_doubtfully(self, path: str) -> bool:
        """Whether a file reads settings that it may not find where it looks for them."""
        data = self._data(path)
        if b"." not in data:
            return False
        holders = list(self._reached(path))
        if not holders:
            return False
        classes = frozenset[bytes]().union(*(h.classes for h in holders))
        names = frozenset[bytes]().union(*(h.names for h in holders))
        words = frozenset[bytes]().union(*(h.words for h in holders))
        fields = frozenset[bytes]().union(*(h.fields for h in holders))
        classes, names, lines = _named_in(data, classes, names)
        for root, called, attribute in set(_READ.findall(lines)):
            if root in classes and not called:
                return True
            if attribute not in words and (root in classes or root in names):
                return True
        doubted = {
            attribute
            for attribute in set(_ATTRIBUTE.findall(data)) - words
            if (b"_" in attribute or attribute.isupper()) and _fold(attribute) in fields
        }
        return bool(doubted) and any(match[3] in doubted for match in _READ.finditer(data))

    def _reached(self, path: str) -> Iterator[_Holder]:
        """The holders of settings that a file can mean: itself, those it imports, and what they,
        or files that only pass them on, import in turn."""
        seen = {path}
        pending = [(path, 0)]
        while pending:
            current, depth = pending.pop()
            holder = self._holder(current)
            if holder is not None:
                yield holder
            if holder is None and depth >= _MAX_DEPTH:
                continue
            for target in self._targets(current):
                if target in seen:
                    continue
                seen.add(target)
                passes_on = holder is not None or target.endswith("__init__.py")
                pending.append((target, depth if passes_on else depth + 1))

    def _targets(self, path: str) -> tuple[str, ...]:
        found = self._imported.get(path)
        if found is None:
            found = self._imported[path] = self._layout.imported(path, self._data(path))
        return found

    def _data(self, path: str) -> bytes:
        try:
            return self._read(Path(path))
        except OSError:
            return b""

    def _holder(self, path: str) -> _Holder | None:
        if path not in self._holders:
            self._holders[path] = _holder_of(path, self._data(path))
        return self._holders[path]


def _named_in(
    data: bytes, classes: frozenset[bytes], names: frozenset[bytes]
) -> tuple[frozenset[bytes], frozenset[bytes], bytes]:
    """What a file calls settings classes and what else holds settings, and the lines that say so.

    Most lines say nothing of them; the regular expressions are run on those that do.
    """
    lines = b""
    present = (classes | names) & frozenset(_WORD.findall(data))
    looked_for = frozenset[bytes]()
    while present != looked_for:
        looked_for = present
        lines = _lines_with(data, looked_for)
        for match in _RENAMED.finditer(lines):
            old = match["imported"] or match["value"]
            new = match["as"] or match["variable"] or match["annotated"]
            if old in classes and match["called"] is None:
                classes |= {new}
            elif old in names or old in classes or match["type"] in classes:
                names |= {new}
            else:
                continue
            present |= {new}
    return classes, names, lines


def _lines_with(data: bytes, words: frozenset[bytes]) -> bytes:
    """The lines that hold one of the words, each with those in which a call of it may go on."""
    spans: dict[int, int] = {}
    for word in words:
        at = data.find(word)
        while at >= 0:
            end = at
            for _ in range(_LINES_OF_A_CALL):
                end = data.find(b"\n", end + 1) if end >= 0 else end
            start = data.rfind(b"\n", 0, at) + 1
            spans[start] = end if end >= 0 else len(data)
            at = data.find(word, at + len(word))
    return b"\n".join(data[start:end] for start, end in sorted(spans.items()))


def _holder_of(path: str, data: bytes) -> _Holder | None:
    if _SIGN.search(data) is None and not _TELLING.search(os.path.basename(path).encode()):
        return None
    of_settings = MODULE_NAME.fullmatch(os.path.basename(path).removesuffix(".py")) is not None
    classes = frozenset(
        name
        for name, bases in _CLASS.findall(data)
        if of_settings or b"Settings" in bases or CLASS_NAME.search(name.decode("utf-8", "replace"))
    )
    if not classes and not of_settings:
        return None
    holds_on_class = _NOT_ON_CLASS.search(data) is None
    names = {
        name
        for name, rest in _BOUND.findall(data)
        if _TELLING.search(name) or not classes.isdisjoint(_WORD.findall(rest))
    }
    return _Holder(
        # On a plain class whose attributes have values, reading them is right.
        frozenset() if holds_on_class else classes,
        frozenset(names | classes if holds_on_class else names),
        frozenset(_WORD.findall(data)),
        frozenset(map(_fold, _FIELD.findall(data))),
    )


def _fold(word: bytes) -> bytes:
    return word.replace(b"_", b"").lower()
