import engines
from chatkit.store import Store
from engines import HAS_ENGINE, HAS_TABLES, engine, pool

print(Store)


def tables() -> object:
    if not HAS_ENGINE:
        raise RuntimeError("no engine")
    return engine.connect()


def through_the_module() -> object:
    if not engines.HAS_ENGINE:
        raise RuntimeError("no engine")
    return engines.engine.connect()


def other_flag() -> object:
    if not HAS_TABLES:
        raise RuntimeError("no tables")
    return engine.connect()  # CKS004


def unasked() -> object:
    return engine.connect()  # CKS004


async def as_it_is() -> object:
    if not engines.is_open:
        raise RuntimeError("not open")
    return await engines.pool.fetch("SELECT 1")


async def as_it_was() -> object:
    if not engines.is_open:
        raise RuntimeError("not open")
    return await pool.fetch("SELECT 1")  # CKS004


async def imported_late() -> object:
    from engines import pool

    if not engines.is_open:
        raise RuntimeError("not open")
    return await pool.fetch("SELECT 1")


async def asked_itself() -> object:
    if pool is None:
        raise RuntimeError("not open")
    return await pool.fetch("SELECT 1")
