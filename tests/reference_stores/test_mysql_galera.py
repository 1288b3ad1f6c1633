"""A writer on each of three Galera nodes, one of which dies: what was acknowledged is there."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import pytest

from reference_stores.mysql import MySQLStore
from reference_stores.shared import StoreUnavailable
from tests import servers
from tests.reference_stores.samples import ALICE, answer, tenant, texts, thread
from tests.servers import galera, mariadb

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.servers.mariadb import MariaDB

pytestmark = pytest.mark.replication

WRITERS = 6
"""On each node."""
TIMEOUT = 30.0
"""More than the cluster takes to find out that a node is gone; nothing is written meanwhile."""


@pytest.fixture(scope="module")
def nodes() -> Iterator[Sequence[MariaDB]]:
    with servers.or_skip(galera.cluster()) as all_nodes:
        yield all_nodes


def conflicts(nodes: Sequence[MariaDB]) -> int:
    """How many transactions the nodes have given up for those of others."""
    return sum(
        int(count)
        for node in nodes
        for _, count in mariadb.query(
            node,
            "SHOW STATUS WHERE variable_name IN ('wsrep_local_bf_aborts', 'wsrep_local_cert_failures')",
        )
    )


async def everything(store: MySQLStore[Any], name: str) -> dict[str, str]:
    """What each item of the thread says, by its id; each id is on one page."""
    found: dict[str, str] = {}
    after: str | None = None
    while page := (await store.load_thread_items(name, after, 500, "asc", ALICE)).data:
        for item, text in zip(page, texts(page), strict=True):
            assert item.id not in found
            found[item.id] = text
        after = page[-1].id
    return found


async def test_conflicts_of_writers_on_all_nodes_are_repeated(nodes: Sequence[MariaDB]) -> None:
    before = conflicts(nodes)
    async with AsyncExitStack() as stack:
        stores = [
            await stack.enter_async_context(
                MySQLStore[Any](node.url, tenant=tenant, schema="conflicts", timeout=TIMEOUT)
            )
            for node in nodes
        ]
        await stores[0].save_thread(thread(), ALICE)

        async def write(number: int, store: MySQLStore[Any]) -> None:
            for turn in range(20):
                await store.add_thread_item("thr_1", answer(f"{number} {turn}", f"{turn}"), ALICE)
                await store.save_thread(thread(f"thr_{number} {turn}"), ALICE)

        await asyncio.gather(*(write(n, stores[n % len(stores)]) for n in range(3 * WRITERS)))
        assert conflicts(nodes) > before
        expected = {f"{n} {turn}": f"{turn}" for n in range(3 * WRITERS) for turn in range(20)}
        for store in stores:
            assert await everything(store, "thr_1") == expected
            threads = (await store.load_threads(1000, None, "asc", ALICE)).data
            assert {one.id for one in threads} == {"thr_1", *(f"thr_{name}" for name in expected)}


async def test_a_deletion_on_one_node_and_saves_on_another_leave_no_orphan(
    nodes: Sequence[MariaDB],
) -> None:
    async with AsyncExitStack() as stack:
        stores = [
            await stack.enter_async_context(
                MySQLStore[Any](node.url, tenant=tenant, schema="deletions")
            )
            for node in nodes
        ]
        for number in range(20):
            name = f"thr_{number}"
            await stores[0].save_thread(thread(name), ALICE)
            await asyncio.gather(
                stores[0].delete_thread(name, ALICE),
                *(stores[1].add_thread_item(name, answer(f"{n}"), ALICE) for n in range(3)),
                *(stores[2].save_thread(thread(name, title=f"{n}"), ALICE) for n in range(3)),
                return_exceptions=True,
            )
        for store, node in zip(stores, nodes, strict=True):
            assert (await store.load_threads(100, None, "asc", ALICE)).data == []
            assert mariadb.query(node, "SELECT * FROM deletions.chatkit_items") == []


async def test_no_acknowledged_write_is_lost_when_a_node_dies(nodes: Sequence[MariaDB]) -> None:
    acknowledged: dict[str, str] = {}
    failed: list[tuple[int, float, BaseException]] = []
    is_over = asyncio.Event()
    async with AsyncExitStack() as stack:
        stores = [
            await stack.enter_async_context(
                MySQLStore[Any](node.url, tenant=tenant, schema="death", timeout=TIMEOUT)
            )
            for node in nodes
        ]
        await stores[0].save_thread(thread(), ALICE)

        async def write(number: int) -> None:
            node = number % len(stores)
            turn = 0
            while not is_over.is_set():
                turn += 1
                began = time.monotonic()
                try:
                    await stores[node].add_thread_item(
                        "thr_1", answer(f"{number} {turn}", f"{turn}"), ALICE
                    )
                except StoreUnavailable as error:
                    failed.append((node, time.monotonic() - began, error))
                    continue
                acknowledged[f"{number} {turn}"] = f"{turn}"

        writers = asyncio.gather(*(write(number) for number in range(3 * WRITERS)))
        await asyncio.sleep(2)
        await asyncio.to_thread(nodes[2].kill)
        before = len(acknowledged)
        while len(acknowledged) < before + 200:
            await asyncio.sleep(0.1)
        is_over.set()
        await writers
        # Those on the living nodes waited until the cluster had agreed that a node is gone.
        assert {node for node, _, _ in failed} <= {2}
        assert all(seconds < TIMEOUT + 1 for _, seconds, _ in failed)
        await asyncio.to_thread(nodes[2].restart)
        for store in stores:
            found = await everything(store, "thr_1")
            assert acknowledged.items() <= found.items()
            # What failed on the node that died may have been committed all the same, once.
            assert len(found) <= len(acknowledged) + len(failed)
