"""What goes in comes out: every model of the installed chatkit, times, content that nobody foresaw
(C06 to C08, C11, C45)."""

from __future__ import annotations

import json
import math
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, cast

import chatkit.types as models
from chatkit.store import NotFoundError
from hypothesis import HealthCheck, Phase, Verbosity, given, settings

from store_contract import payloads
from store_contract.bench import OutOfTimeError
from store_contract.case import house, upstream
from store_contract.expect import BrokenError, brief, brief_error, difference, expect, expect_same
from store_contract.reading import all_items, all_threads, ids
from store_contract.samples import (
    a_hidden_item,
    a_reply,
    a_thread,
    a_tool_call,
    an_attachment,
    fresh_id,
    in_thread,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from store_contract.bench import Bench
    from store_contract.effort import Effort


_HEALTH_CHECKS: Any = HealthCheck  # an enumeration whose own types do not say so


def hypothesis_settings(effort: Effort, examples: int, **more: Any) -> settings:
    """Seeds that repeat, no files written, no time limits of hypothesis's own."""
    return settings(
        max_examples=effort.examples(examples),
        derandomize=effort.fixed_seeds,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        report_multiple_bugs=False,
        suppress_health_check=list(_HEALTH_CHECKS),
        verbosity=Verbosity.quiet,
        **more,
    )


@upstream()
def C06_every_item_type_comes_back(bench: Bench) -> None:
    """Every type of thread item, with every field that it may have, comes back equal, added or
    saved over.

    Why: server.py, `ChatKitServer._process_events` stores whatever item `respond` yields, and the
        client shows what is read back; tests/test_store.py, `test_save_and_load_thread_items`
        compares with `==`.
    Mend: store `TypeAdapter(ThreadItem).dump_json(item)` and read it with `validate_json`; never
        dump with `exclude_unset` or `exclude_defaults`, which drop the discriminator `type`.
    """
    store, thread = bench.store, a_thread()
    bench.run(store.save_thread(thread, context=bench.ours))
    for kind in payloads.members(models.ThreadItem):
        one = payloads.items(kind)

        @hypothesis_settings(bench.effort, 20)
        @given(one, one)
        def check(added: Any, saved: Any) -> None:
            item_id = fresh_id("itm")
            bench.run(_check_item(bench, thread.id, _renamed(added, item_id), _renamed(saved, item_id)))
            bench.end_if_late()

        with suppress(OutOfTimeError):  # each kind at least once
            check()


@upstream()
def C11_every_thread_comes_back(bench: Bench) -> None:
    """Title, status of every type, image domains, metadata and time of a thread come back equal.

    Why: server.py, `ChatKitServer._to_thread_response` sends title, status and image domains to the
        client; docs/guides/browse-past-threads.md locks and closes threads by `save_thread`.
    Mend: store the whole `ThreadMetadata` as JSON (columns besides are copies for sorting and
        filtering).
    """

    @hypothesis_settings(bench.effort, 60)
    @given(payloads.threads())
    def check(thread: Any) -> None:
        bench.run(_check_thread(bench, _renamed(thread, fresh_id("thr"))))
        bench.end_if_late()

    with suppress(OutOfTimeError):
        check()


@upstream("attachments")
def C07_every_attachment_comes_back(bench: Bench) -> None:
    """Files and images come back equal, `metadata` and `upload_descriptor` among it.

    Why: tests/test_store.py, `test_save_and_load_image` compares with `==`; types.py,
        `AttachmentBase` leaves `metadata` out of responses only, for the application it is where
        the blob is.
    Mend: store `TypeAdapter(Attachment).dump_json(attachment)` without `exclude_metadata` in its
        context.
    """

    @hypothesis_settings(bench.effort, 60)
    @given(payloads.attachments())
    def check(attachment: Any) -> None:
        bench.run(_check_attachment(bench, _renamed(attachment, fresh_id("atc"))))
        bench.end_if_late()

    with suppress(OutOfTimeError):
        check()


@house()
async def C06_values_outside_json_keep_their_json_form(bench: Bench) -> None:
    """What is not JSON inside an `Any` comes back equal or in pydantic's JSON form, or is refused.

    Why: types.py, `HiddenContextItem.content` is `Any`, and applications put tuples, sets and dates
        there; which of the three a store does is open, but it must not fail when it reads.
    Mend: dump with `TypeAdapter(ThreadItem).dump_json`, which knows a form for each of them.
    """
    thread = a_thread()
    await bench.store.save_thread(thread, context=bench.ours)
    moment = datetime(2024, 5, 17, tzinfo=timezone.utc)
    for content in ((1, 2), {"key": {3}}, [moment], timedelta(hours=1), b"bytes"):
        item = in_thread(a_hidden_item(content), thread.id)
        in_json = item.model_copy(update={"content": json.loads(item.model_dump_json())["content"]})
        await _equal_or_refused(bench, thread.id, item, in_json)


@house()
async def C06_nan_is_not_lost(bench: Bench) -> None:
    """NaN and infinity come back as they are or are refused when written; they do not turn into null.

    Why: pydantic's JSON writes them as null without a word, and a number that the model was told is
        gone.
    Mend: refuse an item whose JSON holds a null where the item holds a float, with a ValueError
        that says so.
    """
    thread = a_thread()
    await bench.store.save_thread(thread, context=bench.ours)
    for number in (math.nan, math.inf):
        item = a_hidden_item({"number": number})
        if not await _written(bench, thread.id, item):
            await _unharmed(bench, thread.id, item.id)
            continue
        loaded = cast(Any, await bench.store.load_item(thread.id, item.id, context=bench.ours))
        kept = loaded.content["number"]
        same = isinstance(kept, float) and (kept == number or (math.isnan(kept) and math.isnan(number)))
        expect(same, f"{number} inside an item came back as {kept!r}")


@upstream()
async def C08_naive_times_stay_naive(bench: Bench) -> None:
    """A naive `created_at` comes back naive and equal, to the microsecond.

    Why: agents.py, `stream_agent_response` computes `datetime.now() - workflow.created_at`, which
        is a TypeError with an aware time and ends the answer.
    Mend: keep the payload's own text of the time; a database's time zone column is for sorting
        only.
    """
    thread = a_thread(created_at=datetime(2024, 3, 31, 2, 30, 0, 1))
    item = a_reply().model_copy(update={"created_at": datetime(2024, 3, 31, 2, 30, 0, 999_999)})
    await _times_come_back(bench, thread, item)


@upstream()
async def C08_aware_times_stay_aware(bench: Bench) -> None:
    """An aware `created_at` comes back aware and equal, to the microsecond.

    Why: applications stamp their items as they like, server.py, `ChatKitServer._process_events`
        stores them, and tests/test_store.py, `test_save_and_load_thread_items` expects back what
        was stored.
    Mend: keep the payload's own text of the time, offset included.
    """
    zone = timezone(timedelta(hours=-7, minutes=-30))
    thread = a_thread(created_at=datetime(2024, 5, 17, 23, 59, 59, 999_999, tzinfo=zone))
    item = a_reply().model_copy(
        update={"created_at": datetime(2024, 5, 17, 0, 0, 0, 1, tzinfo=timezone.utc)}
    )
    await _times_come_back(bench, thread, item)


@house()
async def C08_naive_and_aware_times_have_one_order(bench: Bench) -> None:
    """Naive and aware times may stand in one thread and one list; they are ordered by the moment
    they mean.

    Why: the server stamps naive times and applications aware ones; comparing the two raises a
        TypeError in Python, and comparing their texts sorts by offset.
    Mend: sort by a column of its own in UTC; take a naive value in the time zone that the store is
        given.
    """
    zone = timezone(timedelta(hours=14))
    moments = [datetime(2024, 5, 10), datetime(2024, 5, 14, tzinfo=zone), datetime(2024, 5, 18)]
    moments.append(datetime(2024, 5, 22, tzinfo=timezone.utc))
    threads = [a_thread(created_at=moment) for moment in moments]
    items = [a_reply().model_copy(update={"created_at": moment}) for moment in moments]
    for number in (2, 1, 3, 0):
        await bench.store.save_thread(threads[number], context=bench.ours)
    for number in (2, 1, 3, 0):
        await bench.store.add_thread_item(
            threads[0].id, in_thread(items[number], threads[0].id), context=bench.ours
        )
    found = ids(await all_threads(bench.store, bench.ours))
    expect(
        found == ids(threads),
        "threads with naive and aware times are not in the order of their moments",
    )
    found = ids(await all_items(bench.store, bench.ours, threads[0].id, order="desc"))
    expect(
        found == ids(items)[::-1],
        "items with naive and aware times are not in the order of their moments",
    )


_TEXTS = {
    "NUL": "before\0after",
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈 \U0001f9d1\U0001f3fd‍\U0001f680",
    "a lone surrogate": "half \ud83d a pair",
    "right-to-left": "\u202e\u0634\u0643\u0631\u202c",
    "quotes": """'; DROP TABLE threads; -- "$1" %s ? :name {} \\""",
    "line ends": "\u2028\u2029\x85\r\n\t\x1f\x7f",
    "combining marks": "é é Å Å ﬀ",
    "two megabytes": "0123456789abcdef" * 131_072,
}


@upstream()
async def C45_text_of_any_kind(bench: Bench) -> None:
    """Text with NUL, emoji, lone surrogates, quotes or megabytes comes back equal or is refused whole.

    Why: server.py, `ChatKitServer._build_user_message_item` stores what a person pasted and
        `ChatKitServer._process_events` what a model wrote; a row that cannot be read makes the
        thread unreadable.
    Mend: bind parameters, keep the payload as JSON text (not `jsonb`) in a column for large UTF-8
        text, and let an error of the encoder or the driver end the write before anything is stored.
    """
    thread = a_thread()
    await bench.store.save_thread(thread, context=bench.ours)
    for text in _TEXTS.values():
        await _equal_or_refused(bench, thread.id, a_reply(text))
        await _thread_equal_or_refused(bench, a_thread(title=text, metadata={"text": text}))


@upstream()
async def C45_numbers_and_keys_of_any_kind(bench: Bench) -> None:
    """Integers over 64 bits, and keys that are empty or hold `$`, `.` or a NUL, come back equal or
    are refused.

    Why: agents.py, `stream_agent_response` stores the arguments of tool calls as the model wrote
        them, and server.py, `ChatKitServer._process_streaming_impl` what the client answered.
    Mend: store one JSON text and not a document or columns made from its keys.
    """
    thread = a_thread()
    await bench.store.save_thread(thread, context=bench.ours)
    values: list[dict[str, Any]] = [
        {"big": 2**63, "bigger": 10**40, "negative": -(2**70)},
        {"$set": {"a.b": 1, "": 2}, "__proto__": None, "_id": 3, "NUL\0": 4},
        {"same": 1, "SAME": 2, "Same ": 3, "\uff33\uff21": 4},
        {"small": 5e-324, "large": 1.7976931348623157e308, "exact": 0.1 + 0.2},
    ]
    for value in values:
        await _equal_or_refused(bench, thread.id, a_tool_call().model_copy(update={"arguments": value}))
        await _thread_equal_or_refused(bench, a_thread(metadata=value))


@upstream()
async def C45_deep_nesting(bench: Bench) -> None:
    """Deeply nested content comes back equal or is refused when written, never when read.

    Why: server.py, `ChatKitServer._process_streaming_impl` stores the client's tool output as it
        came. Between about 200 and 255 levels pydantic writes JSON that it then refuses to read,
        and the thread is lost.
    Mend: read the JSON back (or count its depth) before it is stored, and refuse it with a clear
        error.
    """
    thread = a_thread()
    await bench.store.save_thread(thread, context=bench.ours)
    for depth in (40, 120, 190, 197, 205, 230, 254, 256):
        content: Any = "the end"
        for level in range(depth):
            content = [content] if level % 2 else {"in": content}
        await _equal_or_refused(bench, thread.id, a_hidden_item(content))


_IDS = (
    *(
        "plain",
        "PLAIN",
        "plain ",
        " plain",
        "pláin",
        "pla_n",
        "pla%n",
        "pla*n",
        "plain\t",
        "\uff50lain",
        "plain%",
    ),
    *(
        "it's",
        'quo"te',
        "semi;--",
        "back\\slash",
        "sl/ash",
        "do.t",
        "$dollar",
        "{brace}",
        "日本",
        "🙂",
        "a" * 200,
    ),
)


@upstream()
async def C45_ids_of_any_kind(bench: Bench) -> None:
    """Ids with quotes, wildcards, spaces, accents and case twins are told apart, or refused.

    Why: server.py, `ChatKitServer._process_non_streaming` passes ids as the client sent them, and
        ids of messages come from the model's provider; tests/test_store.py,
        `TestSqliteStoreCustomIds` makes ids of its own.
    Mend: bind ids as parameters, compare them byte by byte (a binary collation), and never use
        `LIKE`.
    """
    store = bench.store
    owner = a_thread()
    await store.save_thread(owner, context=bench.ours)
    threads = {
        name: a_thread(name, title=f"thread {name!r}", seconds=n) for n, name in enumerate(_IDS, 1)
    }
    items = {name: a_reply(f"item {name!r}", name, seconds=n) for n, name in enumerate(_IDS)}
    kept_threads = [
        name for name in _IDS if await _done(store.save_thread(threads[name], context=bench.ours))
    ]
    kept_items = [
        name
        for name in _IDS
        if await _done(
            store.add_thread_item(owner.id, in_thread(items[name], owner.id), context=bench.ours)
        )
    ]
    for name in kept_threads:
        expect_same(
            await store.load_thread(name, context=bench.ours), threads[name], f"the thread {name!r}"
        )
    for name in kept_items:
        found = await store.load_item(owner.id, name, context=bench.ours)
        expect_same(found, items[name], f"the item {name!r}")
    found = ids(await all_items(store, bench.ours, owner.id, limit=3))
    expect_same(found, kept_items, "the items of a thread, three by three, by id")
    found = ids(await all_threads(store, bench.ours, limit=3))
    expect_same(found, [owner.id, *kept_threads], "the threads, three by three, by id")


@upstream("attachments")
async def C45_attachment_ids_of_any_kind(bench: Bench) -> None:
    """Attachment ids with quotes, wildcards, spaces, accents and case twins are told apart, or refused.

    Why: server.py, `ChatKitServer._build_user_message_item` loads the ids that the client sent.
    Mend: bind ids as parameters, compare them byte by byte (a binary collation), and never use `LIKE`.
    """
    store, attachments = bench.store, {name: an_attachment(f"{name!r}.txt", name) for name in _IDS}
    kept = [
        name
        for name in _IDS
        if await _done(store.save_attachment(attachments[name], context=bench.ours))
    ]
    for name in kept:
        found = await store.load_attachment(name, context=bench.ours)
        expect_same(found, attachments[name], f"the attachment {name!r}")


async def _done(call: Any) -> bool:
    try:
        await call
    except Exception:  # noqa: BLE001 - a refusal may have any type
        return False
    return True


async def _check_item(bench: Bench, thread_id: str, added: Any, saved: Any) -> None:
    await bench.store.add_thread_item(thread_id, in_thread(added, thread_id), context=bench.ours)
    loaded = await _read(lambda: bench.store.load_item(thread_id, added.id, context=bench.ours), added)
    expect_same(loaded, added, f"{type(added).__name__} from load_item")
    await bench.store.save_item(thread_id, in_thread(saved, thread_id), context=bench.ours)
    rows = await _read(lambda: all_items(bench.store, bench.ours, thread_id), saved)
    found = [row for row in rows if row.id == saved.id]
    expect_same(found, [saved], f"{type(saved).__name__} from load_thread_items after save_item")
    await bench.store.delete_thread_item(thread_id, saved.id, context=bench.ours)


async def _check_thread(bench: Bench, thread: Any) -> None:
    await bench.store.save_thread(thread, context=bench.ours)
    loaded = await _read(lambda: bench.store.load_thread(thread.id, context=bench.ours), thread)
    expect_same(loaded, thread, "ThreadMetadata from load_thread")
    found = [row for row in await all_threads(bench.store, bench.ours) if row.id == thread.id]
    expect_same(found, [thread], "ThreadMetadata from load_threads")
    await bench.store.delete_thread(thread.id, context=bench.ours)


async def _check_attachment(bench: Bench, attachment: Any) -> None:
    await bench.store.save_attachment(attachment, context=bench.ours)
    loaded = await _read(
        lambda: bench.store.load_attachment(attachment.id, context=bench.ours), attachment
    )
    expect_same(loaded, attachment, type(attachment).__name__)
    await bench.store.delete_attachment(attachment.id, context=bench.ours)


async def _read(load: Callable[[], Any], stored: Any) -> Any:
    try:
        return await load()
    except Exception as error:
        raise BrokenError(
            f"{brief(stored)} was stored and cannot be read: {brief_error(error)}"
        ) from error


async def _times_come_back(bench: Bench, thread: models.ThreadMetadata, item: Any) -> None:
    await bench.store.save_thread(thread, context=bench.ours)
    await bench.store.add_thread_item(thread.id, in_thread(item, thread.id), context=bench.ours)
    loaded = await bench.store.load_thread(thread.id, context=bench.ours)
    _expect_time(loaded.created_at, thread.created_at, "a thread's created_at")
    listed = await all_threads(bench.store, bench.ours)
    _expect_time(listed[0].created_at, thread.created_at, "a listed thread's created_at")
    found = await bench.store.load_item(thread.id, item.id, context=bench.ours)
    _expect_time(found.created_at, item.created_at, "an item's created_at")
    found = await all_items(bench.store, bench.ours, thread.id)
    _expect_time(found[0].created_at, item.created_at, "a listed item's created_at")


def _expect_time(actual: datetime, expected: datetime, what: str) -> None:
    same = (actual.tzinfo is None) == (expected.tzinfo is None) and actual == expected
    expect(same, f"{what} is {actual!r}, not {expected!r}")


async def _equal_or_refused(bench: Bench, thread_id: str, item: Any, also: Any = None) -> None:
    """Add an item; it must read back as itself (or `also`), or be refused without a trace."""
    if not await _written(bench, thread_id, item):
        await _unharmed(bench, thread_id, item.id)
        return
    rows = await _read(lambda: all_items(bench.store, bench.ours, thread_id), item)
    found = next((row for row in rows if row.id == item.id), None)
    expect(found is not None, f"{brief(item)} was accepted and is not in its thread")
    if also is None or difference(found, also) is not None:
        expect_same(found, item, type(item).__name__)


async def _thread_equal_or_refused(bench: Bench, thread: models.ThreadMetadata) -> None:
    if await _done(bench.store.save_thread(thread, context=bench.ours)):
        loaded = await _read(lambda: bench.store.load_thread(thread.id, context=bench.ours), thread)
        expect_same(loaded, thread, "ThreadMetadata")
        return
    rows = await _read(lambda: all_threads(bench.store, bench.ours), thread)
    expect(thread.id not in ids(rows), "save_thread raised an error and stored the thread all the same")


async def _written(bench: Bench, thread_id: str, item: Any) -> bool:
    return await _done(
        bench.store.add_thread_item(thread_id, in_thread(item, thread_id), context=bench.ours)
    )


async def _unharmed(bench: Bench, thread_id: str, item_id: str) -> None:
    """What was refused must not be there, and the rest of its thread must be readable."""
    rows = await all_items(bench.store, bench.ours, thread_id)
    expect(item_id not in ids(rows), "add_thread_item raised an error and stored the item all the same")
    try:
        await bench.store.load_item(thread_id, item_id, context=bench.ours)
    except NotFoundError:
        return
    raise BrokenError("add_thread_item raised an error, and load_item finds the item all the same")


def _renamed(model: Any, new_id: str) -> Any:
    return model.model_copy(update={"id": new_id})
