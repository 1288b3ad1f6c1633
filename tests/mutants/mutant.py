"""What a mutant is: a correct store with one behaviour broken, and the cases that must notice."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from reference_stores.memory import MemoryStore
from reference_stores.sqlite import SQLiteStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Kind = TypeVar("Kind", bound=type)


@dataclass(frozen=True)
class Mutant:
    """A broken store: how it is made, and the cases that it must break (and no others)."""

    name: str
    make: Callable[[Path], Any]
    """Makes a store; the folder is for its files."""
    breaks: frozenset[str]
    hooks: dict[str, Any] = field(default_factory=dict[str, Any])


_numbers = itertools.count()

MUTANTS: dict[str, Mutant] = {}


class Memory(MemoryStore[Any]):
    """The correct store that most mutants derive from."""

    def __init__(self) -> None:
        super().__init__(tenant=_tenant)

    async def knows(self, thread_id: str, item_id: str, context: Any) -> bool:
        """Whether the item is there."""
        page = await MemoryStore.load_thread_items(self, thread_id, None, 1_000, "asc", context)
        return any(item.id == item_id for item in page.data)


class Sqlite(SQLiteStore[Any]):
    """The correct store that mutants derive from which share their data with a second store."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, tenant=_tenant)
        self.file = path


def breaks(*cases: str, **hooks: Any) -> Callable[[Kind], Kind]:
    """Register a store class as a mutant that breaks these cases; `hooks` go to the contract."""

    def register(kind: Kind) -> Kind:
        def make(folder: Path) -> Any:
            made: Any = kind
            return made(folder / f"{next(_numbers)}.db") if issubclass(kind, Sqlite) else made()

        if issubclass(kind, Sqlite):
            hooks.setdefault("second_store", _second)
        MUTANTS[kind.__name__] = Mutant(kind.__name__, make, frozenset(cases), hooks)
        return kind

    return register


def _second(first: Sqlite) -> Sqlite:
    return type(first)(first.file)


def _tenant(context: Any) -> str:
    return context["user_id"]
