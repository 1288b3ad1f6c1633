"""Threads in MongoDB, for an application on many machines, by PyMongo's own asyncio client or Motor's.

No transaction spans documents here, and none is needed. The document of a thread is the gate of its
items: deleting the thread turns that one document into a tombstone, writing an item begins by counting
it there, and whoever reads items asks it last. What a write in flight leaves behind a closed gate is
seen by nobody, and goes with `purge`.

A thread whose id is used again, once its tombstone was purged, begins a new life: items carry the
`generation` of the life that they belong to, a number that grows with each thread of the tenant.

Every `_id` begins with the tenant, and every statement about a tenant names it: docs/engines/mongodb.md
says what that means for sharding. Ids are text inside documents whose fields are named here, so that
none is ever read as an operator.
"""

from __future__ import annotations

import logging
import time
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, Final, ParamSpec, TypeVar, cast

from reference_stores.shared import (
    BaseStore,
    Calls,
    MissingDriverError,
    PayloadError,
    SchemaTooNewError,
    StoreError,
    StoreUnavailable,
    TContext,
    now,
)

try:
    import pymongo
    from bson.codec_options import CodecOptions
    from bson.errors import BSONError
    from pymongo import (
        ASCENDING,
        DESCENDING,
        AsyncMongoClient,
        DeleteMany,
        IndexModel,
        ReturnDocument,
    )
    from pymongo.errors import (
        AutoReconnect,
        DocumentTooLarge,
        DuplicateKeyError,
        OperationFailure,
        PyMongoError,
        WaitQueueTimeoutError,
    )
    from pymongo.read_concern import ReadConcern
    from pymongo.read_preferences import ReadPreference
    from pymongo.write_concern import WriteConcern
except ImportError as error:
    raise MissingDriverError("pymongo", extra="mongodb") from error

try:
    from tenacity import (
        AsyncRetrying,
        retry_if_exception,
        stop_after_delay,
        wait_random_exponential,
    )
except ImportError as error:
    raise MissingDriverError("tenacity", extra="mongodb") from error

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import tzinfo
    from types import CoroutineType

    from motor.motor_asyncio import AsyncIOMotorClient
    from pymongo.asynchronous.collection import AsyncCollection
    from pymongo.asynchronous.database import AsyncDatabase

    from reference_stores.shared import Codec, Rows

T = TypeVar("T")
P = ParamSpec("P")
_Document = dict[str, Any]

_log: Final = logging.getLogger("reference_stores")

_LARGEST_PAYLOAD: Final = 16 * 1024 * 1024 - 16 * 1024
"""Bytes: what MongoDB takes in one document, less what there is beside the payload."""
_BATCH: Final = 1000
"""How many documents a sweep takes at once, so that each of its commands ends soon."""

_CODE_TOO_LARGE: Final = frozenset({10334, 17419, 17420})
_CODES_OF_THE_MOMENT: Final = frozenset(
    {
        6,  # HostUnreachable
        7,  # HostNotFound
        43,  # CursorNotFound: the server began anew between two batches of a page
        50,  # MaxTimeMSExpired
        64,  # WriteConcernTimeout
        89,  # NetworkTimeout
        91,  # ShutdownInProgress
        112,  # WriteConflict
        134,  # ReadConcernMajorityNotAvailableYet
        189,  # PrimarySteppedDown
        262,  # ExceededTimeLimit
        9001,  # SocketException
        10107,  # NotWritablePrimary
        11600,  # InterruptedAtShutdown
        11602,  # InterruptedDueToReplStateChange
        13388,  # StaleConfig
        13435,  # NotPrimaryNoSecondaryOk
        13436,  # NotPrimaryOrSecondary
    }
)


async def _make_indexes(database: AsyncDatabase[_Document]) -> None:
    tombstones = IndexModel([("deleted_at", ASCENDING)], name="tombstones", sparse=True)
    # Equality on all but the last field, and a range of the last: a page is one range of the index.
    await database["chatkit_threads"].create_indexes(
        [
            IndexModel([("_id.tenant", 1), ("live", 1), ("position", 1)], name="pages"),
            IndexModel([("newest", ASCENDING)], name="idle", sparse=True),
            tombstones,
        ]
    )
    await database["chatkit_items"].create_indexes(
        [
            IndexModel(
                [("_id.tenant", 1), ("_id.thread", 1), ("live", 1), ("position", 1)], name="pages"
            ),
            # Sparse: with nothing in it for items that have no such field.
            IndexModel(
                [("fake.tenant", 1), ("fake.thread", 1), ("fake.position", 1)],
                name="fake",
                sparse=True,
            ),
            tombstones,
        ]
    )
    await database["chatkit_attachments"].create_indexes(
        [
            IndexModel([("_id.tenant", 1), ("position", 1)], name="age"),
            IndexModel([("_id.tenant", 1), ("_id.attachment", 1)], name="keys"),
        ]
    )


# Append to it, and never change what was released: a database remembers how many of these it has seen.
# Each must be repeatable, also by many processes at once.
MIGRATIONS: Final[tuple[Callable[[AsyncDatabase[_Document]], Awaitable[None]], ...]] = (_make_indexes,)


def _in_bounded_time(
    method: Callable[Concatenate[MongoDBStore[Any], P], Awaitable[T]],
) -> Callable[Concatenate[Any, P], CoroutineType[Any, Any, T]]:
    """Let the method end within the timeout, and repeat it until then on errors that may pass."""

    @wraps(method)
    async def bounded(self: MongoDBStore[Any], *arguments: P.args, **options: P.kwargs) -> T:
        return await self.in_bounded_time(partial(method, self, *arguments, **options))

    return bounded


class MongoDBStore(BaseStore[TContext]):
    """A store in a MongoDB database. What is not said here is said at `BaseStore`.

    Writes are acknowledged by the majority of a replica set, with their journals, and reads are of what
    the majority has, whatever the client's own defaults are.

    Args:
        client: a `mongodb://` or `mongodb+srv://` URL, in which the options of the driver are given
            (`?maxPoolSize=50&tls=true`); or the application's own `pymongo.AsyncMongoClient` or
            `motor.motor_asyncio.AsyncIOMotorClient`, which `close()` leaves open. (If its server is no
            replica set, it should have `retryWrites=False`.)
        database: its name; None is the one that the URL names, or else "chatkit".
        timeout: seconds until an operation, with all its retries, ends with `StoreUnavailable`.
        attempt_timeout: seconds after which a connection that does not answer is given up, and the
            operation repeated on another. With a URL also the driver's `connectTimeoutMS`, unless the
            URL has it: with its own, a silent connection that watches the server stops all for 20 s.
    """

    engine: ClassVar[str] = "mongodb"
    driver_errors: ClassVar[tuple[type[Exception], ...]] = (PyMongoError, BSONError)

    def __init__(
        self,
        client: str | AsyncMongoClient[Any] | AsyncIOMotorClient[Any],
        *,
        tenant: Callable[[TContext], str],
        codec: Codec | None = None,
        max_page_size: int = 1000,
        time_zone: tzinfo | None = None,
        database: str | None = None,
        timeout: float = 10.0,
        attempt_timeout: float = 5.0,
    ) -> None:
        super().__init__(tenant=tenant, codec=codec, max_page_size=max_page_size, time_zone=time_zone)
        if not isinstance(client, (str, AsyncMongoClient)) and not _is_motor(client):
            raise TypeError(
                "client must be a URL, a pymongo.AsyncMongoClient or an AsyncIOMotorClient, not "
                f"{type(client).__name__}"
            )
        for name, seconds in (("timeout", timeout), ("attempt_timeout", attempt_timeout)):
            if seconds <= 0:
                raise ValueError(f"{name} must be more than 0, not {seconds}")
        self._given = client
        self._database_name = database
        self._timeout = timeout
        self._attempt_timeout = attempt_timeout
        self._own_client: AsyncMongoClient[_Document] | None = None
        self._calls = Calls()
        self._database: AsyncDatabase[_Document]
        self._threads: AsyncCollection[_Document]
        self._items: AsyncCollection[_Document]
        self._attachments: AsyncCollection[_Document]
        self._tenants: AsyncCollection[_Document]
        self._schema: AsyncCollection[_Document]

    # --- Life cycle ---

    async def _open(self) -> None:
        if isinstance(self._given, str):
            # Without `retryWrites`, for `in_bounded_time` repeats. DocumentDB refuses it, and where
            # there is no replica set the driver (4.20) empties its pool with each repetition.
            options: dict[str, Any] = {"retryWrites": False}
            if "connecttimeoutms=" not in self._given.lower():
                options["connectTimeoutMS"] = int(self._attempt_timeout * 1000)
            client = self._own_client = AsyncMongoClient[_Document](self._given, **options)
        else:  # Motor's client has the same methods
            client = cast("AsyncMongoClient[_Document]", self._given)
        name = self._database_name or client.get_default_database("chatkit").name
        self._database = database = client.get_database(
            name,
            codec_options=CodecOptions[_Document](),
            read_preference=ReadPreference.PRIMARY,
            write_concern=WriteConcern("majority", j=True),
            read_concern=ReadConcern("majority"),
        )
        self._threads = database["chatkit_threads"]
        self._items = database["chatkit_items"]
        self._attachments = database["chatkit_attachments"]
        self._tenants = database["chatkit_tenants"]
        self._schema = database["chatkit_schema"]
        await self._greet()

    @_in_bounded_time
    async def _greet(self) -> None:
        server = await self._database.command("hello")
        if "setName" not in server and server.get("msg") != "isdbgrid":
            _log.info("This MongoDB is no replica set: what it acknowledges is on one machine only")

    async def _shut(self) -> None:
        await self._calls.end()
        client, self._own_client = self._own_client, None
        if client is not None:
            with pymongo.timeout(self._timeout):
                await client.close()

    @_in_bounded_time
    async def _migrate(self) -> None:
        known = await self._schema.find_one({"_id": "version"})
        version = known["number"] if known else 0
        newest = len(MIGRATIONS)
        if version > newest:
            raise SchemaTooNewError(
                f"The database {self._database.name} has the schema {version}, and this release knows "
                f"those up to {newest}: update chatkit-store-creator, or the copied mongodb.py."
            )
        if version == newest:
            return
        for migrate in MIGRATIONS[version:]:
            await migrate(self._database)
        await self._schema.update_one({"_id": "version"}, {"$max": {"number": newest}}, upsert=True)

    def as_store_error(self, error: Exception, operation: str) -> StoreError:
        reason = f"MongoDB failed in {operation}: {_said_by(error)}"
        if isinstance(error, DocumentTooLarge) or _code(error) in _CODE_TOO_LARGE:
            return PayloadError(f"Not written: {_said_by(error)}")
        if _may_pass(error) or (isinstance(error, PyMongoError) and error.timeout):
            return StoreUnavailable(reason)
        return StoreError(reason)

    async def in_bounded_time(
        self, work: Callable[[], Awaitable[T]], expires: float | None = None
    ) -> T:
        """The result of `work`, which is repeated on errors that may pass until the timeout.

        `expires` is an earlier end, as `time.monotonic` counts.
        """
        seconds = self._timeout if expires is None else max(expires - time.monotonic(), 0.001)

        async def attempt() -> T:
            with pymongo.timeout(self._attempt_timeout):
                return await work()

        with self._calls, pymongo.timeout(seconds):
            return await AsyncRetrying(
                retry=retry_if_exception(_may_pass),
                wait=wait_random_exponential(multiplier=0.02, max=1),
                stop=stop_after_delay(seconds),
                reraise=True,
            )(attempt)

    async def _sweep(
        self,
        collection: AsyncCollection[_Document],
        filter: _Document,  # noqa: A002 - MongoDB's word
        expires: float | None = None,
    ) -> int:
        """Delete all that the filter finds, however much it is; how many.

        Each batch has the timeout for itself, unless all end at `expires`.
        """

        async def sweep_some() -> tuple[int, bool]:
            found = await _find(collection, filter, {"_id": 1}, limit=_BATCH)
            ids = [document["_id"] for document in found]
            if not ids:
                return 0, False
            deleted = await collection.delete_many({**filter, "_id": {"$in": ids}})
            return deleted.deleted_count, len(ids) == _BATCH

        count, more = await self.in_bounded_time(sweep_some, expires)
        while more:
            swept, more = await self.in_bounded_time(sweep_some, expires)
            count += swept
        return count

    # --- Threads ---

    @_in_bounded_time
    async def _read_thread(self, tenant: str, thread: str) -> str | None:
        found = await self._threads.find_one({"_id": _thread_id(tenant, thread), "live": True})
        return found["payload"] if found else None

    @_in_bounded_time
    async def _write_thread(self, tenant: str, thread: str, sort_key: int, payload: str) -> None:
        _check_size(payload)
        living = {"_id": _thread_id(tenant, thread), "live": True}
        change = {"$set": {"payload": payload}}
        if (await self._threads.update_one(living, change)).matched_count:
            return
        sequence = await self._next_sequence(tenant)
        new = {
            **living,
            "generation": sequence,
            "position": _position(sort_key, sequence),
            "newest": sort_key,
            "items": 0,
            "payload": payload,
        }
        try:
            await self._threads.insert_one(new)
        except DuplicateKeyError:  # it was deleted, or another call was faster
            await self._threads.update_one(living, change)

    async def _next_sequence(self, tenant: str) -> int:
        """A number for a new thread, greater than all before, also those before `delete_tenant`."""
        counted = await self._tenants.find_one_and_update(
            {"_id": tenant}, {"$inc": {"threads": 1}}, return_document=ReturnDocument.AFTER
        )
        if counted is not None:
            return counted["threads"]
        first = now()
        await self._tenants.insert_one({"_id": tenant, "threads": first})
        return first

    @_in_bounded_time
    async def _read_threads(
        self, tenant: str, after: str | None, limit: int, *, descending: bool = False
    ) -> Rows | None:
        page: _Document = {"_id.tenant": tenant, "live": True}
        if after is not None:
            cursor = await self._threads.find_one({"_id": _thread_id(tenant, after)}, {"position": 1})
            if cursor is None:
                return None
            page["position"] = _beyond(cursor, descending)
        sort = "position", _direction(descending)
        rows = await _find(self._threads, page, {"payload": 1}, sort=sort, limit=limit)
        return [(row["_id"]["thread"], row["payload"]) for row in rows]

    async def _erase_thread(self, tenant: str, thread: str, deleted_at: int) -> None:
        expires = time.monotonic() + self._timeout
        close_gate = partial(self._close_gate, tenant, thread, deleted_at)
        life = await self.in_bounded_time(close_gate, expires)
        if life is not None:
            await self._sweep(self._items, _items_of(life), expires)

    async def _close_gate(self, tenant: str, thread: str, deleted_at: int) -> _Document | None:
        """The thread's tombstone, which it may have been before."""
        erased = {
            "$set": {"live": False, "deleted_at": deleted_at},
            "$unset": {"payload": "", "newest": ""},
        }
        identity = {"_id": _thread_id(tenant, thread)}
        tombstone = await self._threads.find_one_and_update(
            {**identity, "live": True}, erased, return_document=ReturnDocument.AFTER
        )
        if tombstone is not None:
            return tombstone
        return await self._threads.find_one({**identity, "live": False})

    # --- Items ---

    @_in_bounded_time
    async def _write_item(
        self, tenant: str, thread: str, item: str, sort_key: int, payload: str, *, fake: bool
    ) -> bool:
        _check_size(payload)
        gate = await self._threads.find_one_and_update(
            {"_id": _thread_id(tenant, thread), "live": True},
            {"$inc": {"items": 1}, "$max": {"newest": sort_key}},
            return_document=ReturnDocument.AFTER,
        )
        if gate is None:
            return False
        generation = gate["generation"]
        identity = {"_id": _item_id(tenant, thread, item)}
        living = {**identity, "generation": generation, "live": True}
        new = {**living, "position": _position(sort_key, gate["items"]), "payload": payload}
        if fake:
            new["fake"] = {"tenant": tenant, "thread": thread, "position": new["position"]}
        try:
            await self._items.insert_one(new)
        except DuplicateKeyError:
            if (await self._items.update_one(living, {"$set": {"payload": payload}})).matched_count:
                return True
            # What is there is the item's tombstone, or of an earlier life of the thread. (Or of a later
            # one: however late this call is, it must not touch that.)
            past = [{"generation": generation, "live": False}, {"generation": {"$lt": generation}}]
            if not (await self._items.replace_one({**identity, "$or": past}, new)).matched_count:
                raise  # another call was faster: again
        return True

    @_in_bounded_time
    async def _read_item(self, tenant: str, thread: str, item: str) -> str | None:
        sought = {"_id": _item_id(tenant, thread, item), "live": True}

        async def read(life: _Document) -> list[_Document]:
            return await _find(self._items, {**sought, **life}, limit=1)

        found = await self._of_present_life(tenant, thread, read)
        return found[0]["payload"] if found else None

    @_in_bounded_time
    async def _read_items(
        self, tenant: str, thread: str, after: str | None, limit: int, *, descending: bool = False
    ) -> Rows | None:
        async def read(life: _Document) -> list[_Document]:
            page = {"_id.tenant": tenant, "_id.thread": thread, "live": True, **life}
            cursor: list[_Document] = []
            if after is not None:
                known = {"_id": _item_id(tenant, thread, after), **life}
                cursor = await _find(self._items, known, {"position": 1, "generation": 1}, limit=1)
                if not cursor:
                    return []
                page["position"] = _beyond(cursor[0], descending)
            fields = {"payload": 1, "generation": 1}
            sort = "position", _direction(descending)
            return cursor + await _find(self._items, page, fields, sort=sort, limit=limit)

        found = await self._of_present_life(tenant, thread, read)
        if found is None:
            return ()
        if after is not None:
            if not found:
                return None
            del found[0]
        return [(row["_id"]["item"], row["payload"]) for row in found]

    @_in_bounded_time
    async def _read_newest_fake_item(self, tenant: str, thread: str) -> tuple[str, str] | None:
        fakes = {
            "_id.tenant": tenant,
            "_id.thread": thread,
            "fake.tenant": tenant,
            "fake.thread": thread,
        }

        async def read(life: _Document) -> list[_Document]:
            sort = "fake.position", DESCENDING
            return await _find(self._items, {**fakes, **life}, sort=sort, limit=1)

        found = await self._of_present_life(tenant, thread, read)
        return (found[0]["_id"]["item"], found[0]["payload"]) if found else None

    async def _of_present_life(
        self, tenant: str, thread: str, read: Callable[[_Document], Awaitable[list[_Document]]]
    ) -> list[_Document] | None:
        """The items that `read` finds, given the thread lived after it found them; None if not.

        `read` is called with a further condition where it found leftovers of an earlier life.
        """
        life: _Document = {}
        while True:
            found = await read(life)
            gate = await self._threads.find_one(
                {"_id": _thread_id(tenant, thread), "live": True}, {"generation": 1}
            )
            if gate is None:
                return None
            if all(item["generation"] == gate["generation"] for item in found):
                return found
            life = {"generation": gate["generation"]}

    @_in_bounded_time
    async def _erase_item(self, tenant: str, thread: str, item: str, deleted_at: int) -> None:
        await self._items.update_one(
            {"_id": _item_id(tenant, thread, item), "live": True},
            {"$set": {"live": False, "deleted_at": deleted_at}, "$unset": {"payload": "", "fake": ""}},
        )

    # --- Attachments ---

    @_in_bounded_time
    async def _write_attachment(
        self, tenant: str, attachment: str, thread: str | None, saved_at: int, payload: str
    ) -> None:
        _check_size(payload)
        await self._attachments.update_one(
            {"_id": _attachment_id(tenant, attachment)},
            {
                "$set": {"thread": thread, "payload": payload},
                "$setOnInsert": {"position": _sortable(saved_at) + attachment},
            },
            upsert=True,
        )

    @_in_bounded_time
    async def _read_attachment(self, tenant: str, attachment: str) -> str | None:
        found = await self._attachments.find_one({"_id": _attachment_id(tenant, attachment)})
        return found["payload"] if found else None

    @_in_bounded_time
    async def _read_attachments(self, tenant: str, after: str | None, limit: int) -> Rows:
        page: _Document = {"_id.tenant": tenant}
        if after is not None:
            page["_id.attachment"] = {"$gt": after}
        sort = "_id.attachment", ASCENDING
        rows = await _find(self._attachments, page, {"payload": 1}, sort=sort, limit=limit)
        return [(row["_id"]["attachment"], row["payload"]) for row in rows]

    async def _read_orphaned_attachments(self, tenant: str, before: int, limit: int) -> Rows:
        orphans: list[tuple[str, str]] = []
        position = ""
        while len(orphans) < limit:
            found, position = await self._read_some_orphans(tenant, before, position)
            orphans += found
            if not position:
                break
        return orphans[:limit]

    @_in_bounded_time
    async def _read_some_orphans(
        self, tenant: str, before: int, position: str
    ) -> tuple[list[tuple[str, str]], str]:
        """The orphans of a batch of attachments; and where it ends, empty if it was the last."""
        page = {"_id.tenant": tenant, "position": {"$gt": position}}
        batch = await _find(self._attachments, page, sort=("position", ASCENDING), limit=_BATCH)
        owners = {row["thread"] for row in batch} - {None}
        ids = [_thread_id(tenant, owner) for owner in owners]
        living = await _find(self._threads, {"_id": {"$in": ids}, "live": True}, {"_id": 1})
        alive = {row["_id"]["thread"] for row in living}
        orphans = [
            (row["_id"]["attachment"], row["payload"])
            for row in batch
            if (
                row["position"] < _sortable(before)
                if row["thread"] is None
                else row["thread"] not in alive
            )
        ]
        return orphans, batch[-1]["position"] if len(batch) == _BATCH else ""

    @_in_bounded_time
    async def _erase_attachment(self, tenant: str, attachment: str) -> None:
        await self._attachments.delete_one({"_id": _attachment_id(tenant, attachment)})

    # --- Retention ---

    @_in_bounded_time
    async def _read_idle_threads(self, before: int, limit: int) -> Sequence[tuple[str, str]]:
        idle = {"newest": {"$lt": before}, "live": True}
        found = await _find(self._threads, idle, {"_id": 1}, limit=limit)
        return [(row["_id"]["tenant"], row["_id"]["thread"]) for row in found]

    async def _erase_tombstones(self, before: int) -> int:
        old = {"deleted_at": {"$lt": before}, "live": False}
        count = await self._sweep(self._items, old)
        while erased := await self._erase_some_threads(old):
            count += erased
        return count

    @_in_bounded_time
    async def _erase_some_threads(self, old: _Document) -> int:
        """Delete tombstones of threads, and before them what their items' writers left behind."""
        tombstones = await _find(self._threads, old, limit=_BATCH)
        if not tombstones:
            return 0
        leftovers = [DeleteMany(_items_of(tombstone)) for tombstone in tombstones]
        await self._items.bulk_write(leftovers, ordered=False)
        ids = [tombstone["_id"] for tombstone in tombstones]
        return (await self._threads.delete_many({**old, "_id": {"$in": ids}})).deleted_count

    async def _erase_tenant(self, tenant: str) -> None:
        for collection in (self._threads, self._items, self._attachments):
            await self._sweep(collection, {"_id.tenant": tenant})
        await self._sweep(self._tenants, {"_id": tenant})


async def _find(
    collection: AsyncCollection[_Document],
    filter: _Document,  # noqa: A002 - MongoDB's word
    fields: _Document | None = None,
    *,
    sort: tuple[str, int] | None = None,
    limit: int = 0,
) -> list[_Document]:
    found = collection.find(filter, fields, sort=sort and [sort], limit=limit)
    return await found.to_list(None)  # Motor wants the argument


def _is_motor(client: object) -> bool:
    """Whether it is Motor's client, found without importing Motor."""
    return any(
        base.__module__.partition(".")[0] == "motor" and base.__name__.endswith("MotorClient")
        for base in type(client).__mro__
    )


def _thread_id(tenant: str, thread: str) -> _Document:
    return {"tenant": tenant, "thread": thread}


def _item_id(tenant: str, thread: str, item: str) -> _Document:
    return {"tenant": tenant, "thread": thread, "item": item}


def _attachment_id(tenant: str, attachment: str) -> _Document:
    return {"tenant": tenant, "attachment": attachment}


def _items_of(tombstone: _Document) -> _Document:
    """What a thread has left, of its lives up to this one."""
    return {
        "_id.tenant": tombstone["_id"]["tenant"],
        "_id.thread": tombstone["_id"]["thread"],
        "generation": {"$lte": tombstone["generation"]},
    }


def _sortable(number: int) -> str:
    """A number of 64 bits as text that sorts as it does."""
    return f"{number + 2**63:016x}"


def _position(sort_key: int, sequence: int) -> str:
    """The place in the order of pages, in one field: a page is then one range, without an `$or`."""
    return _sortable(sort_key) + f"{sequence:016x}"


def _beyond(cursor: _Document, descending: bool) -> _Document:
    return {"$lt" if descending else "$gt": cursor["position"]}


def _direction(descending: bool) -> int:
    return DESCENDING if descending else ASCENDING


def _check_size(payload: str) -> None:
    if len(payload) * 4 <= _LARGEST_PAYLOAD or len(payload.encode()) <= _LARGEST_PAYLOAD:
        return
    raise PayloadError(
        f"Not written: {len(payload.encode()):,} bytes, and a document of MongoDB holds 16 MB. Keep "
        "large content elsewhere, and its address here."
    )


def _code(error: Exception) -> int | None:
    return error.code if isinstance(error, OperationFailure) else None


def _may_pass(error: BaseException) -> bool:
    """Whether it is the moment's fault, so that the same call may succeed."""
    if isinstance(error, OperationFailure):
        return (
            isinstance(error, DuplicateKeyError)  # of what another call has inserted meanwhile
            or error.code in _CODES_OF_THE_MOMENT
            or error.has_error_label("RetryableWriteError")
        )
    # Also that no connection was free in time: silent ones held them, and are given up by now.
    return isinstance(error, (AutoReconnect, WaitQueueTimeoutError))


def _said_by(error: Exception) -> str:
    """The error's message, without the content that a server's details may quote."""
    if isinstance(error, OperationFailure) and error.details:
        return f"{error.details.get('errmsg', type(error).__name__)} (code {error.code})"
    return str(error)
