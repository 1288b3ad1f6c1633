"""An application's folder, and the commands run in it as its developers do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
STORES = """\
from contextlib import asynccontextmanager
import asyncio, time
from chatkit.store import NotFoundError
from reference_stores.memory import MemoryStore


def make_store():
    return MemoryStore(tenant=lambda context: context["user_id"])


async def make_awaited():
    return make_store()


@asynccontextmanager
async def make_entered():
    async with make_store() as store:
        yield store


class Inserts(MemoryStore):
    async def add_thread_item(self, thread_id, item, context):
        try:
            await self.load_item(thread_id, item.id, context)
        except NotFoundError:
            return await super().add_thread_item(thread_id, item, context)
        raise RuntimeError("UNIQUE constraint failed: items.id")


def make_inserting():
    return Inserts(tenant=lambda context: context["user_id"])


class WithoutAttachments(MemoryStore):
    async def save_attachment(self, attachment, context):
        raise NotImplementedError("no attachments here")

    async def load_attachment(self, attachment_id, context):
        raise NotImplementedError("no attachments here")

    async def delete_attachment(self, attachment_id, context):
        raise NotImplementedError("no attachments here")


def make_without_attachments():
    return WithoutAttachments(tenant=lambda context: context["user_id"])


class Waits(MemoryStore):
    async def load_thread(self, thread_id, context):
        await asyncio.Event().wait()


def make_waiting():
    return Waits(tenant=lambda context: context["user_id"])


class Blocks(MemoryStore):
    async def load_thread(self, thread_id, context):
        time.sleep(60)


def make_blocking():
    return Blocks(tenant=lambda context: context["user_id"])


one_store = make_store()


def make_the_same():
    return one_store


def make_nothing():
    raise ConnectionError("no database\\nat all")


def make_dict():
    return {}


class Request:
    def __init__(self, org):
        self.org = org


def make_by_org():
    return MemoryStore(tenant=lambda request: request.org)


def two_orgs():
    return Request("one"), Request("two")
"""


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A folder with stores, right and wrong ones."""
    (tmp_path / "stores.py").write_text(STORES, encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(app: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a module of this project in that folder, as `run("store_contract", "stores:make_store")`."""

    def start(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join((str(ROOT / "checker"), str(ROOT), os.environ.get("PYTHONPATH", "")))
        return subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=app,
            env={**os.environ, "PYTHONPATH": path, "COLUMNS": "200"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return start
