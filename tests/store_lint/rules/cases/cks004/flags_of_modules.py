import os

import asyncpg

IS_LOUD = bool(os.getenv("LOUD"))
try:
    from sqlalchemy import Engine, create_engine

    HAS_ENGINE = bool(os.getenv("DSN"))
    HAS_TABLES = bool(os.getenv("TABLES"))
    if HAS_ENGINE:
        engine = create_engine(os.environ["DSN"])
    else:
        engine = None
except ImportError:
    HAS_ENGINE = False
    HAS_TABLES = True
    engine = None


def tables() -> object:
    if not HAS_ENGINE:
        raise RuntimeError("no engine")
    return engine.connect()


def asked_in_one() -> object:
    return HAS_ENGINE and engine.connect()


def asked_elsewise() -> object:
    if HAS_ENGINE is False:
        return None
    return engine.connect()


def other_flag() -> object:
    if not HAS_TABLES:
        raise RuntimeError("no tables")
    return engine.connect()  # CKS004


def other_flag_elsewise() -> object:
    if IS_LOUD is False:
        return None
    return engine.connect()  # CKS004


def unasked() -> object:
    return engine.connect()  # CKS004


_pool = None
_is_open = False
_is_wanted = False


async def start(dsn: str) -> None:
    global _pool, _is_open
    _pool = await asyncpg.create_pool(dsn)
    _is_open = True


async def stop() -> None:
    global _pool, _is_open
    if _is_open:
        await _pool.close()
    _is_open = False
    _pool = None


def want() -> None:
    global _is_wanted
    _is_wanted = True


async def load() -> object:
    if not _is_open:
        raise RuntimeError("not open")
    return await _pool.fetch("SELECT 1")


async def load_what_is_wanted() -> object:
    if not _is_wanted:
        raise RuntimeError("not wanted")
    return await _pool.fetch("SELECT 1")  # CKS004


async def opened_by_word_alone() -> object:
    global _is_open
    _is_open = True
    return await _pool.fetch("SELECT 1")  # CKS004


class Service:
    async def begin(self, dsn: str) -> None:
        global _pool, _is_open
        _pool = await asyncpg.create_pool(dsn)
        _is_open = True


def _found() -> tuple[object, object]: ...


if os.getenv("FOUND"):
    IS_FOUND, _ = _found()
    found_engine = create_engine("sqlite://")
elif IS_LOUD:
    IS_FOUND, _ = True, None
    found_engine = None
else:
    IS_FOUND = False
    found_engine = None


def of_what_is_found() -> object:
    if not IS_FOUND:
        return None
    return found_engine.connect()  # CKS004
