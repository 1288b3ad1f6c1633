"""Threads in the process's own memory: for tests, demonstrations and as the plainest example.

Nothing survives the process. Adding, paging and deleting cost the same in a thread of a million
items as in one of a thousand.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import chain, count, islice
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from reference_stores.shared import BaseStore, TContext

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import tzinfo

    from reference_stores.shared import Codec, Rows


class _Position(NamedTuple):
    """The place of a row in its order, and its key."""

    sort_key: int
    sequence: int
    key: str


class _Order:
    """Positions in order, in blocks: adding and deleting move what is in one block, not all."""

    _LONGEST: Final = 2000

    def __init__(self) -> None:
        self._blocks: list[list[_Position]] = [[]]
        self._firsts: list[_Position] = []
        """The first position of each block but the first, in which everything smaller belongs."""

    def add(self, position: _Position) -> None:
        number = bisect_right(self._firsts, position)
        block = self._blocks[number]
        insort(block, position)
        if len(block) > self._LONGEST:
            half = len(block) // 2
            self._blocks.insert(number + 1, block[half:])
            self._firsts.insert(number, block[half])
            del block[half:]

    def remove(self, position: _Position) -> None:
        number = bisect_right(self._firsts, position)
        block = self._blocks[number]
        del block[bisect_left(block, position)]
        if not block and self._firsts:
            del self._blocks[number]
            del self._firsts[max(number - 1, 0)]

    def ascending(self, after: _Position | None) -> Iterator[_Position]:
        if after is None:
            return chain.from_iterable(self._blocks)
        number = bisect_right(self._firsts, after)
        block = self._blocks[number]
        return chain(
            islice(block, bisect_right(block, after), None),
            chain.from_iterable(islice(self._blocks, number + 1, None)),
        )

    def descending(self, after: _Position | None) -> Iterator[_Position]:
        number = len(self._firsts) if after is None else bisect_right(self._firsts, after)
        block = self._blocks[number]
        for place in reversed(range(len(block) if after is None else bisect_left(block, after))):
            yield block[place]
        for earlier in range(number - 1, -1, -1):
            yield from reversed(self._blocks[earlier])


@dataclass(slots=True)
class _Row:
    position: _Position
    payload: str
    fake: bool = False


@dataclass(slots=True)
class _Tombstone:
    position: _Position
    deleted_at: int


class _Collection:
    """Rows by key and in their order, and the tombstones of deleted ones."""

    def __init__(self) -> None:
        self.rows: dict[str, _Row] = {}
        self.order = _Order()
        self.fakes = _Order()
        self.tombstones: dict[str, _Tombstone] = {}
        self._sequence = count()

    def write(self, key: str, sort_key: int, payload: str, *, fake: bool = False) -> None:
        row = self.rows.get(key)
        if row is not None:
            row.payload = payload
            return
        position = _Position(sort_key, next(self._sequence), key)
        self.rows[key] = _Row(position, payload, fake)
        self.order.add(position)
        if fake:
            self.fakes.add(position)

    def erase(self, key: str, deleted_at: int) -> None:
        row = self.rows.pop(key, None)
        if row is None:
            return
        self.order.remove(row.position)
        if row.fake:
            self.fakes.remove(row.position)
        self.tombstones[key] = _Tombstone(row.position, deleted_at)

    def page(self, after: str | None, limit: int, *, descending: bool) -> Rows | None:
        cursor = None
        if after is not None:
            known = self.rows.get(after) or self.tombstones.get(after)
            if known is None:
                return None
            cursor = known.position
        positions = self.order.descending(cursor) if descending else self.order.ascending(cursor)
        return [
            (position.key, self.rows[position.key].payload) for position in islice(positions, limit)
        ]

    def ends_before(self, sort_key: int) -> bool:
        newest = next(self.order.descending(None), None)
        return newest is None or newest.sort_key < sort_key

    def erase_tombstones(self, before: int) -> int:
        old = [key for key, tombstone in self.tombstones.items() if tombstone.deleted_at < before]
        for key in old:
            del self.tombstones[key]
        return len(old)


@dataclass(slots=True)
class _Attachment:
    thread: str | None
    saved_at: int
    payload: str


@dataclass(slots=True)
class _Tenant:
    threads: _Collection = field(default_factory=_Collection)
    items: dict[str, _Collection] = field(default_factory=dict[str, _Collection])
    """By thread; of each live thread, and of no other."""
    attachments: dict[str, _Attachment] = field(default_factory=dict[str, _Attachment])


class MemoryStore(BaseStore[TContext]):
    """A store that forgets everything with the process; the arguments are those of `BaseStore`.

    For one event loop: no other thread may use it.
    """

    engine: ClassVar[str] = "memory"

    def __init__(
        self,
        *,
        tenant: Callable[[TContext], str],
        codec: Codec | None = None,
        max_page_size: int = 1000,
        time_zone: tzinfo | None = None,
    ) -> None:
        super().__init__(tenant=tenant, codec=codec, max_page_size=max_page_size, time_zone=time_zone)
        self._tenants: defaultdict[str, _Tenant] = defaultdict(_Tenant)

    async def _open(self) -> None:
        pass

    async def _migrate(self) -> None:
        pass

    async def _shut(self) -> None:
        self._tenants.clear()

    async def _read_thread(self, tenant: str, thread: str) -> str | None:
        row = self._tenants[tenant].threads.rows.get(thread)
        return row and row.payload

    async def _write_thread(self, tenant: str, thread: str, sort_key: int, payload: str) -> None:
        owned = self._tenants[tenant]
        if thread in owned.threads.tombstones:
            return
        owned.threads.write(thread, sort_key, payload)
        owned.items.setdefault(thread, _Collection())

    async def _read_threads(
        self, tenant: str, after: str | None, limit: int, *, descending: bool = False
    ) -> Rows | None:
        return self._tenants[tenant].threads.page(after, limit, descending=descending)

    async def _erase_thread(self, tenant: str, thread: str, deleted_at: int) -> None:
        owned = self._tenants[tenant]
        owned.threads.erase(thread, deleted_at)
        owned.items.pop(thread, None)

    async def _write_item(
        self, tenant: str, thread: str, item: str, sort_key: int, payload: str, *, fake: bool
    ) -> bool:
        items = self._tenants[tenant].items.get(thread)
        if items is None:
            return False
        items.write(item, sort_key, payload, fake=fake)
        return True

    async def _read_item(self, tenant: str, thread: str, item: str) -> str | None:
        items = self._tenants[tenant].items.get(thread)
        row = items and items.rows.get(item)
        return row and row.payload

    async def _read_items(
        self, tenant: str, thread: str, after: str | None, limit: int, *, descending: bool = False
    ) -> Rows | None:
        items = self._tenants[tenant].items.get(thread)
        return () if items is None else items.page(after, limit, descending=descending)

    async def _read_newest_fake_item(self, tenant: str, thread: str) -> tuple[str, str] | None:
        items = self._tenants[tenant].items.get(thread)
        newest = items and next(items.fakes.descending(None), None)
        return (newest.key, items.rows[newest.key].payload) if items and newest else None

    async def _erase_item(self, tenant: str, thread: str, item: str, deleted_at: int) -> None:
        items = self._tenants[tenant].items.get(thread)
        if items is not None:
            items.erase(item, deleted_at)

    async def _write_attachment(
        self, tenant: str, attachment: str, thread: str | None, saved_at: int, payload: str
    ) -> None:
        attachments = self._tenants[tenant].attachments
        known = attachments.get(attachment)
        first_saved = saved_at if known is None else known.saved_at
        attachments[attachment] = _Attachment(thread, first_saved, payload)

    async def _read_attachment(self, tenant: str, attachment: str) -> str | None:
        row = self._tenants[tenant].attachments.get(attachment)
        return row and row.payload

    async def _read_attachments(self, tenant: str, after: str | None, limit: int) -> Rows:
        attachments = self._tenants[tenant].attachments
        keys = sorted(key for key in attachments if after is None or key > after)[:limit]
        return [(key, attachments[key].payload) for key in keys]

    async def _read_orphaned_attachments(self, tenant: str, before: int, limit: int) -> Rows:
        owned = self._tenants[tenant]
        orphans = [
            (row.saved_at, key, row.payload)
            for key, row in owned.attachments.items()
            if (row.saved_at < before if row.thread is None else row.thread not in owned.threads.rows)
        ]
        return [(key, payload) for _, key, payload in sorted(orphans)[:limit]]

    async def _erase_attachment(self, tenant: str, attachment: str) -> None:
        self._tenants[tenant].attachments.pop(attachment, None)

    async def _read_idle_threads(self, before: int, limit: int) -> Sequence[tuple[str, str]]:
        return [
            (tenant, position.key)
            for tenant, owned in self._tenants.items()
            for position in owned.threads.order.ascending(None)
            if position.sort_key < before and owned.items[position.key].ends_before(before)
        ][:limit]

    async def _erase_tombstones(self, before: int) -> int:
        return sum(
            collection.erase_tombstones(before)
            for owned in self._tenants.values()
            for collection in (owned.threads, *owned.items.values())
        )

    async def _erase_tenant(self, tenant: str) -> None:
        self._tenants.pop(tenant, None)
