"""Text that is put together: what is known of it, piece by piece."""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING

from store_lint.flow.values import (
    Constant,
    Instance,
    Text,
    Unknown,
    Value,
    instance,
    type_name,
    value,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from store_lint.flow.values import Atom, Items

MAX_ALTERNATIVES = 8
MAX_PIECES = 64

Pieces = tuple[str | None, ...]


def pieces(atom: Atom) -> Pieces | None:
    """The pieces of a text; None where the atom is no text."""
    if isinstance(atom, Constant):
        return (atom.value,) if isinstance(atom.value, str) else None
    if isinstance(atom, Text):
        return atom.pieces
    return (None,) if isinstance(atom, Instance) and atom.cls == "str" else None


def as_value(parts: Pieces) -> Atom:
    """The atom of a text, its neighbouring pieces merged."""
    merged: list[str | None] = []
    for part in parts:
        if merged and part is None and merged[-1] is None:
            continue
        if merged and part is not None and merged[-1] is not None:
            merged[-1] = merged[-1] + part
        elif part != "":
            merged.append(part)
    if not merged:
        return Constant("")
    if len(merged) == 1 and merged[0] is not None:
        return Constant(merged[0])
    if merged == [None] or len(merged) > MAX_PIECES:
        return Instance("str")
    return Text(tuple(merged))


def concatenated(left: Value, right: Value) -> Value:
    """What `left + right` gives, for texts and numbers."""
    alternatives: set[Atom] = set()
    for a in left:
        for b in right:
            first, second = pieces(a), pieces(b)
            if first is not None and second is not None:
                alternatives.add(as_value(first + second))
            elif first is not None or second is not None:
                alternatives.add(as_value((first or (None,)) + (second or (None,))))
            else:
                alternatives.add(_sum(a, b, is_one=len(left) == len(right) == 1))
    if not alternatives:
        return value(Unknown())
    if len(alternatives) > MAX_ALTERNATIVES:
        return instance("str") if all(pieces(a) for a in alternatives) else value(Unknown())
    return frozenset(alternatives)


def _sum(a: Atom, b: Atom, *, is_one: bool) -> Atom:
    if (
        is_one  # what counts in a loop would go on and on
        and isinstance(a, Constant)
        and isinstance(b, Constant)
        and type(a.value) is int
        and type(b.value) is int
    ):
        return Constant(a.value + b.value)
    names = {type_name(a), type_name(b)}
    if names <= {"int", "bool"}:
        return Instance("int")
    if names <= {"int", "bool", "float"}:
        return Instance("float")
    if names == {"bytes"}:
        return Instance("bytes")
    return Unknown()


def formatted(parts: Sequence[str | Value | None]) -> Value:
    """What an f-string gives: its texts, the values of its plain fields, None for other fields."""
    alternatives: list[Pieces] = [()]
    for part in parts:
        if isinstance(part, str) or part is None:
            alternatives = [(*known, part) for known in alternatives]
            continue
        shown: set[str | None] = set()
        texts: set[Pieces] = set()
        for atom in part:
            if isinstance(atom, Constant) and isinstance(atom.value, (str, int, float, bool)):
                shown.add(str(atom.value))
            elif isinstance(atom, Text):
                texts.add(atom.pieces)
            else:
                shown.add(None)
        choices = [*((text,) for text in sorted(shown, key=str)), *texts] or [(None,)]
        alternatives = [known + choice for known in alternatives for choice in choices]
        if len(alternatives) > MAX_ALTERNATIVES:
            return instance("str")
    return frozenset(as_value(known) for known in alternatives)


def stripped(texts: Value, method: str) -> Value:
    """What `text.strip()` gives; `method` may be lstrip or rstrip as well."""
    found: set[Atom] = set()
    for atom in texts:
        known = pieces(atom)
        if known is None or known == (None,):
            found.add(Instance("str"))
            continue
        parts = list(known)
        first, last = parts[0], parts[-1]
        if method != "rstrip" and first is not None:
            parts[0] = first = first.lstrip()
        if method != "lstrip" and last is not None:
            parts[-1] = (first if len(parts) == 1 and first is not None else last).rstrip()
        found.add(as_value(tuple(parts)))
    return frozenset(found)


def filled(texts: Value, positional: Sequence[Value], named: Mapping[str, Value]) -> Value:
    """What `text.format(…)` gives."""
    if len(texts) != 1:
        return instance("str")
    (atom,) = texts
    if not isinstance(atom, Constant) or not isinstance(atom.value, str):
        return instance("str")
    try:
        fields = list(Formatter().parse(atom.value))
    except ValueError:  # a format that raises when it is filled
        return instance("str")
    parts: list[str | Value | None] = []
    position = 0
    for text, name, spec, conversion in fields:
        parts.append(text)
        if name is None:
            continue
        if name == "":
            name, position = str(position), position + 1
        index = int(name) if name.isdigit() else len(positional)
        found = positional[index] if index < len(positional) else named.get(name)
        parts.append(None if spec or conversion else found)
    return formatted(parts)


def joined_text(separator: Value, held: Items | None) -> Value:
    """What `separator.join(items)` gives."""
    if held is None or held.known is None or len(separator) != 1:
        return instance("str")
    (atom,) = separator
    between = pieces(atom)
    if between is None:
        return instance("str")
    result: Value = value(Constant(""))
    for index, item in enumerate(held.known):
        if index:
            result = concatenated(result, value(as_value(between)))
        result = concatenated(result, item)
    return result
