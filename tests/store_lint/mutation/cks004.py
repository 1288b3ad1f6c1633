"""CKS004: a connection that may be missing, reached in many shapes, and the same use behind a guard."""

from __future__ import annotations

from typing import Final

from tests.store_lint.mutation.model import Mutations, Tree

CKS004 = Mutations("CKS004", raises=AttributeError)

_ON: Final = ("postgres", "sqlite")
_WORDS: Final = {
    "postgres": {
        "HANDLE": "self.pool",
        "ATTR": "pool",
        "OPEN": "self.connect",
        "ASK": 'fetch("SELECT 1")',
        "TYPE": "asyncpg.Pool",
        "MAKE": "await asyncpg.create_pool(self.url)",
        "DECLARED": "self.pool: asyncpg.Pool | None = None",
        "CLASS": "PostgresStore",
        "START": "    await store.connect()\n",
    },
    "sqlite": {
        "HANDLE": "self._db",
        "ATTR": "_db",
        "OPEN": "self.open",
        "ASK": 'execute_fetchall("SELECT 1")',
        "TYPE": "aiosqlite.Connection",
        "MAKE": "await aiosqlite.connect(self.config.database)",
        "DECLARED": "self._db: aiosqlite.Connection | None = None",
        "CLASS": "SQLiteStore",
        "START": "    await store.open()\n",
    },
}
_FIRST_METHOD: Final = "    async def load_thread(self"


def _filled(tree: Tree, code: str) -> str:
    for word, text in _WORDS[tree.name].items():
        code = code.replace(word, text)
    return code


def _probe(tree: Tree, code: str, *, opened: bool = False) -> None:
    """Give the store methods, of which main calls `probe()` before (or after) it opens the store."""
    body = "".join(
        f"    {line}\n" if line else "\n" for line in _filled(tree, code).strip().splitlines()
    )
    tree.swap(_FIRST_METHOD, f"{body}\n{_FIRST_METHOD}")
    start = _WORDS[tree.name]["START"]
    call = "    await store.probe()\n"
    tree.swap(start, start + call if opened else call + start, file=tree.main)


def _import(tree: Tree, statement: str) -> None:
    tree.swap("from datetime import", f"{statement}\nfrom datetime import")


def _atop(tree: Tree, code: str) -> None:
    """Put code before the store's class."""
    head = f"class {_WORDS[tree.name]['CLASS']}("
    tree.swap(head, _filled(tree, code).strip() + f"\n\n\n{head}")


# No guard, or one that does not hold


@CKS004.wrong(_ON)
def used_without_a_guard(tree: Tree) -> None:
    _probe(tree, "async def probe(self) -> None:\n    await HANDLE.ASK")


@CKS004.wrong(_ON)
def only_logged_when_missing(tree: Tree) -> None:
    _probe(
        tree,
        """
async def probe(self) -> None:
    if HANDLE is None:
        print("not open")
    await HANDLE.ASK
""",
    )


@CKS004.wrong(_ON)
def guard_turned_round(tree: Tree) -> None:
    _probe(
        tree,
        """
async def probe(self) -> None:
    if HANDLE is not None:
        return
    await HANDLE.ASK
""",
    )


@CKS004.wrong(_ON)
def or_for_and(tree: Tree) -> None:
    _probe(tree, "async def probe(self) -> object:\n    return HANDLE or await HANDLE.ASK")


@CKS004.wrong(_ON)
def ternary_with_the_branches_swapped(tree: Tree) -> None:
    _probe(tree, "async def probe(self) -> object:\n    return None if HANDLE else await HANDLE.ASK")


@CKS004.wrong(_ON)
def alias_is_taken_before_it_opens(tree: Tree) -> None:
    _probe(
        tree,
        """
async def probe(self) -> None:
    held = HANDLE
    if held is None:
        print("opening")
    await held.ASK
""",
    )


@CKS004.wrong(_ON)
def walrus_without_a_consequence(tree: Tree) -> None:
    _probe(
        tree,
        """
async def probe(self) -> None:
    if not (held := HANDLE):
        print("not open")
    await held.ASK
""",
    )


@CKS004.wrong(_ON)
def helper_that_may_not_open(tree: Tree) -> None:
    _probe(
        tree,
        """
async def ensure(self) -> None:
    try:
        await self.prepare()
        HANDLE = MAKE
    except ValueError:
        print("not open")

async def prepare(self) -> None:
    raise ValueError

async def probe(self) -> None:
    if HANDLE is None:
        await self.ensure()
    await HANDLE.ASK
""",
    )


@CKS004.wrong(_ON)
def opener_that_returns_early(tree: Tree) -> None:
    _probe(
        tree,
        """
async def ensure(self, url: str = "") -> None:
    if not url:
        return
    HANDLE = MAKE

async def probe(self) -> None:
    if not HANDLE:
        await self.ensure()
    await HANDLE.ASK
""",
    )


@CKS004.wrong(_ON)
def helper_that_is_not_awaited(tree: Tree) -> None:
    _probe(
        tree,
        """
async def probe(self) -> None:
    opening = OPEN()
    try:
        await HANDLE.ASK
    finally:
        opening.close()
""",
    )


@CKS004.wrong(_ON)
def getter_that_returns_what_there_is(tree: Tree) -> None:
    _probe(
        tree,
        """
def held(self) -> TYPE | None:
    return HANDLE

async def probe(self) -> None:
    await self.held().ASK
""",
    )


@CKS004.wrong(_ON)
def property_that_returns_what_there_is(tree: Tree) -> None:
    _probe(
        tree,
        """
@property
def held(self) -> TYPE | None:
    return HANDLE

async def probe(self) -> None:
    await self.held.ASK
""",
    )


@CKS004.wrong(_ON)
def decorator_that_checks_nothing(tree: Tree) -> None:
    _atop(
        tree,
        """
def logged(method):
    async def around(self, *args, **kwargs):
        print(method.__name__)
        return await method(self, *args, **kwargs)

    return around
""",
    )
    _probe(tree, "@logged\nasync def probe(self) -> None:\n    await HANDLE.ASK")


@CKS004.wrong(_ON)
def private_helper_of_an_unguarded_method(tree: Tree) -> None:
    _probe(
        tree,
        """
async def probe(self) -> None:
    await self._ask()

async def _ask(self) -> None:
    await HANDLE.ASK
""",
    )


@CKS004.wrong(_ON)
def closed_before_the_use(tree: Tree) -> None:
    _probe(
        tree,
        """
async def probe(self) -> None:
    if HANDLE is None:
        return
    await self.close()
    await HANDLE.ASK
""",
        opened=True,
    )


@CKS004.wrong(_ON)
def set_to_none_before_the_use(tree: Tree) -> None:
    _probe(
        tree,
        """
async def probe(self) -> None:
    held, HANDLE = HANDLE, None
    try:
        await HANDLE.ASK
    finally:
        HANDLE = held
""",
        opened=True,
    )


@CKS004.wrong(_ON)
def inner_function(tree: Tree) -> None:
    _probe(
        tree,
        """
async def probe(self) -> object:
    async def ask() -> object:
        return await HANDLE.ASK

    return await ask()
""",
    )


@CKS004.wrong(_ON)
def comprehension(tree: Tree) -> None:
    _probe(tree, "async def probe(self) -> object:\n    return [await HANDLE.ASK for _ in range(1)]")


@CKS004.wrong(_ON)
def context_manager_of_the_class(tree: Tree) -> None:
    tree.swap(
        "from datetime import", "from contextlib import asynccontextmanager\nfrom datetime import"
    )
    _probe(
        tree,
        """
@asynccontextmanager
async def held(self):
    await HANDLE.ASK
    yield HANDLE

async def probe(self) -> None:
    async with self.held():
        print("open")
""",
    )


@CKS004.wrong(_ON)
def loop_that_gives_up(tree: Tree) -> None:
    _probe(
        tree,
        """
async def probe(self) -> None:
    for attempt in range(2):
        if HANDLE is not None:
            break
    await HANDLE.ASK
""",
    )


@CKS004.wrong("postgres", findings=3)
def never_assigned_in_init(tree: Tree) -> None:
    tree.swap("        self.pool: asyncpg.Pool | None = None\n", "")


@CKS004.wrong("sqlite", findings=2)
def assigned_by_open_and_close_only(tree: Tree) -> None:
    tree.swap("        self._db: aiosqlite.Connection | None = None\n", "")
    tree.swap("    await store.open()\n", "", file=tree.main)


@CKS004.wrong(_ON)
def module_variable(tree: Tree) -> None:
    _atop(
        tree,
        """
shared: TYPE | None = None


async def share(held: TYPE) -> None:
    global shared
    shared = held
""",
    )
    _probe(tree, "async def probe(self) -> None:\n    await shared.ASK")


@CKS004.wrong(_ON)
def context_variable(tree: Tree) -> None:
    _import(tree, "from contextvars import ContextVar")
    _atop(tree, 'shared: ContextVar["TYPE | None"] = ContextVar("shared", default=None)')
    _probe(tree, "async def probe(self) -> None:\n    await shared.get().ASK")


@CKS004.wrong("postgres", runs=False)
def pool_that_is_never_awaited(tree: Tree) -> None:
    tree.swap("pool = await asyncpg.create_pool(", "pool = asyncpg.create_pool(")


# Guards


@CKS004.harmless(_ON)
def early_return(tree: Tree) -> None:
    _probe(
        tree,
        "async def probe(self) -> None:\n    if HANDLE is None:\n        return\n    await HANDLE.ASK",
    )


@CKS004.harmless(_ON)
def assertion(tree: Tree) -> None:
    _probe(
        tree,
        "async def probe(self) -> None:\n    assert HANDLE is not None\n    await HANDLE.ASK",
        opened=True,
    )


@CKS004.harmless(_ON)
def opens_itself(tree: Tree) -> None:
    _probe(
        tree,
        """
async def probe(self) -> None:
    if not HANDLE:
        await OPEN()
    await HANDLE.ASK
""",
        opened=True,
    )


@CKS004.harmless(_ON)
def and_for_or(tree: Tree) -> None:
    _probe(tree, "async def probe(self) -> object:\n    return HANDLE and await HANDLE.ASK")


@CKS004.harmless(_ON)
def ternary(tree: Tree) -> None:
    _probe(tree, "async def probe(self) -> object:\n    return await HANDLE.ASK if HANDLE else None")


@CKS004.harmless(_ON)
def alias_that_is_checked(tree: Tree) -> None:
    _probe(
        tree,
        """
async def probe(self) -> None:
    held = HANDLE
    if held is None:
        return
    await HANDLE.ASK
    await held.ASK
""",
    )


@CKS004.harmless(_ON)
def walrus(tree: Tree) -> None:
    _probe(
        tree,
        """
async def probe(self) -> None:
    if (held := HANDLE) is not None:
        await held.ASK
""",
    )


@CKS004.harmless(_ON)
def helper_that_opens_or_raises(tree: Tree) -> None:
    _probe(
        tree,
        """
async def ensure(self) -> None:
    if HANDLE is not None:
        return
    try:
        HANDLE = MAKE
    except OSError as error:
        raise RuntimeError("not open") from error

async def probe(self) -> None:
    await self.ensure()
    await HANDLE.ASK
""",
        opened=True,
    )


@CKS004.harmless(_ON)
def getter_that_raises(tree: Tree) -> None:
    _probe(
        tree,
        """
def held(self) -> TYPE:
    if HANDLE is None:
        raise RuntimeError("not open")
    return HANDLE

async def probe(self) -> None:
    await self.held().ASK
    await HANDLE.ASK
""",
        opened=True,
    )


@CKS004.harmless(_ON)
def property_that_tells(tree: Tree) -> None:
    _probe(
        tree,
        """
@property
def is_open(self) -> bool:
    return HANDLE is not None

async def probe(self) -> None:
    if self.is_open:
        await HANDLE.ASK
""",
    )


@CKS004.harmless(_ON)
def decorator_that_opens(tree: Tree) -> None:
    _atop(
        tree,
        """
def opened(method):
    async def around(self, *args, **kwargs):
        if HANDLE is None:
            await OPEN()
        return await method(self, *args, **kwargs)

    return around
""",
    )
    _probe(tree, "@opened\nasync def probe(self) -> None:\n    await HANDLE.ASK", opened=True)


@CKS004.harmless(_ON)
def private_helper_of_guarded_methods(tree: Tree) -> None:
    _probe(
        tree,
        """
async def probe(self) -> None:
    if HANDLE is None:
        return
    await self._ask()

async def _ask(self) -> None:
    await HANDLE.ASK
""",
    )


@CKS004.harmless(_ON)
def call_of_a_method_that_leaves_it_alone(tree: Tree) -> None:
    _probe(
        tree,
        """
async def report(self) -> None:
    print("asking")

async def probe(self) -> None:
    if HANDLE is None:
        return
    await self.report()
    await HANDLE.ASK
""",
    )


@CKS004.harmless(_ON)
def closed_and_opened_again(tree: Tree) -> None:
    _probe(
        tree,
        """
async def probe(self) -> None:
    await self.close()
    await OPEN()
    await HANDLE.ASK
""",
        opened=True,
    )


@CKS004.harmless(_ON)
def guarded_inner_function(tree: Tree) -> None:
    _probe(
        tree,
        """
async def probe(self) -> object:
    if HANDLE is None:
        return None

    async def ask() -> object:
        return await HANDLE.ASK

    return await ask()
""",
    )


@CKS004.harmless(_ON)
def filtered_comprehension(tree: Tree) -> None:
    _probe(
        tree,
        "async def probe(self) -> object:\n    return [await HANDLE.ASK for _ in range(1) if HANDLE]",
    )


@CKS004.harmless(_ON)
def guarded_context_manager(tree: Tree) -> None:
    tree.swap(
        "from datetime import", "from contextlib import asynccontextmanager\nfrom datetime import"
    )
    _probe(
        tree,
        """
@asynccontextmanager
async def held(self):
    if HANDLE is None:
        await OPEN()
    yield HANDLE

async def probe(self) -> None:
    async with self.held() as held:
        await held.ASK
        await HANDLE.ASK
""",
        opened=True,
    )


@CKS004.harmless(_ON)
def loop_until_it_is_open(tree: Tree) -> None:
    _probe(
        tree,
        """
async def probe(self) -> None:
    while HANDLE is None:
        await OPEN()
    await HANDLE.ASK
""",
        opened=True,
    )


@CKS004.harmless(_ON)
def flag_that_goes_with_it(tree: Tree) -> None:
    declared = _WORDS[tree.name]["DECLARED"]
    tree.swap(declared, f"{declared}\n        self.is_ready = False")
    _probe(
        tree,
        """
async def ensure(self) -> None:
    if self.is_ready:
        return
    held = MAKE
    HANDLE = held
    self.is_ready = True

async def close(self) -> None:
    self.is_ready = False
    if HANDLE is not None:
        await HANDLE.close()
    HANDLE = None

async def probe(self) -> None:
    if not self.is_ready:
        return
    await HANDLE.ASK
""",
    )
    before, _, after = tree.files[tree.store].partition(
        "    async def close(self) -> None:\n        if "
    )
    tree.files[tree.store] = before + after[after.index("\n\n") + 2 :]


@CKS004.harmless(_ON)
def caught_where_it_is_missing(tree: Tree) -> None:
    _probe(
        tree,
        """
async def probe(self) -> None:
    try:
        await HANDLE.ASK
    except AttributeError:
        print("not open")
""",
    )


@CKS004.harmless(_ON)
def matched(tree: Tree) -> None:
    _probe(
        tree,
        """
async def probe(self) -> None:
    match HANDLE:
        case None:
            print("not open")
        case held:
            await held.ASK
""",
    )


@CKS004.harmless(_ON)
def context_variable_that_is_checked(tree: Tree) -> None:
    _import(tree, "from contextvars import ContextVar")
    _atop(tree, 'shared: ContextVar["TYPE | None"] = ContextVar("shared", default=None)')
    _probe(
        tree,
        """
async def probe(self) -> None:
    if shared.get() is None:
        return
    await shared.get().ASK
""",
    )
