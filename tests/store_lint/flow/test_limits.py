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
