"""The API of every openai-chatkit release, as data, and the choice of the release to check against.

What describes an API is imported with the first thing that needs it: a run without relevant files only
asks for the names of the releases.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
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
def releases() -> tuple[str, ...]:
    """The releases that the data holds, ascending."""
    with _DATA.open(encoding="utf-8") as file:
        first_line = file.readline()
    return tuple(re.findall(r'"(\d[^"]*)"', first_line))


@lru_cache(maxsize=1)
def _facts() -> dict[str, Any]:
    import json

    with _DATA.open(encoding="utf-8") as file:
        return json.load(file)["facts"]


@lru_cache(maxsize=4)
def load(version: str) -> Api:
    """The API of a release; raises UnknownReleaseError."""
    known = releases()
    if version not in known:
        raise UnknownReleaseError(
            f"openai-chatkit {version} is not known: {known[0]} to {known[-1]} are ({', '.join(known)})"
        )
    from store_lint.chatkit_api.api import Api

    index = known.index(version)
    facts: dict[str, Any] = {}
    for key, runs in _facts().items():
        for first, last, found in runs:
            if first <= index <= last:
                facts[key] = found
                break
    return Api(version, facts, _history)


def _history(key: str) -> tuple[str, ...]:
    known = releases()
    runs = _facts().get(key, ())
    return tuple(known[i] for first, last, _ in runs for i in range(first, last + 1))


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{'api' if name == 'Api' else 'model'}"), name)
    globals()[name] = found
    return found


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
