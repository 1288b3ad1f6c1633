"""The primary dies under load and its standby takes over: what was acknowledged is there."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, Any

import pytest

from reference_stores.postgres import PostgresStore
from reference_stores.shared import StoreUnavailable
from tests import servers
from tests.reference_stores.on_postgres import connection
from tests.reference_stores.samples import ALICE, answer, tenant, texts, thread
from tests.servers import postgres
from tests.servers.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.postgres import Postgres

pytestmark = pytest.mark.replication

WRITERS = 20


@pytest.fixture
def pair() -> Iterator[tuple[Postgres, Postgres]]:
    with servers.or_skip(postgres.replicated()) as both:
        yield both


def url_of(*hosts: Postgres) -> str:
    return f"postgresql://postgres@{','.join(f'{one.host}:{one.port}' for one in hosts)}/postgres"


async def follow_through(proxy: Proxy, primary: Postgres, standby: Postgres) -> None:
    """Let the standby have the primary's log through the proxy, and wait until it has."""
    async with connection(standby.url) as server:
        await server.execute(
            "ALTER SYSTEM SET primary_conninfo = "
            f"'host={proxy.host} port={proxy.port} user=postgres application_name=through_proxy'"
        )
        await server.execute("SELECT pg_reload_conf()")
    state = "SELECT sync_state FROM pg_stat_replication WHERE application_name = 'through_proxy'"
    async with connection(primary.url) as server:
        for _ in range(600):
            if await server.fetchval(state) == "sync":
                return
            await asyncio.sleep(0.05)
    raise AssertionError("the standby does not follow")


async def test_no_acknowledged_write_is_lost_when_the_standby_takes_over(
    pair: tuple[Postgres, Postgres],
) -> None:
    primary, standby = pair
    acknowledged: dict[str, float] = {}
    failed: list[StoreUnavailable] = []
    writing = True

    async def write(store: PostgresStore[Any], writer: int) -> None:
        number = 0
        while writing:
            name, number = f"{writer}.{number}", number + 1
            try:
                await store.add_thread_item(f"thr_{writer % 5}", answer(name, name), ALICE)
                await store.save_item(f"thr_{writer % 5}", answer(name, name * 20), ALICE)
            except StoreUnavailable as error:
                failed.append(error)
            else:
                acknowledged[name] = time.monotonic()

    async with (
        Proxy(primary.host, primary.port) as proxy,
        PostgresStore[Any](url_of(standby, primary), tenant=tenant, timeout=20) as store,
    ):
        await follow_through(proxy, primary, standby)
        for number in range(5):
            await store.save_thread(thread(f"thr_{number}"), ALICE)
        writers = [asyncio.create_task(write(store, writer)) for writer in range(WRITERS)]
        await asyncio.sleep(2)
        with proxy.black_hole():  # the last that the primary does, the standby does not learn
            await asyncio.sleep(0.5)
            died = time.monotonic()
            await asyncio.to_thread(primary.kill)
        await asyncio.sleep(0.5)
        async with connection(standby.url) as server:
            assert await server.fetchval("SELECT pg_promote()")
        promoted = time.monotonic()
        await asyncio.sleep(3)
        writing = False
        await asyncio.wait_for(asyncio.gather(*writers), 25)

        before = {name for name, when in acknowledged.items() if when < died}
        after = {name for name, when in acknowledged.items() if when > promoted}
        assert len(before) > 50
        assert len(after) > 50
        assert not failed, failed[0].__cause__
        kept: dict[str, str] = {}
        for number in range(5):
            cursor: str | None = None
            while True:
                page = await store.load_thread_items(f"thr_{number}", cursor, 1000, "asc", ALICE)
                names = [item.id for item in page.data]
                assert not kept.keys() & set(names), "an item is in two places"
                kept.update(zip(names, texts(page.data), strict=True))
                if not page.has_more:
                    break
                cursor = page.after
        assert acknowledged.keys() <= kept.keys()
        assert all(kept[name] == name * 20 for name in acknowledged)


async def test_before_any_host_takes_writes_a_call_ends_in_time(
    pair: tuple[Postgres, Postgres],
) -> None:
    primary, standby = pair
    async with PostgresStore[Any](url_of(primary, standby), tenant=tenant, timeout=2) as store:
        await store.save_thread(thread(), ALICE)
        await asyncio.to_thread(primary.kill)
        began = time.monotonic()
        with pytest.raises(StoreUnavailable):
            await store.save_thread(thread(), ALICE)
        assert time.monotonic() - began < 3
        with contextlib.suppress(StoreUnavailable):
            await store.load_thread("thr_1", ALICE)
