"""The types of columns, from the CREATE TABLE statements that stand in the tree."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from store_lint.rules.sql.tokens import HOLE, Token, pairs, tokenize

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFINES_COLUMNS: Final = re.compile(r"\b(?:CREATE|ALTER)\b[^;]{0,60}?\bTABLE\b", re.IGNORECASE)

_NAMES: Final[dict[str, str]] = {
    **dict.fromkeys(("text", "varchar", "char", "character", "bpchar", "citext", "name"), "text"),
    **dict.fromkeys(("int", "integer", "int2", "int4", "int8", "smallint", "bigint"), "int"),
    **dict.fromkeys(("serial", "bigserial", "smallserial", "serial4", "serial8"), "int"),
    **dict.fromkeys(("bool", "boolean"), "bool"),
    **dict.fromkeys(("real", "float", "float4", "float8", "double"), "float"),
    **dict.fromkeys(("numeric", "decimal"), "numeric"),
    "timestamptz": "timestamptz",
    "timestamp": "timestamp",
    "date": "date",
    "time": "time",
    "timetz": "time",
    "interval": "interval",
    "json": "json",
    "jsonb": "jsonb",
    "uuid": "uuid",
    "bytea": "bytea",
}
_NO_COLUMN: Final = frozenset(
    [
        "constraint",
        "primary",
        "unique",
        "foreign",
        "check",
        "exclude",
        "like",
        "key",
        "index",
        "fulltext",
        "spatial",
    ]
)
_ACTIONS: Final = frozenset(
    ["add", "alter", "drop", "rename", "owner", "set", "enable", "disable", "validate", "attach"]
)


@dataclass(slots=True)
class Schema:
    """The types of the columns of each table; two, where two statements give two."""

    columns: dict[str, dict[str, set[str]]] = field(default_factory=dict[str, "dict[str, set[str]]"])
    order: dict[str, list[str]] = field(default_factory=dict[str, "list[str]"])
    """The columns of a table in their order, where exactly one statement creates it."""

    def read(self, text: str) -> None:
        """Take in the CREATE TABLE and ALTER TABLE statements of a text."""
        tokens = tokenize(text, "dollar")
        matching = pairs(tokens)
        for index, token in enumerate(tokens):
            if token.kind == "word" and token.text == "table" and index:
                before = [t.text for t in tokens[max(0, index - 3) : index] if t.kind == "word"]
                if "create" in before:
                    self._create(tokens, matching, index + 1)
                elif before and before[-1] == "alter":
                    self._alter(tokens, index + 1)

    def type_of(self, table: str, column: str) -> str | None:
        """The type of a column; None where it is not known, or not one."""
        found = self.columns.get(table, {}).get(column, set())
        return next(iter(found)) if len(found) == 1 else None

    def has(self, table: str) -> bool:
        return table in self.columns

    def _create(self, tokens: Sequence[Token], matching: dict[int, int], index: int) -> None:
        index = _skip(tokens, index, "if", "not", "exists")
        table, index = table_name(tokens, index)
        if table is None or index not in matching or tokens[index].text != "(":
            return
        known = self.columns.setdefault(table, {})
        names: list[str] = []
        for part in parts(tokens, index + 1, matching[index]):
            name = tokens[part.start]
            if name.kind not in ("word", "quoted") or (name.kind == "word" and name.text in _NO_COLUMN):
                continue
            known.setdefault(name.text, set()).add(type_at(tokens, part.start + 1)[0] or "other")
            names.append(name.text)
        if table in self.order and self.order[table] != names:
            self.order[table] = []
        else:
            self.order[table] = names

    def _alter(self, tokens: Sequence[Token], index: int) -> None:
        index = _skip(tokens, index, "if", "exists", "only")
        table, index = table_name(tokens, index)
        if table is None:
            return
        self.order[table] = []  # where a new column stands depends on what ran before
        known = self.columns.setdefault(table, {})
        while index + 1 < len(tokens) and tokens[index].text != ";":
            if tokens[index].text == "add":
                at = _skip(tokens, index + 1, "column", "if", "not", "exists")
                if at < len(tokens) and tokens[at].text not in _NO_COLUMN:
                    found = type_at(tokens, at + 1)[0] or "other"
                    known.setdefault(tokens[at].text, set()).add(found)
            elif tokens[index].text == "alter":
                at = _skip(tokens, index + 1, "column")
                kind = _skip(tokens, at + 1, "set", "data")
                if kind < len(tokens) and tokens[kind].text == "type":
                    found = type_at(tokens, kind + 1)[0] or "other"
                    known.setdefault(tokens[at].text, set()).add(found)
            index += 1
            while index < len(tokens) and tokens[index].text not in (*_ACTIONS, ";"):
                index += 1


def type_at(tokens: Sequence[Token], index: int) -> tuple[str | None, int]:
    """The type that is written at `index`, and the index behind it; None for one that is not known.

    'text', 'int', 'timestamptz', … or 'text[]' for an array; 'other' for a name that PostgreSQL
    does not have itself (an enum, a domain).
    """
    if index >= len(tokens) or tokens[index].kind not in ("word", "quoted"):
        return None, index
    name = tokens[index].text
    if HOLE in name:
        return None, index + 1
    index += 1
    if index + 1 < len(tokens) and tokens[index].text == "." and name == "pg_catalog":
        name = tokens[index + 1].text
        index += 2
    found = _NAMES.get(name, "other")
    if name == "double" or name == "character":
        index = _skip(tokens, index, "precision", "varying")
    index = _skip_group(tokens, index)
    if name in ("timestamp", "time") and index < len(tokens):
        words = [t.text for t in tokens[index : index + 3]]
        if words == ["with", "time", "zone"]:
            found = "timestamptz" if name == "timestamp" else found
            index += 3
        elif words == ["without", "time", "zone"]:
            index += 3
    is_array = False
    while index + 1 < len(tokens) and tokens[index].text == "[":
        is_array = True
        while index < len(tokens) and tokens[index].text != "]":
            index += 1
        index += 1
    if index < len(tokens) and tokens[index].text == "array":
        is_array = True
        index += 1
    return (f"{found}[]" if is_array else found), index


def table_name(tokens: Sequence[Token], index: int) -> tuple[str | None, int]:
    """The table that is named at `index`, without its schema, and the index behind it.

    None for a name of which nothing is known.
    """
    name: str | None = None
    while index < len(tokens) and tokens[index].kind in ("word", "quoted"):
        name = tokens[index].text
        index += 1
        if index < len(tokens) and tokens[index].text == ".":
            index += 1
            continue
        break
    return (None if name is None or not name.strip(HOLE) else name), index


def _skip(tokens: Sequence[Token], index: int, *words: str) -> int:
    while index < len(tokens) and tokens[index].kind == "word" and tokens[index].text in words:
        index += 1
    return index


def _skip_group(tokens: Sequence[Token], index: int) -> int:
    if index >= len(tokens) or tokens[index].text != "(":
        return index
    while index < len(tokens) and tokens[index].text != ")":
        index += 1
    return index + 1


def parts(tokens: Sequence[Token], start: int, end: int) -> list[range]:
    """The comma-separated parts between two parentheses, empty ones left out."""
    found: list[range] = []
    depth = 0
    first = start
    for index in range(start, end + 1):
        text = tokens[index].text if tokens[index].kind == "mark" else ""
        if index == end or (text == "," and depth == 0):
            if index > first:
                found.append(range(first, index))
            first = index + 1
        depth += {"(": 1, ")": -1}.get(text, 0)
    return found
