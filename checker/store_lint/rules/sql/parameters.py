"""What PostgreSQL takes each placeholder of a statement for.

A placeholder has no type until the server has read what stands around it. It settles the clauses of a
query in an order of its own, and takes the first type that it meets (tried on PostgreSQL 15): FROM,
the select list, WHERE, HAVING, ORDER BY, GROUP BY, OFFSET, LIMIT; of an UPDATE the assignments last.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from store_lint.rules.sql.schema import parts, table_name, type_at
from store_lint.rules.sql.tokens import HOLE, pairs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from store_lint.rules.sql.project import Tables
    from store_lint.rules.sql.tokens import Token

IS_NULL: Final = "is null"
"""In the place of a type: `$1 IS NULL`, which settles none."""

_COMPARISONS: Final = frozenset({"=", "<>", "!=", "<", ">", "<=", ">="})
_MATCHES: Final = frozenset({"like", "ilike", "~", "~*", "!~", "!~*", "~~", "~~*", "to"})
_ARITHMETIC: Final = frozenset({"+", "-", "*", "/", "%"})
_QUERIES: Final = frozenset({"select", "with", "values", "insert", "update", "delete"})
_SET_OPERATIONS: Final = frozenset({"union", "intersect", "except"})
_CLAUSES: Final[dict[str, tuple[str, ...]]] = {
    # The words that begin a clause, in the order in which PostgreSQL reads the clauses.
    "select": ("from", "select", "where", "having", "window", "order", "group", "offset", "limit"),
    "update": ("update", "from", "where", "returning", "set"),
    "delete": ("delete", "using", "where", "returning"),
    "insert": ("insert", "on", "returning"),
}
_BOUNDARIES: Final = frozenset(
    [
        "where",
        "and",
        "or",
        "not",
        "on",
        "when",
        "then",
        "else",
        "end",
        "having",
        "select",
        "set",
        "returning",
        "case",
        "by",
        "limit",
        "offset",
        "using",
        "from",
        "values",
        "group",
        "order",
        "union",
        "intersect",
        "except",
        "as",
        "asc",
        "desc",
        "for",
        "fetch",
        "window",
        "between",
        "is",
        "in",
        "like",
        "ilike",
        "similar",
        "escape",
        "nulls",
        "conflict",
        "do",
        "update",
        "join",
        "left",
        "right",
        "inner",
        "cross",
        "full",
        "distinct",
        "all",
        "any",
        "some",
        "first",
        "next",
        "rows",
        "row",
        "only",
        "with",
    ]
)
_OPERATOR_WORDS: Final = frozenset({"at", "collate", "operator", "interval", "array"})
_HEADS: Final = (
    "set", "where", "limit", "offset", "select", "from", "returning", "values", "having", "order",
    "group",
)  # fmt: skip
"""The words that begin a clause."""
_RESULTS: Final[dict[str, str]] = {
    "now": "timestamptz",
    "statement_timestamp": "timestamptz",
    "clock_timestamp": "timestamptz",
    "transaction_timestamp": "timestamptz",
    "to_timestamp": "timestamptz",
    "lower": "text",
    "upper": "text",
    "trim": "text",
    "btrim": "text",
    "concat": "text",
    "md5": "text",
    "left": "text",
    "right": "text",
    "substring": "text",
    "to_char": "text",
    "jsonb_extract_path_text": "text",
    "length": "int",
    "char_length": "int",
    "count": "int",
    "jsonb_array_length": "int",
    "gen_random_uuid": "uuid",
}
_CONSTANTS: Final[dict[str, str]] = {
    "current_timestamp": "timestamptz",
    "current_date": "date",
    "localtimestamp": "timestamp",
    "true": "bool",
    "false": "bool",
}
_TAKES: Final[dict[tuple[str, int, int], str]] = {
    # Function, number of arguments, which argument.
    ("lower", 1, 0): "text",
    ("upper", 1, 0): "text",
    ("md5", 1, 0): "text",
    ("to_timestamp", 1, 0): "float",
    ("set_config", 3, 0): "text",
    ("set_config", 3, 1): "text",
    ("set_config", 3, 2): "bool",
    ("hashtext", 1, 0): "text",
    ("hashtextextended", 2, 0): "text",
    ("pg_advisory_xact_lock", 1, 0): "int",
    ("pg_advisory_lock", 1, 0): "int",
    ("pg_try_advisory_xact_lock", 1, 0): "int",
    ("pg_advisory_unlock", 1, 0): "int",
    ("jsonb_set", 3, 2): "jsonb",
    ("jsonb_set", 4, 2): "jsonb",
    ("plainto_tsquery", 2, 1): "text",
    ("websearch_to_tsquery", 2, 1): "text",
    ("to_tsvector", 2, 1): "text",
}
_COMMON: Final = frozenset({"coalesce", "greatest", "least", "nullif"})
"""Functions whose arguments have one type."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A placeholder at one place of the statement."""

    name: str
    """As written: '$1', '%s', '?'."""
    index: int
    """Of its token."""
    type: str | None
    """'text', 'int', 'timestamptz', …, an array as 'text[]', IS_NULL; None where it is not known."""
    hidden_before: bool
    """Whether something that is not known, and may hold placeholders, is read before it."""
    in_limit: bool
    """Whether it is the bare value of LIMIT or OFFSET."""


@dataclass(slots=True)
class _Region:
    """A query: the statement, or one in parentheses."""

    start: int
    end: int
    parent: _Region | None = None
    verb: str = ""
    tables: dict[str, str | None] = field(default_factory=dict[str, "str | None"])
    """The tables by the names under which the query knows them; None for one that is not known."""
    target: str | None = None
    """The table that an INSERT or UPDATE writes."""


class Statement:
    """One SQL statement, in the dialect of PostgreSQL."""

    def __init__(self, tokens: Sequence[Token], tables: Tables) -> None:
        while tokens and tokens[-1].text == ";":
            tokens = tokens[:-1]
        self.tokens = tokens
        self._tables = tables
        self._pairs = pairs(tokens)
        self._opening = _enclosing(tokens)
        self._regions: dict[int, _Region] = {}
        self._top = self._region(0, len(tokens), None)
        self._derived = self._with_names()

    @property
    def is_whole(self) -> bool:
        """Whether no placeholder can hide in what is not known of the text."""
        return not any(
            token.has_hole and (token.kind == "param" or not self._is_name(index))
            for index, token in enumerate(self.tokens)
        )

    @property
    def is_single(self) -> bool:
        """Whether the text is one statement and not several."""
        return not any(token.text == ";" for token in self.tokens)

    def occurrences(self) -> list[Occurrence]:
        """Every placeholder, in the order in which PostgreSQL reads them."""
        found: list[Occurrence] = []
        hidden = False
        for index in self._in_order(0, len(self.tokens), self._top):
            token = self.tokens[index]
            if token.kind == "param":
                kind = self._type(index)
                found.append(
                    Occurrence(
                        token.text, index, kind, hidden, self._text(index - 1) in ("limit", "offset")
                    )
                )
            elif token.has_hole and not self._is_name(index):
                hidden = True
        return found

    # The order of the clauses

    def _in_order(self, start: int, end: int, region: _Region) -> Iterator[int]:
        """The tokens of a query in the order in which PostgreSQL reads them."""
        start, end = self._unwrapped(start, end)
        if start >= end:
            return
        verb = self.tokens[start].text
        if verb == "with":
            main = self._after_with(start, end)
            yield from self._plain(start, main, region)
            yield from self._in_order(main, end, region)
            return
        region.verb = region.verb or verb
        for leaf_start, leaf_end in self._leaves(start, end):
            words = _CLAUSES.get(self.tokens[leaf_start].text)
            if words is None:
                if leaf_start > start:
                    yield from self._in_order(leaf_start, leaf_end, region)
                else:
                    yield from self._plain(leaf_start, leaf_end, region)
                continue
            clauses = self._clauses(leaf_start, leaf_end, words)
            self._read_tables(clauses, region)
            for word in words:
                for first, last in clauses.get(word, ()):
                    yield from self._plain(first, last, region)

    def _plain(self, start: int, end: int, region: _Region) -> Iterator[int]:
        """The tokens from left to right, each query in parentheses in its own order."""
        index = start
        while index < end:
            closing = self._pairs.get(index)
            if self.tokens[index].text == "(" and closing is not None and index + 1 < closing:
                inner = index + 1
                while self.tokens[inner].text == "(" and inner in self._pairs:
                    inner += 1
                if self.tokens[inner].text in _QUERIES and self.tokens[inner].kind == "word":
                    child = self._region(index + 1, closing, region)
                    yield from self._in_order(index + 1, closing, child)
                    index = closing + 1
                    continue
            if region.verb == "insert" and index > start and self._is_word(index, "select"):
                behind = (
                    i for i in range(index, end) if self._starts_clause(i, index, ("on", "returning"))
                )
                stop = next(behind, end)
                yield from self._in_order(index, stop, self._region(index, stop, region))
                index = stop
                continue
            yield index
            index += 1

    def _starts_clause(self, index: int, within: int, words: tuple[str, ...]) -> bool:
        return (
            self.tokens[index].text in words
            and self._opening[index] == self._opening[within]
            and (self.tokens[index].text != "on" or self._text(index + 1) == "conflict")
        )

    def _unwrapped(self, start: int, end: int) -> tuple[int, int]:
        while start < end and self._pairs.get(start) == end - 1 and self.tokens[start].text == "(":
            start, end = start + 1, end - 1
        return start, end

    def _after_with(self, start: int, end: int) -> int:
        for index in range(start + 1, end):
            if (
                self._opening[index] == self._opening[start]
                and self.tokens[index].kind == "word"
                and self.tokens[index].text in _QUERIES
            ):
                return index
        return end

    def _leaves(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The SELECTs that UNION and the like put together."""
        first = start
        if self.tokens[start].text in ("select", "values", "("):
            for index in range(start, end):
                if (
                    self._opening[index] == self._opening[start]
                    and self.tokens[index].text in _SET_OPERATIONS
                    and self.tokens[index].kind == "word"
                ):
                    yield first, index
                    first = index + 1
                    while first < end and self._text(first) in ("all", "distinct"):
                        first += 1
        if first < end:
            yield first, end

    def _clauses(
        self, start: int, end: int, words: tuple[str, ...]
    ) -> dict[str, list[tuple[int, int]]]:
        found: dict[str, list[tuple[int, int]]] = {}
        current, first = self.tokens[start].text, start
        for index in range(start + 1, end):
            token = self.tokens[index]
            if token.kind != "word" or self._opening[index] != self._opening[start]:
                continue
            text = token.text
            if text not in words or text in ("select", "insert", "update", "delete"):
                continue
            if text == "on" and self._text(index + 1) != "conflict":
                continue
            if text == "from" and self._text(index - 1) in ("distinct", "delete"):
                continue
            if text == "set" and current != "update":
                continue
            found.setdefault(current, []).append((first, index))
            current, first = text, index
        found.setdefault(current, []).append((first, end))
        return found

    # Tables

    def _region(self, start: int, end: int, parent: _Region | None) -> _Region:
        found = self._regions.get(start)
        if found is None:
            found = self._regions[start] = _Region(start, end, parent)
        return found

    def _with_names(self) -> frozenset[str]:
        """The names that WITH gives to queries."""
        return frozenset(
            self.tokens[i - 1].text
            for i, token in enumerate(self.tokens)
            if i and token.text == "as" and self._follows_with(i)
        )

    def _follows_with(self, index: int) -> bool:
        after = index + 1
        while self._text(after) in ("not", "materialized"):
            after += 1
        return self._text(after) == "(" and self._text(after + 1) in _QUERIES

    def _read_tables(self, clauses: dict[str, list[tuple[int, int]]], region: _Region) -> None:
        for word, ranges in clauses.items():
            for first, last in ranges:
                if word == "from" or word == "using":
                    self._read_from(first + 1, last, region)
                elif word == "update":
                    region.target = self._read_table(first + 1, last, region)
                elif word in ("insert", "delete"):
                    at = first + 1
                    while self._text(at) in ("into", "from", "only"):
                        at += 1
                    region.target = self._read_table(at, last, region)
                    if word == "insert":
                        region.tables.setdefault("excluded", region.target)

    def _read_from(self, start: int, end: int, region: _Region) -> None:
        expected = True
        index = start
        while index < end:
            text = self._text(index)
            if expected:
                while text in ("only", "lateral"):
                    index += 1
                    text = self._text(index)
                if text == "(":
                    index = self._pairs.get(index, index) + 1
                    name = self._alias(index)
                    region.tables[name or f"({index}"] = None
                else:
                    self._read_table(index, end, region)
                expected = False
                continue
            if text == "(":
                index = self._pairs.get(index, index) + 1
                continue
            expected = text in ("join", ",")
            index += 1

    def _read_table(self, index: int, end: int, region: _Region) -> str | None:
        name, after = table_name(self.tokens[:end], index)
        if after == index:
            return None
        if self._text(after) == "(" and self._text(index - 1) != "into":  # a function
            region.tables[f"({index}"] = None
            return None
        if name in self._derived:
            name = None
        shown = self.tokens[after - 1].text
        region.tables[self._alias(after) or shown] = name
        return name

    def _alias(self, index: int) -> str | None:
        if self._text(index) == "as":
            return self._text(index + 1)
        token = self.tokens[index] if index < len(self.tokens) else None
        if token is None or token.kind not in ("word", "quoted"):
            return None
        is_word = token.kind == "word" and (
            token.text in _BOUNDARIES or token.text in ("natural", "outer", "default", "overriding")
        )
        return None if is_word else token.text

    def _column(self, table: str | None, column: str, index: int) -> str | None:
        """The type of a column as the query around `index` knows it."""
        region: _Region | None = self._region_of(index)
        while region is not None:
            if table is not None:
                if table in region.tables:
                    known = region.tables[table]
                    return self._type_of(known, column)
            else:
                real = set(region.tables.values())
                if None in real or not all(self._tables.of(t).has(t) for t in real if t is not None):
                    return None
                holders = [t for t in real if t and column in self._tables.of(t).columns[t]]
                if holders:
                    types = {self._type_of(t, column) for t in holders}
                    return types.pop() if len(types) == 1 else None
            region = region.parent
        return None

    def _type_of(self, table: str | None, column: str) -> str | None:
        return self._tables.of(table).type_of(table, column) if table is not None else None

    def _region_of(self, index: int) -> _Region:
        best = self._top
        for region in self._regions.values():
            if region.start <= index < region.end and region.start >= best.start:
                best = region
        return best

    # The type of one placeholder

    def _text(self, index: int) -> str:
        return self.tokens[index].text if 0 <= index < len(self.tokens) else ""

    def _is_word(self, index: int, *words: str) -> bool:
        return (
            0 <= index < len(self.tokens)
            and self.tokens[index].kind == "word"
            and self.tokens[index].text in words
        )

    def _type(self, index: int) -> str | None:
        if self._text(index + 1) == "::":
            return type_at(self.tokens, index + 2)[0]
        low, high = index, index
        while (
            self._text(low - 1) == "("
            and self._pairs.get(low - 1) == high + 1
            and self._is_boundary(low - 2)
            and not self._is_word(low - 2, "in", "any", "all", "some", "values")
        ):
            low, high = low - 1, high + 1
            if self._text(high + 1) == "::":
                return type_at(self.tokens, high + 2)[0]
        before, after = self._text(low - 1), self._text(high + 1)
        if before == "(" and self._is_word(low - 2, "cast") and after == "as":
            return type_at(self.tokens, high + 2)[0]
        if self._is_null_test(high + 1):
            return IS_NULL
        if before in ("limit", "offset") or (before in ("first", "next") and after in ("row", "rows")):
            return "int" if after not in ("||", "->", "->>") else None
        return (
            self._compared(low, high, before, after)
            or self._calculated(low, high, before, after)
            or self._listed(low, before, after)
        )

    def _is_null_test(self, index: int) -> bool:
        if self._is_word(index, "isnull", "notnull"):
            return True
        at = index + 2 if self._is_word(index + 1, "not") else index + 1
        return self._is_word(index, "is") and self._is_word(at, "null")

    def _compared(self, low: int, high: int, before: str, after: str) -> str | None:
        ends_here = self._is_boundary(high + 1)
        starts_here = self._is_boundary(low - 1)
        if before in _COMPARISONS and ends_here:
            return self._assigned(low - 1) or self._operand_before(low - 2)
        if after in _COMPARISONS and starts_here:
            if self._is_word(high + 2, "any", "all", "some"):
                return None
            return self._operand_after(high + 2)
        if before in _MATCHES and ends_here and (before != "to" or self._text(low - 2) == "similar"):
            return "text"
        if (after in _MATCHES or (after == "not" and self._text(high + 2) in _MATCHES)) and starts_here:
            return "text" if after != "to" else None
        if before == "from" and self._text(low - 2) == "distinct" and ends_here:
            at = low - 4 if self._is_word(low - 3, "is") else low - 5
            return self._operand_before(at)
        if before == "between" or (before == "and" and ends_here):
            return self._between(low, before)
        return None

    def _between(self, low: int, before: str) -> str | None:
        at = low - 1
        if before == "and":
            start = self._primary_start(low - 2)
            if start is None or not self._is_word(start - 1, "between"):
                return None
            at = start - 1
        at -= 2 if self._is_word(at - 1, "not", "symmetric") else 1
        return self._operand_before(at)

    def _calculated(self, low: int, high: int, before: str, after: str) -> str | None:
        """The type in `$1 + 1`, `'%' || $1`, `data @> $1`."""
        for operator, other, is_left in ((before, low - 2, True), (after, high + 2, False)):
            if operator not in _ARITHMETIC and operator not in ("||", "@>", "<@", "->>", "#>>", "#>"):
                continue
            known = self._primary_type(*self._primary(other)) if is_left else self._primary_after(other)
            if operator in _ARITHMETIC:
                if not is_left and operator == "*" and self._is_word(other, "interval"):
                    return "float"
                if known in ("int", "float", "numeric"):
                    return known
                in_limit = self._clause_word(low) in ("limit", "offset")
                return "int" if in_limit else None
            if operator == "||":
                return known if known in ("text", "jsonb") else None
            if operator in ("@>", "<@"):
                return known if known == "jsonb" or (known or "").endswith("[]") else None
            if is_left:
                return "text" if operator == "->>" else "text[]"
        return None

    def _listed(self, low: int, before: str, after: str) -> str | None:
        """The type in `IN ($1, $2)`, `ANY($1)`, `VALUES ($1, $2)`, `(a, b) < ($1, $2)`, `f($1, x)`."""
        opening = self._opening[low]
        if opening is None or before not in ("(", ",") or after not in (",", ")"):
            return None
        items = parts(self.tokens, opening + 1, self._pairs[opening])
        position = next((i for i, part in enumerate(items) if low in part), None)
        if position is None:
            return None
        head = self._text(opening - 1) if self.tokens[opening - 1].kind == "word" else ""
        if opening and head == "in":
            at = opening - 3 if self._is_word(opening - 2, "not") else opening - 2
            return self._operand_before(at)
        if head in ("any", "all", "some") and self._text(opening - 2) in _COMPARISONS | {
            "like",
            "ilike",
        }:
            if self._text(opening - 2) not in _COMPARISONS:
                return "text[]"
            known = self._operand_before(opening - 3)
            return f"{known}[]" if known is not None and not known.endswith("[]") else None
        if head in _COMMON:
            return self._common(items, position, opening)
        if head and head not in _BOUNDARIES:
            return _TAKES.get((head, len(items), position))
        return self._inserted(opening, position, len(items)) or self._row(opening, position, len(items))

    def _common(self, items: Sequence[range], position: int, opening: int) -> str | None:
        known: set[str | None] = set()
        for index, item in enumerate(items):
            if index == position or self._is_null(item):
                continue
            if len(item) == 1 and self.tokens[item.start].kind == "param":
                continue
            known.add(self._whole(item))
        if len(known) == 1:
            return known.pop()
        if known:
            return None
        return "text" if self._text(opening - 2) != "=" else self._assigned(opening - 2)

    def _is_null(self, item: range) -> bool:
        return len(item) == 1 and self._is_word(item.start, "null")

    def _whole(self, item: range) -> str | None:
        start, end = self._primary(item.stop - 1)
        return self._primary_type(start, end) if start == item.start else None

    def _inserted(self, opening: int, position: int, count: int) -> str | None:
        """The type of the column into which VALUES puts it."""
        at = opening
        while self._text(at - 1) == "," and self._text(at - 2) == ")" and at - 2 in self._pairs:
            at = self._pairs[at - 2]  # the row before
        if not self._is_word(at - 1, "values"):
            return None
        return self._target_column(at - 1, position, count)

    def _target_column(self, values: int, position: int, count: int) -> str | None:
        region = self._region_of(values)
        if region.verb != "insert" or region.target is None:
            return None
        closing = values - 1
        while closing > 0 and self._is_word(closing, "value", "user", "system", "overriding"):
            closing -= 1
        if self._text(closing) == ")" and closing in self._pairs:
            names = parts(self.tokens, self._pairs[closing] + 1, closing)
            if len(names) != count or position >= count or len(names[position]) != 1:
                return None
            return self._type_of(region.target, self._text(names[position].start))
        names_in_order = self._tables.of(region.target).order.get(region.target, [])
        if position >= len(names_in_order):
            return None
        return self._type_of(region.target, names_in_order[position])

    def _row(self, opening: int, position: int, count: int) -> str | None:
        """The type of the other row's element in `(a, b) < ($1, $2)`."""
        at = opening - 1
        if self._is_word(at, "row"):
            at -= 1
        if self._text(at) not in _COMPARISONS or at - 1 not in self._pairs:
            return None
        names = parts(self.tokens, self._pairs[at - 1] + 1, at - 1)
        if len(names) != count:
            return None
        name = names[position]
        if self._is_set_target(self._pairs[at - 1]):
            target = self._region_of(at).target
            return self._type_of(target, self._text(name.start))
        return self._whole(name)

    def _assigned(self, equals: int) -> str | None:
        """The type of the column in `SET column = $1`."""
        if self._text(equals) != "=" or not self._is_set_target(equals - 1):
            return None
        target = self._region_of(equals).target
        return self._type_of(target, self._text(equals - 1))

    def _is_set_target(self, index: int) -> bool:
        """Whether the name (or the row of names) at `index` is assigned by SET."""
        if self._is_word(index - 1, "set"):
            return True
        if self._text(index - 1) != ",":
            return False
        return self._clause_word(index) == "set"

    def _clause_word(self, index: int) -> str:
        """The word that begins the clause in which `index` stands."""
        depth_at = self._opening[index]
        for at in range(index - 1, -1, -1):
            while depth_at is not None and at < depth_at:
                depth_at = self._opening[depth_at]
            is_head = self._opening[at] == depth_at and self._is_word(at, *_HEADS)
            if is_head and (self._text(at) != "from" or self._text(at - 1) != "distinct"):
                return self._text(at)
        return ""

    def _is_boundary(self, index: int) -> bool:
        """Whether an operand ends before, or begins behind, the token."""
        if index < 0 or index >= len(self.tokens):
            return True
        token = self.tokens[index]
        if token.kind == "mark":
            return token.text in "(),;"
        return token.kind == "word" and token.text in _BOUNDARIES and token.text != "at"

    def _is_name(self, index: int) -> bool:
        """Whether a hole stands where only a name can: behind FROM, beside a dot, in ORDER BY."""
        token = self.tokens[index]
        if token.kind in ("quoted", "string") or token.text.strip(HOLE):
            return True
        before, after = self._text(index - 1), self._text(index + 1)
        return (
            before
            in ("from", "into", "join", "update", "table", "by", ".", "only", "asc", "desc", "as")
            or after in (".", "asc", "desc")
            or (after in _COMPARISONS and self._text(index + 2)[:1] in ("$", "%", "?", ":"))
            or (self._is_param(index + 1) and self._is_value(index - 1))
            or self._clause_word(index) in ("select", "order", "group")
        )

    def _is_param(self, index: int) -> bool:
        return 0 <= index < len(self.tokens) and self.tokens[index].kind == "param"

    def _is_value(self, index: int) -> bool:
        """Whether an operand ends at `index`, so that an operator must follow."""
        return self._primary_start(index) is not None

    # Operands

    def _operand_before(self, index: int) -> str | None:
        """The type of the operand that ends at `index`: one primary, or a chain of -> and ->>."""
        start, end = self._primary(index)
        if start is None:
            return None
        operator = self._text(start - 1)
        if operator in ("->>", "#>>"):
            return "text"
        if operator in ("->", "#>"):
            base = self._primary_type(*self._primary(start - 2))
            return base if base in ("json", "jsonb") else None
        if not self._is_boundary(start - 1):
            known = self._primary_type(start, end)
            is_moment = operator in ("+", "-") and known == "interval"
            return self._operand_before(start - 2) if is_moment else None
        return self._primary_type(start, end)

    def _operand_after(self, index: int) -> str | None:
        """The type of the operand that begins at `index`, where it is one primary."""
        end = self._primary_end(index)
        if end is None:
            return None
        if self._text(end + 1) in ("->>", "#>>"):
            last = self._primary_end(end + 2)
            return "text" if last is not None and self._is_boundary(last + 1) else None
        if not self._is_boundary(end + 1):
            return None
        return self._primary_type(index, end)

    def _primary_after(self, index: int) -> str | None:
        end = self._primary_end(index)
        return self._primary_type(index, end) if end is not None else None

    def _primary(self, index: int) -> tuple[int | None, int]:
        """The start and end of the primary that ends at `index`, casts included."""
        return self._primary_start(index), index

    def _primary_start(self, index: int) -> int | None:
        if index < 0:
            return None
        token = self.tokens[index]
        # `x::type`, whose last token is a part of the type
        for at in range(index, max(index - 8, 0), -1):
            if self._text(at) == "::":
                if type_at(self.tokens, at + 1)[1] == index + 1:
                    return self._primary_start(at - 1)
                break
        if token.text == ")" and index in self._pairs:
            opening = self._pairs[index]
            if (
                opening
                and self.tokens[opening - 1].kind in ("word", "quoted")
                and not self._is_boundary(opening - 1)
            ):
                return opening - 1
            return opening
        if token.kind == "string":
            return index - 1 if self._is_word(index - 1, "interval", "timestamptz", "date") else index
        if token.kind in ("number", "param"):
            return index
        if token.kind == "quoted" or (token.kind == "word" and token.text not in _BOUNDARIES):
            while self._text(index - 1) == "." and index >= 2:
                index -= 2
            return index
        return None

    def _primary_end(self, index: int) -> int | None:
        if index >= len(self.tokens):
            return None
        token = self.tokens[index]
        following = self.tokens[index + 1].kind if index + 1 < len(self.tokens) else ""
        if following == "string" and self._is_word(index, "interval", "timestamptz", "date"):
            return index + 1
        if token.text == "(":
            end = self._pairs.get(index)
        elif token.kind in ("string", "number", "param"):
            end = index
        elif token.kind == "quoted" or (token.kind == "word" and token.text not in _BOUNDARIES):
            end = index
            while self._text(end + 1) == "." and end + 2 < len(self.tokens):
                end += 2
            if self._text(end + 1) == "(":
                end = self._pairs.get(end + 1)
        else:
            return None
        while end is not None and self._text(end + 1) == "::":
            end = type_at(self.tokens, end + 2)[1] - 1
        return end

    def _primary_type(self, start: int | None, end: int) -> str | None:
        if start is None:
            return None
        for at in range(end, start, -1):
            if self._text(at) == "::" and self._opening[at] == self._opening[start]:
                return type_at(self.tokens, at + 1)[0]
        token = self.tokens[start]
        if token.kind == "string":
            return "text"
        if token.kind == "number":
            return "int" if token.text.isdigit() else "numeric"
        if token.text == "(":
            inner_start, inner_end = start + 1, end - 1
            whole = self._primary_start(inner_end) == inner_start
            return self._primary_type(inner_start, inner_end) if whole else None
        if token.kind not in ("word", "quoted"):
            return None
        if self._text(end) == ")":
            if token.text == "cast":
                as_ = next((i for i in range(end, start, -1) if self._is_word(i, "as")), end)
                return type_at(self.tokens, as_ + 1)[0]
            return _RESULTS.get(token.text)
        if start < end and self.tokens[end].kind == "string":
            return token.text
        if token.kind == "word" and token.text in _CONSTANTS and start == end:
            return _CONSTANTS[token.text]
        if any(self.tokens[i].text == HOLE for i in range(start, end + 1)):
            return None
        names = [self._text(i) for i in range(start, end + 1, 2)]
        table = names[-2] if len(names) > 1 else None
        return self._column(table, names[-1], start)


def _enclosing(tokens: Sequence[Token]) -> list[int | None]:
    """For each token the index of the innermost parenthesis around it."""
    matching = pairs(tokens)
    found: list[int | None] = []
    open_: list[int] = []
    for index, token in enumerate(tokens):
        if token.text == ")" and token.kind == "mark" and index in matching:
            open_.pop()
        found.append(open_[-1] if open_ else None)
        if token.text == "(" and token.kind == "mark" and index in matching:
            open_.append(index)
    return found
