"""The checkpointer, driven without LangGraph: a stand-in for its module says what was asked of it."""

import asyncio
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from types import ModuleType


class Saver:
    urls: list[str] = []
    set_up = 0

    @classmethod
    @asynccontextmanager
    async def from_conn_string(cls, url: str, **options: object):
        cls.urls.append(url)
        yield cls()

    async def setup(self) -> None:
        type(self).set_up += 1


def test_it_is_langgraphs_own_on_the_url_of_the_settings(monkeypatch) -> None:
    names = ("langgraph", "langgraph.checkpoint", "langgraph.checkpoint.postgres")
    for name in (*names, "langgraph.checkpoint.postgres.aio"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    sys.modules["langgraph.checkpoint.postgres.aio"].AsyncPostgresSaver = Saver

    from agent.memory import checkpointer
    from agent.settings import settings

    async def scene() -> None:
        async with checkpointer() as saver:
            assert isinstance(saver, Saver)

    asyncio.run(scene())
    assert Saver.urls == [settings.database_url]
    assert Saver.set_up == 1


def test_what_it_needs_is_required() -> None:
    assert "langgraph-checkpoint-postgres" in Path("requirements.txt").read_text()
