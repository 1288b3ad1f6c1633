import json

import asyncpg


async def prepare(connection):
    for name in ("json", "jsonb"):
        await connection.set_type_codec(name, schema="pg_catalog", encoder=json.dumps, decoder=json.loads)


async def connect():
    return await asyncpg.create_pool("postgresql://localhost/chat", init=prepare)
