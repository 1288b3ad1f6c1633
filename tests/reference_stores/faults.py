"""Writers that remember what was acknowledged, and faults that strike them meanwhile.

Each writer does one call at a time and notes what it may have come to: what was acknowledged has
happened, once; what ended with `StoreUnavailable` may have happened, or not. Whatever else a call
raises, or that it takes longer than its time limit, fails the test. `Load.verify` compares the notes
with what a store finds that no fault has touched.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from chatkit.store import NotFoundError

from reference_stores.shared import FAKE_ID, StoreUnavailable
from tests.reference_stores.samples import ALICE, answer, attachment, texts, thread

if TYPE_CHECKING:
    import random
    from collections.abc import Awaitable, Callable, Coroutine, Sequence

    from chatkit.types import ThreadItem

    from tests.reference_stores.conftest import AnyStore
    from tests.servers.proxy import Proxy

GRACE: Final = 1.0
"""Seconds that a call may take beyond its time limit."""
WRITERS: Final = 20
SHARED: Final = "thr_shared"
FAULTS: Final = ("reset", "lost answer", "black hole", "latency", "half-open")

_ABSENT: Final = None


@dataclass
class _Item:
    """What an item may be like."""

    id: str
    thread: str
    texts: set[str | None]
    """What it may say; None if it may not be there."""
    began: float
    """When it was first tried to add it."""
    added: float | None = None
    """When that was acknowledged."""
    settled: bool = True
    """Whether no call about it has failed: a call that was given up may still be carried out."""


@dataclass
class Load:
    """Writers on one store.

    Args:
        store: the one under load.
        timeout: seconds that it gives to an operation.
        dice: decides what they do.
        writers: how many.
    """

    store: AnyStore
    timeout: float
    dice: random.Random
    writers: int = WRITERS
    acknowledged: int = 0
    refused: int = 0
    _items: list[_Item] = field(default_factory=list[_Item])
    _fakes: dict[str, set[int]] = field(default_factory=dict[str, set[int]])
    """How often each text of an item without an id of its own may be there."""
    _attachments: set[str] = field(default_factory=set[str])
    _deleted_threads: set[str] = field(default_factory=set[str])
    _numbers: Any = field(default_factory=count)
    _delay: float = 0.0
    """The longest time that the event loop was late, on a machine that is busy."""

    async def prepare(self) -> None:
        """Make the threads, and use each connection that the store may have."""
        for name in (SHARED, *map(_own, range(self.writers))):
            await self.store.save_thread(thread(name), ALICE)
        await asyncio.gather(*(self.store.load_thread(SHARED, ALICE) for _ in range(100)))

    async def run_during(self, faults: Coroutine[Any, Any, None]) -> None:
        """Let all write, and one read, until the faults have been."""
        suffering = asyncio.ensure_future(faults)
        watching = asyncio.ensure_future(self._watch_the_loop())
        try:
            await asyncio.gather(
                *(self._write(number, suffering.done) for number in range(self.writers)),
                self._read(suffering.done),
            )
            await suffering
        finally:
            suffering.cancel()
            watching.cancel()
            await asyncio.wait({suffering, watching})

    async def _watch_the_loop(self) -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.05)
            self._delay = max(self._delay, time.monotonic() - before - 0.05)

    # --- Writing ---

    async def _write(self, writer: int, is_over: Callable[[], bool]) -> None:
        mine: list[_Item] = []
        while not is_over():
            do = self.dice.choices(
                (self._add, self._replace, self._delete, self._add_fake, self._attach, self._churn),
                (8, 4, 2, 2, 1, 1),
            )[0]
            await do(writer, mine)

    async def _add(self, writer: int, mine: list[_Item]) -> None:
        number = next(self._numbers)
        where = self.dice.choice((SHARED, _own(writer)))
        item = _Item(f"item_{number}", where, {_ABSENT}, time.monotonic())
        self._items.append(item)
        mine.append(item)
        add = self.dice.choice((self.store.add_thread_item, self.store.save_item))
        new = answer(item.id, f"first {number}", thread_id=where)
        await self._change(item, f"first {number}", lambda: add(where, new, ALICE))
        if item.texts == {f"first {number}"}:
            item.added = time.monotonic()

    async def _replace(self, writer: int, mine: list[_Item]) -> None:
        del writer
        if item := self._settled(mine):
            text = f"again {next(self._numbers)}"
            new = answer(item.id, text, seconds=5, thread_id=item.thread)
            await self._change(item, text, lambda: self.store.save_item(item.thread, new, ALICE))

    async def _delete(self, writer: int, mine: list[_Item]) -> None:
        del writer
        if item := self._settled(mine):
            await self._change(
                item, _ABSENT, lambda: self.store.delete_thread_item(item.thread, item.id, ALICE)
            )
            mine.remove(item)

    async def _add_fake(self, writer: int, mine: list[_Item]) -> None:
        del mine
        text = f"fake {next(self._numbers)}"
        self._fakes[text] = {0, 1}
        new = answer(FAKE_ID, text, thread_id=_own(writer))
        if await self._call(self.store.add_thread_item(_own(writer), new, ALICE), operations=2):
            self._fakes[text] = {1}

    async def _attach(self, writer: int, mine: list[_Item]) -> None:
        del mine
        new = attachment(f"atc_{next(self._numbers)}", _own(writer))
        if await self._call(self.store.save_attachment(new, ALICE)):
            self._attachments.add(new.id)

    async def _churn(self, writer: int, mine: list[_Item]) -> None:
        """Delete a thread while its answer streams."""
        del writer, mine
        name = f"thr_{next(self._numbers)}"
        if not await self._call(self.store.save_thread(thread(name), ALICE)):
            return
        deleted, *_ = await asyncio.gather(
            self._call(self.store.delete_thread(name, ALICE)),
            self._call(self.store.add_thread_item(name, answer("late"), ALICE), may_be_gone=True),
            self._call(self.store.save_thread(thread(name, title="late"), ALICE)),
        )
        if deleted:
            self._deleted_threads.add(name)

    def _settled(self, mine: list[_Item]) -> _Item | None:
        candidates = [item for item in mine if item.settled]
        return self.dice.choice(candidates) if candidates else None

    async def _change(
        self, item: _Item, text: str | None, call: Callable[[], Awaitable[object]]
    ) -> None:
        """Do it; if it fails, perhaps again and again, as an application would."""
        item.texts.add(text)
        if await self._call(call()):
            item.texts = {text}
            return
        item.settled = False
        for _ in range(self.dice.choice((0, 0, 3))):
            if await self._call(call()):
                item.texts = {text}
                return

    async def _call(
        self, call: Awaitable[object], *, operations: int = 1, may_be_gone: bool = False
    ) -> bool:
        """Whether it was acknowledged."""
        began = time.monotonic()
        try:
            await call
        except StoreUnavailable:
            self.refused += 1
            return False
        except NotFoundError:
            if not may_be_gone:
                raise
        finally:
            took = time.monotonic() - began
            if took > operations * self.timeout + GRACE:
                await asyncio.sleep(0.1)  # a pause of the whole process has been seen by then
            limit = operations * self.timeout + GRACE + self._delay
            assert took <= limit, f"{call} took {took:.2f} s"
        self.acknowledged += 1
        return True

    # --- Reading ---

    async def _read(self, is_over: Callable[[], bool]) -> None:
        while not is_over():
            there, gone = self._known()
            try:
                seen = await _items(self.store, SHARED)
            except StoreUnavailable:
                continue
            ids = [item.id for item in seen]
            assert len(ids) == len(set(ids)), "a page repeats items"
            assert not there - set(ids) - self._unknown(), "a page misses items"
            assert not gone & set(ids), "a page has deleted items"
            await asyncio.sleep(0.1)

    def _known(self) -> tuple[set[str], set[str]]:
        """Items of the shared thread that are there, and that are not."""
        shared = [item for item in self._items if item.thread == SHARED]
        there = {item.id for item in shared if _ABSENT not in item.texts}
        return there, {item.id for item in shared if item.texts == {_ABSENT} and item.added}

    def _unknown(self) -> set[str]:
        """Items that have been deleted, perhaps, while somebody read."""
        return {item.id for item in self._items if _ABSENT in item.texts}

    # --- What has become of it ---

    async def verify(self, store: AnyStore) -> None:
        """Compare with what this store finds."""
        threads = [SHARED, *map(_own, range(self.writers))]
        found = {name: await _items(store, name) for name in threads}
        for name, items in found.items():
            expected = [item for item in self._items if item.thread == name]
            self._verify_items(items, expected)
            self._verify_order([item.id for item in items], expected)
        said = [text for items in found.values() for text in texts(items)]
        for text, times in self._fakes.items():
            assert said.count(text) in times, f"{text!r} is there {said.count(text)} times"
        for attachment_id in self._attachments:
            await store.load_attachment(attachment_id, ALICE)
        for name in self._deleted_threads:
            assert await store.get_thread(name, context=ALICE) is None, f"{name} is back"
            assert await _items(store, name) == []

    def _verify_items(self, items: Sequence[ThreadItem], expected: list[_Item]) -> None:
        ids = [item.id for item in items]
        assert len(ids) == len(set(ids)), "items are there twice"
        said = dict(zip(ids, texts(list(items)), strict=True))
        for item in expected:
            text = said.pop(item.id, _ABSENT)
            assert text in item.texts, f"{item.id} says {text!r}, and may say {item.texts}"
        others = {text for text in said.values() if text not in self._fakes}
        assert not others, f"nobody wrote {others}"

    def _verify_order(self, ids: list[str], expected: list[_Item]) -> None:
        """Who began after another was acknowledged comes after it."""
        known = {item.id: item for item in expected}
        earliest_end = float("inf")
        for item_id in reversed(ids):
            item = known.get(item_id)
            if item is None:
                continue
            assert item.began <= earliest_end, f"{item_id} comes before what was there before it"
            earliest_end = min(earliest_end, item.added or float("inf"))


async def heals(store: AnyStore, within: float) -> None:
    """Wait until 50 operations in a row succeed."""
    deadline = time.monotonic() + within
    while True:
        calls = [store.load_thread(SHARED, ALICE) for _ in range(25)]
        calls += [store.save_thread(thread(SHARED), ALICE) for _ in range(25)]
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        failures = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        if not failures:
            return
        assert all(isinstance(failure, StoreUnavailable) for failure in failures), failures
        assert time.monotonic() < deadline, f"{len(failures)} of 50 calls fail: {failures[0]}"


async def strike(proxy: Proxy, dice: random.Random, faults: Sequence[str], seconds: float) -> None:
    """Let the faults happen, in an order and at moments that the dice choose; each at least once."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for fault in dice.sample(faults, len(faults)):
            await asyncio.sleep(dice.uniform(0.05, 0.3))
            await _strike(proxy, dice, fault)
    proxy.disarm()


async def _strike(proxy: Proxy, dice: random.Random, fault: str) -> None:
    if fault == "reset":
        for _ in range(dice.randint(1, 8)):
            proxy.reset_mid_statement()
        await _struck(proxy, fault)
        if dice.random() < 0.3:
            proxy.reset()
    elif fault == "lost answer":
        for _ in range(dice.randint(1, 8)):
            proxy.lose_answer()
        proxy.lose_answer(b"COMMIT")
        await _struck(proxy, fault)
    elif fault == "black hole":
        with proxy.black_hole():
            await asyncio.sleep(dice.uniform(0.1, 0.8))
            await _struck(proxy, fault)
    elif fault == "latency":
        proxy.struck[fault] += 1
        proxy.latency = dice.uniform(0.005, 0.05)
        await asyncio.sleep(dice.uniform(0.1, 0.5))
        proxy.latency = 0
    else:
        await _until(lambda: proxy.open > 0)
        proxy.half_open()


async def _struck(proxy: Proxy, fault: str) -> None:
    """Wait until the fault, which awaits a request, has struck once (for the first time)."""
    await _until(lambda: proxy.struck[fault] > 0)


async def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "nobody makes requests"
        await asyncio.sleep(0.01)


async def _items(store: AnyStore, name: str) -> list[ThreadItem]:
    """All items of a thread, by pages."""
    found: list[ThreadItem] = []
    after: str | None = None
    while True:
        page = await store.load_thread_items(name, after, 200, "asc", ALICE)
        found += page.data
        if not page.has_more:
            return found
        after = page.after


def _own(writer: int) -> str:
    return f"thr_of_{writer}"
