"""What every reference store shares, so that an engine's file is its schema and its statements.

A store is this file and one engine's file; copy both. `BaseStore` holds the public methods: it checks
arguments, finds the tenant, encodes payloads, computes sort keys, builds pages, and gives errors and
spans. An engine stores rows of text and integers.

How an engine is written
========================
Derive from `BaseStore`, set `engine` and `driver_errors`, raise `MissingDriverError` on import, and
write the methods that raise `NotImplementedError` at the end of the class, one statement or one
transaction each:

- Life cycle: `_open` makes the pool, `_migrate` brings the schema to its newest version (many
  processes at once, repeatedly, refusing a newer one with `SchemaTooNewError`), `_shut` releases
  everything and works on what is half open. The base calls `_open` and `_migrate` once, on the
  first use, under a lock.
- Every method is safe to repeat: ids, sort keys and times are chosen before it is called. So an engine
  may retry a whole method on a deadlock, a serialization failure or a lost connection, and a lost
  acknowledgement of a COMMIT does no harm.
- Every await must end: give the driver a time limit, and raise what it gives; `driver_errors` are
  turned into `StoreUnavailable` (worth a retry) or `StoreError` by `as_store_error`.
- `tenant`, `thread`, `item` and `attachment` are *keys*: ids as `key` spells them, at most 200
  characters without NUL and without lone surrogates, to be compared byte by byte. A row's own id is
  in its payload.
- `sort_key` and the times are microseconds since 1970 in UTC, as integers that may be negative.
- The order of a page is (`sort_key`, sequence), both given by the first write of a row and never
  changed by a later one. The sequence is whatever grows with each insertion into one thread (or one
  tenant's threads) and is never given twice, deletions included.
- Deleting leaves a tombstone with the position of the row, apart from the rows. A cursor is looked up
  among the rows, then among the tombstones. `_write_thread` to a tombstone does nothing, and must
  serialise with `_erase_thread` of the same thread; `_write_item` needs the thread to live and ignores
  the item's own tombstone.
- An engine without transactions over several collections makes the thread's own document the gate:
  `_erase_thread` first turns it into a tombstone, `_write_item` succeeds only while it lives, reading
  methods ask it, and `_erase_tombstones` sweeps what was left behind.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import re
import time
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from types import NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Final,
    Generic,
    Literal,
    Protocol,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
)

from chatkit.store import NotFoundError, Store, StoreItemType, TContext, default_generate_id
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    Attachment,
    InferenceOptions,
    Page,
    ThreadItem,
    ThreadMetadata,
    UserMessageItem,
    UserMessageTextContent,
)
from pydantic import AnyUrl, BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError, from_json
from typing_extensions import override

try:
    from opentelemetry import context as otel_context
    from opentelemetry import trace
except ImportError:
    trace = otel_context = None

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable
    from datetime import tzinfo
    from types import TracebackType

    from typing_extensions import Self

_log: Final = logging.getLogger("reference_stores")

FAKE_ID: Final = "__fake_id__"
"""What chat-completions models give every message as its id (`agents.models.fake_id`)."""

Rows = Sequence[tuple[str, str]]
"""Key and payload of each row."""

T = TypeVar("T")


# --- Errors ---------------------------------------------------------------------------------------


class StoreError(Exception):
    """The base of every error of a store, `chatkit.store.NotFoundError` apart.

    Raised itself when the database refused something; the driver's error is its `__cause__`.
    """


class StoreUnavailable(StoreError):  # noqa: N818 - says what the store is, and callers read it as such
    """The database could not answer now: the same call may succeed later, and is safe to repeat."""


class StoreClosedError(StoreError):
    """The store was used after `close()`."""


class MissingDriverError(StoreError, ImportError):
    """The engine's driver is not installed."""

    def __init__(self, driver: str, extra: str) -> None:
        super().__init__(
            f"{driver} is not installed: pip install {driver}, or chatkit-store-creator[{extra}]"
        )


class SchemaTooNewError(StoreError):
    """A newer release has migrated the database; this one would damage it."""


class MissingTenantError(StoreError):
    """The `tenant` function found no tenant in the context. There is no default tenant."""


class PayloadError(StoreError, ValueError):
    """The object cannot be stored so that it comes back equal. Nothing was written."""


class UnreadablePayloadError(StoreError):
    """A stored payload does not load: written with another codec or key, or changed since."""


# --- Tenants, keys, ids, times --------------------------------------------------------------------


def single_tenant(name: str) -> Callable[[Any], str]:
    """The `tenant` of an application that has only one: every context, also none, belongs to `name`."""
    return lambda _context: name


_ESCAPED: Final = re.compile(r"[\x00\\\ud800-\udfff]")
_LONGEST_KEY: Final = 200


def key(identifier: str) -> str:
    r"""An id as every database can store and compare it: `thr_1` is `thr_1`.

    PostgreSQL takes no NUL, no database takes lone surrogates, and index entries have a longest
    size. So these characters and the backslash are escaped, and what is longer than 200 characters
    becomes its hash. Different ids have different keys.
    """
    if _ESCAPED.search(identifier):
        identifier = _ESCAPED.sub(lambda match: f"\\{ord(match[0]):04x}", identifier)
    if len(identifier) <= _LONGEST_KEY:
        return identifier
    return "\\sha256:" + hashlib.sha256(identifier.encode()).hexdigest()


def uuid7() -> uuid.UUID:
    """A random UUID that starts with the time, for neighbours in an index (RFC 9562)."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    high = milliseconds << 16 | 0x7000 | random >> 68 & 0xFFF
    low = 0x8000_0000_0000_0000 | random & 0x3FFF_FFFF_FFFF_FFFF
    return uuid.UUID(int=high << 64 | low)


def generate_id(item_type: StoreItemType) -> str:
    """A new id with chatkit's prefix, and with a full UUID where chatkit takes 32 bits."""
    prefix = default_generate_id(item_type).rpartition("_")[0]
    return f"{prefix}_{uuid7().hex}"


_STORE_ITEM_TYPES: Final[dict[str, StoreItemType]] = {
    "client_tool_call": "tool_call",
    "workflow": "workflow",
    "task": "task",
    "sdk_hidden_context": "sdk_hidden_context",
}


def fresh_item_id(
    store: Store[TContext], item_type: str, thread: ThreadMetadata, context: TContext
) -> str:
    """An id from the store for an item of this `type`, as chatkit itself asks for one."""
    return store.generate_item_id(_STORE_ITEM_TYPES.get(item_type, "message"), thread, context)


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=timezone.utc)


def sort_key(moment: datetime, time_zone: tzinfo | None) -> int:
    """Microseconds since 1970 in UTC; a naive `moment` is in `time_zone`, the machine's if None."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=time_zone) if time_zone else _of_machine(moment)
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _of_machine(moment: datetime) -> datetime:
    try:
        return moment.astimezone(timezone.utc)
    except (OverflowError, ValueError, OSError):  # a year for which the machine knows no offset
        return moment.replace(tzinfo=timezone.utc)


def now() -> int:
    """The time in microseconds since 1970."""
    return time.time_ns() // 1000


# --- Payloads -------------------------------------------------------------------------------------


class Codec(Protocol):
    """Turns payloads into what the database sees, and back; see `reference_stores.encryption`.

    `bound_to` names the row (kind, tenant, ids). What authenticates it refuses a payload that was
    moved to another row. `decode` raises `ValueError` for what `encode` did not make for this row.
    """

    def encode(self, payload: str, *, bound_to: bytes) -> str: ...

    def decode(self, stored: str, *, bound_to: bytes) -> str: ...


class _Kind(Generic[T]):
    """A kind of object that is stored: how it is written as JSON, and read."""

    def __init__(self, name: str, adapter: TypeAdapter[T], *models: type[BaseModel]) -> None:
        self.name = name
        self.adapter = adapter
        self._writers: dict[type, _Writer] = {model: _Writer(model) for model in models}

    def dump(self, value: T) -> bytes:
        """`value` as JSON that loads again, and equal but for what JSON cannot say (a tuple is a list).

        Raises:
            PayloadError: it would not.
        """
        try:
            writer = self._writers[type(value)]
        except KeyError:
            writer = self._inherited_writer(type(value))
        try:
            payload = writer.to_json(value, warnings="error")
            is_doubtful = writer.is_doubtful(value)
        except (PydanticSerializationError, TypeError, AttributeError):
            # What does not fit its field may load nevertheless, as a str does for a URL.
            return self._dump_misfit(writer, value)
        except (ValueError, RecursionError) as error:
            raise PayloadError(f"Not written: {error}") from None
        if is_doubtful:
            _refuse_unreadable(payload)
        return payload

    def _inherited_writer(self, model: type) -> _Writer:
        for base in model.__mro__:
            if base in self._writers:
                return self._writers.setdefault(model, self._writers[base])
        raise PayloadError(f"Not written: {model.__name__} is no {self.name} of this chatkit")

    def _dump_misfit(self, writer: _Writer, value: T) -> bytes:
        try:
            payload = writer.to_json(value, warnings=False)
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise PayloadError(f"Not written: {error}") from None
        _refuse_unreadable(payload)
        try:
            self.adapter.validate_json(payload)
        except ValidationError as error:
            raise PayloadError(f"Not written, for it would not load: {_reasons(error)}") from None
        return payload


def _refuse_unreadable(payload: bytes) -> None:
    """pydantic writes more levels and digits than it reads, and JSON has no NaN."""
    try:
        from_json(payload, allow_inf_nan=False)
    except ValueError as error:
        raise PayloadError(
            f"Not written, for it would not load: {error}. JSON has no NaN and no infinity, and can be "
            "read up to 199 levels deep, with integers up to 4,299 digits."
        ) from None


class _Writer:
    """How objects of one model are written."""

    def __init__(self, model: type[BaseModel]) -> None:
        # NaN and infinity as such, so that they are found: as null they would be lost. `| None`, for
        # pydantic takes no configuration beside a model's own.
        nullable: Any = model | None
        adapter = TypeAdapter[Any](nullable, config=ConfigDict(ser_json_inf_nan="constants"))
        self.to_json: Callable[..., bytes] = adapter.serializer.to_json
        self.is_doubtful = _doubt_of(model)


# Whether a value holds what may be written and not be read: free content, deep content, odd numbers.
# To look for it in the objects is for speed: most items are text, and to read a text again, or only to
# search it, costs as much as to write it.
_Doubt = Callable[[Any], bool]


def _doubt_of(annotation: Any) -> _Doubt:
    """The test for values of a type; `_never` itself if there can be no doubt."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation in (str, bool, NoneType, datetime, AnyUrl) or origin is Literal:
        return _never
    if annotation in (int, float):
        return _is_odd_number
    if origin is Annotated:
        return _doubt_of(arguments[0])
    if origin is dict or annotation is Any:
        return _is_odd
    if origin is list:
        return _doubt_of_list(_doubt_of(arguments[0]))
    if origin in (Union, UnionType):
        of_types = {_class_of(choice): _doubt_of(choice) for choice in arguments}
        if all(doubt is _never for doubt in of_types.values()):
            return _never
        return lambda value: of_types.get(type(value), _always)(value)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _doubt_of_model(annotation)
    return _always


_doubts_of_models: Final[dict[type[BaseModel], _Doubt]] = {}


def _doubt_of_model(model: type[BaseModel]) -> _Doubt:
    if model not in _doubts_of_models:
        _doubts_of_models[model] = _always  # of a model within itself
        _doubts_of_models[model] = _doubt_of_fields(model)
    return _doubts_of_models[model]


def _doubt_of_fields(model: type[BaseModel]) -> _Doubt:
    if model.model_config.get("extra") == "allow":
        return _always
    model.model_rebuild()  # pydantic resolves the names in annotations when a model is first needed
    of_fields = [
        (name, doubt)
        for name, field in model.model_fields.items()
        if (doubt := _doubt_of(field.annotation)) is not _never
    ]

    def in_fields(value: object) -> bool:
        for name, doubt in of_fields:  # noqa: SIM110 - any() of a generator takes twice as long
            if doubt(getattr(value, name)):
                return True
        return False

    return in_fields if of_fields else _never


def _doubt_of_list(of_each: _Doubt) -> _Doubt:
    def in_list(values: list[Any]) -> bool:
        for value in values:  # noqa: SIM110 - as above
            if of_each(value):
                return True
        return False

    return _never if of_each is _never else in_list


def _class_of(choice: Any) -> Any:
    if get_origin(choice) is Annotated:
        return _class_of(get_args(choice)[0])
    if get_origin(choice) is Literal:
        return str
    return get_origin(choice) or choice


def _never(_value: object) -> bool:
    return False


def _always(_value: object) -> bool:
    return True


def _is_odd_number(value: float) -> bool:
    return not abs(value) < 2**63  # also NaN


def _is_odd(value: Any, levels: int = 4) -> bool:
    """Whether free content needs a closer look: it nests deeply, or holds what is no text or number."""
    kind = type(value)  # pyright: ignore[reportUnknownVariableType] - of Any
    if kind is dict:
        parts = cast("dict[Any, Any]", value).values()
    elif kind is list:
        parts = cast("list[Any]", value)
    elif kind in (int, float):
        return _is_odd_number(value)
    else:
        return kind not in (str, bool, NoneType)
    for part in parts:  # noqa: SIM110 - as above
        if type(part) is not str and (levels == 0 or _is_odd(part, levels - 1)):
            return True
    return False


def _reasons(error: ValidationError) -> str:
    """What does not load and why, without the content."""
    return "; ".join(
        f"{'.'.join(map(str, detail['loc'])) or 'JSON'}: {detail['msg']}"
        for detail in error.errors(include_url=False, include_input=False, include_context=False)[:3]
    )


def _models(annotation: Any) -> tuple[type[BaseModel], ...]:
    """The members of an annotated union."""
    members: tuple[type[BaseModel], ...] = get_args(get_args(annotation)[0])
    return members


_THREAD: Final[_Kind[ThreadMetadata]] = _Kind("thread", TypeAdapter(ThreadMetadata), ThreadMetadata)
_ITEM: Final[_Kind[ThreadItem]] = _Kind("item", TypeAdapter(ThreadItem), *_models(ThreadItem))
_ATTACHMENT: Final[_Kind[Attachment]] = _Kind(
    "attachment", TypeAdapter(Attachment), *_models(Attachment)
)


# --- Operations -----------------------------------------------------------------------------------


_tracer: Final = trace and trace.get_tracer("reference_stores")


class _Operation:
    """One operation: its OpenTelemetry span, where that API is installed, and its driver's errors.

    The span carries no content and no names: not even a traceback, whose causes may quote them.
    """

    def __init__(self, store: BaseStore[Any], name: str) -> None:
        self._store = store
        self._name = name
        self._end_span: Callable[[BaseException | None], None] | None = None

    def __enter__(self) -> None:
        self._end_span = _start_span(self._store.engine, self._name)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: object
    ) -> None:
        shown = error
        if isinstance(error, self._store.driver_errors):
            shown = self._store.as_store_error(error, self._name)
        if self._end_span is not None:
            self._end_span(shown)
        if shown is not error and shown is not None:
            raise shown from error


def _start_span(engine: str, operation: str) -> Callable[[BaseException | None], None] | None:
    """What ends the span, or None if nobody records it."""
    if trace is None or otel_context is None or _tracer is None:
        return None
    span = _tracer.start_span(
        f"chatkit.store.{operation}",
        kind=trace.SpanKind.CLIENT,
        attributes={"db.system.name": engine, "db.operation.name": operation},
    )
    if not span.is_recording():
        return None
    outer = otel_context.attach(trace.set_span_in_context(span))
    failed, detach = trace.StatusCode.ERROR, otel_context.detach

    def end(error: BaseException | None) -> None:
        if error is not None and not isinstance(error, NotFoundError):
            span.set_attribute("error.type", type(error).__qualname__)
            span.set_status(failed)
        span.end()
        detach(outer)

    return end


def _check_ids(**ids: object) -> None:
    for name, value in ids.items():
        if not isinstance(value, str):
            raise TypeError(f"{name} must be a str, not {type(value).__name__}")


class Slots:
    """So many go on at once; who comes later waits in line, until a time of its own.

    For connections. A semaphore within a time limit costs more than many a statement.
    """

    def __init__(self, count: int) -> None:
        self._free = count
        self._line: deque[asyncio.Future[None]] = deque()

    async def take(self, seconds: float) -> None:
        """Wait for a slot, to be given back by `give`.

        Raises:
            TimeoutError: there was none for `seconds`.
        """
        if self._free:
            self._free -= 1
            return
        loop = asyncio.get_running_loop()
        turn = loop.create_future()
        self._line.append(turn)
        timer = loop.call_later(max(0, seconds), _end_in_vain, turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled() and turn.exception() is None:  # it came in the same moment
                self.give()
            raise
        finally:
            timer.cancel()

    def give(self) -> None:
        """Let the next one go on, now or later."""
        if not self.pass_on():
            self._free += 1

    def pass_on(self) -> bool:
        """Let the next one in line go on; false if there is none, and then the slot is kept."""
        while self._line:
            turn = self._line.popleft()
            if not turn.done():
                turn.set_result(None)
                return True
        return False


def _end_in_vain(turn: asyncio.Future[None]) -> None:
    if not turn.done():
        turn.set_exception(TimeoutError())


class Calls:
    """Counts what is under way (`with calls:`), so that closing can wait for it."""

    def __init__(self) -> None:
        self._count = 0
        self._idle = asyncio.Event()

    def __enter__(self) -> None:
        self._count += 1

    def __exit__(self, *error: object) -> None:
        self._count -= 1
        if not self._count:
            self._idle.set()

    async def end(self) -> None:
        """Wait until nothing is under way."""
        while self._count:
            self._idle.clear()
            await self._idle.wait()


class BaseStore(Store[TContext]):
    """A ChatKit store over the statements of an engine; see the module's docstring.

    Every method may raise `StoreError` (`StoreUnavailable` is worth a retry), `MissingTenantError`, and
    `TypeError` for ids that are not `str`. Every write may be repeated. Saves are of whole objects and
    the last one wins.

    Args:
        tenant: who owns what is stored: called with the context of each call, returns a name that
            is not empty. `LookupError`, `TypeError` and `AttributeError` from it mean that the
            context has none. An application without tenants says so: `tenant=single_tenant("app")`.
        codec: what encrypts payloads (`reference_stores.encryption`). Ids and times stay readable.
        max_page_size: a page is never longer, whatever `limit` says.
        time_zone: the zone of naive times, for sorting only. None is the machine's; give
            `timezone.utc` where hosts in several zones write, or where clocks are set back in autumn.
    """

    engine: ClassVar[str]
    """OpenTelemetry's name of the database system."""
    driver_errors: ClassVar[tuple[type[Exception], ...]] = ()
    """What the driver raises, to be turned into `StoreError`."""

    def __init__(
        self,
        *,
        tenant: Callable[[TContext], str],
        codec: Codec | None = None,
        max_page_size: int = 1000,
        time_zone: tzinfo | None = None,
    ) -> None:
        if not callable(tenant):
            raise TypeError(
                'tenant must be a function of the context, as in tenant=single_tenant("app")'
            )
        if max_page_size < 1:
            raise ValueError(f"max_page_size must be at least 1, not {max_page_size}")
        self._tenant_of = tenant
        self._codec = codec
        self._max_page_size = max_page_size
        self._time_zone = time_zone
        self._life_cycle = asyncio.Lock()
        self._is_open = False
        self._is_closed = False
        self._failed_to_connect: tuple[float, StoreUnavailable] | None = None

    # --- Life cycle ---

    async def connect(self) -> None:
        """Connect and bring the schema to its newest version; the first use does it by itself.

        Raises:
            StoreClosedError: the store was closed.
            SchemaTooNewError: a newer release has migrated the database.
        """
        asked_at = time.monotonic()
        async with self._life_cycle:
            if self._is_closed:
                raise StoreClosedError(f"This {type(self).__name__} is closed; make a new one.")
            if self._is_open:
                return
            if self._failed_to_connect is not None and self._failed_to_connect[0] >= asked_at:
                # While we waited for another's attempt. One after another, each would wait in vain.
                failure = self._failed_to_connect[1]
                raise StoreUnavailable(str(failure)) from failure
            try:
                await self._connect_once()
            except StoreUnavailable as error:
                self._failed_to_connect = time.monotonic(), error
                raise
            self._is_open = True

    async def _connect_once(self) -> None:
        with self._operation("connect"):
            try:
                await self._open()
                await self._migrate()
            except (Exception, asyncio.CancelledError):  # where Python still lets us await
                await self._shut()
                raise

    async def setup(self) -> None:
        """Make or migrate tables and indexes. Repeatable, and safe from many processes at once.

        For deployments in which the application itself may not change the schema: run it before.
        """
        await self.connect()
        with self._operation("setup"):
            await self._migrate()

    async def close(self) -> None:
        """Release every connection. Repeatable; any later use is a `StoreClosedError`."""
        async with self._life_cycle:
            if self._is_closed:
                return
            self._is_closed = True
            self._is_open = False
            with self._operation("close"):
                await self._shut()

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    # --- Ids ---

    @override
    def generate_thread_id(self, context: TContext) -> str:
        """A new thread id; override it to choose your own."""
        return generate_id("thread")

    @override
    def generate_item_id(
        self, item_type: StoreItemType, thread: ThreadMetadata, context: TContext
    ) -> str:
        """A new item id; override it to choose your own."""
        return generate_id(item_type)

    # --- Threads ---

    async def load_thread(self, thread_id: str, context: TContext) -> ThreadMetadata:
        """The thread, without its items.

        Raises:
            NotFoundError: the tenant has no such thread.
        """
        _check_ids(thread_id=thread_id)
        with self._operation("load_thread"):
            tenant, thread = self._tenant(context), key(thread_id)
            await self._ready()
            payload = await self._read_thread(tenant, thread)
            if payload is None:
                raise _no_thread(thread_id)
            return self._decode(_THREAD, payload, tenant, thread)

    async def save_thread(self, thread: ThreadMetadata, context: TContext) -> None:
        """Store the thread, new or not; its `items`, if it has some, are left out.

        Its place among the threads is that of its first save. A deleted thread stays deleted.

        Raises:
            PayloadError: it would not come back equal.
        """
        _check_ids(thread_id=thread.id)
        with self._operation("save_thread"):
            tenant, thread_key = self._tenant(context), key(thread.id)
            payload = self._encode(_THREAD, thread, tenant, thread_key)
            await self._ready()
            await self._write_thread(tenant, thread_key, self._sort_key(thread.created_at), payload)

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: TContext
    ) -> Page[ThreadMetadata]:
        """A page of the tenant's threads by `created_at`; `"desc"` begins with the newest.

        Raises:
            NotFoundError: `after` is no thread of the tenant, nor one that was deleted lately.
            ValueError: `limit` is less than 1, or `order` neither `"asc"` nor `"desc"`.
        """
        descending = _is_descending(order)
        if after is not None:
            _check_ids(after=after)
        with self._operation("load_threads"):
            size = self._page_size(limit)
            tenant = self._tenant(context)
            await self._ready()
            rows = await self._read_threads(tenant, _cursor(after), size + 1, descending=descending)
            if rows is None:
                raise _no_cursor(after)
            threads = self._decode_all(_THREAD, rows[:size], tenant)
        has_more = len(rows) > size
        return Page(data=threads, has_more=has_more, after=threads[-1].id if has_more else None)

    async def delete_thread(self, thread_id: str, context: TContext) -> None:
        """Delete the thread and its items at once; of an unknown one, nothing.

        Its attachments stay for `orphaned_attachments`.
        """
        _check_ids(thread_id=thread_id)
        with self._operation("delete_thread"):
            tenant = self._tenant(context)
            await self._ready()
            await self._erase_thread(tenant, key(thread_id), now())

    # --- Items ---

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: TContext) -> None:
        """Store a new item; one with a known id replaces that item, at its place.

        An item with the id that chat-completions models give to each message (`FAKE_ID`) gets a
        fresh one.

        Raises:
            NotFoundError: the tenant has no such thread.
            PayloadError: the item would not come back equal.
        """
        _check_ids(thread_id=thread_id, item_id=item.id)
        if item.id != FAKE_ID:
            await self._save(thread_id, item, context, "add_thread_item")
            return
        thread = await self.load_thread(thread_id, context)
        fresh = item.model_copy(update={"id": fresh_item_id(self, item.type, thread, context)})
        await self._save(thread_id, fresh, context, "add_thread_item", fake=True)

    async def save_item(self, thread_id: str, item: ThreadItem, context: TContext) -> None:
        """Replace the item with this id at its place, or add it.

        `FAKE_ID` means the newest item of the thread that came with it.

        Raises:
            NotFoundError: the tenant has no such thread.
            PayloadError: the item would not come back equal.
        """
        _check_ids(thread_id=thread_id, item_id=item.id)
        if item.id != FAKE_ID:
            await self._save(thread_id, item, context, "save_item")
            return
        newest = await self._newest_fake_id(thread_id, context)
        if newest is None:
            await self.add_thread_item(thread_id, item, context)
            return
        renamed = item.model_copy(update={"id": newest})
        await self._save(thread_id, renamed, context, "save_item", fake=True)

    async def _save(
        self, thread_id: str, item: ThreadItem, context: TContext, operation: str, *, fake: bool = False
    ) -> None:
        with self._operation(operation):
            tenant, thread, item_key = self._tenant(context), key(thread_id), key(item.id)
            payload = self._encode(_ITEM, item, tenant, thread, item_key)
            position = self._sort_key(item.created_at)
            await self._ready()
            if not await self._write_item(tenant, thread, item_key, position, payload, fake=fake):
                raise _no_thread(thread_id)

    async def _newest_fake_id(self, thread_id: str, context: TContext) -> str | None:
        with self._operation("save_item"):
            tenant, thread = self._tenant(context), key(thread_id)
            await self._ready()
            row = await self._read_newest_fake_item(tenant, thread)
            return None if row is None else self._decode(_ITEM, row[1], tenant, thread, row[0]).id

    async def load_item(self, thread_id: str, item_id: str, context: TContext) -> ThreadItem:
        """The item.

        Raises:
            NotFoundError: the tenant has no such item in this thread.
        """
        _check_ids(thread_id=thread_id, item_id=item_id)
        with self._operation("load_item"):
            tenant, thread, item = self._tenant(context), key(thread_id), key(item_id)
            await self._ready()
            payload = await self._read_item(tenant, thread, item)
            if payload is None:
                raise NotFoundError(f"Item {item_id!r} not found in thread {thread_id!r}")
            return self._decode(_ITEM, payload, tenant, thread, item)

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: TContext
    ) -> Page[ThreadItem]:
        """A page of the thread's items by `created_at`; `"desc"` begins with the newest.

        The page of an unknown thread is empty.

        Raises:
            NotFoundError: `after` is no item of the thread, nor one that was deleted lately.
            ValueError: `limit` is less than 1, or `order` neither `"asc"` nor `"desc"`.
        """
        descending = _is_descending(order)
        _check_ids(thread_id=thread_id, after="" if after is None else after)
        with self._operation("load_thread_items"):
            size = self._page_size(limit)
            tenant, thread = self._tenant(context), key(thread_id)
            await self._ready()
            rows = await self._read_items(
                tenant, thread, _cursor(after), size + 1, descending=descending
            )
            if rows is None:
                raise _no_cursor(after)
            items = self._decode_all(_ITEM, rows[:size], tenant, thread)
        has_more = len(rows) > size
        return Page(data=items, has_more=has_more, after=items[-1].id if has_more else None)

    async def delete_thread_item(self, thread_id: str, item_id: str, context: TContext) -> None:
        """Delete the item; of an unknown one, nothing."""
        _check_ids(thread_id=thread_id, item_id=item_id)
        with self._operation("delete_thread_item"):
            tenant = self._tenant(context)
            await self._ready()
            await self._erase_item(tenant, key(thread_id), key(item_id), now())

    # --- Attachments ---

    async def save_attachment(self, attachment: Attachment, context: TContext) -> None:
        """Store the attachment's record, new or not, with its `metadata`.

        Raises:
            PayloadError: it would not come back equal.
        """
        thread_id = attachment.thread_id
        _check_ids(attachment_id=attachment.id, thread_id="" if thread_id is None else thread_id)
        with self._operation("save_attachment"):
            tenant, attachment_key = self._tenant(context), key(attachment.id)
            payload = self._encode(_ATTACHMENT, attachment, tenant, attachment_key)
            thread = None if thread_id is None else key(thread_id)
            await self._ready()
            await self._write_attachment(tenant, attachment_key, thread, now(), payload)

    async def load_attachment(self, attachment_id: str, context: TContext) -> Attachment:
        """The attachment's record.

        Raises:
            NotFoundError: the tenant has no such attachment.
        """
        _check_ids(attachment_id=attachment_id)
        with self._operation("load_attachment"):
            tenant, attachment = self._tenant(context), key(attachment_id)
            await self._ready()
            payload = await self._read_attachment(tenant, attachment)
            if payload is None:
                raise NotFoundError(f"Attachment {attachment_id!r} not found")
            return self._decode(_ATTACHMENT, payload, tenant, attachment)

    async def delete_attachment(self, attachment_id: str, context: TContext) -> None:
        """Delete the attachment's record; of an unknown one, nothing."""
        _check_ids(attachment_id=attachment_id)
        with self._operation("delete_attachment"):
            tenant = self._tenant(context)
            await self._ready()
            await self._erase_attachment(tenant, key(attachment_id))

    async def orphaned_attachments(
        self, context: TContext, *, older_than: timedelta = timedelta(days=1), limit: int = 1000
    ) -> list[Attachment]:
        """Attachments that no thread needs, for the clean-up of their blobs; oldest first.

        These are the attachments of deleted threads, and those that were first saved longer than
        `older_than` ago and never sent. Delete the blob, call `delete_attachment`, and ask again
        until the list is empty.

        Raises:
            ValueError: `limit` is less than 1.
        """
        _check_limit(limit)
        with self._operation("orphaned_attachments"):
            tenant = self._tenant(context)
            await self._ready()
            rows = await self._read_orphaned_attachments(tenant, _ago(older_than), limit)
            return self._decode_all(_ATTACHMENT, rows, tenant)

    # --- Retention, a person's rights ---

    async def purge(self, older_than: timedelta, *, threads: bool = False) -> int:
        """Forget deletions that are older, in all tenants; with `threads`, old conversations too.

        Until then a deleted thread's or item's id, without content, keeps late saves out and pages
        going. Run it daily, with days or more.

        Args:
            older_than: how long ago something was deleted.
            threads: delete also each thread that began, and whose last item was made, before that.

        Returns:
            How many threads were deleted and deletions forgotten.
        """
        before = _ago(older_than)
        count = 0
        with self._operation("purge"):
            await self._ready()
            while threads and (idle := await self._read_idle_threads(before, 1000)):
                for tenant, thread in idle:
                    await self._erase_thread(tenant, thread, now())
                count += len(idle)
            return count + await self._erase_tombstones(before)

    async def delete_tenant(self, context: TContext) -> None:
        """Delete everything of the context's tenant, the traces of deletions included.

        An answer that is streaming to the tenant meanwhile may write again: stop those first.
        """
        with self._operation("delete_tenant"):
            tenant = self._tenant(context)
            await self._ready()
            await self._erase_tenant(tenant)

    async def export_tenant(self, context: TContext) -> AsyncIterator[dict[str, Any]]:
        """Everything that is stored for the context's tenant, as objects that `json.dumps` takes.

        Yields `{"kind": "thread", "data": {...}}`, after each thread its items as `{"kind": "item",
        "thread_id": ..., "data": {...}}`, at last `{"kind": "attachment", ...}`. `data` is
        chatkit's JSON of the object. Reads page by page: what is written meanwhile may be missed.
        """
        tenant = self._tenant(context)
        after: str | None = None
        while rows := await self._exported(self._read_threads, tenant, after):
            for thread, payload in rows:
                data = from_json(self._plain(_THREAD, payload, tenant, thread))
                yield {"kind": "thread", "data": data}
                async for item in self._export_items(tenant, thread):
                    yield {"kind": "item", "thread_id": data["id"], "data": item}
            after = rows[-1][0]
        after = None
        while rows := await self._exported(self._read_attachments, tenant, after):
            for attachment, payload in rows:
                data = from_json(self._plain(_ATTACHMENT, payload, tenant, attachment))
                yield {"kind": "attachment", "data": data}
            after = rows[-1][0]

    # --- Chat helpers ---

    async def create_thread(self, title: str | None = None, *, context: Any = None) -> str:
        """Create a conversation and return its id."""
        thread = ThreadMetadata(
            id=self.generate_thread_id(context), created_at=datetime.now(timezone.utc), title=title
        )
        await self.save_thread(thread, context)
        return thread.id

    async def get_thread(self, thread_id: str, *, context: Any = None) -> dict[str, Any] | None:
        """The thread as JSON-able data, or None if there is none."""
        try:
            thread = await self.load_thread(thread_id, context)
        except NotFoundError:
            return None
        return thread.model_dump(mode="json")

    async def save_message(
        self, thread_id: str, content: str, sender_type: str, *, context: Any = None
    ) -> str:
        """Append a message and return its id.

        Args:
            thread_id: the conversation.
            content: the text.
            sender_type: `"user"` or `"agent"`.
            context: handed to `tenant`.

        Raises:
            NotFoundError: the tenant has no such thread.
            ValueError: `sender_type` is something else.
        """
        if sender_type not in ("user", "agent"):
            raise ValueError(f'sender_type must be "user" or "agent", not {sender_type!r}')
        thread = await self.load_thread(thread_id, context)
        item_id = self.generate_item_id("message", thread, context)
        created_at = datetime.now(timezone.utc)
        if sender_type == "user":
            item: ThreadItem = UserMessageItem(
                id=item_id,
                thread_id=thread_id,
                created_at=created_at,
                content=[UserMessageTextContent(text=content)],
                inference_options=InferenceOptions(),
            )
        else:
            item = AssistantMessageItem(
                id=item_id,
                thread_id=thread_id,
                created_at=created_at,
                content=[AssistantMessageContent(text=content)],
            )
        await self.add_thread_item(thread_id, item, context)
        return item_id

    async def get_thread_messages(self, thread_id: str, *, context: Any = None) -> list[dict[str, Any]]:
        """The messages of users and agents in the thread, oldest first; of an unknown thread, none.

        Each is `{"id", "thread_id", "content", "sender_type", "created_at"}`, with the texts of the
        message joined, `sender_type` as in `save_message`, and the time in ISO 8601.
        """
        messages: list[dict[str, Any]] = []
        after: str | None = None
        while True:
            page = await self.load_thread_items(thread_id, after, self._max_page_size, "asc", context)
            messages += [
                {
                    "id": item.id,
                    "thread_id": thread_id,
                    "content": "".join(part.text for part in item.content),
                    "sender_type": "user" if isinstance(item, UserMessageItem) else "agent",
                    "created_at": item.created_at.isoformat(),
                }
                for item in page.data
                if isinstance(item, (UserMessageItem, AssistantMessageItem))
            ]
            if not page.has_more:
                return messages
            after = page.after

    # --- What the methods above share ---

    def _operation(self, name: str) -> _Operation:
        return _Operation(self, name)

    async def _ready(self) -> None:
        if not self._is_open:
            await self.connect()

    def _tenant(self, context: TContext) -> str:
        try:
            tenant = self._tenant_of(context)
        except (LookupError, TypeError, AttributeError) as error:
            raise MissingTenantError(
                f"The context ({type(context).__name__}) has no tenant: the tenant function failed "
                f"with {type(error).__name__}. Pass the request's context; if the application has no "
                'tenants, make the store with tenant=single_tenant("app").'
            ) from error
        return _tenant_key(tenant)

    def _sort_key(self, moment: datetime) -> int:
        return sort_key(moment, self._time_zone)

    def _page_size(self, limit: int) -> int:
        _check_limit(limit)
        if limit <= self._max_page_size:
            return limit
        _log.warning(
            "A page of %d was cut to max_page_size=%d: follow has_more and after for the rest",
            limit,
            self._max_page_size,
        )
        return self._max_page_size

    def _encode(self, kind: _Kind[T], value: T, *row: str) -> str:
        payload = kind.dump(value).decode()
        if self._codec is None:
            return payload
        return self._codec.encode(payload, bound_to=_bound_to(kind, row))

    def _plain(self, kind: _Kind[Any], stored: str, *row: str) -> str:
        if self._codec is None:
            return stored
        try:
            return self._codec.decode(stored, bound_to=_bound_to(kind, row))
        except ValueError as error:
            raise _unreadable(kind, row, "the codec refuses it") from error

    def _decode(self, kind: _Kind[T], stored: str, *row: str) -> T:
        payload = stored if self._codec is None else self._plain(kind, stored, *row)
        try:
            return kind.adapter.validate_json(payload)
        except ValidationError as error:
            raise _unreadable(kind, row, _reasons(error)) from None  # its own text quotes the content

    def _decode_all(self, kind: _Kind[T], rows: Rows, *owner: str) -> list[T]:
        if self._codec is None:
            validate = kind.adapter.validate_json
            try:
                return [validate(payload) for _, payload in rows]
            except ValidationError:
                pass  # again, to say which
        return [self._decode(kind, payload, *owner, row) for row, payload in rows]

    async def _exported(
        self,
        read: Callable[..., Awaitable[Rows | None]],
        *arguments: str | None,
    ) -> Rows:
        with self._operation("export_tenant"):
            await self._ready()
            return await read(*arguments, self._max_page_size) or ()

    async def _export_items(self, tenant: str, thread: str) -> AsyncIterator[Any]:
        after: str | None = None
        while rows := await self._exported(self._read_items, tenant, thread, after):
            for item, payload in rows:
                yield from_json(self._plain(_ITEM, payload, tenant, thread, item))
            after = rows[-1][0]

    # --- The engine ---

    async def _open(self) -> None:
        """Make connections."""
        raise NotImplementedError

    async def _migrate(self) -> None:
        """Bring the schema to its newest version.

        Raises:
            SchemaTooNewError: it is newer than this engine's file.
        """
        raise NotImplementedError

    async def _shut(self) -> None:
        """Release every connection, also after a failed `_open`."""
        raise NotImplementedError

    def as_store_error(self, error: Exception, operation: str) -> StoreError:
        """What the caller sees of one of `driver_errors`."""
        raise NotImplementedError

    async def _read_thread(self, tenant: str, thread: str) -> str | None:
        """The thread's payload."""
        raise NotImplementedError

    async def _write_thread(self, tenant: str, thread: str, sort_key: int, payload: str) -> None:
        """Insert the thread, or replace its payload; nothing where there is a tombstone."""
        raise NotImplementedError

    async def _read_threads(
        self, tenant: str, after: str | None, limit: int, *, descending: bool = False
    ) -> Rows | None:
        """At most `limit` threads behind the one with the key `after`; None if that was never there."""
        raise NotImplementedError

    async def _erase_thread(self, tenant: str, thread: str, deleted_at: int) -> None:
        """Turn the thread into a tombstone, delete its items and their tombstones, atomically."""
        raise NotImplementedError

    async def _write_item(
        self, tenant: str, thread: str, item: str, sort_key: int, payload: str, *, fake: bool
    ) -> bool:
        """Insert the item, or replace its payload; False, and nothing done, where no such thread is.

        `fake` marks an item that came with `FAKE_ID`, for `_read_newest_fake_item`.
        """
        raise NotImplementedError

    async def _read_item(self, tenant: str, thread: str, item: str) -> str | None:
        """The item's payload."""
        raise NotImplementedError

    async def _read_items(
        self, tenant: str, thread: str, after: str | None, limit: int, *, descending: bool = False
    ) -> Rows | None:
        """At most `limit` items behind the one with the key `after`.

        None if that was never there; empty, whatever `after` is, if there is no such thread.
        """
        raise NotImplementedError

    async def _read_newest_fake_item(self, tenant: str, thread: str) -> tuple[str, str] | None:
        """Key and payload of the last item, in the order of pages, that was written with `fake`."""
        raise NotImplementedError

    async def _erase_item(self, tenant: str, thread: str, item: str, deleted_at: int) -> None:
        """Turn the item into a tombstone (a newer one replaces an older), atomically."""
        raise NotImplementedError

    async def _write_attachment(
        self, tenant: str, attachment: str, thread: str | None, saved_at: int, payload: str
    ) -> None:
        """Insert the attachment, or replace its thread and payload; `saved_at` stays the first."""
        raise NotImplementedError

    async def _read_attachment(self, tenant: str, attachment: str) -> str | None:
        """The attachment's payload."""
        raise NotImplementedError

    async def _read_attachments(self, tenant: str, after: str | None, limit: int) -> Rows:
        """At most `limit` attachments with keys greater than `after`, by key."""
        raise NotImplementedError

    async def _read_orphaned_attachments(self, tenant: str, before: int, limit: int) -> Rows:
        """At most `limit` attachments whose thread is not there, or with none and saved before.

        Oldest first.
        """
        raise NotImplementedError

    async def _erase_attachment(self, tenant: str, attachment: str) -> None:
        """Delete the attachment."""
        raise NotImplementedError

    async def _read_idle_threads(self, before: int, limit: int) -> Sequence[tuple[str, str]]:
        """Tenant and key of threads that, with all their items, have sort keys less than `before`."""
        raise NotImplementedError

    async def _erase_tombstones(self, before: int) -> int:
        """Delete the tombstones of all tenants with a `deleted_at` less than `before`; how many."""
        raise NotImplementedError

    async def _erase_tenant(self, tenant: str) -> None:
        """Delete every row and tombstone of the tenant."""
        raise NotImplementedError


def _tenant_key(tenant: object) -> str:
    if isinstance(tenant, str) and tenant:
        return key(tenant)
    returned = "an empty one" if tenant == "" else type(tenant).__name__
    raise MissingTenantError(
        f"The store's tenant function must return a str that is not empty, and returned {returned}."
    )


def _bound_to(kind: _Kind[Any], row: tuple[str, ...]) -> bytes:
    return json.dumps([kind.name, *row]).encode()


def _unreadable(kind: _Kind[Any], row: tuple[str, ...], why: str) -> UnreadablePayloadError:
    return UnreadablePayloadError(
        f"The stored {kind.name} {row[-1]!r} does not load: {why}. Another codec, key or release of "
        "chatkit may have written it; while it is there, pages that hold it fail."
    )


def _cursor(after: str | None) -> str | None:
    return None if after is None else key(after)


def _no_thread(thread_id: str) -> NotFoundError:
    return NotFoundError(f"Thread {thread_id!r} not found")


def _no_cursor(after: str | None) -> NotFoundError:
    return NotFoundError(f"Cursor {after!r} not found: pass the `after` of the page before")


def _check_limit(limit: object) -> None:
    if isinstance(limit, bool) or not isinstance(limit, int):
        raise TypeError(f"limit must be an int, not {type(limit).__name__}")
    if limit < 1:
        raise ValueError(f"limit must be at least 1, not {limit}")


def _is_descending(order: str) -> bool:
    if order not in ("asc", "desc"):
        raise ValueError(f'order must be "asc" or "desc", not {order!r}')
    return order == "desc"


def _ago(age: object) -> int:
    if not isinstance(age, timedelta):
        raise TypeError(f"older_than must be a timedelta, not {type(age).__name__}")
    return now() - age // timedelta(microseconds=1)
