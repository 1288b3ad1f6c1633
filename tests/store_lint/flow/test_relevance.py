"""What a rule looks at is found however it is handed on; what shows no sign of it is not run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from store_lint.chatkit_api import load
from store_lint.engine import Options, check
from store_lint.flow import Signs
from store_lint.flow.relevance import Relevance
from store_lint.tree.layout import Layout
from store_lint.tree.program import Program

if TYPE_CHECKING:
    from pathlib import Path

_MAKER: Final = """\
import os
import redis
def make():
    return redis.Redis() if os.getenv("URL") else None
"""
_PLAIN: Final = "import chatkit\n"

# By how it comes to the function: the files of a tree whose main.py uses None once, in `use`.
_HANDED_ON: Final[dict[str, dict[str, str]]] = {
    "an import": {
        "maker.py": _MAKER,
        "main.py": "from maker import make as m\ndef use():\n    m().acquire()\n",
    },
    "an import over another file": {
        "maker.py": _MAKER,
        "between.py": "from maker import make\ndef other():\n    return make()\n",
        "main.py": "from between import other\ndef use():\n    other().acquire()\n",
    },
    "import *": {
        "maker.py": _MAKER,
        "main.py": "from maker import *\ndef use():\n    make().acquire()\n",
    },
    "a module of a package": {
        "app/__init__.py": "",
        "app/maker.py": _MAKER,
        "main.py": "import app.maker\nimport app\ndef use():\n    app.maker.make().acquire()\n",
    },
    "another function": {
        "maker.py": _MAKER,
        "main.py": (
            "from maker import make\ndef between():\n    return make()\n"
            "def use():\n    between().acquire()\n"
        ),
    },
    "an attribute": {
        "maker.py": _MAKER,
        "main.py": (
            "from maker import make\nclass A:\n    def __init__(self):\n        self.x = make()\n"
            "    def use(self):\n        self.x.acquire()\n"
        ),
    },
    "an attribute by its name in a string": {
        "maker.py": _MAKER,
        "main.py": (
            "from maker import make\nclass A:\n    def __init__(self):\n        self.x = make()\n"
            "    def use(self):\n        getattr(self, 'x').acquire()\n"
        ),
    },
    "a global variable": {
        "maker.py": _MAKER,
        "main.py": "from maker import make\nx = make()\ndef use():\n    x.acquire()\n",
    },
    "an annotation in quotes": {
        "main.py": "import asyncpg as pg\ndef use(x: 'pg.Pool | None'):\n    x.acquire()\n",
    },
    "a telling name": {"main.py": "pool = None\ndef use():\n    pool.acquire()\n"},
    "an inherited method": {
        "base.py": _MAKER + "class Base:\n    def get(self):\n        return make()\n",
        "main.py": (
            "from base import Base\nclass A(Base):\n    def use(self):\n        self.get().acquire()\n"
        ),
    },
}


@pytest.mark.parametrize("way", _HANDED_ON)
def test_what_is_handed_on_is_found(way: str, tmp_path: Path) -> None:
    for name, text in _HANDED_ON[way].items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(_PLAIN + text if name == "main.py" else text)
    report = check(Options((tmp_path,), select=frozenset({"CKS004"}), root=tmp_path, jobs=1))
    assert [(f.path.name, "acquire" in f.message) for f in report.findings] == [("main.py", True)]


def test_functions_without_a_sign_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("def double(n):\n    return 2 * n\n")
    path = tmp_path / "main.py"
    path.write_text(
        "from chatkit.types import ThreadMetadata\nfrom helper import double\n"
        "def plain(n):\n    return double(n)\n"
        "def makes():\n    return ThreadMetadata()\n"
        "def asks():\n    def inner():\n        return makes()\n    return inner\n"
        "class Session:\n    def __enter__(self):\n        return makes()\n"
        "    def plain(self):\n        return 1\n"
        "def enters():\n    with Session():\n        pass\n"
        "class Plain:\n    def count(self):\n        return plain(1)\n"
    )
    program = Program(Layout([]), lambda p: p.read_bytes(), load("1.6.5").canonical)
    relevance = Relevance(program, Signs(frozenset({"chatkit"})))
    found = {scope.qualname for scope in relevance.functions(program.load(path))}
    assert found == {"makes", "asks", "asks.inner", "Session.__enter__", "enters"}
