import os

import asyncpg

URL = os.getenv("URL", "")
USES_POOL = bool(URL)
USES_CACHE = bool(os.getenv("CACHE"))
engine = asyncpg.Pool(URL) if USES_POOL else None
engine_of_all: asyncpg.Pool | None = asyncpg.Pool(URL) if not USES_CACHE else None


def of_module() -> object:
    return engine.get_size() if USES_POOL else 0


def of_module_annotated() -> object:
    return 0 if USES_CACHE else engine_of_all.get_size()


def of_module_wrongly() -> object:
    return engine.get_size() if USES_CACHE else 0  # CKS004


class Lazy:
    def __init__(self, dsn: str, is_used: bool = True) -> None:
        self.is_used = is_used
        self.pool = None
        self.client = asyncpg.Pool(dsn) if self.is_used else None
        self.engine = None
        if is_used:
            self.engine = asyncpg.Pool(dsn)
        self._is_open = False
        self.is_tried = False

    async def open(self, dsn: str) -> None:
        self.is_tried = True
        self.pool = await asyncpg.create_pool(dsn)
        self._is_open = True

    async def ensure(self, dsn: str) -> None:
        if self._is_open:
            return
        await self.open(dsn)

    @property
    def is_open(self) -> bool:
        return self._is_open

    def has_opened(self) -> bool:
        return self._is_open and self.is_tried

    async def by_a_parameter(self) -> object:
        if not self.is_used:
            return None
        return await self.engine.fetch("SELECT 1") or await self.client.fetch("SELECT 1")

    async def by_another(self) -> object:
        if not self.is_tried:
            return None
        return await self.engine.fetch("SELECT 1")  # CKS004


async def opened_if_need_be(lazy: Lazy, dsn: str) -> object:
    if not lazy._is_open:
        await lazy.open(dsn)
    return await lazy.pool.fetch("SELECT 1")


async def opened_if_it_was_tried(lazy: Lazy, dsn: str) -> object:
    if lazy.is_used:
        print("again")
    else:
        await lazy.open(dsn)
    return await lazy.pool.fetch("SELECT 1")  # CKS004


async def ensured(lazy: Lazy, dsn: str) -> object:
    await lazy.ensure(dsn)
    return await lazy.pool.fetch("SELECT 1")


async def ensured_in_vain(lazy: Lazy, dsn: str) -> object:
    if dsn:
        await lazy.ensure(dsn)
    return await lazy.pool.fetch("SELECT 1")  # CKS004


async def asked_by_property(lazy: Lazy) -> object:
    if not lazy.is_open:
        return None
    return await lazy.pool.fetch("SELECT 1")


async def asked_by_method(lazy: Lazy) -> object:
    if lazy.has_opened():
        return await lazy.pool.fetch("SELECT 1")
    return None


async def asked_by_method_wrongly(lazy: Lazy) -> object:
    if not lazy.has_opened():
        return await lazy.pool.fetch("SELECT 1")  # CKS004
    return None


class Tried:
    """A flag that is set last in the `try` is not up where something before it raised."""

    def __init__(self, dsn: str) -> None:
        self.pool = None
        self.is_ready = False
        self.is_tried = False
        try:
            self.is_tried = True
            self.pool = asyncpg.Pool(dsn)
            self.pool.get_size()
            self.is_ready = True
        except OSError:
            self.pool = None

    async def load(self) -> object:
        if not self.is_ready:
            return None
        return await self.pool.fetch("SELECT 1")

    async def load_once_tried(self) -> object:
        if not self.is_tried:
            return None
        return await self.pool.fetch("SELECT 1")  # CKS004


class TriedBefore:
    def __init__(self, dsn: str) -> None:
        self.pool = None
        self.is_ready = False
        try:
            self.is_ready = True
            if asyncpg.Pool(dsn).get_size():
                self.pool = asyncpg.Pool(dsn)
        except OSError:
            self.pool = None

    async def load(self) -> object:
        if not self.is_ready:
            return None
        return await self.pool.fetch("SELECT 1")  # CKS004
