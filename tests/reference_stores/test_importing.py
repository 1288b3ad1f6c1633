"""`store-import`, from each kind of source, into a store in a file; broken off, and run again."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, cast

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - it ships none
import pytest
from chatkit.store import NotFoundError
from chatkit.types import FileAttachment, ThreadMetadata

from reference_stores.importing import cli, copying, sources
from reference_stores.importing.records import Attached, Conversation
from reference_stores.memory import MemoryStore
from reference_stores.shared import FAKE_ID
from reference_stores.sqlite import SQLiteStore
from tests.reference_stores.samples import question, tenant

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from reference_stores.importing.records import Record
    from tests.servers import Server

START = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
STORES = """
from chatkit.store import NotFoundError
from reference_stores.memory import MemoryStore
from reference_stores.sqlite import SQLiteStore


def new():
    return SQLiteStore("new.db", tenant=lambda context: context["user_id"])


def old():
    return SQLiteStore("old_store.db", tenant=lambda context: context["user_id"])


def users():
    return [{"user_id": "alice"}, {"user_id": "bob"}]


def broken():
    raise RuntimeError("no database")
"""
NEW = "import_stores:new"
Run = Any


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a module of stores."""
    (tmp_path / "import_stores.py").write_text(STORES)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    sys.modules.pop("import_stores", None)
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, Any]]:
    """Runs the command, in a loop of its own."""

    def call(*arguments: str) -> tuple[int, Any]:
        try:
            code = cli.main(arguments)
        except SystemExit as stop:
            code = int(stop.code or 0)
        out, err = capsys.readouterr()
        return code, json.loads(out) if "json" in arguments and out else out + err

    return call


def thread(number: int) -> ThreadMetadata:
    return ThreadMetadata(
        id=f"thr_{number}", created_at=START + timedelta(minutes=number // 2), title=f"Thread {number}"
    )


def said(number: int, of: int, **changes: Any) -> Any:
    """A message; every three of a thread are of the same moment."""
    item = question(f"msg_{of}_{number}", f"Message {number}", thread_id=f"thr_{of}")
    return item.model_copy(update={"created_at": START + timedelta(seconds=number // 3), **changes})


def sample_database(path: Path, *, wrapped: bool) -> None:
    """The tables of openai-chatkit's samples: two users, five threads, seven items each."""
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE threads (id TEXT, user_id TEXT, created_at TEXT, data TEXT)")
        db.execute(
            "CREATE TABLE items (id TEXT, thread_id TEXT, user_id TEXT, created_at TEXT, data TEXT)"
        )
        db.execute("CREATE TABLE files (id TEXT, user_id TEXT, data TEXT)")
        for number in range(5):
            one, user = thread(number), "alice" if number % 2 else "bob"
            data = _stored("thread", one, wrapped)
            db.execute(
                "INSERT INTO threads VALUES (?, ?, ?, ?)",
                (one.id, user, one.created_at.isoformat(), data),
            )
            for place in range(7):
                item = said(place, number)
                row = (
                    item.id,
                    one.id,
                    user,
                    item.created_at.isoformat(),
                    _stored("item", item, wrapped),
                )
                db.execute("INSERT INTO items VALUES (?, ?, ?, ?, ?)", row)
        kept = FileAttachment(id="atc_1", name="a.txt", mime_type="text/plain", metadata={"key": "k"})
        db.execute(
            "INSERT INTO files VALUES (?, ?, ?)",
            (kept.id, "alice", _stored("attachment", kept, wrapped)),
        )
    db.close()


def _stored(kind: str, value: Any, wrapped: bool) -> str:
    data = value.model_dump(mode="json")
    if kind == "attachment":
        data["metadata"] = value.metadata
    return json.dumps({kind: data} if wrapped else data)


async def everything(store: Any, context: Any) -> list[Any]:
    return [line async for line in store.export_tenant(context)]


async def exported(path: Path) -> dict[str, list[Any]]:
    async with SQLiteStore(path, tenant=tenant) as store:
        return {user: await everything(store, {"user_id": user}) for user in ("alice", "bob")}


def loop(awaitable: Any) -> Any:
    import asyncio

    return asyncio.run(awaitable)


# --- Tables ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrapped", [True, False], ids=["test store", "guide"])
def test_sample_tables_come_over_with_ids_order_and_times(
    folder: Path, run: Run, wrapped: bool
) -> None:
    sample_database(folder / "old.db", wrapped=wrapped)
    code, report = run("tables", "old.db", "--into", NEW, "--format", "json")
    assert code == 0, report
    assert (report["threads"], report["items"], report["attachments"], report["new"]) == (5, 35, 1, 41)
    there = loop(exported(folder / "new.db"))
    ids = [line["data"]["id"] for line in there["bob"]]
    assert ids == [x for t in (0, 2, 4) for x in (f"thr_{t}", *(f"msg_{t}_{n}" for n in range(7)))]
    assert there["alice"][-1]["data"]["id"] == "atc_1"
    times = [line["data"]["created_at"] for line in there["bob"][:2]]
    assert [datetime.fromisoformat(t.replace("Z", "+00:00")) for t in times] == [START, START]


def test_run_again_it_moves_what_is_new_and_touches_nothing_else(folder: Path, run: Run) -> None:
    sample_database(folder / "old.db", wrapped=False)
    arguments = ("tables", "old.db", "--into", NEW, "--format", "json")
    assert run(*arguments)[0] == 0

    async def change() -> None:
        async with SQLiteStore(folder / "new.db", tenant=tenant) as store:
            context = {"user_id": "bob"}
            await store.save_thread(thread(0).model_copy(update={"title": "Renamed"}), context)
            await store.delete_thread("thr_2", context)

    loop(change())
    with sqlite3.connect(folder / "old.db") as db:
        item = said(7, 4)
        row = (item.id, "thr_4", "bob", item.created_at.isoformat(), item.model_dump_json())
        db.execute("INSERT INTO items VALUES (?, ?, ?, ?, ?)", row)
    db.close()
    code, report = run(*arguments)
    assert code == 1
    assert report["new"] == 1
    assert report["kept"] == ["thread thr_0"]
    assert report["problems"] == [{"where": "thread thr_2", "why": "deleted there, and stays so"}]
    there = loop(exported(folder / "new.db"))["bob"]
    assert there[0]["data"]["title"] == "Renamed"
    assert there[-1]["data"]["id"] == "msg_4_7"


def test_what_cannot_be_read_is_named_and_the_rest_moves(folder: Path, run: Run) -> None:
    sample_database(folder / "old.db", wrapped=False)
    with sqlite3.connect(folder / "old.db") as db:
        db.execute("UPDATE items SET data = '{\"type\": \"riddle\"}' WHERE id = 'msg_0_3'")
        db.execute("UPDATE threads SET data = 'secret' WHERE id = 'thr_1'")
        db.execute("DELETE FROM threads WHERE id = 'thr_2'")
    db.close()
    code, said_ = run("tables", "old.db", "--into", NEW)
    assert code == 1
    assert "not moved: item msg_0_3 of thread thr_0: " in said_
    assert "not moved: thread thr_1: " in said_
    assert "secret" not in said_
    assert "not moved: item msg_2_0: there is no thread thr_2" in said_
    assert said_.splitlines()[-1].startswith("3 threads, 20 items, 1 attachments; 24 of them new; ")


async def test_sample_tables_of_postgresql(folder: Path, postgres_server: Server) -> None:
    connection = await cast("Any", asyncpg).connect(postgres_server.url)
    schema = "sample_import"
    columns = "user_id TEXT, created_at TIMESTAMPTZ, data JSONB"
    for statement in (
        f"DROP SCHEMA IF EXISTS {schema} CASCADE",
        f"CREATE SCHEMA {schema}",
        f"SET search_path = {schema}",
        f"CREATE TABLE threads (id TEXT PRIMARY KEY, {columns})",
        f"CREATE TABLE items (id TEXT PRIMARY KEY, thread_id TEXT, {columns})",
    ):
        await connection.execute(statement)
    try:
        one, item = thread(0), said(0, 0)
        await connection.execute(
            "INSERT INTO threads VALUES ($1, 'alice', $2, $3)",
            one.id,
            one.created_at,
            one.model_dump_json(),
        )
        await connection.execute(
            "INSERT INTO items VALUES ($1, $2, 'alice', $3, $4)",
            item.id, one.id, item.created_at, item.model_dump_json(),
        )  # fmt: skip
        url = f"{postgres_server.url}?options=-csearch_path%3D{schema}"
        done = subprocess.run(
            [sys.executable, "-m", "reference_stores.importing", "tables", url, "--into", NEW],
            cwd=folder, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert done.stdout == "1 threads, 1 items, 0 attachments; 2 of them new; all read back equal\n"
    finally:
        await connection.execute(f"DROP SCHEMA {schema} CASCADE")
        await connection.close()


# --- Stores and lines -----------------------------------------------------------------------------


def test_a_store_of_ones_own_through_its_methods(folder: Path, run: Run) -> None:
    async def fill() -> None:
        async with SQLiteStore(folder / "old_store.db", tenant=tenant) as store:
            for number, user in enumerate(("alice", "bob")):
                context = {"user_id": user}
                await store.save_thread(thread(number), context)
                for place in range(250):  # more than a page
                    await store.add_thread_item(f"thr_{number}", said(place, number), context)

    loop(fill())
    code, report = run(
        "store", "import_stores:old", "--contexts", "import_stores:users", "--into", NEW,
        "--format", "json",
    )  # fmt: skip
    assert code == 0, report
    assert (report["threads"], report["items"]) == (2, 500)
    assert loop(exported(folder / "new.db")) == loop(exported(folder / "old_store.db"))


def test_json_lines_are_what_export_gives(folder: Path, run: Run) -> None:
    sample_database(folder / "old.db", wrapped=False)
    assert run("tables", "old.db", "--into", "import_stores:old")[0] == 0
    lines = loop(exported(folder / "old_store.db"))["alice"]
    text = "\n".join(map(json.dumps, lines)) + "\n\n"
    (folder / "alice.jsonl").write_text(text)
    arguments = ("jsonl", "alice.jsonl", "--tenant", "alice", "--into", NEW)
    code, said_ = run(*arguments)
    assert code == 0, said_
    assert loop(exported(folder / "new.db")) == {"alice": lines, "bob": []}
    stray = {"kind": "item", "thread_id": "thr_9", "data": lines[1]["data"]}
    bad = [json.dumps(stray), "{", "[]", '{"kind": "riddle"}']
    first = text.count("\n") + 1
    (folder / "alice.jsonl").write_text(text + "\n".join(bad))
    code, said_ = run(*arguments)
    assert code == 1
    refused = [line.split(": ")[1] for line in said_.splitlines() if line.startswith("not moved: ")]
    assert refused == [f"alice.jsonl:{first + number}" for number in range(4)]


@pytest.mark.parametrize(
    ("arguments", "message_"),
    [
        (("tables", "none.db", "--into", NEW), "none.db: no such file"),
        (("tables", "import_stores.py", "--into", NEW), "no database of SQLite"),
        (("tables", "empty.db", "--into", NEW), "there is no table threads"),
        (("tables", "mysql://x/y", "--into", NEW), "mysql:// is neither"),
        (("tables", "postgresql://localhost:1/x", "--into", NEW), "cannot be reached"),
        (("tables", "sample.db", "--into", "import_stores:nothing"), "has no 'nothing'"),
        (
            ("tables", "sample.db", "--into", "import_stores:broken"),
            "failed: RuntimeError: no database",
        ),
        (("tables", "sample.db", "--into", "new"), "is not of the form module:attribute"),
        (("jsonl", "none.jsonl", "--tenant", "a", "--into", NEW), "No such file"),
        (("jsonl", "none.jsonl", "--into", NEW), "jsonl needs --tenant"),
        (("store", "import_stores:old", "--into", NEW), "store needs --contexts"),
        (("tables", "sample.db"), "--into"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(
    arguments: tuple[str, ...], message_: str, folder: Path, run: Run
) -> None:
    sample_database(folder / "sample.db", wrapped=False)
    sqlite3.connect(folder / "empty.db").close()
    code, said_ = run(*arguments)
    assert code == 2, said_
    assert message_ in said_
    assert "Traceback" not in said_


# --- Copying --------------------------------------------------------------------------------------


async def records(*given: Record) -> AsyncIterator[Record]:
    for one in given:
        yield one


ALICE = {"user_id": "alice"}


async def test_an_import_that_breaks_off_goes_on_where_it_was() -> None:
    class Dying(MemoryStore[Any]):
        left = 40

        async def add_thread_item(self, thread_id: str, item: Any, context: Any) -> None:
            self.left -= 1
            if self.left < 0:
                raise ConnectionError("the database went away")
            await super().add_thread_item(thread_id, item, context)

    store = Dying(tenant=tenant)
    given = [
        Conversation(
            ALICE, thread(n), [said(p, n, **({"id": FAKE_ID} if p % 2 else {})) for p in range(10)]
        )
        for n in range(9)
    ]
    first = await copying.copy(records(*given), store, lambda _: None)
    assert first.problems
    assert all("the database went away" in one.why for one in first.problems)
    store.left = 1000
    second = await copying.copy(records(*given), store, lambda _: None)
    assert not second.problems
    assert (second.threads, second.items) == (9, 90)
    assert first.new + second.new == 99
    third = await copying.copy(records(*given), store, lambda _: None)
    assert (third.new, third.kept, third.problems) == (0, [], [])
    page = await store.load_thread_items("thr_3", None, 100, "asc", ALICE)
    assert len(page.data) == 10
    assert [item.created_at for item in page.data] == [item.created_at for item in given[3].items]
    threads = await store.load_threads(100, None, "asc", ALICE)
    assert [one.id for one in threads.data] == [f"thr_{n}" for n in range(9)]


async def test_what_does_not_come_back_is_said() -> None:
    class Forgetful(MemoryStore[Any]):
        async def add_thread_item(self, thread_id: str, item: Any, context: Any) -> None:
            if item.id.endswith("_3"):
                return
            if item.id.endswith("_4"):
                item = item.model_copy(update={"content": []})
            await super().add_thread_item(thread_id, item, context)

    given = Conversation(ALICE, thread(0), [said(p, 0) for p in range(5)])
    outcome = await copying.copy(records(given), Forgetful(tenant=tenant), lambda _: None)
    assert [(one.where, one.why) for one in outcome.problems] == [
        ("item msg_0_4 of thread thr_0", "it does not come back equal"),
        ("thread thr_0", "1 items do not come back"),
    ]


async def test_another_order_is_said() -> None:
    given = Conversation(ALICE, thread(0), [said(9, 0), said(0, 0)])
    outcome = await copying.copy(records(given), MemoryStore(tenant=tenant), lambda _: None)
    assert ["created_at" in one.why for one in outcome.problems] == [True]


async def test_an_attachment_that_is_there_stays() -> None:
    store = MemoryStore[Any](tenant=tenant)
    mine = FileAttachment(id="atc_1", name="mine.txt", mime_type="text/plain")
    await store.save_attachment(mine, ALICE)
    other = mine.model_copy(update={"name": "other.txt"})
    outcome = await copying.copy(records(Attached(ALICE, other)), store, lambda _: None)
    assert outcome.kept == ["attachment atc_1"]
    assert await store.load_attachment("atc_1", ALICE) == mine


async def test_a_source_whose_pages_never_end_is_refused() -> None:
    class Circular(MemoryStore[Any]):
        async def load_threads(self, limit: int, after: str | None, order: str, context: Any) -> Any:
            del limit, after  # a common mistake
            return await super().load_threads(1, None, order, context)

    store = Circular(tenant=tenant)
    for number in range(3):
        await store.save_thread(thread(number), ALICE)
    source = sources.FromStore(store, [ALICE])
    with pytest.raises(sources.SourceError, match="the same page again"):
        await copying.copy(source.records(), MemoryStore(tenant=tenant), lambda _: None)


async def test_the_attachments_of_messages_come_along_whole() -> None:
    class Partly(MemoryStore[Any]):
        async def load_attachment(self, attachment_id: str, context: Any) -> Any:
            if attachment_id == "atc_gone":
                raise NotFoundError(attachment_id)
            return await super().load_attachment(attachment_id, context)

    store = Partly(tenant=tenant)
    whole = FileAttachment(id="atc_1", name="a.txt", mime_type="text/plain", metadata={"key": "k"})
    shown = [whole.model_copy(update={"metadata": None}), whole.model_copy(update={"id": "atc_gone"})]
    await store.save_attachment(whole, ALICE)
    await store.save_thread(thread(0), ALICE)
    await store.add_thread_item("thr_0", said(0, 0, attachments=shown), ALICE)
    into = MemoryStore[Any](tenant=tenant)
    outcome = await copying.copy(sources.FromStore(store, [ALICE]).records(), into, lambda _: None)
    assert (outcome.attachments, outcome.problems) == (2, [])
    assert await into.load_attachment("atc_1", ALICE) == whole
