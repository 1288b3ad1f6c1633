"""What a store writes comes back equal, or is refused with nothing written (C06, C45)."""

from __future__ import annotations

import json
import math
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

import pytest
from chatkit.types import (
    Annotation,
    AssistantMessageContent,
    AssistantMessageItem,
    ClientToolCallItem,
    EntitySource,
    FileAttachment,
    HiddenContextItem,
    ImageAttachment,
    Page,
    Thread,
    ThreadItem,
    UserMessageTagContent,
    WidgetItem,
)
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AnyUrl

from reference_stores.memory import MemoryStore
from reference_stores.shared import PayloadError, StoreError, key, single_tenant, sort_key
from tests.reference_stores.samples import ALICE, NOON, answer, attachment, hidden, question, thread

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.reference_stores.conftest import AnyStore


def nested(levels: int, *, objects: bool = False) -> Any:
    content: Any = "core"
    for _ in range(levels):
        content = {"k": content} if objects else [content]
    return content


def tool_call(arguments: dict[str, Any] | None = None, output: Any = None) -> ClientToolCallItem:
    return ClientToolCallItem(
        id="tc_1",
        thread_id="thr_1",
        created_at=NOON,
        name="n",
        call_id="c",
        arguments=arguments or {},
        output=output,
    )


def tagged(data: dict[str, Any]) -> ThreadItem:
    tag = UserMessageTagContent(id="t", text="t", data=data)
    return question("msg_1").model_copy(update={"content": [tag]})


def annotated(data: dict[str, Any]) -> ThreadItem:
    source = EntitySource(id="e", title="t", data=data)
    content = AssistantMessageContent(text="x", annotations=[Annotation(source=source)])
    return answer("msg_1").model_copy(update={"content": [content]})


def attached(metadata: dict[str, Any]) -> ThreadItem:
    file = attachment().model_copy(update={"metadata": metadata})
    return question("msg_1").model_copy(update={"attachments": [file]})


EVERYWHERE: dict[str, Callable[[Any], ThreadItem]] = {
    "hidden context": hidden,
    "tool arguments": lambda value: tool_call(arguments={"a": value}),
    "tool output": lambda value: tool_call(output=value),
    "tag data": lambda value: tagged({"a": value}),
    "annotation data": lambda value: annotated({"a": value}),
    "attachment metadata": lambda value: attached({"a": value}),
    "deeper in hidden context": lambda value: hidden([[{"a": [{"b": [value, "c"]}]}]]),
    "deep in a tool's output": lambda value: tool_call(output={"a": [{"b": value}]}),
}

LOSSLESS: dict[str, Any] = {
    "NUL": "a\x00b",
    "emoji": "👩‍👩‍👧 🏳️‍🌈",
    "integer over 64 bits": -(2**70),
    "integer of 4,299 digits": 10**4298,
    "keys of MongoDB": {"$set": {"a.b": 1}, "": None},
    "the word NaN": "NaN, Infinity and -Infinity",
    "smallest float": 5e-324,
    "brackets in texts": ["[" * 500, "{" * 500],
    "lists 190 deep": nested(190),
    "objects 190 deep": nested(190, objects=True),
    "a megabyte": "é" * 500_000,
}

REFUSED: dict[str, Any] = {
    "NaN": math.nan,
    "infinity": math.inf,
    "negative infinity": -math.inf,
    "lone surrogate": "\ud800",
    "integer of 4,301 digits": 10**4300,
    "lists 230 deep": nested(230),
    "objects 230 deep": nested(230, objects=True),
    "lists 5,000 deep": nested(5000),
    "no JSON": object(),
    "no text": b"\xff",
}


@pytest.fixture
async def memory() -> AnyStore:
    store = MemoryStore[dict[str, Any]](tenant=single_tenant("app"))
    await store.save_thread(thread(), ALICE)
    return store


@pytest.mark.parametrize("value", LOSSLESS.values(), ids=LOSSLESS)
@pytest.mark.parametrize("place", EVERYWHERE.values(), ids=EVERYWHERE)
async def test_content_comes_back_equal(memory: AnyStore, place: Any, value: Any) -> None:
    item = place(value)
    await memory.add_thread_item("thr_1", item, ALICE)
    assert await memory.load_item("thr_1", item.id, ALICE) == item


@pytest.mark.parametrize("value", REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("place", EVERYWHERE.values(), ids=EVERYWHERE)
async def test_content_that_would_be_lost_is_refused(memory: AnyStore, place: Any, value: Any) -> None:
    item = place(value)
    with pytest.raises(PayloadError) as refusal:
        await memory.save_item("thr_1", item, ALICE)
    assert isinstance(refusal.value, ValueError)
    assert isinstance(refusal.value, StoreError)
    assert (await memory.load_thread_items("thr_1", None, 10, "asc", ALICE)).data == []


@pytest.mark.parametrize("value", REFUSED.values(), ids=REFUSED)
async def test_threads_and_attachments_are_refused_alike(memory: AnyStore, value: Any) -> None:
    with pytest.raises(PayloadError):
        await memory.save_thread(thread("thr_2", metadata={"a": value}), ALICE)
    with pytest.raises(PayloadError):
        await memory.save_attachment(attachment().model_copy(update={"metadata": {"a": value}}), ALICE)
    assert len((await memory.load_threads(10, None, "asc", ALICE)).data) == 1


@pytest.mark.parametrize("ratio", [math.nan, math.inf, 10**4300], ids=["NaN", "infinity", "huge"])
async def test_numbers_of_widgets_are_looked_at(memory: AnyStore, ratio: float) -> None:
    image = {"type": "Image", "src": "x", "aspectRatio": 1.5}
    item = WidgetItem.model_validate(
        {
            "id": "wid_1",
            "thread_id": "thr_1",
            "created_at": NOON,
            "widget": {"type": "Card", "children": [image]},
        }
    )
    await memory.save_item("thr_1", item, ALICE)
    widget: Any = item.widget
    widget.children[0].aspectRatio = ratio
    with pytest.raises(PayloadError):
        await memory.save_item("thr_1", item, ALICE)


async def test_what_json_cannot_say_takes_its_form(memory: AnyStore) -> None:
    content = {"tuple": (1, 2), "time": NOON, 7: {"set"}}
    await memory.add_thread_item("thr_1", hidden(content), ALICE)
    loaded = cast("HiddenContextItem", await memory.load_item("thr_1", "hid_1", ALICE))
    assert loaded.content == {"tuple": [1, 2], "time": "2026-05-04T12:00:00Z", "7": ["set"]}


async def test_a_misfit_that_loads_is_written(memory: AnyStore) -> None:
    image = ImageAttachment(
        id="atc_1", name="n", mime_type="image/png", preview_url=AnyUrl("https://a.b/c")
    )
    image = image.model_copy(update={"preview_url": "https://a.b/d"})
    await memory.save_attachment(image, ALICE)
    loaded = await memory.load_attachment("atc_1", ALICE)
    assert isinstance(loaded, ImageAttachment)
    assert str(loaded.preview_url) == "https://a.b/d"


class Foreign(FileAttachment):
    """No item at all."""

    created_at: datetime = NOON


MISFITS: dict[str, Any] = {
    "None for a list": answer("msg_1").model_copy(update={"content": None}),
    "None for an item of a list": answer("msg_1").model_copy(update={"content": [None]}),
    "text for a list": answer("msg_1").model_copy(update={"content": "hello"}),
    "number for a text": answer("msg_1").model_copy(
        update={"content": [AssistantMessageContent.model_construct(text=7, annotations=[])]}
    ),
    "missing fields": AssistantMessageItem.model_construct(id="msg_1", created_at=NOON),
    "another model": Foreign(id="msg_1", name="n", mime_type="m"),
}


@pytest.mark.parametrize("item", MISFITS.values(), ids=MISFITS)
async def test_a_misfit_that_would_not_load_is_refused(memory: AnyStore, item: Any) -> None:
    with pytest.raises(PayloadError):
        await memory.add_thread_item("thr_1", item, ALICE)
    assert (await memory.load_thread_items("thr_1", None, 10, "asc", ALICE)).data == []


async def test_refusals_do_not_quote_content(memory: AnyStore) -> None:
    secret = answer("msg_1").model_copy(update={"content": "my secret"})
    with pytest.raises(PayloadError) as refusal:
        await memory.add_thread_item("thr_1", secret, ALICE)
    assert "secret" not in str(refusal.value)
    assert refusal.value.__cause__ is None
    assert refusal.value.__suppress_context__


async def test_subclasses_are_written_as_what_they_extend(memory: AnyStore) -> None:
    class Noted(AssistantMessageItem):
        note: str = "mine"

    await memory.add_thread_item("thr_1", Noted(**answer("msg_1", "hi").model_dump()), ALICE)
    assert await memory.load_item("thr_1", "msg_1", ALICE) == answer("msg_1", "hi")
    full = Thread(**thread("thr_2", title="t").model_dump(), items=Page(data=[answer("msg_9")]))
    await memory.save_thread(full, ALICE)
    assert await memory.load_thread("thr_2", ALICE) == thread("thr_2", title="t")


@given(st.lists(st.text() | st.text("\\\x00\ud800a'%_ é") | st.text(min_size=190), unique=True))
def test_different_ids_have_different_keys_that_databases_take(ids: list[str]) -> None:
    keys = [key(identifier) for identifier in ids]
    assert len(set(keys)) == len(ids)
    for one in keys:
        assert len(one) <= 200
        assert "\x00" not in one
        one.encode()


def test_ordinary_ids_are_their_own_keys() -> None:
    for identifier in ("thr_0123", "Thr 1 ", "é'%_\"", ""):
        assert key(identifier) == identifier


@given(
    st.datetimes(timezones=st.just(timezone.utc) | st.just(timezone(timedelta(hours=-9, minutes=30)))),
    st.timedeltas(timedelta(0), timedelta(days=1)),
)
def test_sort_keys_are_microseconds_in_utc(moment: datetime, later: timedelta) -> None:
    assert sort_key(moment, None) == (moment - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(
        microseconds=1
    )
    try:
        then = moment + later
    except OverflowError:
        return
    assert sort_key(then, None) - sort_key(moment, None) == later // timedelta(microseconds=1)


def test_naive_times_are_in_the_given_zone() -> None:
    naive = datetime(2026, 7, 1, 12, 0, 0, 123456)
    assert sort_key(naive, ZoneInfo("Europe/Paris")) == sort_key(
        naive.replace(hour=10, tzinfo=timezone.utc), None
    )
    assert sort_key(naive, None) == sort_key(naive.astimezone(), None)
    for extreme in (datetime.min, datetime.max):
        assert isinstance(sort_key(extreme, None), int)


async def test_payloads_are_plain_chatkit_json(memory: AnyStore) -> None:
    await memory.add_thread_item("thr_1", answer("msg_1", "hi"), ALICE)
    exported = [entry async for entry in memory.export_tenant(ALICE)]
    assert exported[1]["data"] == json.loads(answer("msg_1", "hi").model_dump_json())
