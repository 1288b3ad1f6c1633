"""The pool belongs to the application, not to the store."""

import asyncio

from api.chat import make_store
from api.database import is_up, open_pool
from tests.application import running


def test_the_database_is_up() -> None:
    async def scene() -> None:
        async with running() as client:
            assert (await client.get("/health")).json() == {"database": True}

    asyncio.run(scene())


def test_closing_the_store_leaves_the_pool_open() -> None:
    async def scene() -> None:
        pool = await open_pool()
        store = make_store(pool)
        await store.load_threads(1, None, "desc", {"user_id": "someone"})
        await store.close()
        assert await is_up(pool)
        await pool.close()

    asyncio.run(scene())
