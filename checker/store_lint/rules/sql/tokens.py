"""SQL text as tokens, with holes where a piece of the text is not known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

Style = Literal["dollar", "sqlite", "format"]
"""How a driver writes placeholders: `$1`; `?`, `?1` and `:name`; `%s` and `%(name)s`."""

Kind = Literal["word", "quoted", "number", "string", "param", "op", "mark"]

HOLE: Final = "\0"
"""Stands in the text for a piece of it that is not known."""

_PARAMS: Final[dict[Style, str]] = {
    "dollar": rf"\$(?:\d+|{HOLE}[\w{HOLE}]*)",
    "sqlite": rf"\?\d*|(?<!:)[:@$][\w{HOLE}]+",
    "format": r"%(?:\([^)]*\))?[sbt](?!\w)",
}


STATEMENT: Final = (
    r"(?is:\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*)*\(?\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH|CREATE|ALTER"
    r"|DROP|REPLACE|VALUES|MERGE|TRUNCATE|PRAGMA|BEGIN|SET|CALL)\b)"
)
"""A regular expression for the beginning of a text that is SQL."""
_STATEMENT: Final = re.compile(STATEMENT)
_SIGN: Final = re.compile(r"(?<=[=<>])[-+]$")


@dataclass(frozen=True, slots=True)
class Token:
    """A token; `text` is lower case for words, and without its quotes for quoted names."""

    kind: Kind
    text: str

    @property
    def has_hole(self) -> bool:
        return HOLE in self.text


def text_of(pieces: Sequence[str | None]) -> str:
    """The text of pieces, with a hole for each that is not known."""
    return "".join(HOLE if piece is None else piece for piece in pieces)


def is_statement(text: str) -> bool:
    """Whether a text begins as SQL statements do."""
    return _STATEMENT.match(text) is not None


@cache
def _token(style: Style) -> re.Pattern[str]:
    """The tokens of a style; made when somebody has a query of it, since making one takes time."""
    param = _PARAMS[style]
    return re.compile(
        rf"""
        (?P<space>\s+ | --[^\n]* | /\*.*?\*/)
      | (?P<string>[eEbBxXnN]?'(?:[^']|'')*'? | \$(?P<tag>[A-Za-z_]*)\$.*?\$(?P=tag)\$)
      | (?P<quoted>"[^"]*"? | `[^`]*`? | \[{HOLE}\])
      | (?P<param>{param})
      | (?P<number>\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?!\w))
      | (?P<word>[A-Za-z_{HOLE}\d][\w${HOLE}]*)
      | (?P<op>::|:=|%%|(?:(?!{param}|--|/\*)[-+*/<>=~!@\#%^&|?])+)
      | (?P<mark>.)
        """,
        re.VERBOSE | re.DOTALL,
    )


def tokenize(text: str, style: Style) -> list[Token]:
    """The tokens of a text, without white space and comments."""
    found: list[Token] = []
    for match in _token(style).finditer(text):
        kind, content = match.lastgroup, match.group()
        if kind == "tag":
            kind = "string"
        if kind == "space" or kind is None:
            continue
        if kind == "word":
            content = content.lower()
        elif kind == "quoted":
            content = content[1:].rstrip('"`')
        elif kind == "op":
            # `=-1` is an operator and a sign.
            sign = _SIGN.search(content)
            if sign is not None:
                found.append(Token("op", content[: sign.start()]))
                content = sign.group()
        found.append(Token(kind, content))  # type: ignore[arg-type]
    return found


def pairs(tokens: Sequence[Token]) -> dict[int, int]:
    """The index of the other parenthesis, for each that has one."""
    found: dict[int, int] = {}
    open_: list[int] = []
    for index, token in enumerate(tokens):
        if token.kind != "mark":
            continue
        if token.text == "(":
            open_.append(index)
        elif token.text == ")" and open_:
            other = open_.pop()
            found[other], found[index] = index, other
    return found
