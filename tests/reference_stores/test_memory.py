"""Long threads in memory, whatever order their items come and go in."""

from __future__ import annotations

import random
from typing import Any

from reference_stores.memory import MemoryStore
from tests.reference_stores.samples import ALICE, answer, tenant, thread


async def test_pages_of_a_long_thread_are_in_order_after_many_changes() -> None:
    store = MemoryStore[Any](tenant=tenant, max_page_size=100_000)
    await store.save_thread(thread(), ALICE)
    chance = random.Random(9)
    live: dict[str, tuple[int, int]] = {}
    known: dict[str, tuple[int, int]] = {}
    for turn in range(12_000):
        name = f"m{turn}"
        if turn % 3 == 2:
            gone = chance.choice(list(live)) if turn % 300 == 2 else next(iter(live))
            del live[gone]
            await store.delete_thread_item("thr_1", gone, ALICE)
            continue
        second = turn if turn % 2 else chance.randrange(12_000)
        live[name] = known[name] = (second, turn)
        await store.add_thread_item("thr_1", answer(name, seconds=second), ALICE)
    expected = sorted(live, key=lambda name: live[name])

    async def ids(after: str | None, order: str, limit: int = 100_000) -> list[str]:
        page = await store.load_thread_items("thr_1", after, limit, order, ALICE)
        return [item.id for item in page.data]

    assert await ids(None, "asc") == expected
    assert await ids(None, "desc") == expected[::-1]
    for after in chance.sample(sorted(known), 300):
        ahead = [name for name in expected if live[name] > known[after]]
        behind = [name for name in expected if live[name] < known[after]]
        assert await ids(after, "asc", 50) == ahead[:50]
        assert await ids(after, "desc", 50) == behind[::-1][:50]


async def test_all_can_be_deleted_and_added_again() -> None:
    store = MemoryStore[Any](tenant=tenant)
    await store.save_thread(thread(), ALICE)
    for turn in range(2):
        for number in range(5_000):
            await store.add_thread_item("thr_1", answer(f"m{number}", seconds=number + turn), ALICE)
        for number in range(5_000):
            await store.delete_thread_item("thr_1", f"m{number}", ALICE)
        page = await store.load_thread_items("thr_1", None, 10, "asc", ALICE)
        assert (page.data, page.has_more) == ([], False)
