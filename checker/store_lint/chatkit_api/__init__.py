"""The API of every openai-chatkit release, as data, and the choice of the release to check against."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from store_lint.chatkit_api.api import Api
from store_lint.chatkit_api.model import (
    Alias,
    Class,
    Constant,
    External,
    Field,
    FunctionSymbol,
    Method,
    ModuleSymbol,
    Param,
    Symbol,
)

_DATA: Final = Path(__file__).with_name("data.json")


class UnknownReleaseError(ValueError):
    """A release that the data does not hold; the message names those that it does."""


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    with _DATA.open(encoding="utf-8") as file:
        return json.load(file)


def releases() -> tuple[str, ...]:
    """The releases that the data holds, ascending."""
    return tuple(_data()["releases"])


@lru_cache(maxsize=4)
def load(version: str) -> Api:
    """The API of a release; raises UnknownReleaseError."""
    known = releases()
    if version not in known:
        raise UnknownReleaseError(
            f"openai-chatkit {version} is not known: {known[0]} to {known[-1]} are ({', '.join(known)})"
        )
    index = known.index(version)
    facts: dict[str, Any] = {}
    for key, runs in _data()["facts"].items():
        for first, last, found in runs:
            if first <= index <= last:
                facts[key] = found
                break
    return Api(version, facts, _history)


def _history(key: str) -> tuple[str, ...]:
    known = releases()
    runs = _data()["facts"].get(key, ())
    return tuple(known[i] for first, last, _ in runs for i in range(first, last + 1))


__all__ = [
    "Alias",
    "Api",
    "Class",
    "Constant",
    "External",
    "Field",
    "FunctionSymbol",
    "Method",
    "ModuleSymbol",
    "Param",
    "Symbol",
    "UnknownReleaseError",
    "load",
    "releases",
]
