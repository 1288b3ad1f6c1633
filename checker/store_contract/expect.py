"""How a case says what is wrong: one line that names the method, what it gave and what was expected."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


class BrokenError(AssertionError):
    """The store does not hold the case; the message is the reason, one line."""


def expect(condition: bool, reason: str) -> None:
    """Raise BrokenError with the reason unless the condition holds."""
    if not condition:
        raise BrokenError(reason)


def expect_same(actual: object, expected: object, what: str) -> None:
    """Raise BrokenError where `actual` differs from `expected`, with the first difference and its
    place."""
    found = difference(actual, expected)
    if found is not None:
        raise BrokenError(f"{what}: {found}")


@asynccontextmanager
async def expect_error(error: type[Exception], what: str) -> AsyncGenerator[None, None]:
    """The block must raise `error` (a subclass will do); `what` says what was called, with what."""
    try:
        yield
    except error:
        return
    except Exception as other:
        raise BrokenError(
            f"{what} raised {brief_error(other)}; {error.__name__} is expected"
        ) from other
    raise BrokenError(f"{what} raised nothing; {error.__name__} is expected")


def difference(actual: Any, expected: Any, at: str = "") -> str | None:
    """The first difference as a text, or None.

    Models must be of one class. Unlike `==` it tells True from 1, and it takes 1 and 1.0 for the one
    number that they are in JSON.
    """
    if isinstance(expected, BaseModel):
        if not isinstance(actual, BaseModel) or type(actual) is not type(expected):
            return f"{at or 'it'} is a {type(actual).__name__}, not a {type(expected).__name__}"
        return difference(_fields(actual), _fields(expected), at)
    if isinstance(expected, dict) and isinstance(actual, dict):
        return _difference_of_dicts(
            cast("dict[Any, Any]", actual), cast("dict[Any, Any]", expected), at
        )
    one, other = cast(object, actual), cast(object, expected)
    if type(one) is type(other) and isinstance(expected, (list, tuple)):
        return _difference_of_lists(cast("list[Any]", actual), cast("list[Any]", expected), at)
    return None if _plain_equal(one, other) else f"{at or 'it'} is {brief(one)}, not {brief(other)}"


def brief(value: object, limit: int = 80) -> str:
    """A value on one line, cut to a length that a table bears."""
    text = " ".join(repr(value).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def brief_error(error: BaseException, limit: int = 160) -> str:
    """An exception's type and message on one line."""
    text = " ".join(str(error).split())
    text = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _fields(model: BaseModel) -> dict[str, Any]:
    return {**dict(model), **(model.model_extra or {})}


def _difference_of_dicts(actual: dict[Any, Any], expected: dict[Any, Any], at: str) -> str | None:
    for key in expected:
        if key not in actual:
            return f"{at or 'it'} lost {key!r}"
    for key in actual:
        if key not in expected:
            return f"{at or 'it'} gained {key!r}"
    for key, value in expected.items():
        found = difference(actual[key], value, f"{at}.{key}" if at else str(key))
        if found is not None:
            return found
    return None


def _difference_of_lists(actual: list[Any], expected: list[Any], at: str) -> str | None:
    if len(actual) != len(expected):
        return f"{at or 'it'} has {len(actual)} elements, not {len(expected)}: {brief(actual)}"
    for place, (one, other) in enumerate(zip(actual, expected, strict=True)):
        found = difference(one, other, f"{at}[{place}]")  # a plain loop: content nests by hundreds
        if found is not None:
            return found
    return None


def _plain_equal(actual: object, expected: object) -> bool:
    if isinstance(actual, bool) is not isinstance(expected, bool):
        return False
    if isinstance(actual, datetime) and isinstance(expected, datetime):
        # Whether a naive time stays naive is a case of its own, C08, and breaks no other.
        return (actual.tzinfo is None) != (expected.tzinfo is None) or actual == expected
    return actual == expected
