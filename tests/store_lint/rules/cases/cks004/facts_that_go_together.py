import os
from typing import Literal

import asyncpg
from chatkit.store import Store

from connections import Opened, opened


class S(Store[dict]):
    def __init__(self, kind: Literal["file", "server", "cluster"]) -> None:
        self.kind = kind
        self.replicates = kind == "cluster"

    async def a_flag_and_its_test(self, mode: str) -> object:
        uses_database = mode == "database"
        pool = None
        if uses_database:
            pool = await asyncpg.create_pool("postgresql://localhost")
        if mode == "database":
            return await pool.fetch("SELECT 1")
        return await pool.fetch("SELECT 1")  # CKS004

    async def a_flag_and_a_text(self, mode: str) -> object:
        if mode:
            kind = "database"
            persists = True
        else:
            kind = "memory"
            persists = False
        pool = None
        if persists:
            pool = await asyncpg.create_pool("postgresql://localhost")
        if kind == "database":
            return await pool.fetch("SELECT 1")
        return await pool.fetch("SELECT 1")  # CKS004

    async def a_flag_and_what_is_there(self, mode: str) -> object:
        dsn = None
        persists = False
        if mode:
            dsn = os.environ["DSN"]
            persists = True
        pool = None
        if persists:
            pool = await asyncpg.create_pool("postgresql://localhost")
        if dsn is not None:
            return await pool.fetch("SELECT 1")
        return await pool.fetch("SELECT 1")  # CKS004

    async def a_type_and_what_is_called_a_connection(self, target: str | int) -> object:
        if isinstance(target, str):
            conn = await opened(target)
        else:
            conn = None
        if isinstance(target, str):
            return await conn.fetch("SELECT 1")
        return await conn.fetch("SELECT 1")  # CKS004

    async def a_text_and_what_is_called_a_connection(self) -> object:
        if self.kind == "file":
            conn = None
        else:
            conn = await opened(self.kind)
        if self.kind == "file":
            return None
        return await conn.fetch("SELECT 1")

    async def another_text_and_what_is_called_a_connection(self) -> object:
        if self.kind == "file":
            conn = None
        else:
            conn = await opened(self.kind)
        if self.kind == "server":
            return None
        return await conn.fetch("SELECT 1")  # CKS004

    async def a_text_and_what_was_opened(self) -> object:
        if self.kind == "file":
            opener = None
        else:
            opener = await asyncpg.create_pool(self.kind)
        if self.kind == "file":
            return None
        return await opener.fetch("SELECT 1")

    async def another_text_and_what_was_opened(self) -> object:
        if self.kind == "file":
            opener = None
        else:
            opener = await asyncpg.create_pool(self.kind)
        if self.kind == "server":
            return None
        return await opener.fetch("SELECT 1")  # CKS004

    async def a_text_and_a_pool(self, first: str, second: str, third: str) -> object:
        kind = "file"
        if first:
            kind = "server"
        elif second:
            kind = "cluster"
        if kind == "file":
            opener = None
        else:
            opener = await asyncpg.create_pool(first)
        if third:
            print(kind, await opener.fetch("SELECT 1"))  # CKS004
        if kind == "file":
            return None
        return await opener.fetch("SELECT 1")

    async def a_text_of_three_and_its_test(self) -> object:
        url = os.environ.get("DATABASE_URL")
        kind = "memory"
        if url:
            kind = "database"
        elif os.environ.get("FOLDER"):
            kind = "file"
        pool = None
        if kind == "database":
            pool = await asyncpg.create_pool(url)
        if url:
            return await pool.fetch("SELECT 1")
        return await pool.fetch("SELECT 1")  # CKS004

    async def a_list_that_is_empty_and_an_attribute(self) -> object:
        if self.replicates:
            urls = [os.environ["FIRST"], os.environ["SECOND"]]
        else:
            urls = []
        pool = None
        if urls:
            pool = await asyncpg.create_pool(urls[0])
        if self.replicates:
            return await pool.fetch("SELECT 1")
        return await pool.fetch("SELECT 1")  # CKS004

    async def options_and_an_attribute(self) -> object:
        if self.replicates:
            options = {"dsn": os.environ["FIRST"]}
        else:
            options = {}
        pool = None
        if options:
            pool = await asyncpg.create_pool(**options)
        if self.replicates:
            return await pool.fetch("SELECT 1")
        return await pool.fetch("SELECT 1")  # CKS004

    async def a_flag_that_implies_another(self) -> object:
        mode = os.environ.get("STORE", "memory")
        if mode.startswith("database"):
            persists = True
            replicates = True
        elif mode.startswith("file"):
            persists = True
            replicates = False
        else:
            persists = False
            replicates = False
        pool = None
        if persists:
            pool = await asyncpg.create_pool("postgresql://localhost")
        if replicates:
            return await pool.fetch("SELECT 1")
        return await pool.fetch("SELECT 1")  # CKS004

    async def a_list_that_grows_and_a_flag(self) -> object:
        errors = []
        valid = True
        if not os.environ.get("TOKEN"):
            errors.append("TOKEN is missing")
            valid = False
        pool = None
        if valid:
            pool = await asyncpg.create_pool("postgresql://localhost")
        if errors:
            return await pool.fetch("SELECT 1")  # CKS004
        return await pool.fetch("SELECT 1")

    async def a_list_that_grows_in_a_loop_and_a_flag(self, rows: list[dict]) -> object:
        pending = []
        changed = False
        for row in rows:
            if row.get("skip"):
                continue
            pending.append(row)
            changed = True
        pool = None
        if changed:
            pool = await asyncpg.create_pool("postgresql://localhost")
        if not pending:
            return await pool.fetch("SELECT 1")  # CKS004
        return await pool.fetch("SELECT 1")

    async def one_flag(self, mode: str) -> object:
        persists = False
        if mode:
            persists = True
        pool = None
        if persists:
            pool = await asyncpg.create_pool("postgresql://localhost")
        if persists:
            return await pool.fetch("SELECT 1")
        return await pool.fetch("SELECT 1")  # CKS004


class WithoutItsBase(Opened):
    def __init__(self, kind: Literal["file", "server", "cluster"]) -> None:
        super().__init__()
        self.kind = kind

    async def set_first(self) -> object:
        if self.kind == "file":
            self.pool = None
        else:
            print(self.kind)
        if self.kind == "file":
            return await self.pool.fetch("SELECT 1")  # CKS004
        return await self.pool.fetch("SELECT 1")

    async def set_last(self) -> object:
        if self.kind == "file":
            print(self.kind)
        else:
            self.pool = None
        if self.kind == "file":
            return await self.pool.fetch("SELECT 1")
        return await self.pool.fetch("SELECT 1")  # CKS004
