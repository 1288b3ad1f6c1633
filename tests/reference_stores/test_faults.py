"""Each engine under faults: nothing acknowledged is lost, nothing is done twice, and it heals.

`CHATKIT_TEST_SEED` repeats the faults of a run that failed, whose output names its seed.
"""

from __future__ import annotations

import asyncio
import gc
import os
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pytest

from reference_stores.mysql import MySQLStore
from reference_stores.shared import StoreUnavailable
from tests import servers
from tests.reference_stores import on_mongodb, on_postgres
from tests.reference_stores.faults import FAULTS, GRACE, SHARED, Load, heals, strike
from tests.reference_stores.samples import ALICE, answer, tenant, thread
from tests.servers import mariadb, mongodb, postgres
from tests.servers.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.reference_stores.conftest import AnyStore
    from tests.servers import Server, ThrowAwayServer

TIMEOUT: Final = 3.0
LIMITS: Final[dict[str, Any]] = {"timeout": TIMEOUT, "attempt_timeout": 1.2}
CONNECTIONS: Final = 10 + 3
"""What a store may hold: its pool, and what MongoDB's driver watches the server with."""
HEALING: Final = TIMEOUT + 3
"""Seconds in which it goes on as before."""


@dataclass
class Target:
    """A server, and how stores are made on one database of it."""

    server: Server
    store_at: Callable[..., AnyStore]

    def through(self, proxy: Proxy, **limits: float) -> AnyStore:
        """A store that reaches the server by the proxy."""
        direct = f"{self.server.host}:{self.server.port}"
        assert direct in self.server.url
        url = self.server.url.replace(direct, f"{proxy.host}:{proxy.port}")
        return self.store_at(url, **limits)

    def direct(self) -> AnyStore:
        """A store that no fault touches."""
        return self.store_at(self.server.url)


@pytest.fixture(params=["postgres", "pgbouncer", "mysql", "mongodb"])
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """Each server that tests share."""
    kind: str = request.param
    server = request.getfixturevalue(f"{kind}_server")
    if kind == "mysql":
        with mariadb.database(server) as name:
            yield on_mysql(server, name)
    elif kind == "mongodb":
        with on_mongodb.database(server.url) as name:
            yield on_mongo(server, name)
    else:
        yield on_postgresql(server, request.getfixturevalue("postgres_schema"))


@pytest.fixture(params=["postgres", "mysql", "mongodb"])
def mortal(request: pytest.FixtureRequest) -> Iterator[Target]:
    """A server of each kind that may be killed."""
    if request.param == "postgres":
        with servers.or_skip(postgres.throw_away()) as server:
            yield on_postgresql(server, "chatkit")
    elif request.param == "mysql":
        with servers.or_skip(mariadb.throw_away()) as server:
            yield on_mysql(server, "chatkit")
    else:
        with servers.or_skip(mongodb.throw_away()) as server:
            yield on_mongo(server, "chatkit")


def on_postgresql(server: Server, schema: str) -> Target:
    def store_at(url: str, **limits: Any) -> AnyStore:
        return on_postgres.StoreIn(url, schema, **(limits or LIMITS))

    return Target(server, store_at)


def on_mysql(server: Server, name: str) -> Target:
    def store_at(url: str, **limits: Any) -> AnyStore:
        return MySQLStore(url, tenant=tenant, schema=name, **(limits or LIMITS))

    return Target(server, store_at)


def on_mongo(server: Server, name: str) -> Target:
    def store_at(url: str, **limits: Any) -> AnyStore:
        pool = f"{'&' if '?' in url else '?'}maxPoolSize=10"
        return on_mongodb.StoreIn(url + pool, name, **(limits or LIMITS))

    return Target(server, store_at)


@pytest.fixture
def dice() -> random.Random:
    """Decides which faults happen when."""
    seed = os.environ.get("CHATKIT_TEST_SEED") or str(random.randrange(10**9))
    print(f"CHATKIT_TEST_SEED={seed}")
    return random.Random(seed)


async def test_all_faults_at_random_moments(target: Target, dice: random.Random) -> None:
    await suffer(target, dice, FAULTS, 4)


async def test_silent_connections_cost_an_attempt_and_no_call(target: Target) -> None:
    async with Proxy(target.server.host, target.server.port) as proxy, target.through(proxy) as store:
        await Load(store, TIMEOUT, random.Random()).prepare()
        proxy.half_open()
        silent = proxy.open
        assert silent > 1
        await asyncio.gather(*(store.load_thread(SHARED, ALICE) for _ in range(silent * 2)))


@pytest.mark.parametrize("are_connected", [True, False])
async def test_calls_end_in_time_in_a_black_hole(target: Target, are_connected: bool) -> None:
    async with target.direct() as untouched, Proxy(target.server.host, target.server.port) as proxy:
        await untouched.save_thread(thread(SHARED), ALICE)
        store = target.through(proxy, timeout=1.5, attempt_timeout=1.4)
        await asyncio.gather(*(store.load_thread(SHARED, ALICE) for _ in range(20)))
        if not are_connected:
            proxy.reset()
        with proxy.black_hole():
            began = time.monotonic()
            calls = (
                store.load_thread(SHARED, ALICE),
                store.load_thread_items(SHARED, None, 1, "asc", ALICE),
                store.save_thread(thread(SHARED), ALICE),
                store.add_thread_item(SHARED, answer("item"), ALICE),
                store.delete_thread_item(SHARED, "item", ALICE),
                store.delete_thread(SHARED, ALICE),
            )
            ends = await asyncio.gather(*calls, return_exceptions=True)
            assert [type(end) for end in ends] == [StoreUnavailable] * len(calls)
            assert time.monotonic() - began < 1.5 + GRACE
            began = time.monotonic()
            await store.close()
            assert time.monotonic() - began < 1.5 + GRACE


@pytest.mark.faults_long
@pytest.mark.parametrize("target", ["postgres", "mysql", "mongodb"], indirect=True)
@pytest.mark.parametrize("fault", FAULTS)
async def test_one_fault_again_and_again(target: Target, dice: random.Random, fault: str) -> None:
    await suffer(target, dice, [fault], 30)


async def suffer(target: Target, dice: random.Random, faults: Sequence[str], seconds: float) -> None:
    """Load a store while the faults strike, and look at what is left."""
    async with target.direct() as untouched, Proxy(target.server.host, target.server.port) as proxy:
        before = Resources()
        async with target.through(proxy) as store:
            load = Load(store, TIMEOUT, dice)
            await load.prepare()
            await load.run_during(strike(proxy, dice, faults, seconds))
            print(f"{load.acknowledged} acknowledged, {load.refused} refused, {dict(proxy.struck)}")
            assert proxy.struck.keys() == set(faults)
            await heals(store, HEALING)
            await load.verify(untouched)
            await before.are_back(CONNECTIONS)
            assert proxy.open <= CONNECTIONS
        await before.are_back()
        assert proxy.open == 0


async def test_the_server_is_killed_and_restarted(mortal: Target, dice: random.Random) -> None:
    await die(mortal, dice, deaths=1)


@pytest.mark.faults_long
async def test_the_server_is_killed_again_and_again(mortal: Target, dice: random.Random) -> None:
    await die(mortal, dice, deaths=6)


async def die(mortal: Target, dice: random.Random, deaths: int) -> None:
    """Load a store while the server is killed, and look at what is left."""
    server: ThrowAwayServer = mortal.server  # pyright: ignore[reportAssignmentType] - by `mortal`
    before = Resources()
    async with mortal.direct() as store:
        load = Load(store, TIMEOUT, dice)
        await load.prepare()
        await load.run_during(kill(server, dice, deaths))
        print(f"{load.acknowledged} acknowledged, {load.refused} refused")
        await heals(store, HEALING)
        async with mortal.direct() as untouched:
            await load.verify(untouched)
        await before.are_back(CONNECTIONS)
    await before.are_back()


async def kill(server: ThrowAwayServer, dice: random.Random, deaths: int) -> None:
    for _ in range(deaths):
        await asyncio.sleep(dice.uniform(0.5, 1.5))
        await asyncio.to_thread(server.kill)
        await asyncio.sleep(dice.uniform(0, 1))
        await asyncio.to_thread(server.restart)
        await asyncio.sleep(dice.uniform(0, 1))


class Resources:
    """What the process holds: open files and connections, tasks, and the drivers' objects."""

    def __init__(self) -> None:
        gc.collect()
        self.files = len(os.listdir("/proc/self/fd"))
        self.tasks = len(asyncio.all_tasks())
        self.objects = sum(str(type(each).__module__).startswith(_DRIVERS) for each in gc.get_objects())

    async def are_back(self, connections: int = 0) -> None:
        """Wait until no more is held than at first, and for so many connections, also the proxy's."""
        deadline = time.monotonic() + 5
        while (more := self._more(connections)) and time.monotonic() < deadline:
            await asyncio.sleep(0.2)
        assert not more, more

    def _more(self, connections: int) -> dict[str, tuple[int, int]]:
        now = Resources()
        held = {
            "files": (self.files + 3 * connections, now.files),
            "tasks": (self.tasks + 3 * connections, now.tasks),
            "objects": (self.objects + 500 + 50 * connections, now.objects),  # also caches
        }
        return {name: (then, more) for name, (then, more) in held.items() if more > then}


_DRIVERS: Final = (
    "reference_stores",
    "asyncpg",
    "aiomysql",
    "pymysql",
    "pymongo",
    "asyncio",
    "_asyncio",
)
