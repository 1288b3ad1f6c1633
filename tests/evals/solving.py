"""What a good agent makes of each task: by hand for near misses, by `store-new` for new stores."""

from __future__ import annotations

import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from skill.evals.task import Task, write

ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True)
class Recipe:
    """A call of store-new, and one edit of the file that the task names."""

    arguments: list[str]
    file: str
    find: str
    replace: str


_TENANT: Final = "--tenant 'ctx[\"user_id\"]'"
_STUB: Final = '    raise NotImplementedError("conversations are kept nowhere yet")\n'


def _recipe(arguments: str, file: str, body: str) -> Recipe:
    return Recipe([*shlex.split(arguments), "--class", "AppStore"], file, _STUB, body)


RECIPES: Final = {
    "create-postgres-fastapi": _recipe(
        f"postgres src/stores {_TENANT}",
        "src/chat.py",
        "    from src.stores import postgres\n\n    return postgres.make_store()\n",
    ),
    "create-mysql-starlette": _recipe(
        "mysql helpline/stores --settings helpline.settings:SETTINGS.mysql_dsn --tenant ctx.user_id",
        "helpline/chat.py",
        "    from helpline.stores import mysql\n\n    return mysql.make_store()\n",
    ),
    "create-mongodb-plain": _recipe(
        f"mongodb stores --settings config:MONGODB_URI {_TENANT}",
        "chat.py",
        "    from stores import mongodb\n\n    return mongodb.make_store()\n",
    ),
    "create-postgres-pool": _recipe(
        f"postgres api/stores --settings api.settings:settings.database_url {_TENANT}",
        "api/chat.py",
        "    from api.stores.postgres import AppStore, tenant_of\n\n"
        "    return AppStore(pool, tenant=tenant_of)\n",
    ),
    "create-sqlite-sqlalchemy": _recipe(
        f"sqlite app/stores --settings app.db:make_engine {_TENANT}",
        "app/chat.py",
        "    from app.stores.sqlite import AppStore, tenant_of\n\n"
        '    return AppStore(engine.url.database or "app.db", tenant=tenant_of)\n',
    ),
    "create-memory-fastapi": _recipe(
        f"memory src/stores {_TENANT}",
        "src/chat.py",
        "    from src.stores import memory\n\n    return memory.make_store()\n",
    ),
}


def create(task: Task, folder: Path) -> None:
    """Solve a task of a new store in a folder that holds what the agent gets."""
    recipe = RECIPES[task.name]
    done = subprocess.run(
        [sys.executable, "-m", "reference_stores.new", *recipe.arguments],
        cwd=folder,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'checker'}", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    edit(folder, recipe.file, recipe.find, recipe.replace)


def edit(folder: Path, file: str, find: str, replace: str) -> None:
    """Put one text in place of another, which stands there once."""
    text = (folder / file).read_text("utf-8")
    assert text.count(find) == 1, find
    (folder / file).write_text(text.replace(find, replace), "utf-8")


def repair(task: Task, folder: Path) -> None:
    """Solve a repair: what the task broke is as it was."""
    write({fault.file: task.solution()[fault.file] for fault in task.faults}, folder)


def _langgraph(folder: Path) -> None:
    (folder / "agent/memory.py").write_text(
        '"""What the graph remembers."""\n\n'
        "from contextlib import asynccontextmanager\n\n"
        "from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver\n\n"
        "from agent.settings import settings\n\n\n"
        "@asynccontextmanager\n"
        "async def checkpointer():\n"
        "    async with AsyncPostgresSaver.from_conn_string(settings.database_url) as saver:\n"
        "        await saver.setup()\n"
        "        yield saver\n"
    )
    edit(
        folder,
        "requirements.txt",
        "langgraph>=1.0\n",
        "langgraph>=1.0\nlanggraph-checkpoint-postgres\n",
    )


def _front_end(folder: Path) -> None:
    edit(
        folder,
        "src/Chat.tsx",
        'theme: { colorScheme: "light", radius: "round" },',
        'theme: { colorScheme: "dark", radius: "round" },\n'
        "    startScreen: {\n"
        '      greeting: "How can we help?",\n'
        '      prompts: [{ label: "Orders", prompt: "Where is my order?" },\n'
        '        { label: "Returns", prompt: "How do I send it back?" }],\n'
        "    },",
    )


def _chat_table(folder: Path) -> None:
    edit(
        folder,
        "chat/messages.py",
        "    return connection\n",
        '    columns = {row[1] for row in connection.execute("PRAGMA table_info(messages)")}\n'
        '    if "read_at" not in columns:\n'
        '        connection.execute("ALTER TABLE messages ADD COLUMN read_at TEXT")\n'
        "    return connection\n\n\n"
        "def mark_read(connection: sqlite3.Connection, room: str, reader: str, until: int) -> int:\n"
        "    return connection.execute(\n"
        '        "UPDATE messages SET read_at = CURRENT_TIMESTAMP"\n'
        '        " WHERE room = ? AND sender != ? AND id <= ? AND read_at IS NULL",\n'
        "        (room, reader, until),\n"
        "    ).rowcount\n\n\n"
        "def unread(connection: sqlite3.Connection, room: str, reader: str) -> int:\n"
        '    statement = "SELECT count(*) FROM messages'
        ' WHERE room = ? AND sender != ? AND read_at IS NULL"\n'
        "    return connection.execute(statement, (room, reader)).fetchone()[0]\n",
    )


def _pusher(folder: Path) -> None:
    edit(
        folder,
        "rooms/service.py",
        '    return sorted(room["name"] for room in chatkit.get_user_rooms(user_id)["rooms"])\n',
        "    page = chatkit.get_user_rooms(user_id)\n"
        '    rooms = page["rooms"]\n'
        '    while page["next_cursor"] is not None:\n'
        '        page = chatkit.get_user_rooms(user_id, cursor=page["next_cursor"])\n'
        '        rooms = [*rooms, *page["rooms"]]\n'
        '    return sorted(room["name"] for room in rooms)\n',
    )


NEAR_MISSES: Final = {
    "near-miss-langgraph": _langgraph,
    "near-miss-front-end": _front_end,
    "near-miss-chat-table": _chat_table,
    "near-miss-pusher": _pusher,
}


def solve(task: Task, folder: Path) -> None:
    """Solve any task in a folder that holds what the agent gets."""
    if task.kind == "create":
        create(task, folder)
    elif task.kind == "repair":
        repair(task, folder)
    else:
        NEAR_MISSES[task.name](folder)
