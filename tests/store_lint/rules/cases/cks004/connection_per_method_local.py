import asyncpg
from chatkit.store import Store


async def f():
    conn = None
    try:
        conn = await asyncpg.connect("x")
        return await conn.fetch("x")
    finally:
        await conn.close()  # CKS004


async def g():
    conn = None
    try:
        conn = await asyncpg.connect("x")
        return await conn.fetch("x")
    finally:
        if conn:
            await conn.close()
