"""Small values that are made by the hundred thousand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

__all__ = ["record"]

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass as record
else:
    _T = TypeVar("_T")

    def record(*, eq: bool = True, **_: Any) -> Callable[[type[_T]], type[_T]]:
        """`dataclass(frozen=True, slots=True)`, which type checkers hold it for.

        When it runs, nothing stands in the way of an assignment: what does makes a new object take
        several times as long.
        """

        def made(cls: type[_T]) -> type[_T]:
            return dataclass(slots=True, eq=eq, unsafe_hash=eq and "__hash__" not in vars(cls))(cls)

        return made
