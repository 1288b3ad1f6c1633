"""What every store does beyond the contract, and the decisions that its cases rest on."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
import logging
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from chatkit.store import NotFoundError, Store, StoreItemType
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from typing_extensions import override

import reference_stores
from reference_stores.memory import MemoryStore
from reference_stores.shared import (
    FAKE_ID,
    BaseStore,
    MissingTenantError,
    PayloadError,
    StoreClosedError,
    StoreError,
    UnreadablePayloadError,
    generate_id,
    single_tenant,
)
from store_lint.engine import Options, check
from tests.reference_stores.samples import (
    ALICE,
    BOB,
    NOON,
    answer,
    attachment,
    question,
    tenant,
    texts,
    thread,
)

if TYPE_CHECKING:
    from chatkit.types import ThreadMetadata

    from tests.reference_stores.conftest import AnyStore, MakeStore

DAY = timedelta(days=1)
NOW = timedelta(seconds=-1)
"""An age that everything has, whatever the clock's resolution."""


async def ids(
    store: AnyStore, order: str = "asc", after: str | None = None, limit: int = 100
) -> list[str]:
    page = await store.load_thread_items("thr_1", after, limit, order, ALICE)
    return [item.id for item in page.data]


# --- Life cycle ---


async def test_the_first_use_by_many_at_once_connects(make_store: MakeStore) -> None:
    store = make_store()
    await asyncio.gather(*(store.save_thread(thread(f"thr_{n}"), ALICE) for n in range(80)))
    assert len((await store.load_threads(100, None, "asc", ALICE)).data) == 80
    await store.close()


async def test_setup_is_repeatable_and_keeps_what_is_there(store: AnyStore) -> None:
    await store.save_thread(thread(), ALICE)
    await asyncio.gather(*(store.setup() for _ in range(10)))
    assert await store.load_thread("thr_1", ALICE) == thread()


async def test_a_closed_store_says_so(make_store: MakeStore) -> None:
    store = make_store()
    await store.save_thread(thread(), ALICE)
    await store.close()
    await store.close()
    for use in (
        store.load_thread("thr_1", ALICE),
        store.save_thread(thread(), ALICE),
        store.load_threads(1, None, "asc", ALICE),
        store.connect(),
        store.setup(),
        store.purge(DAY),
    ):
        with pytest.raises(StoreClosedError):
            await use


async def test_a_store_that_was_never_used_can_be_closed(make_store: MakeStore) -> None:
    await make_store().close()


@pytest.mark.parametrize("steps", range(6))
async def test_connecting_may_be_cancelled_at_any_moment(make_store: MakeStore, steps: int) -> None:
    store = make_store()
    connecting = asyncio.create_task(store.connect())
    for _ in range(steps):
        await asyncio.sleep(0)
    connecting.cancel()
    await asyncio.gather(connecting, return_exceptions=True)
    await store.save_thread(thread(), ALICE)
    assert await store.load_thread("thr_1", ALICE) == thread()
    await store.close()


async def test_connecting_may_be_thrown_away(make_store: MakeStore) -> None:
    """As Python does with a coroutine whose event loop is gone."""
    store = make_store()
    connecting = store.connect()
    with contextlib.suppress(StopIteration):
        connecting.send(None)
    connecting.close()
    await store.close()


async def test_connecting_that_is_thrown_away_awaits_nothing_more() -> None:
    class Halting(MemoryStore[Any]):
        async def _open(self) -> None:
            await asyncio.Event().wait()

        async def _shut(self) -> None:
            await asyncio.sleep(0)

    connecting = Halting(tenant=tenant).connect()
    connecting.send(None)
    connecting.close()  # a RuntimeError where it awaits


async def test_works_in_flight_end_before_the_store_closes(make_store: MakeStore) -> None:
    store = make_store()
    await store.save_thread(thread(), ALICE)
    writes = [
        asyncio.create_task(store.add_thread_item("thr_1", answer(f"m{n}"), ALICE)) for n in range(30)
    ]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*writes, return_exceptions=True) == [None] * 30


# --- Tenants ---


@pytest.mark.parametrize(
    "context", [None, {}, {"user_id": ""}, {"user_id": 7}, {"user_id": None}, object()]
)
async def test_a_context_without_tenant_is_an_error(store: AnyStore, context: Any) -> None:
    await store.save_thread(thread(), ALICE)
    for use in (
        store.load_thread("thr_1", context),
        store.save_thread(thread("thr_2"), context),
        store.load_thread_items("thr_1", None, 10, "asc", context),
        store.delete_thread("thr_1", context),
        store.delete_tenant(context),
        anext(aiter(store.export_tenant(context))),
    ):
        with pytest.raises(MissingTenantError, match="tenant"):
            await use
    assert await store.load_thread("thr_1", ALICE)


async def test_what_the_tenant_function_raises_on_purpose_passes(make_store: MakeStore) -> None:
    def refuse(_context: object) -> str:
        raise PermissionError("signed out")

    with pytest.raises(PermissionError):
        await make_store(tenant=refuse).load_thread("thr_1", ALICE)


def test_a_store_needs_its_tenant_function() -> None:
    store: Any = MemoryStore
    with pytest.raises(TypeError):
        store()
    with pytest.raises(TypeError, match="single_tenant"):
        store(tenant="app")


async def test_tenants_that_look_alike_are_different(store: AnyStore) -> None:
    names = ["a", "A", "a ", "á", "a\u0301", "a\x00", "a\\", "a%", "\ud800", "a" * 300, "a" * 301]
    for name in names:
        await store.save_thread(thread("thr_1", title=repr(name)), {"user_id": name})
    for name in names:
        assert (await store.load_thread("thr_1", {"user_id": name})).title == repr(name)
        assert len((await store.load_threads(10, None, "asc", {"user_id": name})).data) == 1


# --- Arguments ---


@pytest.mark.parametrize("wrong", [7, None, b"thr_1", {"$ne": ""}, ["thr_1"]])
async def test_ids_that_are_no_text_are_type_errors(store: AnyStore, wrong: Any) -> None:
    await store.save_thread(thread(), ALICE)
    no_id = answer("x").model_copy(update={"id": wrong})
    uses = [
        store.load_thread(wrong, ALICE),
        store.delete_thread(wrong, ALICE),
        store.save_thread(thread().model_copy(update={"id": wrong}), ALICE),
        store.load_item("thr_1", wrong, ALICE),
        store.load_item(wrong, "x", ALICE),
        store.delete_thread_item("thr_1", wrong, ALICE),
        store.add_thread_item("thr_1", no_id, ALICE),
        store.save_item("thr_1", no_id, ALICE),
        store.load_attachment(wrong, ALICE),
        store.delete_attachment(wrong, ALICE),
        store.load_thread_items(wrong, None, 1, "asc", ALICE),
    ]
    if wrong is not None:
        uses += [
            store.load_threads(1, wrong, "asc", ALICE),
            store.load_thread_items("thr_1", wrong, 1, "asc", ALICE),
            store.save_attachment(attachment().model_copy(update={"thread_id": wrong}), ALICE),
        ]
    for use in uses:
        with pytest.raises(TypeError):
            await use
    assert await store.load_thread("thr_1", ALICE) == thread()


async def test_a_limit_that_is_too_large_is_cut_with_a_warning(
    make_store: MakeStore, caplog: pytest.LogCaptureFixture
) -> None:
    store = make_store(max_page_size=3)
    await store.save_thread(thread(), ALICE)
    for number in range(5):
        await store.add_thread_item("thr_1", answer(f"m{number}"), ALICE)
    page = await store.load_thread_items("thr_1", None, 3, "asc", ALICE)
    assert not caplog.records
    page = await store.load_thread_items("thr_1", None, 100, "asc", ALICE)
    assert (len(page.data), page.has_more, page.after) == (3, True, "m2")
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    wrong: list[Any] = [True, 1.5, "1", None]
    for limit in wrong:
        with pytest.raises(TypeError):
            await store.load_threads(limit, None, "asc", ALICE)
    await store.close()


async def test_hostile_ids_are_told_apart(store: AnyStore) -> None:
    names = [
        "a",
        "A",
        "a ",
        " a",
        "á",
        "a\u0301",
        "a'",
        'a"',
        "a%",
        "a_",
        "a\\",
        "a\x00",
        "",
        "é" * 400,
    ]
    await store.save_thread(thread(), ALICE)
    for name in names:
        await store.add_thread_item("thr_1", answer(name, repr(name)), ALICE)
        await store.save_thread(thread(name, title=repr(name)), ALICE)
        await store.save_attachment(attachment(name), ALICE)
    for name in names:
        assert await store.load_item("thr_1", name, ALICE) == answer(name, repr(name))
        assert (await store.load_thread(name, ALICE)).title == repr(name)
        assert await store.load_attachment(name, ALICE) == attachment(name)
    assert await ids(store) == names
    assert [await ids(store, after=name, limit=1) for name in names] == [
        [name] for name in names[1:]
    ] + [[]]


async def test_an_id_that_cannot_be_written_is_simply_not_there(store: AnyStore) -> None:
    await store.save_thread(thread(), ALICE)
    for missing in (
        store.load_thread("\ud800", ALICE),
        store.load_item("thr_1", "\ud800", ALICE),
        store.load_attachment("\ud800", ALICE),
        store.load_threads(1, "\ud800", "asc", ALICE),
        store.load_thread_items("thr_1", "\ud800", 1, "asc", ALICE),
        store.add_thread_item("\ud800", answer("x"), ALICE),
    ):
        with pytest.raises(NotFoundError):
            await missing
    await store.delete_thread("\ud800", ALICE)
    with pytest.raises(PayloadError):
        await store.save_thread(thread("\ud800"), ALICE)


# --- Fake ids (C19) ---


async def test_each_message_with_the_fake_id_is_kept(store: AnyStore) -> None:
    await store.save_thread(thread(), ALICE)
    first, second = answer(FAKE_ID, "one"), answer(FAKE_ID, "two")
    await store.add_thread_item("thr_1", first, ALICE)
    await store.add_thread_item("thr_1", second, ALICE)
    assert (first.id, second.id) == (FAKE_ID, FAKE_ID)
    page = await store.load_thread_items("thr_1", None, 10, "asc", ALICE)
    assert texts(page.data) == ["one", "two"]
    assert all(item.id.startswith("msg_") for item in page.data)
    assert len({item.id for item in page.data}) == 2
    for item in page.data:
        assert await store.load_item("thr_1", item.id, ALICE) == item
    with pytest.raises(NotFoundError):
        await store.load_item("thr_1", FAKE_ID, ALICE)


async def test_saving_the_fake_id_updates_the_newest(store: AnyStore) -> None:
    await store.save_thread(thread(), ALICE)
    await store.save_item("thr_1", answer(FAKE_ID, "added"), ALICE)
    await store.add_thread_item("thr_1", answer(FAKE_ID, "second"), ALICE)
    await store.add_thread_item("thr_1", answer("msg_own", "own"), ALICE)
    await store.save_item("thr_1", answer(FAKE_ID, "changed"), ALICE)

    async def said() -> list[str]:
        return texts((await store.load_thread_items("thr_1", None, 10, "asc", ALICE)).data)

    assert await said() == ["added", "changed", "own"]
    newest = (await ids(store))[1]
    await store.delete_thread_item("thr_1", newest, ALICE)
    await store.save_item("thr_1", answer(FAKE_ID, "again"), ALICE)
    assert await said() == ["again", "own"]


async def test_the_fake_id_needs_its_thread(store: AnyStore) -> None:
    for write in (store.add_thread_item, store.save_item):
        with pytest.raises(NotFoundError):
            await write("thr_1", answer(FAKE_ID), ALICE)


class Numbered(MemoryStore[Any]):
    """An application's own ids."""

    @override
    def generate_thread_id(self, context: Any) -> str:
        return f"thread-{context['user_id']}"

    @override
    def generate_item_id(self, item_type: StoreItemType, thread: ThreadMetadata, context: Any) -> str:
        return f"{item_type}-{thread.title}-{context['user_id']}"


async def test_ids_of_a_subclass_are_used_for_all_that_is_made_here() -> None:
    store = Numbered(tenant=tenant)
    assert await store.create_thread("T", context=ALICE) == "thread-alice"
    assert await store.save_message("thread-alice", "x", "user", context=ALICE) == "message-T-alice"
    await store.delete_thread_item("thread-alice", "message-T-alice", ALICE)
    await store.add_thread_item("thread-alice", answer(FAKE_ID), ALICE)
    assert (await store.load_item("thread-alice", "message-T-alice", ALICE)).type == "assistant_message"


def test_generated_ids_have_the_prefixes_of_chatkit_and_a_whole_uuid() -> None:
    prefixes: dict[StoreItemType, str] = {
        "thread": "thr",
        "message": "msg",
        "tool_call": "tc",
        "workflow": "wf",
        "task": "tsk",
        "attachment": "atc",
        "sdk_hidden_context": "shcx",
    }
    for item_type, prefix in prefixes.items():
        made = [generate_id(item_type) for _ in range(1000)]
        assert len(set(made)) == 1000
        for one in made:
            head, _, number = one.rpartition("_")
            assert (head, len(number), number[12]) == (prefix, 32, "7")
            assert number[16] in "89ab"


# --- Deleting and its traces (C25, C34) ---


async def test_a_late_save_does_not_bring_a_thread_back(store: AnyStore) -> None:
    await store.save_thread(thread(), ALICE)
    await store.add_thread_item("thr_1", answer("m1"), ALICE)
    await store.delete_thread("thr_1", ALICE)
    await store.save_thread(thread(title="late"), ALICE)
    with pytest.raises(NotFoundError):
        await store.load_thread("thr_1", ALICE)
    with pytest.raises(NotFoundError):
        await store.add_thread_item("thr_1", answer("m2"), ALICE)
    assert await ids(store) == []
    await store.save_thread(thread(), BOB)
    assert await store.load_thread("thr_1", BOB) == thread()


async def test_what_is_added_after_a_deletion_comes_after_the_deleted(store: AnyStore) -> None:
    """Even at the same time, and though the deleted one was the last."""
    await store.save_thread(thread("thr_1"), ALICE)
    await store.add_thread_item("thr_1", answer("old"), ALICE)
    await store.delete_thread_item("thr_1", "old", ALICE)
    await store.add_thread_item("thr_1", answer("new"), ALICE)
    assert await ids(store, "asc", after="old") == ["new"]
    assert await ids(store, "desc", after="old") == []
    await store.save_thread(thread("thr_2"), ALICE)
    await store.delete_thread("thr_2", ALICE)
    await store.save_thread(thread("thr_3"), ALICE)
    page = await store.load_threads(10, "thr_2", "asc", ALICE)
    assert [found.id for found in page.data] == ["thr_3"]


async def test_purge_forgets_old_deletions_only(store: AnyStore) -> None:
    for number in range(3):
        await store.save_thread(thread(f"thr_{number}", number), ALICE)
    await store.add_thread_item("thr_2", answer("m1"), ALICE)
    await store.add_thread_item("thr_2", answer("m2"), ALICE)
    await store.delete_thread("thr_1", ALICE)
    await store.delete_thread_item("thr_2", "m1", ALICE)

    assert await store.purge(DAY) == 0
    page = await store.load_threads(10, "thr_1", "asc", ALICE)
    assert [found.id for found in page.data] == ["thr_2"]
    items = await store.load_thread_items("thr_2", "m1", 10, "asc", ALICE)
    assert [item.id for item in items.data] == ["m2"]

    assert await store.purge(NOW) == 2
    for unknown in (
        store.load_threads(10, "thr_1", "asc", ALICE),
        store.load_thread_items("thr_2", "m1", 10, "asc", ALICE),
    ):
        with pytest.raises(NotFoundError):
            await unknown
    assert len((await store.load_threads(10, None, "asc", ALICE)).data) == 2
    assert len((await store.load_thread_items("thr_2", None, 10, "asc", ALICE)).data) == 1


async def test_purge_of_threads_spares_those_that_live(store: AnyStore) -> None:
    day = DAY.total_seconds()
    age = datetime.now(NOON.tzinfo) - NOON
    for name, began, last in (("old", 0, 1), ("alive", 0, 20), ("new", 20, 20), ("empty", 0, None)):
        await store.save_thread(thread(name, began * day), ALICE)
        if last is not None:
            await store.add_thread_item(name, answer("m", seconds=last * day), ALICE)
    assert await store.purge(age - 10 * DAY) == 0
    assert await store.purge(age - 10 * DAY, threads=True) == 2
    left = await store.load_threads(10, None, "asc", ALICE)
    assert [found.id for found in left.data] == ["alive", "new"]
    await store.save_thread(thread("old"), ALICE)  # it was deleted, and stays so
    assert len((await store.load_threads(10, None, "asc", ALICE)).data) == 2


async def test_purge_wants_a_timedelta(store: AnyStore) -> None:
    ages: list[Any] = [30, None, datetime.now()]
    for wrong in ages:
        with pytest.raises(TypeError, match="timedelta"):
            await store.purge(wrong)


async def test_a_tenant_is_deleted_without_a_trace(store: AnyStore) -> None:
    for context in (ALICE, BOB):
        for name in ("thr_1", "thr_2"):
            await store.save_thread(thread(name), context)
            await store.add_thread_item(name, answer("m1"), context)
            await store.add_thread_item(name, answer("m2"), context)
        await store.delete_thread_item("thr_1", "m1", context)
        await store.delete_thread("thr_2", context)
        await store.save_attachment(attachment(), context)
    await store.delete_tenant(ALICE)
    assert [entry async for entry in store.export_tenant(ALICE)] == []
    assert (await store.load_threads(10, None, "asc", ALICE)).data == []
    for trace_of in ("thr_1", "thr_2"):
        with pytest.raises(NotFoundError):
            await store.load_threads(1, trace_of, "asc", ALICE)
    with pytest.raises(NotFoundError):
        await store.load_attachment("atc_1", ALICE)
    assert await store.purge(NOW) == 2  # the traces that are left are Bob's
    assert [item.id for item in (await store.load_thread_items("thr_1", None, 9, "asc", BOB)).data] == [
        "m2"
    ]
    assert await store.load_attachment("atc_1", BOB) == attachment()


async def test_export_gives_everything_of_one_tenant_as_json(make_store: MakeStore) -> None:
    store = make_store(max_page_size=2)
    for name in ("thr_1", "thr_2", "thr_3"):
        await store.save_thread(thread(name, title=name), ALICE)
        for number in range(3):
            await store.add_thread_item(name, answer(f"m{number}", thread_id=name), ALICE)
    for number in range(3):
        await store.save_attachment(attachment(f"atc_{number}"), ALICE)
    await store.save_thread(thread(), BOB)
    exported = [entry async for entry in store.export_tenant(ALICE)]
    assert json.loads(json.dumps(exported)) == exported
    assert [entry["kind"] for entry in exported] == (["thread"] + ["item"] * 3) * 3 + ["attachment"] * 3
    assert exported[0]["data"]["title"] == "thr_1"
    assert [(entry["thread_id"], entry["data"]["id"]) for entry in exported[5:8]] == [
        ("thr_2", "m0"),
        ("thr_2", "m1"),
        ("thr_2", "m2"),
    ]
    assert exported[-1]["data"]["metadata"] == {"blob": "atc_2"}
    await store.close()


# --- Attachments (C41) ---


async def test_attachments_of_deleted_threads_and_unsent_ones_are_listed(store: AnyStore) -> None:
    await store.save_thread(thread("thr_1"), ALICE)
    await store.save_thread(thread("thr_2"), ALICE)
    for name, owner in (("unsent", None), ("kept", "thr_1"), ("gone", "thr_2"), ("both", None)):
        await store.save_attachment(attachment(name, owner), ALICE)
    await store.save_attachment(attachment("both", "thr_1"), ALICE)
    await store.save_attachment(attachment("foreign"), BOB)
    assert await store.orphaned_attachments(ALICE) == []
    await store.delete_thread("thr_2", ALICE)
    assert await store.orphaned_attachments(ALICE) == [attachment("gone", "thr_2")]
    orphans = await store.orphaned_attachments(ALICE, older_than=NOW)
    assert orphans == [attachment("unsent"), attachment("gone", "thr_2")]
    assert await store.orphaned_attachments(ALICE, older_than=NOW, limit=1) == [attachment("unsent")]
    with pytest.raises(ValueError, match="limit"):
        await store.orphaned_attachments(ALICE, limit=0)
    for orphan in orphans:
        await store.delete_attachment(orphan.id, ALICE)
    assert await store.orphaned_attachments(ALICE, older_than=NOW) == []


# --- Chat helpers ---


async def test_chat_helpers_speak_the_language_of_the_seed(make_store: MakeStore) -> None:
    store = make_store(tenant=single_tenant("app"), max_page_size=2)
    thread_id = await store.create_thread("Plans")
    assert thread_id.startswith("thr_")
    found = await store.get_thread(thread_id)
    assert found is not None
    assert (found["id"], found["title"], found["status"]) == (thread_id, "Plans", {"type": "active"})
    assert await store.get_thread("thr_unknown") is None
    sent = [
        await store.save_message(thread_id, f"{number}", "user" if number % 2 == 0 else "agent")
        for number in range(5)
    ]
    messages = await store.get_thread_messages(thread_id)
    assert [message["id"] for message in messages] == sent
    assert [message["content"] for message in messages] == ["0", "1", "2", "3", "4"]
    assert [message["sender_type"] for message in messages] == ["user", "agent"] * 2 + ["user"]
    assert {message["thread_id"] for message in messages} == {thread_id}
    assert json.loads(json.dumps([found, *messages])) == [found, *messages]
    assert datetime.fromisoformat(messages[0]["created_at"]).tzinfo is not None
    assert await store.get_thread_messages("thr_unknown") == []
    await store.close()


async def test_chat_helpers_refuse_what_they_do_not_know(store: AnyStore) -> None:
    thread_id = await store.create_thread(context=ALICE)
    senders: list[Any] = ["assistant", "", "User", None]
    for sender in senders:
        with pytest.raises(ValueError, match="sender_type"):
            await store.save_message(thread_id, "x", sender, context=ALICE)
    with pytest.raises(NotFoundError):
        await store.save_message("thr_unknown", "x", "user", context=ALICE)
    with pytest.raises(NotFoundError):
        await store.save_message(thread_id, "x", "user", context=BOB)
    for use in (
        store.create_thread(),
        store.get_thread(thread_id),
        store.get_thread_messages(thread_id),
        store.save_message(thread_id, "x", "user"),
    ):
        with pytest.raises(MissingTenantError, match="single_tenant"):
            await use


# --- Codec ---


class Reversed:
    """A codec that can be read by eye; it refuses payloads of other rows."""

    def encode(self, payload: str, *, bound_to: bytes) -> str:
        return f"{bound_to.hex()}:{payload[::-1]}"

    def decode(self, stored: str, *, bound_to: bytes) -> str:
        owner, _, payload = stored.partition(":")
        if owner != bound_to.hex():
            raise ValueError("another row's")
        return payload[::-1]


async def test_a_codec_is_given_every_payload_with_its_row(make_store: MakeStore) -> None:
    store = make_store(codec=Reversed(), max_page_size=2)
    await store.save_thread(thread(title="t"), ALICE)
    for number in range(3):
        await store.add_thread_item("thr_1", answer(f"m{number}", "x"), ALICE)
    await store.add_thread_item("thr_1", answer(FAKE_ID, "fake"), ALICE)
    await store.save_item("thr_1", answer(FAKE_ID, "changed"), ALICE)
    await store.save_attachment(attachment(), ALICE)
    assert await store.load_thread("thr_1", ALICE) == thread(title="t")
    assert await store.load_item("thr_1", "m1", ALICE) == answer("m1", "x")
    assert (await store.load_threads(2, None, "asc", ALICE)).data == [thread(title="t")]
    assert len((await store.load_thread_items("thr_1", "m0", 2, "asc", ALICE)).data) == 2
    assert await store.load_attachment("atc_1", ALICE) == attachment()
    assert await store.orphaned_attachments(ALICE, older_than=NOW) == [attachment()]
    assert len([entry async for entry in store.export_tenant(ALICE)]) == 6
    await store.close()


async def test_what_does_not_load_is_an_error_that_names_it(make_store: MakeStore) -> None:
    class Stubborn(Reversed):
        def decode(self, stored: str, *, bound_to: bytes) -> str:
            plain = super().decode(stored, bound_to=bound_to)
            return plain.replace("secret", '"') if b"m1" in bound_to else plain

    store = make_store(codec=Stubborn())
    await store.save_thread(thread(), ALICE)
    for name in ("m0", "m1", "m2"):
        await store.add_thread_item("thr_1", answer(name, "secret"), ALICE)
    for use in (
        store.load_item("thr_1", "m1", ALICE),
        store.load_thread_items("thr_1", None, 9, "asc", ALICE),
    ):
        with pytest.raises(UnreadablePayloadError, match="'m1'") as failure:
            await use
        assert isinstance(failure.value, StoreError)
        assert "output_text" not in str(failure.value)
    await store.delete_thread_item("thr_1", "m1", ALICE)
    assert await ids(store) == ["m0", "m2"]
    await store.close()


# --- Telemetry ---


@pytest.fixture(scope="module")
def spans() -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return exporter


async def test_each_operation_is_a_span_without_content(
    store: AnyStore, spans: InMemorySpanExporter
) -> None:
    await store.connect()
    spans.clear()
    await store.save_thread(thread(title="secret"), ALICE)
    with pytest.raises(NotFoundError):
        await store.load_item("thr_1", "m1", ALICE)
    with pytest.raises(PayloadError):
        await store.save_thread(thread(metadata={"secret": float("nan")}), ALICE)
    saved, missing, refused = spans.get_finished_spans()
    assert [span.name for span in (saved, missing, refused)] == [
        "chatkit.store.save_thread",
        "chatkit.store.load_item",
        "chatkit.store.save_thread",
    ]
    assert saved.attributes == {"db.system.name": store.engine, "db.operation.name": "save_thread"}
    assert [span.status.is_ok for span in (saved, missing)] == [True, True]
    assert refused.status.status_code is trace.StatusCode.ERROR
    assert refused.attributes is not None
    assert refused.attributes["error.type"] == "PayloadError"
    for span in (saved, missing, refused):
        assert "secret" not in span.to_json()
        assert "alice" not in span.to_json()


async def test_a_span_of_the_caller_is_the_parent(store: AnyStore, spans: InMemorySpanExporter) -> None:
    await store.connect()
    spans.clear()
    with trace.get_tracer("test").start_as_current_span("request") as request:
        await store.save_thread(thread(), ALICE)
        assert trace.get_current_span() is request
    (saved, _) = spans.get_finished_spans()
    assert saved.parent is not None
    assert saved.parent.span_id == request.get_span_context().span_id


# --- What is not installed ---


def without(module: str, code: str) -> str:
    """What Python prints where `module` is not installed."""
    script = f"import sys; sys.modules[{module!r}] = None\n{code}"
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120
    ).stdout


def test_our_own_checker_finds_nothing_here() -> None:
    report = check(Options((Path(reference_stores.__file__).parent,)))
    assert not report.problems
    assert not report.findings


def test_opentelemetry_is_not_needed() -> None:
    code = """
import asyncio
from reference_stores.memory import MemoryStore
from reference_stores.shared import single_tenant

async def main():
    async with MemoryStore(tenant=single_tenant("app")) as store:
        print(await store.get_thread(await store.create_thread("a title")))

asyncio.run(main())
"""
    assert "a title" in without("opentelemetry", code)


@pytest.mark.parametrize(
    ("driver", "module", "extra"),
    [
        ("aiosqlite", "sqlite", "sqlite"),
        ("aiomysql", "mysql", "mysql"),
        ("asyncpg", "postgres", "postgres"),
        ("tenacity", "mysql", "mysql"),
        ("tenacity", "postgres", "postgres"),
        ("cryptography", "encryption", "encryption"),
    ],
)
def test_a_missing_driver_is_named_with_its_extra(driver: str, module: str, extra: str) -> None:
    code = f"""
try:
    import reference_stores.{module}
except ImportError as error:
    print(type(error).__name__, error)
"""
    printed = without(driver, code)
    assert printed.startswith(f"MissingDriverError {driver} is not installed: pip install")
    assert f"chatkit-store-creator[{extra}]" in printed


# --- Signatures ---


def test_the_twelve_methods_have_the_names_and_the_order_of_chatkit() -> None:
    for name in (*Store.__abstractmethods__, "generate_thread_id", "generate_item_id"):
        upstream = inspect.signature(getattr(Store, name)).parameters
        assert list(inspect.signature(getattr(BaseStore, name)).parameters) == list(upstream), name


# --- Order, against a list ---


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(["add", "delete", "page"]), st.integers(0, 12), st.integers(0, 3)),
        max_size=60,
    )
)
async def test_pages_follow_a_simple_model(
    make_store: MakeStore, steps: list[tuple[str, int, int]]
) -> None:
    store = make_store()
    await store.save_thread(thread(), ALICE)
    await store.delete_thread_item("thr_1", "m", ALICE)
    live: list[tuple[int, int, str]] = []
    known: dict[str, tuple[int, int, str]] = {}
    for turn, (action, number, second) in enumerate(steps):
        name = f"m{number}"
        if action == "add":
            await store.add_thread_item("thr_1", answer(name, seconds=second), ALICE)
            if known.get(name) not in live:
                known[name] = (second, turn, name)
                live = sorted([*live, known[name]])
        elif action == "delete":
            await store.delete_thread_item("thr_1", name, ALICE)
            live = [entry for entry in live if entry[2] != name]
        elif name in known:
            ahead = [entry[2] for entry in live if entry > known[name]]
            behind = [entry[2] for entry in reversed(live) if entry < known[name]]
            assert await ids(store, "asc", name) == ahead
            assert await ids(store, "desc", name) == behind
    assert await ids(store) == [entry[2] for entry in live]
    await store.delete_tenant(ALICE)
    await store.close()


async def test_questions_and_answers_stay_what_they_are(store: AnyStore) -> None:
    """Replacing an item may change its type and time; it keeps its place (C17)."""
    await store.save_thread(thread(), ALICE)
    await store.add_thread_item("thr_1", question("m1", seconds=1), ALICE)
    await store.add_thread_item("thr_1", question("m2", seconds=2), ALICE)
    await store.save_item("thr_1", answer("m1", "later", seconds=9), ALICE)
    assert await ids(store) == ["m1", "m2"]
    assert await store.load_item("thr_1", "m1", ALICE) == answer("m1", "later", seconds=9)
