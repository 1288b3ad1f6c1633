"""What the API data says of a thing, as frozen records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter; `annotation` and `default` are texts."""

    name: str
    kind: Literal[
        "positional_only", "positional_or_keyword", "var_positional", "keyword_only", "var_keyword"
    ]
    annotation: str | None
    default: str | None


@dataclass(frozen=True, slots=True)
class Method:
    """A method or function."""

    name: str
    params: tuple[Param, ...]
    returns: str | None
    is_async: bool
    is_abstract: bool
    kind: Literal["method", "property", "classmethod", "staticmethod", "function"]
    deprecated: str | None
    signature: str
    """As chatkit's source writes it, on one line."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a model, dataclass or TypedDict; `literals` are the values of a Literal type."""

    name: str
    type: str
    required: bool
    default: str | None
    literals: tuple[str | int | bool, ...]
    alias: str | None


@dataclass(frozen=True, slots=True)
class Class:
    """A class with what it defines itself; ask `Api` for what it inherits."""

    qualname: str
    kind: Literal["model", "dataclass", "abc", "enum", "typeddict", "class"]
    bases: tuple[str, ...]
    type_params: tuple[str, ...]
    extra: Literal["ignore", "allow", "forbid"] | None
    fields: Mapping[str, Field]
    methods: Mapping[str, Method]
    class_attributes: frozenset[str]
    deprecated: str | None


@dataclass(frozen=True, slots=True)
class Alias:
    """A type alias.

    'annotated': `Annotated[...]`, or a union that holds one: calling it and isinstance() raise
    TypeError. 'union': a plain `X | Y`: isinstance() works. 'other': a Literal and the like.
    """

    qualname: str
    kind: Literal["annotated", "union", "other"]
    members: tuple[str, ...]
    discriminator: str | None


@dataclass(frozen=True, slots=True)
class FunctionSymbol:
    """A module's function."""

    qualname: str
    method: Method


@dataclass(frozen=True, slots=True)
class External:
    """Something of another package that a chatkit module imports."""

    qualname: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A module's variable, TypeVars included."""

    qualname: str


@dataclass(frozen=True, slots=True)
class ModuleSymbol:
    """A module."""

    name: str


Symbol = Class | Alias | FunctionSymbol | External | Constant | ModuleSymbol
