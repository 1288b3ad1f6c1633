"""A call is shown what it may look at of its object's state; what it was not shown stays true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from store_lint.flow import analysis
from tests.store_lint.linting import lint_tree, write_tree

if TYPE_CHECKING:
    from pathlib import Path

_HEAD: Final = """\
import asyncpg, chatkit
class Recorder:
    def __init__(self, store):
        store.pool = asyncpg.Pool("x")
class S:
    def __init__(self):
        self.pool: asyncpg.Pool | None = None
        self.seen = 0
    def count(self):
        self.seen += 1
    def note(self):
        Recorder(self)
    async def connect(self):
        if self.pool is None:
            self.pool = await asyncpg.create_pool("x")
        return self
    async def close(self):
        self.pool = None
"""
_DEEP: Final = (
    "".join(f"def h{i}():\n    h{i - 1}()\n" for i in range(9, 0, -1))
    + """\
def h0():
    STORE.pool = asyncpg.Pool("x")
"""
)
_CALLS: Final = {
    "a helper that does not touch the pool, before": """
    async def load(self):
        self.count()
        return await self.pool.fetch("x")  # found
""",
    "one between the guard and the use": """
    async def load(self):
        if self.pool is None:
            raise ValueError
        self.count()
        return await self.pool.fetch("x")
""",
    "one that hands the object on to what sets the pool": """
    async def load(self):
        self.note()
        return await self.pool.fetch("x")
""",
    "what was set once the object was handed on": """
    async def load(self):
        self.note()
        self.pool = None
        self.count()
        return await self.pool.fetch("x")  # found
""",
    "one that hands it on again": """
    async def load(self):
        self.note()
        self.pool = None
        self.note()
        return await self.pool.fetch("x")
""",
    "one that returns the object": """
    async def load(self):
        return await (await self.connect()).pool.fetch("x")
""",
    "one that returns the object to a helper": """
    def me(self):
        return self
    def _held(self):
        return self.me().pool
    async def load(self):
        if self.pool is None:
            raise ValueError
        return await self._held().fetch("x")
""",
    "one that is followed, behind one that is not": """
    async def load(self):
        h9()
        pool = None
        self.count()
        return await pool.fetch("x")  # found
""",
    "one that is not followed and knows the object by itself": """
    def ready(self):
        h9()
    async def load(self):
        self.ready()
        return await self.pool.fetch("x")
""",
    "an attribute by the name of the class": """
    def _lacks(self):
        return type(self).pool is None and S.pool is None
    async def load(self):
        await self.connect()
        if self._lacks():
            raise ValueError
        return await self.pool.fetch("x")
""",
    "a function that is handed to it": """
    async def _retry(self, call):
        return await call()
    async def load(self):
        await self.connect()
        return await self._retry(lambda: self.pool.fetch("x"))
    async def _fetch(self):
        return await self.pool.fetch("x")
    async def loaded(self):
        await self.connect()
        return await self._retry(self._fetch)
""",
    "an inner function that is handed to it too early": """
    async def _retry(self, call):
        return await call()
    async def load(self):
        async def fetch():
            return await self.pool.fetch("x")  # found
        return await self._retry(fetch)
""",
    "one that an ancestor has too": """
class T(S):
    async def connect(self):
        self.count()
        return await super().connect()
    async def load(self):
        await self.connect()
        return await self.pool.fetch("x")
""",
    "one that an ancestor has too, and that loses the pool": """
class T(S):
    async def close(self):
        self.count()
        await super().close()
    async def load(self):
        await self.connect()
        await self.close()
        return await self.pool.fetch("x")  # found
""",
    "one without a name for the object": """
    async def _lose(*args):
        args[0].pool = None
    async def load(self):
        await self.connect()
        return await self.pool.fetch("x")
""",
    "one that sets it by a text": """
    def _set(self):
        setattr(self, "pool", None)
    async def load(self):
        await self.connect()
        self._set()
        return await self.pool.fetch("x")  # found
""",
    "a way around what is not followed": """
    async def reset(self, hard):
        await self.connect()
        self.seen = None
        if hard:
            h9()
        await self.close()
    async def count_up(self):
        if self.seen is None:
            await self.pool.fetch("x")  # found
""",
    "what is not followed, at the end of a with": """
    second = asyncpg.Pool("x")
    async def __aenter__(self):
        pass
    async def __aexit__(self, *error):
        h9()
    async def refresh(self):
        async with self:
            self.seen = self.second = None
    async def load(self):
        if self.seen is None:
            await self.second.fetch("x")
""",
    "a state that only another method leads to": """
    async def open(self):
        self.ready = True
        await self.connect()
    async def load(self):
        if self.seen > 3:
            self.ready = False
        return await self.pool.fetch("x")  # found
""",
}


_JUDGED: Final = """\
    async def load(self, pool: asyncpg.Pool):
        if not self.is_open:
            raise ValueError
        return await pool.fetch("SELECT $1::int", "x")  # found
"""
_LEADING: Final = {
    "what is too deep": "".join(
        f"    async def _c{i}(self):\n        await self._c{i + 1}()\n" for i in range(9)
    )
    + "    async def start(self):\n        await self._c0()\n"
    + "    async def _c9(self):\n        self.is_open = True\n",
    "what the object is handed to": "    def note(self):\n        Recorder(self)\n",
}


def _found(root: Path, text: str) -> set[int]:
    write_tree(root, {"store.py": text})
    return {finding.span.line for finding in lint_tree(root).findings}


def _marked(text: str) -> set[int]:
    return {number for number, line in enumerate(text.splitlines(), 1) if line.endswith("# found")}


@pytest.mark.parametrize("what", _CALLS)
def test_what_a_call_does_not_look_at(what: str, tmp_path: Path) -> None:
    text = _HEAD + _CALLS[what] + _DEEP
    assert _found(tmp_path, text) == _marked(text)


@pytest.mark.parametrize("leads", _LEADING)
def test_what_only_unknown_code_leads_to_is_judged(leads: str, tmp_path: Path) -> None:
    start = "class S:\n    def __init__(self):\n        self.is_open = None\n"
    text = f"import asyncpg, chatkit\nclass Recorder: ...\n{start}{_LEADING[leads]}{_JUDGED}"
    assert _found(tmp_path, text) == _marked(text)


def test_what_was_given_up_once_is_gone_on_with_where_it_is_judged(tmp_path: Path) -> None:
    """`first` gives up below `_d0`, so `second` does too; what `load` calls ends nevertheless."""
    chain = "".join(
        f"    def _d{i}(self):\n        self._d{i + 1}()\n" for i in range(analysis.MAX_DEPTH)
    )
    base = (
        f"import asyncpg\nclass Base:\n    pool = None\n{chain}"
        f"    def _d{analysis.MAX_DEPTH}(self):\n        self.pool = asyncpg.Pool('x')\n"
        "    def _middle(self):\n        self._d0()\n"
    )
    store = (
        "import chatkit\nfrom base import Base\nclass S(Base):\n"
        "    def first(self):\n        self._d0()\n"
        "    def second(self):\n        self._middle()\n"
        "    async def load(self):\n        if self.pool:\n            return\n"
        "        self._middle()\n        pool = None\n"
        "        await pool.fetch('x')  # found\n"
    )
    write_tree(tmp_path, {"base.py": base, "store.py": store})
    assert {finding.span.line for finding in lint_tree(tmp_path).findings} == _marked(store)
