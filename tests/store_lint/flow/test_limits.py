"""Where the analysis stops following, it says nothing: a limit must never make a finding."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

import pytest

from store_lint.engine import Options, check
from store_lint.flow import analysis
from tests.store_lint.linting import lint_tree, write_tree
from tests.store_lint.mutation.model import TREES, Tree
from tests.store_lint.rules.test_cases import CASES, marked

if TYPE_CHECKING:
    from pathlib import Path

_LIMITS: Final[dict[str, dict[str, int]]] = {
    "no call is followed": {"MAX_DEPTH": 0},
    "calls are followed once": {"MAX_DEPTH": 1},
    "calls are followed twice": {"MAX_DEPTH": 2},
    "none into other files": {"MAX_DEPTH_ELSEWHERE": 0},
    "few steps in what is called": {"FOLLOWED": 5, "FOLLOWED_PER_LINE": 0},
    "few steps in all": {"STEPS": 30, "STEPS_PER_LINE": 0},
}


@pytest.fixture(params=_LIMITS)
def limited(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, limit in _LIMITS[request.param].items():
        monkeypatch.setattr(analysis, name, limit)


@pytest.mark.usefixtures("limited")
@pytest.mark.parametrize("name", TREES)
def test_correct_trees_stay_clean(name: str, tmp_path: Path) -> None:
    write_tree(tmp_path, Tree(name).files)
    assert not lint_tree(tmp_path).findings


@pytest.mark.usefixtures("limited")
@pytest.mark.parametrize("rule", ["cks003", "cks004", "cks005", "cks006"])
def test_no_right_line_is_found(rule: str, tmp_path: Path) -> None:
    wrong: set[tuple[str, int, str]] = set()
    for case in sorted((CASES / rule).iterdir()):
        # Projects of their own: no other file mentions their names.
        copy = tmp_path / case.stem / case.name
        copy.parent.mkdir()
        (copy.parent / "pyproject.toml").touch()
        (shutil.copytree if case.is_dir() else shutil.copyfile)(case, copy)
        report = check(Options((copy,), select=frozenset({rule.upper()}), root=copy.parent, jobs=1))
        found = {(f.path.name, f.span.line, f.rule) for f in report.findings}
        wrong |= found - marked(case)
    assert not wrong


@pytest.mark.parametrize("apart", [False, True], ids=["one file", "a file each"])
@pytest.mark.parametrize("depth", range(1, 10))
def test_an_attribute_may_be_set_by_any_ancestor(depth: int, apart: bool, tmp_path: Path) -> None:
    """Each `__init__` calls the next one up, and the last one sets the pool."""
    classes = [
        "class B0:\n    def __init__(self, url):\n        self.pool = asyncpg.Pool(url)\n",
        *(
            f"class B{i}(B{i - 1}):\n    def __init__(self, url):\n        super().__init__(url)\n"
            for i in range(1, depth)
        ),
    ]
    last = f"B{depth - 1}"
    store = (
        f"class S({last}):\n    def __init__(self, url):\n        super().__init__(url)\n"
        "    async def load(self):\n        return await self.pool.fetch('x')\n"
    )
    files = {
        "use.py": "import chatkit\nfrom store import S\nasync def use():\n    S('x').pool.fetch('y')\n"
    }
    if apart:
        files |= {
            f"b{i}.py": f"import asyncpg\n{f'from b{i - 1} import B{i - 1}' if i else ''}\n{text}"
            for i, text in enumerate(classes)
        }
        files["store.py"] = f"import chatkit\nfrom b{depth - 1} import {last}\n{store}"
    else:
        files["store.py"] = f"import asyncpg, chatkit\n{''.join(classes)}{store}"
    write_tree(tmp_path, files)
    assert not lint_tree(tmp_path, {"CKS004"}).findings


_HELPED: Final = {
    "an attribute set for __init__": (
        "s.pool = asyncpg.Pool('x')",
        "    def __init__(self):\n        h(self)\n"
        "    async def load(self):\n        return await self.pool.fetch('x')\n",
    ),
    "an attribute of another type": (
        "s.n = 5",
        "    async def load(self, pool: asyncpg.Pool, x):\n        self.n = str(x)\n        h(self)\n"
        "        return await pool.fetch('SELECT $1::int', self.n)\n",
    ),
    "an attribute of an object that is held": (
        "s.pool = asyncpg.Pool('x')",
        "    def __init__(self):\n        self.db = Db()\n"
        "    async def load(self):\n        h(self.db)\n        return await self.db.pool.fetch('x')\n",
    ),
    "an attribute of a local object": (
        "s.pool = asyncpg.Pool('x')",
        "    async def load(self):\n        db = Db()\n        h(db)\n"
        "        return await db.pool.fetch('x')\n",
    ),
    "an object that is checked": (
        "if s.pool is None:\n        raise ValueError",
        "    def __init__(self, db: Db):\n        self.db = db\n"
        "    async def load(self):\n        h(self.db)\n        return await self.db.pool.fetch('x')\n",
    ),
}


@pytest.mark.parametrize("apart", [False, True], ids=["one file", "a file each"])
@pytest.mark.parametrize("depth", range(9))
@pytest.mark.parametrize("what", _HELPED)
def test_what_a_helper_does_is_believed(what: str, depth: int, apart: bool, tmp_path: Path) -> None:
    """The last of the helpers, each of which calls the next one, does what makes the method right."""
    does, methods = _HELPED[what]
    helpers = [f"def h0(s):\n    {does}\n"]
    helpers += [f"def h{i}(s):\n    h{i - 1}(s)\n" for i in range(1, depth + 1)]
    db = "class Db:\n    def __init__(self):\n        self.pool = None\n"
    store = f"{db}class S:\n{methods.replace('h(', f'h{depth}(')}"
    if apart:
        files = {
            f"h{i}.py": f"import asyncpg\n{f'from h{i - 1} import h{i - 1}' if i else ''}\n{text}"
            for i, text in enumerate(helpers)
        }
        files["store.py"] = f"import asyncpg, chatkit\nfrom h{depth} import h{depth}\n{store}"
    else:
        files = {"store.py": f"import asyncpg, chatkit\n{''.join(helpers)}{store}"}
    write_tree(tmp_path, files)
    assert not lint_tree(tmp_path).findings


def test_what_is_found_does_not_hang_on_what_else_is_checked(tmp_path: Path) -> None:
    """From a.py, what `find` gives is too deep to be looked into; from b.py it is not."""
    files = {
        "a.py": "import asyncpg, chatkit\nfrom b import load\nasync def use():\n    await load()\n",
        "b.py": "import asyncpg, chatkit\nfrom c import get\nasync def load():\n"
        "    pool = get()\n    return await pool.fetch('x')\n",
        "c.py": "from d import find\ndef get():\n    return find()\n",
        "d.py": "def find():\n    return None\n",
    }
    write_tree(tmp_path, files)
    found = [
        [(f.path.name, f.span.line) for f in lint_tree(tmp_path, {"CKS004"}, paths=paths).findings]
        for paths in (["b.py"], ["a.py", "b.py"], ["."])
    ]
    assert found == [[("b.py", 5)]] * 3
