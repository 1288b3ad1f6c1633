"""Code that is twice as long must not cost much more than twice as much.

Steps of the interpreter inside the analysis are counted, not seconds: the figure is the same on any
machine.
"""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.store_lint.linting import lint_tree, write_tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_STORE: Final = """import asyncpg
from chatkit.store import Store
class S(Store):
    def __init__(self):
        self.pool = None
    async def connect(self):
        self.pool = await asyncpg.create_pool("x")
    async def load(self, a, b):
"""
_USE: Final = '        await self.pool.fetch("x")\n'


def _lines(line: str) -> Callable[[int], str]:
    return lambda n: "".join(f"        {line.replace('#', str(i))}\n" for i in range(n))


def _nested(head: str) -> Callable[[int], str]:
    return lambda n: (
        "".join(f"{'    ' * (i + 2)}{head}\n" for i in range(n)) + "    " * (n + 2) + "a()\n"
    )


_LONG = "".join(f"            b({i})\n" for i in range(40))
_SHAPES: Final[dict[str, Callable[[int], str]]] = {
    "branches": _lines("if a > #: x# = None"),
    "flags": _lines("f# = a > #"),
    "branches on flags": _lines("if a.x#: b = True"),
    "assignments to attributes": _lines("self.x# = a(#)"),
    "nested branches": _nested("if a:"),
    "nested loops": _nested("while a():"),
    "nested with": _nested("async with a():"),
    "calls of what calls give": lambda n: f"        a{'.where(1)' * n}\n",
    "calls in calls": lambda n: f"        {'a(' * n}{')' * n}\n",
    "conditions": lambda n: f"        return {' and '.join(['a.x'] * n)}\n",
    "conditions in branches": lambda n: f"        if {' or '.join(['a == 1'] * n)}: return\n",
    "conditional expressions": lambda n: f"        b = {'(1 if ' * n}a{' else 0)' * n}\n",
    "awaits of awaits": lambda n: f"        {'(await ' * n}a{'.f())' * n}\n",
}


@pytest.mark.parametrize("shape", _SHAPES)
def test_the_cost_grows_with_the_length(shape: str, tmp_path: Path) -> None:
    short, long = (_cost(tmp_path, _SHAPES[shape](n)) for n in (12, 24))
    assert long < 3.2 * short, (short, long)


def test_calls_with_ever_other_arguments_are_followed_for_a_while(tmp_path: Path) -> None:
    """Each method calls the next one several times, each time with another text."""
    few, many = (_cost(tmp_path, _fan(width)) for width in (4, 7))
    assert many < 3.2 * few, (few, many)


def test_how_long_a_list_is_costs_nothing(tmp_path: Path) -> None:
    """Without a query whose parameters it may hold, each of its lengths is as good as the others."""
    calls = "".join(f"        if a > {i}: b(x, {i})\n" for i in range(20))
    grows = calls.replace("b(x, ", "x.append(")
    known, unknown = (
        _cost(tmp_path, f"        x = []\n{body}        b(x)\n") for body in (grows, calls)
    )
    assert known < 2 * unknown, (known, unknown)


def test_how_often_a_loop_has_run_costs_nothing(tmp_path: Path) -> None:
    """What counts its rounds is a number like any other."""
    counts, calls = (
        _cost(tmp_path, f"        n = 0\n        while a:\n            {step}\n{_LONG}        b(n)\n")
        for step in ("n += 1", "b(n + 1)")
    )
    assert counts < 2 * calls, (counts, calls)


def test_each_way_back_to_a_loop_costs_as_much_as_the_code_on_it(tmp_path: Path) -> None:
    """All of them are joined before the loop is run once more."""
    few, many = (_cost(tmp_path, _ways_back(number)) for number in (10, 40))
    assert many < 6 * few, (few, many)


def test_what_is_not_followed_leads_no_further(tmp_path: Path) -> None:
    """Behind a call too deep, nothing is run to see in which states it leaves the object."""
    reading, setting = (_cost(tmp_path, _deep(f"await self.{last}")) for last in ("pool", "connect()"))
    assert setting < 1.8 * reading, (reading, setting)


def test_each_pool_of_a_module_costs_what_the_others_do(tmp_path: Path) -> None:
    """Each flag of a module is asked which of its pools go with it, up to what a file may cost."""
    few, many = (_cost(tmp_path, _pools(number)) for number in (4, 12))
    assert many < 3.2 * few, (few, many)


def test_a_module_that_is_given_up_is_given_up_each_time(tmp_path: Path) -> None:
    """What is asked of two of its pools is answered alike, whichever is asked about first."""
    asks = "        if pool{}: await pool{}.fetch('x')\n".format
    pairs = [(one, other) for one in range(12) for other in range(12) if one != other]
    uses = "".join(asks(one, other) for one, other in pairs)
    write_tree(tmp_path, {"store.py": _STORE + _pools(12) + uses})
    found = {f.span.line for f in lint_tree(tmp_path, {"CKS004"}).findings}
    lines = (tmp_path / "store.py").read_text().splitlines()
    spared = [(a, b) for a, b in pairs if lines.index(asks(a, b).rstrip()) + 1 not in found]
    assert (11, 10) in spared
    assert (10, 11) in spared


def _pools(number: int) -> str:
    """Pools of a module with a flag each, set one by one and all in one function."""
    ways = range(number)
    return (
        "        pass\n"
        + "".join(f"pool{way} = None\nready{way} = False\n" for way in ways)
        + "".join(
            f"def open{way}(dsn):\n    global pool{way}, ready{way}\n"
            f"    pool{way} = asyncpg.Pool(dsn)\n    ready{way} = True\n"
            for way in ways
        )
        + f"def open_all(dsn):\n    global {', '.join(f'pool{w}, ready{w}' for w in ways)}\n"
        + "".join(
            f"    try:\n        pool{way} = asyncpg.Pool(dsn)\n        ready{way} = True\n"
            f"    except OSError:\n        print({way})\n"
            for way in ways
        )
        + "async def use(self):\n"
        + "".join(f"        if ready{way}: await pool{way}.fetch('x')\n" for way in ways)
    )


def _ways_back(number: int) -> str:
    """A loop that goes on from many places, each with another name that was set."""
    ways = range(number)
    return (
        "".join(f"        x{way} = {way}\n" for way in ways)
        + "        for i in a:\n"
        + "".join(
            f"            if i == {way}:\n                x{way} = b(i)\n                continue\n"
            for way in ways
        )
        + f"        b({', '.join(f'x{way}' for way in ways)})\n"
    )


def _deep(last: str) -> str:
    """Methods that call on each other, to a last one, and then go on for long."""
    chain = "".join(f"    async def d{i}(self):\n        await self.d{i + 1}()\n" for i in range(8))
    methods = "".join(
        f"    async def m{i}(self):\n        await self.d0()\n"
        + "".join(f"        await self.see({i + 1}{j})\n" for j in range(20))
        for i in range(8)
    )
    return (
        f"        pass\n{chain}    async def d8(self):\n        {last}\n{methods}"
        "    async def see(self, n):\n        return n\n    async def use(self):\n"
    )


def _fan(width: int) -> str:
    methods = (
        f"    def f{level}(self, a: str):\n"
        + "".join(f"        self.f{level + 1}(a + '{part}')\n" for part in range(width))
        for level in range(6)
    )
    return f"        pass\n{''.join(methods)}    async def f6(self, a: str):\n"


def _cost(root: Path, body: str) -> int:
    """The calls of functions of the analysis that checking a store with this method takes."""
    write_tree(root, {"store.py": _STORE + body + _USE})
    calls = 0

    def count(frame: Any, event: str, _: object) -> None:
        nonlocal calls
        if event == "call" and "flow" in frame.f_code.co_filename:
            calls += 1

    threading.setprofile(count)
    sys.setprofile(count)
    try:
        lint_tree(root, {"CKS004"})
    finally:
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]
    assert calls
    return calls
