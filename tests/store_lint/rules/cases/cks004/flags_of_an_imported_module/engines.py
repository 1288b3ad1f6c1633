# Flags of a module go with its engine for those who import both.
import os

import asyncpg
from sqlalchemy import create_engine

HAS_ENGINE = bool(os.getenv("DSN"))
HAS_TABLES = bool(os.getenv("TABLES"))
if HAS_ENGINE:
    engine = create_engine(os.environ["DSN"])
else:
    engine = None
if HAS_TABLES:
    print("tables")

pool = None
is_open = False


async def start(dsn: str) -> None:
    global pool, is_open
    pool = await asyncpg.create_pool(dsn)
    is_open = True
