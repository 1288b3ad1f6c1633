"""The application that a page's commands are run in, from its top to its end."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Final

from chatkit.types import ThreadMetadata

from tests.reference_stores.samples import question
from tests.store_lint.linting import write_tree

if TYPE_CHECKING:
    from pathlib import Path

CHAT: Final = '''\
"""Who answers."""

from collections.abc import AsyncIterator
from typing import Any

from chatkit.server import ChatKitServer
from chatkit.types import ThreadMetadata, ThreadStreamEvent, UserMessageItem


class Server(ChatKitServer[dict[str, Any]]):
    async def respond(
        self,
        thread: ThreadMetadata,
        input_user_message: UserMessageItem | None,
        context: dict[str, Any],
    ) -> AsyncIterator[ThreadStreamEvent]:
        return
        yield


async def handle(server: Server, body: bytes, user: str) -> object:
    return await server.process(body, {"user_id": user})
'''
OWN_STORE: Final = '''\
"""A store that the application wrote itself."""

from typing import Any

from chatkit.store import NotFoundError, Store
from chatkit.types import Attachment, Page, ThreadItem, ThreadMetadata

_threads: dict[str, ThreadMetadata] = {}
_items: dict[str, list[ThreadItem]] = {}


class OwnStore(Store[dict[str, Any]]):
    async def load_thread(self, thread_id: str, context: dict[str, Any]) -> ThreadMetadata:
        if thread_id not in _threads:
            raise NotFoundError(thread_id)
        return _threads[thread_id]

    async def save_thread(self, thread: ThreadMetadata, context: dict[str, Any]) -> None:
        _threads[thread.id] = thread

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: dict[str, Any]
    ) -> Page[ThreadItem]:
        return Page(data=_items.get(thread_id, []))

    async def save_attachment(self, attachment: Attachment, context: dict[str, Any]) -> None:
        pass

    async def load_attachment(self, attachment_id: str, context: dict[str, Any]) -> Attachment:
        raise NotFoundError(attachment_id)

    async def delete_attachment(self, attachment_id: str, context: dict[str, Any]) -> None:
        pass

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: dict[str, Any]
    ) -> Page[ThreadMetadata]:
        return Page(data=list(_threads.values()))

    async def add_thread_item(
        self, thread_id: str, item: ThreadItem, context: dict[str, Any]
    ) -> None:
        _items.setdefault(thread_id, []).append(item)

    async def save_item(self, thread_id: str, item: ThreadItem, context: dict[str, Any]) -> None:
        await self.add_thread_item(thread_id, item, context)

    async def load_item(
        self, thread_id: str, item_id: str, context: dict[str, Any]
    ) -> ThreadItem:
        return next(item for item in _items[thread_id] if item.id == item_id)

    async def delete_thread(self, thread_id: str, context: dict[str, Any]) -> None:
        _threads.pop(thread_id, None)

    async def delete_thread_item(
        self, thread_id: str, item_id: str, context: dict[str, Any]
    ) -> None:
        pass


def make_store() -> OwnStore:
    return OwnStore()


def all_users() -> list[dict[str, str]]:
    return [{"user_id": "alice"}, {"user_id": "bob"}]
'''
SETTINGS: Final = {
    "sqlite": 'chat_db_path: str = "chat.db"',
    "postgres": 'database_url: str = "postgresql://localhost/chat"',
    "mysql": 'database_url: str = "mysql://chat@localhost/chat"',
    "mongodb": 'mongodb_url: str = "mongodb://localhost/"',
}
_EXTRAS: Final = {
    "skill/repair.md": ("sqlite", "AppStore"),
    "skill/attachments.md": ("sqlite", "AppStore"),
    "skill/running.md": ("sqlite", "AppStore"),
}
"""Pages that begin with a store in place, as steps 2 to 7 of SKILL.md have made it."""


def application(folder: Path, settings: str, page: str) -> Path:
    """Write the application of a page."""
    config = f"class Settings(BaseSettings):\n    {SETTINGS[settings]}\n\n\nsettings = Settings()\n"
    write_tree(
        folder,
        {
            "pyproject.toml": '[project]\nname = "shop"\ndependencies = ["openai-chatkit"]\n',
            "app/__init__.py": "",
            "app/config.py": f"from pydantic_settings import BaseSettings\n\n\n{config}",
            "app/chat.py": CHAT,
        },
    )
    if page in _EXTRAS:
        from reference_stores.new.cli import main

        engine, name = _EXTRAS[page]
        extras = ["--with", "serving", "--with", "encryption"]
        assert main([engine, str(folder / "app/stores"), "--class", name, *extras]) == 0
    if page == "skill/repair.md":
        (folder / "app/own_store.py").write_text(OWN_STORE)
        _old_data(folder)
    return folder


def _old_data(folder: Path) -> None:
    moment = datetime(2026, 1, 1, tzinfo=timezone.utc)
    thread = ThreadMetadata(id="thr_old", created_at=moment)
    item = question("msg_old", "Hello", thread_id="thr_old")
    with sqlite3.connect(folder / "old.db") as db:
        db.execute("CREATE TABLE threads (id TEXT, user_id TEXT, created_at TEXT, data TEXT)")
        db.execute(
            "CREATE TABLE items (id TEXT, thread_id TEXT, user_id TEXT, created_at TEXT, data TEXT)"
        )
        at = moment.isoformat()
        db.execute(
            "INSERT INTO threads VALUES (?, 'bob', ?, ?)", (thread.id, at, thread.model_dump_json())
        )
        db.execute(
            "INSERT INTO items VALUES (?, ?, 'bob', ?, ?)",
            (item.id, thread.id, at, item.model_dump_json()),
        )
    db.close()
    line = {"kind": "thread", "data": thread.model_dump(mode="json")}
    (folder / "alice.jsonl").write_text(json.dumps(line) + "\n")
