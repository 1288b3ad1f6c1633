import engines
from chatkit.store import Store
from engines import HAS_ENGINE, HAS_TABLES, engine

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
