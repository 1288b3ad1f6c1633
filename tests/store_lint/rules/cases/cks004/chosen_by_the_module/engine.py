# Where a module's `if` decides whether there is an engine, a function that tests the same is trusted.
import os

import asyncpg
from chatkit.store import Store
from sqlalchemy.ext.asyncio import create_async_engine

URL = os.getenv("DATABASE_URL", "sqlite:///x")
MODE = os.getenv("MODE")

if URL.startswith("sqlite"):
    engine = None
elif MODE == "off":
    engine = None
else:
    engine = create_async_engine(URL)


async def tests_the_same():
    if URL.startswith("sqlite"):
        return
    async with engine.begin() as connection:
        await connection.run_sync(print)


async def tests_one_of_them(rows):
    if MODE != "off" and rows:
        await engine.dispose()


async def asserts():
    assert not URL.startswith("sqlite")
    await engine.dispose()


async def matches():
    match MODE:
        case "off":
            return
        case _:
            await engine.dispose()


async def by_an_alias(rows):
    chosen = engine
    return await chosen.dispose() if MODE else rows


def inside():
    async def dispose():
        await engine.dispose()

    return dispose if MODE else None


async def tests_nothing():
    async with engine.begin() as connection:  # CKS004
        await connection.run_sync(print)


async def tests_something_else(rows):
    if rows and OTHER.startswith("sqlite"):
        await engine.dispose()  # CKS004


async def mentions_it_without_a_test():
    print(URL.startswith("sqlite"))
    await engine.dispose()  # CKS004


# What is None for other reasons too is reported.

OTHER = os.getenv("OTHER")
pool = None
if OTHER:
    pool = asyncpg.create_pool


async def from_the_start():
    if OTHER:
        await pool.close()  # CKS004


if OTHER:
    client_engine = None
else:
    client_engine = create_async_engine(URL)


async def close():
    global client_engine
    client_engine = None


async def after_close():
    if not OTHER:
        await client_engine.dispose()  # CKS004


class Engines(Store):
    if OTHER:
        engine = None
    else:
        engine = create_async_engine(URL)

    async def load(self):
        if not OTHER:
            await self.engine.dispose()  # CKS004
