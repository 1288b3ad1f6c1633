"""What MongoDB adds: races without transactions, indexes, clients of the application, faults."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import threading
import time
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import pytest
from bson import SON
from chatkit.store import NotFoundError
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import AsyncMongoClient, MongoClient
from pymongo.monitoring import CommandListener
from typing_extensions import override

from reference_stores import mongodb
from reference_stores.mongodb import MongoDBStore
from reference_stores.shared import (
    FAKE_ID,
    PayloadError,
    SchemaTooNewError,
    StoreClosedError,
    StoreError,
    StoreUnavailable,
)
from tests.reference_stores.on_mongodb import StoreIn, database
from tests.reference_stores.samples import ALICE, BOB, answer, attachment, hidden, tenant, texts, thread
from tests.servers import free_port, or_skip
from tests.servers import mongodb as servers
from tests.servers.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator

    from pymongo.monitoring import CommandFailedEvent, CommandStartedEvent, CommandSucceededEvent

    from tests.servers import Server, ThrowAwayServer

NOW: Final = timedelta(seconds=-1)
"""An age that everything has, whatever the clock's resolution."""
DRIVERS: Final[dict[str, Any]] = {"pymongo": AsyncMongoClient, "motor": AsyncIOMotorClient}


@pytest.fixture
def name(mongodb_server: Server) -> Iterator[str]:
    """A database of this test."""
    with database(mongodb_server.url) as made:
        yield made


@pytest.fixture
async def store(mongodb_server: Server, name: str) -> AsyncIterator[StoreIn]:
    async with StoreIn(mongodb_server.url, name) as made:
        yield made


@asynccontextmanager
async def client_of(driver: str, url: str, **options: Any) -> AsyncGenerator[Any]:
    client = DRIVERS[driver](url, retryWrites=False, **options)
    try:
        yield client
    finally:
        if driver == "motor":  # it waits for its threads, and a proxy may have to answer them
            await asyncio.to_thread(client.close)
        else:
            await client.close()


def in_database(server: Server, name: str) -> str:
    """The server's URL, which names a database."""
    return urlsplit(server.url)._replace(path=f"/{name}").geturl()


def through(proxy: Proxy) -> str:
    """A URL with which the driver asks for no other server of a replica set."""
    return f"mongodb://{proxy.host}:{proxy.port}/?directConnection=true"


@contextmanager
def raw(server: Server, name: str) -> Generator[Any]:
    """The database as it is, whatever a store shows of it."""
    with MongoClient[Any](server.url) as client:
        yield client[name]


async def ids(store: StoreIn, thread_id: str = "thr_1", after: str | None = None) -> list[str]:
    page = await store.load_thread_items(thread_id, after, 100, "asc", ALICE)
    return [item.id for item in page.data]


# --- Races: a command is held on its way, while another store goes on ---


class Holding(CommandListener):
    """Keeps the first command of a kind to a collection back, in the thread in which Motor sends it."""

    def __init__(self, command: str, collection: str) -> None:
        self._sought = (command, collection)
        self._held = threading.Event()
        self._released = threading.Event()
        self._taken = threading.Lock()

    @override
    def started(self, event: CommandStartedEvent) -> None:
        if event.command.get(event.command_name) != self._sought[1]:
            return
        if event.command_name == self._sought[0] and self._taken.acquire(blocking=False):
            self._held.set()
            assert self._released.wait(30)

    @override
    def succeeded(self, event: CommandSucceededEvent) -> None:
        pass

    @override
    def failed(self, event: CommandFailedEvent) -> None:
        pass

    async def wait(self) -> None:
        assert await asyncio.to_thread(self._held.wait, 30)

    def release(self) -> None:
        self._released.set()


@asynccontextmanager
async def holding(server: Server, name: str, command: str, collection: str) -> AsyncGenerator[Any]:
    """A store whose next such command is held until it is released."""
    held = Holding(command, collection)
    async with (
        client_of("motor", server.url, event_listeners=[held]) as client,
        StoreIn(client, name) as store,
    ):
        try:
            yield store, held
        finally:
            held.release()


async def test_an_item_that_comes_after_its_thread_was_deleted_is_seen_by_nobody(
    mongodb_server: Server, name: str, store: StoreIn
) -> None:
    await store.save_thread(thread(), ALICE)
    await store.add_thread_item("thr_1", answer("before"), ALICE)
    async with holding(mongodb_server, name, "insert", "chatkit_items") as (slow, held):
        late = asyncio.create_task(slow.add_thread_item("thr_1", answer("late"), ALICE))
        await held.wait()
        await store.delete_thread("thr_1", ALICE)
        held.release()
        await late
    with raw(mongodb_server, name) as found:
        assert [item["_id"]["item"] for item in found.chatkit_items.find()] == ["late"]
        with pytest.raises(NotFoundError):
            await store.load_item("thr_1", "late", ALICE)
        assert await ids(store) == await ids(store, after="late") == []
        await store.delete_thread_item("thr_1", "other", ALICE)
        assert [entry async for entry in store.export_tenant(ALICE)] == []
        assert await store.purge(NOW) == 1
        assert found.chatkit_items.count_documents({}) == 0
        assert found.chatkit_threads.count_documents({}) == 0


async def test_leftovers_of_an_earlier_life_are_no_part_of_the_next(
    mongodb_server: Server, name: str, store: StoreIn
) -> None:
    await store.save_thread(thread(), ALICE)
    async with holding(mongodb_server, name, "insert", "chatkit_items") as (slow, held):
        late = asyncio.create_task(slow.add_thread_item("thr_1", answer(FAKE_ID, "late"), ALICE))
        await held.wait()
        await store.delete_thread("thr_1", ALICE)
        assert await store.purge(NOW) == 1
        await store.save_thread(thread(), ALICE)
        await store.add_thread_item("thr_1", answer("new", seconds=1), ALICE)
        held.release()
        await late
    with raw(mongodb_server, name) as found:
        leftover = found.chatkit_items.find_one({"_id.item": {"$ne": "new"}})["_id"]["item"]
        with pytest.raises(NotFoundError):
            await store.load_item("thr_1", leftover, ALICE)
        with pytest.raises(NotFoundError):
            await ids(store, after=leftover)
        page = await store.load_thread_items("thr_1", None, 1, "asc", ALICE)
        assert ([item.id for item in page.data], page.has_more) == (["new"], False)

        await store.save_item("thr_1", answer(FAKE_ID, "first fake of this life"), ALICE)
        await store.add_thread_item("thr_1", answer(leftover, "own"), ALICE)
        assert found.chatkit_items.count_documents({}) == 3
        assert len(await ids(store)) == 3
        said = texts([await store.load_item("thr_1", leftover, ALICE)])
        assert said == ["own"]
        await store.delete_thread("thr_1", ALICE)
        assert found.chatkit_items.count_documents({}) == 0


async def test_a_late_item_takes_nothing_from_the_next_life_of_its_thread(
    mongodb_server: Server, name: str, store: StoreIn
) -> None:
    await store.save_thread(thread(), ALICE)
    async with holding(mongodb_server, name, "insert", "chatkit_items") as (slow, held):
        late = asyncio.create_task(slow.add_thread_item("thr_1", answer("m1", "late"), ALICE))
        await held.wait()
        await store.delete_thread("thr_1", ALICE)
        assert await store.purge(NOW) == 1
        await store.save_thread(thread(), ALICE)
        await store.add_thread_item("thr_1", answer("m1", "new"), ALICE)
        await store.add_thread_item("thr_1", answer("m2"), ALICE)
        held.release()
        await late
    assert await ids(store) == ["m1", "m2"]


async def test_a_deletion_that_was_cut_short_is_done_for_all_who_ask(
    mongodb_server: Server, name: str, store: StoreIn
) -> None:
    await store.save_thread(thread(), ALICE)
    for number in range(3):
        await store.add_thread_item("thr_1", answer(f"m{number}"), ALICE)
    async with holding(mongodb_server, name, "delete", "chatkit_items") as (slow, held):
        deletion = asyncio.create_task(slow.delete_thread("thr_1", ALICE))
        await held.wait()
        assert await ids(store) == []
        for gone in (
            store.load_thread("thr_1", ALICE),
            store.load_item("thr_1", "m1", ALICE),
            store.add_thread_item("thr_1", answer("m1", "again"), ALICE),
            store.add_thread_item("thr_1", answer(FAKE_ID), ALICE),
            store.save_item("thr_1", answer(FAKE_ID), ALICE),
        ):
            with pytest.raises(NotFoundError):
                await gone
        await store.save_thread(thread(title="late"), ALICE)
        assert (await store.load_threads(10, None, "asc", ALICE)).data == []
        with raw(mongodb_server, name) as found:
            assert found.chatkit_items.count_documents({}) == 3
            assert await store.purge(NOW) == 1
            assert found.chatkit_items.count_documents({}) == 0
        held.release()
        await deletion


async def test_a_deletion_that_was_cut_short_can_be_repeated(
    mongodb_server: Server, name: str, store: StoreIn
) -> None:
    await store.save_thread(thread(), ALICE)
    await store.add_thread_item("thr_1", answer("m1"), ALICE)
    with raw(mongodb_server, name) as found:
        item = found.chatkit_items.find_one()
        await store.delete_thread("thr_1", ALICE)
        found.chatkit_items.insert_one(item)
        await store.delete_thread("thr_1", ALICE)
        assert found.chatkit_items.count_documents({}) == 0


async def test_a_slow_deletion_spares_the_next_life_of_the_thread(
    mongodb_server: Server, name: str, store: StoreIn
) -> None:
    await store.save_thread(thread(), ALICE)
    await store.add_thread_item("thr_1", answer("old"), ALICE)
    async with holding(mongodb_server, name, "find", "chatkit_items") as (slow, held):
        deletion = asyncio.create_task(slow.delete_thread("thr_1", ALICE))
        await held.wait()
        assert await store.purge(NOW) == 1
        await store.save_thread(thread(), ALICE)
        await store.add_thread_item("thr_1", answer("new"), ALICE)
        held.release()
        await deletion
    assert await ids(store) == ["new"]


@pytest.mark.parametrize("command", ["update", "insert"])
async def test_a_save_that_is_overtaken_by_a_deletion_brings_nothing_back(
    mongodb_server: Server, name: str, store: StoreIn, command: str
) -> None:
    if command == "update":
        await store.save_thread(thread(), ALICE)
    async with holding(mongodb_server, name, command, "chatkit_threads") as (slow, held):
        late = asyncio.create_task(slow.save_thread(thread(title="late"), ALICE))
        await held.wait()
        await store.save_thread(thread(), ALICE)
        await store.delete_thread("thr_1", ALICE)
        held.release()
        await late
    with pytest.raises(NotFoundError):
        await store.load_thread("thr_1", ALICE)


async def test_two_first_saves_of_a_thread_make_one(
    mongodb_server: Server, name: str, store: StoreIn
) -> None:
    async with holding(mongodb_server, name, "insert", "chatkit_threads") as (slow, held):
        late = asyncio.create_task(slow.save_thread(thread(title="late"), ALICE))
        await held.wait()
        await store.save_thread(thread(title="early"), ALICE)
        held.release()
        await late
    assert (await store.load_thread("thr_1", ALICE)).title == "late"
    assert len((await store.load_threads(10, None, "asc", ALICE)).data) == 1


async def test_two_writers_of_one_new_item_make_one_at_the_place_of_the_first(
    mongodb_server: Server, name: str, store: StoreIn
) -> None:
    await store.save_thread(thread(), ALICE)
    async with holding(mongodb_server, name, "insert", "chatkit_items") as (slow, held):
        late = asyncio.create_task(slow.add_thread_item("thr_1", answer("m1", "late"), ALICE))
        await held.wait()
        await store.add_thread_item("thr_1", answer("m1", "early"), ALICE)
        await store.add_thread_item("thr_1", answer("m2"), ALICE)
        held.release()
        await late
    page = await store.load_thread_items("thr_1", None, 10, "asc", ALICE)
    assert texts(page.data) == ["late", ""]


async def test_a_deleted_item_that_comes_again_has_one_place(store: StoreIn) -> None:
    await store.save_thread(thread(), ALICE)
    for item in ("m1", "m2"):
        await store.add_thread_item("thr_1", answer(item), ALICE)
    await store.delete_thread_item("thr_1", "m1", ALICE)
    await asyncio.gather(
        *(store.add_thread_item("thr_1", answer("m1", f"{n}"), ALICE) for n in range(10))
    )
    assert await ids(store) == ["m2", "m1"]
    assert await ids(store, after="m2") == ["m1"]
    assert await store.purge(NOW) == 0


async def test_a_page_is_all_or_nothing_of_a_thread_that_is_being_deleted(
    mongodb_server: Server, name: str, store: StoreIn
) -> None:
    await store.save_thread(thread(), ALICE)
    for number in range(4):
        await store.add_thread_item("thr_1", answer(f"m{number}"), ALICE)
    with raw(mongodb_server, name) as found:
        # What a reader sees between the first and the last batch of the sweep.
        async with holding(mongodb_server, name, "find", "chatkit_threads") as (slow, held):
            found.chatkit_items.delete_one({"_id.item": "m2"})
            reader = asyncio.create_task(ids(slow))
            await held.wait()
            await store.delete_thread("thr_1", ALICE)
            held.release()
            assert await reader == []


async def test_places_begin_anew_behind_all_others_when_a_tenant_was_deleted(
    mongodb_server: Server, name: str, store: StoreIn
) -> None:
    """Or what a slow writer of the old tenant leaves could pass for a part of the new one."""
    with raw(mongodb_server, name) as found:
        generations: list[int] = []
        for _ in range(3):
            await store.save_thread(thread("thr_0"), ALICE)
            await store.save_thread(thread(), ALICE)
            generations += [row["generation"] for row in found.chatkit_threads.find({}).sort("_id", 1)]
            await store.delete_tenant(ALICE)
        assert generations == sorted(set(generations))
        assert len(generations) == 6
        for collection in ("threads", "items", "attachments", "tenants"):
            assert found[f"chatkit_{collection}"].count_documents({}) == 0


async def test_long_sweeps_go_on_in_batches(store: StoreIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mongodb, "_BATCH", 4)
    for name in ("thr_1", "thr_2", "thr_3", "thr_4", "thr_5"):
        await store.save_thread(thread(name), ALICE)
    for number in range(10):
        await store.add_thread_item("thr_1", answer(f"m{number}"), ALICE)
        await store.add_thread_item("thr_2", answer(f"m{number}"), ALICE)
        owner = f"thr_{number % 6}"  # of which one was never there
        await store.save_attachment(attachment(f"atc_{number}", owner), ALICE)
    for number in range(10):
        await store.delete_thread_item("thr_2", f"m{number}", ALICE)
    for name in ("thr_1", "thr_3", "thr_4", "thr_5"):
        await store.delete_thread(name, ALICE)
    orphans = await store.orphaned_attachments(ALICE)
    assert [orphan.id for orphan in orphans] == [f"atc_{n}" for n in (0, 1, 3, 4, 5, 6, 7, 9)]
    assert await store.purge(NOW) == 14
    assert await store.purge(NOW) == 0


# --- Ids, payloads ---


async def test_ids_that_look_like_operators_are_ids(store: StoreIn) -> None:
    names = ["$ne", "$gt", "$where", "a.b", "$", "_id", "tenant.x", '{"$ne": ""}', "\\/"]
    for owner in names:
        context = {"user_id": owner}
        for thread_id in names:
            await store.save_thread(thread(thread_id, title=owner), context)
        for item in names:
            await store.add_thread_item("$ne", answer(item, owner), context)
            await store.save_attachment(attachment(item, item), context)
    for owner in names:
        context = {"user_id": owner}
        assert [
            found.id for found in (await store.load_threads(99, None, "asc", context)).data
        ] == names
        page = await store.load_thread_items("$ne", "$ne", 99, "asc", context)
        assert ([item.id for item in page.data], {*texts(page.data)}) == (names[1:], {owner})
        assert (await store.load_attachment("$where", context)).thread_id == "$where"
    await store.delete_tenant({"user_id": "$ne"})
    assert len((await store.load_threads(99, None, "asc", {"user_id": "$gt"})).data) == len(names)


async def test_payloads_over_16_megabytes_are_refused_and_nothing_is_written(
    mongodb_server: Server, name: str, store: StoreIn
) -> None:
    await store.save_thread(thread(), ALICE)
    await store.add_thread_item("thr_1", answer("m1", "as it was"), ALICE)
    too_long = "x" * 2**24
    for write in (
        store.add_thread_item("thr_1", answer("m1", too_long), ALICE),
        store.add_thread_item("thr_1", answer("m2", "ü" * 2**23), ALICE),
        store.add_thread_item("thr_1", answer(FAKE_ID, too_long), ALICE),
        store.save_thread(thread(title=too_long), ALICE),
        store.save_thread(thread("thr_2", title=too_long), ALICE),
        store.save_attachment(attachment().model_copy(update={"name": too_long}), ALICE),
    ):
        with pytest.raises(PayloadError, match="16 MB"):
            await write
    page = await store.load_thread_items("thr_1", None, 10, "asc", ALICE)
    assert texts(page.data) == ["as it was"]
    assert await store.load_thread("thr_1", ALICE) == thread()
    with raw(mongodb_server, name) as found:
        assert found.chatkit_threads.count_documents({}) == 1
        assert found.chatkit_attachments.count_documents({}) == 0


async def test_a_payload_of_almost_16_megabytes_comes_back(store: StoreIn) -> None:
    await store.save_thread(thread(), ALICE)
    large = answer("m1", "x" * (2**24 - 2**15))
    await store.add_thread_item("thr_1", large, ALICE)
    assert await store.load_item("thr_1", "m1", ALICE) == large


async def test_what_the_driver_finds_too_large_is_refused_as_well(
    store: StoreIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a server takes less than MongoDB does."""
    monkeypatch.setattr(mongodb, "_LARGEST_PAYLOAD", 2**30)
    await store.save_thread(thread(), ALICE)
    with pytest.raises(PayloadError, match="too large"):
        await store.add_thread_item("thr_1", answer("m1", "x" * (2**24 + 2**16)), ALICE)
    assert await ids(store) == []


async def test_payloads_are_kept_to_the_letter(
    mongodb_server: Server, name: str, store: StoreIn
) -> None:
    content = {"$set": {"a.b": 2**70}, "z": 1.0, "a": [None, "\x00", "😀"], "": 1e300}
    await store.save_thread(thread(), ALICE)
    await store.add_thread_item("thr_1", hidden(content), ALICE)
    assert await store.load_item("thr_1", "hid_1", ALICE) == hidden(content)
    with raw(mongodb_server, name) as found:
        assert type(found.chatkit_items.find_one()["payload"]) is str


# --- Clients ---


@pytest.mark.parametrize("driver", DRIVERS)
async def test_a_client_of_the_application_is_left_open(
    mongodb_server: Server, name: str, driver: str
) -> None:
    async with client_of(driver, in_database(mongodb_server, name)) as client:
        for _ in range(2):
            store = MongoDBStore[Any](client, tenant=tenant)
            await store.save_thread(thread(), ALICE)
            await store.close()
            with pytest.raises(StoreClosedError):
                await store.load_thread("thr_1", ALICE)
        assert await client[name].chatkit_threads.count_documents({}) == 1


@pytest.mark.parametrize("driver", DRIVERS)
async def test_the_settings_of_the_applications_client_change_nothing(
    mongodb_server: Server, name: str, driver: str
) -> None:
    heard = Recording()
    async with (
        client_of(
            driver,
            mongodb_server.url,
            w=0,
            readPreference="secondaryPreferred",
            readConcernLevel="local",
            document_class=SON,
            tz_aware=True,
            event_listeners=[heard],
        ) as client,
        StoreIn(client, name) as store,
    ):
        await use_everything(store)
    for command in heard.commands:
        kind = next(iter(command))
        if kind in ("insert", "update", "delete", "findAndModify", "createIndexes"):
            assert command["writeConcern"] == {"w": "majority", "j": True}, command
        if kind == "find":
            assert command["readConcern"] == {"level": "majority"}, command
            assert command.get("$readPreference", {"mode": "primary"})["mode"].startswith("primary")


async def test_an_own_client_is_closed_with_its_connections(mongodb_server: Server, name: str) -> None:
    async with Proxy(mongodb_server.host, mongodb_server.port) as proxy:
        store = StoreIn(through(proxy), name)
        await asyncio.gather(*(store.save_thread(thread(f"t{n}"), ALICE) for n in range(20)))
        assert proxy.open > 2
        await store.close()
        for _ in range(100):
            if not proxy.open:
                break
            await asyncio.sleep(0.02)
        assert proxy.open == 0
        assert not [task for task in asyncio.all_tasks() if "pymongo" in task.get_name()]


async def test_the_database_is_the_given_one_or_that_of_the_url(
    mongodb_server: Server, name: str
) -> None:
    for store in (
        MongoDBStore[Any](in_database(mongodb_server, name), tenant=tenant),
        MongoDBStore[Any](in_database(mongodb_server, "other"), tenant=tenant, database=name),
    ):
        async with store:
            await store.save_thread(thread(), ALICE)
        with raw(mongodb_server, name) as found:
            assert found.chatkit_threads.delete_many({}).deleted_count == 1


def test_what_is_no_client_is_refused() -> None:
    with MongoClient[Any](connect=False) as blocking:
        wrong: list[Any] = [blocking, blocking["x"], None, 7, b"mongodb://localhost"]
        for client in wrong:
            with pytest.raises(TypeError, match="AsyncMongoClient"):
                MongoDBStore[Any](client, tenant=tenant)
    with pytest.raises(ValueError, match="timeout"):
        MongoDBStore[Any]("mongodb://localhost", tenant=tenant, timeout=0)


@pytest.mark.parametrize(
    "url",
    ["postgresql://localhost/x", "mongodb://", "mongodb://a:secret@b@c/", "mongodb://:secret@h:x/"],
)
async def test_a_url_that_is_none_is_an_error_without_the_password(url: str) -> None:
    store = MongoDBStore[Any](url, tenant=tenant)
    with pytest.raises(StoreError) as failure:
        await store.connect()
    assert "secret" not in str(failure.value)
    await store.close()


async def test_a_server_without_majority_is_said_to_be_one(
    mongodb_server: Server, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "reference_stores")
    async with StoreIn(mongodb_server.url, name):
        pass
    with MongoClient[Any](mongodb_server.url) as client:
        alone = "setName" not in client.admin.command("hello")
    assert ("no replica set" in caplog.text) is alone


def test_the_missing_driver_is_named() -> None:
    for driver, module in (("pymongo", "pymongo"), ("tenacity", "tenacity")):
        code = (
            f"import sys; sys.modules[{module!r}] = None\n"
            "from reference_stores.shared import MissingDriverError\n"
            "try: import reference_stores.mongodb\n"
            "except MissingDriverError as error: print(error)"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert f"pip install {driver}, or chatkit-store-creator[mongodb]" in done.stdout


def test_motor_is_not_needed() -> None:
    code = (
        "import sys; sys.modules['motor'] = None\n"
        "from reference_stores.mongodb import MongoDBStore\n"
        "MongoDBStore('mongodb://localhost', tenant=str)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# --- Indexes ---


class Recording(CommandListener):
    """Keeps the commands that were sent."""

    def __init__(self) -> None:
        self.commands: list[dict[str, Any]] = []

    @override
    def started(self, event: CommandStartedEvent) -> None:
        self.commands.append(dict(event.command))

    @override
    def succeeded(self, event: CommandSucceededEvent) -> None:
        pass

    @override
    def failed(self, event: CommandFailedEvent) -> None:
        pass


async def use_everything(store: StoreIn) -> None:
    for number in range(6):
        await store.save_thread(thread(f"thr_{number}", number // 3), ALICE)
        await store.save_thread(thread(f"thr_{number}", number // 3, title="again"), ALICE)
    for number in range(6):
        await store.add_thread_item("thr_1", answer(f"m{number}", seconds=number // 3), ALICE)
        await store.save_attachment(attachment(f"atc_{number}", f"thr_{number}"), ALICE)
    await store.save_item("thr_1", answer("m1", "again"), ALICE)
    await store.add_thread_item("thr_1", answer(FAKE_ID), ALICE)
    await store.save_item("thr_1", answer(FAKE_ID), ALICE)
    await store.delete_thread_item("thr_1", "m3", ALICE)
    await store.add_thread_item("thr_1", answer("m3"), ALICE)
    await store.delete_thread_item("thr_1", "m4", ALICE)
    for unknown in (store.delete_thread("thr_3", ALICE), store.delete_thread("unknown", ALICE)):
        await unknown
    for order in ("asc", "desc"):
        for after in (None, "m3", "m4"):
            await store.load_thread_items("thr_1", after, 5, order, ALICE)
        for after in (None, "thr_3", "thr_4"):
            await store.load_threads(5, after, order, ALICE)
    await store.load_item("thr_1", "m1", ALICE)
    await store.load_thread("thr_1", ALICE)
    await store.load_attachment("atc_1", ALICE)
    await store.orphaned_attachments(ALICE)
    await store.delete_attachment("atc_1", ALICE)
    assert len([entry async for entry in store.export_tenant(ALICE)]) == 5 + 6 + 5
    assert await store.purge(NOW) == 2
    assert await store.purge(NOW, threads=True) == 5 + 5
    await store.save_thread(thread(), BOB)
    await store.delete_tenant(BOB)


def is_served(query: dict[str, Any], sort: dict[str, int], keys: list[str]) -> bool:
    """Whether an index finds it in one range, in order: equal fields first, then one range or sort."""
    equal = {field for field, value in query.items() if not isinstance(value, dict)}
    ranges = {field for field, value in query.items() if isinstance(value, dict)}
    prefix = next((n for n, field in enumerate(keys) if field not in equal), len(keys))
    following = keys[prefix : prefix + 1]
    return (prefix > 0 or following[0] in ranges) and set(sort) <= set(following)


async def test_every_command_finds_its_documents_by_an_index(mongodb_server: Server, name: str) -> None:
    heard = Recording()
    async with (
        client_of("pymongo", mongodb_server.url, event_listeners=[heard]) as client,
        StoreIn(client, name) as store,
    ):
        await use_everything(store)
        indexes = {
            collection: [
                [field for field, _ in index["key"]]
                for index in (await client[name][collection].index_information()).values()
            ]
            for collection in await client[name].list_collection_names()
        }
    asked: set[str] = set()
    for collection, query, sort in map(question, heard.commands):
        if query is None:
            continue
        served = "_id" in query or any(is_served(query, sort, keys) for keys in indexes[collection])
        assert served, (collection, query, sort)
        asked.add(f"{collection} {sorted(query)} {sort}")
    assert len(asked) > 20


def question(command: dict[str, Any]) -> tuple[str, dict[str, Any] | None, dict[str, int]]:
    """The collection, filter and order of what a command looks for; None if it looks for nothing."""
    kind = next(iter(command))
    sort: dict[str, int] = dict(command.get("sort", {}))
    query: dict[str, Any] | None = None
    if kind in ("find", "findAndModify"):
        query = command["filter" if kind == "find" else "query"]
    elif kind in ("update", "delete"):
        query = command[f"{kind}s"][0]["q"]
    return str(command[kind]), query, sort


@pytest.mark.mongod  # FerretDB's explain shows no plan
async def test_the_plans_of_the_server_scan_and_sort_nothing(mongodb_server: Server, name: str) -> None:
    heard = Recording()
    async with (
        client_of("pymongo", mongodb_server.url, event_listeners=[heard]) as client,
        StoreIn(client, name) as store,
    ):
        await use_everything(store)
        explained = 0
        for command in heard.commands:
            if question(command)[1] is None:
                continue
            plain = {
                field: value
                for field, value in command.items()
                if field not in ("lsid", "$db", "$clusterTime", "txnNumber", "$readPreference")
                and field not in ("writeConcern", "readConcern", "maxTimeMS")
            }
            plan = str(await client[name].command("explain", plain, verbosity="queryPlanner"))
            assert "COLLSCAN" not in plan, (plain, plan)
            assert "'SORT'" not in plan, (plain, plan)
            explained += 1
    assert explained > 50


# --- Faults ---


@asynccontextmanager
async def through_proxy(
    server: Server, name: str, driver: str, **options: Any
) -> AsyncGenerator[tuple[StoreIn, Proxy]]:
    async with (
        Proxy(server.host, server.port) as proxy,
        client_of(driver, through(proxy)) as client,
        StoreIn(client, name, **options) as store,
    ):
        yield store, proxy


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("marker", [b"findAndModify", b"insert"])
@pytest.mark.parametrize("fault", ["reset_mid_statement", "lose_answer"])
async def test_a_write_whose_connection_breaks_is_repeated_and_applied_once(
    mongodb_server: Server, name: str, driver: str, marker: bytes, fault: str
) -> None:
    async with through_proxy(mongodb_server, name, driver) as (store, proxy):
        await store.save_thread(thread(), ALICE)
        for number in range(3):
            getattr(proxy, fault)(marker)
            await store.add_thread_item("thr_1", answer(f"m{number}", f"{number}"), ALICE)
        assert sum(proxy.struck.values()) == 3
        await store.add_thread_item("thr_1", answer("m0", "again"), ALICE)
        page = await store.load_thread_items("thr_1", None, 10, "asc", ALICE)
        assert texts(page.data) == ["again", "1", "2"]


@pytest.mark.parametrize("driver", DRIVERS)
async def test_a_server_that_says_nothing_is_an_error_in_bounded_time(
    mongodb_server: Server, name: str, driver: str
) -> None:
    async with through_proxy(mongodb_server, name, driver, timeout=1.0) as (store, proxy):
        await store.save_thread(thread(), ALICE)
        uses: list[Callable[[], Any]] = [
            lambda: store.add_thread_item("thr_1", answer("m1"), ALICE),
            lambda: store.load_thread_items("thr_1", None, 10, "asc", ALICE),
            lambda: store.delete_thread("thr_1", ALICE),
            lambda: store.purge(NOW),
            lambda: store.orphaned_attachments(ALICE),
            lambda: store.setup(),
        ]
        with proxy.black_hole():
            began = time.monotonic()
            outcomes = await asyncio.gather(*(use() for use in uses), return_exceptions=True)
            assert time.monotonic() - began < 2.0
        assert {type(outcome) for outcome in outcomes} == {StoreUnavailable}, outcomes
        assert proxy.struck["black hole"]
        await store.add_thread_item("thr_1", answer("m1"), ALICE)


async def test_a_store_is_closed_in_bounded_time_by_a_silent_server(
    mongodb_server: Server, name: str
) -> None:
    async with Proxy(mongodb_server.host, mongodb_server.port) as proxy:
        store = StoreIn(through(proxy), name, timeout=1.0)
        await store.save_thread(thread(), ALICE)
        with proxy.black_hole():
            working = asyncio.create_task(store.load_thread("thr_1", ALICE))
            await asyncio.sleep(0)
            began = time.monotonic()
            await store.close()
            assert time.monotonic() - began < 3.0
            with pytest.raises(StoreUnavailable):
                await working


async def test_a_server_that_was_never_there_is_an_error_in_bounded_time() -> None:
    store = MongoDBStore[Any](f"mongodb://127.0.0.1:{free_port()}/", tenant=tenant, timeout=0.5)
    for _ in range(2):
        began = time.monotonic()
        with pytest.raises(StoreUnavailable):
            await store.load_thread("thr_1", ALICE)
        assert time.monotonic() - began < 1.5
    await store.close()


@pytest.fixture
def mortal() -> Iterator[ThrowAwayServer]:
    """A server that this test may kill."""
    with or_skip(servers.throw_away()) as server:
        yield server


@pytest.mark.parametrize("own", [True, False])
async def test_a_server_that_was_killed_is_found_again_with_all_that_it_acknowledged(
    mortal: ThrowAwayServer, own: bool
) -> None:
    async with (
        client_of("motor", mortal.url) as client,
        StoreIn(mortal.url if own else client, "chatkit") as store,
    ):
        await store.save_thread(thread(), ALICE)
        for life in range(3):
            writes = [
                asyncio.create_task(store.add_thread_item("thr_1", answer(f"{life}.{n}"), ALICE))
                for n in range(10)
            ]
            await asyncio.sleep(0.02 * life)
            mortal.kill()
            await asyncio.to_thread(mortal.restart)
            await asyncio.gather(*writes)
        assert sorted(await ids(store)) == sorted(f"{life}.{n}" for life in range(3) for n in range(10))


async def test_a_cancelled_call_leaves_the_store_working(store: StoreIn) -> None:
    await store.save_thread(thread(), ALICE)
    for delay in (0, 0.001, 0.003, 0.01):
        calls = [
            asyncio.create_task(store.add_thread_item("thr_1", answer(f"{delay}.{n}"), ALICE))
            for n in range(10)
        ]
        await asyncio.sleep(delay)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
    await store.add_thread_item("thr_1", answer("after"), ALICE)
    assert (await ids(store))[-1] == "after"


# --- Migrations ---


async def test_a_newer_schema_is_refused(mongodb_server: Server, name: str, store: StoreIn) -> None:
    await store.save_thread(thread(), ALICE)
    with raw(mongodb_server, name) as found:
        found.chatkit_schema.update_one({"_id": "version"}, {"$inc": {"number": 1}})
        for _ in range(2):
            newer = store.again()
            with pytest.raises(SchemaTooNewError, match="update"):
                await newer.setup()
            await newer.close()
        assert (
            found.chatkit_schema.find_one({"_id": "version"})["number"] == len(mongodb.MIGRATIONS) + 1
        )


async def test_an_older_schema_is_migrated_by_many_at_once_and_keeps_its_rows(
    mongodb_server: Server, name: str, store: StoreIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.save_thread(thread(), ALICE)
    released = mongodb.MIGRATIONS

    async def add_an_index(database: Any) -> None:
        await database["chatkit_threads"].create_index([("note", 1)], name="notes")

    monkeypatch.setattr(mongodb, "MIGRATIONS", (*released, add_an_index))
    stores = [store.again() for _ in range(8)]
    await asyncio.gather(*(one.setup() for one in stores))
    for one in stores:
        assert await one.load_thread("thr_1", ALICE) == thread()
        await one.close()
    with raw(mongodb_server, name) as found:
        assert list(found.chatkit_schema.find()) == [{"_id": "version", "number": len(released) + 1}]
        assert "notes" in found.chatkit_threads.index_information()


async def test_a_migration_that_fails_is_tried_again(
    mongodb_server: Server, name: str, store: StoreIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(database: Any) -> None:
        await database.command("nonsense")

    with monkeypatch.context() as patch:
        patch.setattr(mongodb, "MIGRATIONS", (*mongodb.MIGRATIONS, fail))
        newer = store.again()
        with pytest.raises(StoreError):
            await newer.setup()
        await newer.close()
    with raw(mongodb_server, name) as found:
        assert found.chatkit_schema.find_one({"_id": "version"})["number"] == len(mongodb.MIGRATIONS)
    async with store.again() as again:
        await again.save_thread(thread(), ALICE)


async def test_an_application_that_may_not_make_indexes_uses_those_that_are_there(
    mongodb_server: Server, name: str, store: StoreIn
) -> None:
    await store.setup()
    heard = Recording()
    async with (
        client_of("pymongo", mongodb_server.url, event_listeners=[heard]) as client,
        StoreIn(client, name) as later,
    ):
        await later.save_thread(thread(), ALICE)
    assert "createIndexes" not in {next(iter(command)) for command in heard.commands}
