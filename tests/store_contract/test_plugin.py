"""The pytest plugin: by its option, by a class of three lines, and not at all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess

    Run = Callable[..., CompletedProcess[str]]

PYTEST = ("-p", "no:cacheprovider", "-p", "no:xdist", "-q")

BLOCKED = """\
import sys, warnings


class Blocker:
    names = {"chatkit", "hypothesis", "agents", "openai", "pydantic", "starlette", "uvicorn", "rich"}

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"{name} is not there", name=name)


sys.meta_path.insert(0, Blocker())
import pytest

class Watch:
    def pytest_unconfigure(self):
        loaded = sorted(name for name in sys.modules if name.startswith("store_contract"))
        print("LOADED", loaded)

sys.exit(pytest.main(sys.argv[1:], plugins=[Watch()]))
"""


def test_the_option_runs_the_suite_beside_other_tests(run: Run, app: Path) -> None:
    (app / "test_own.py").write_text("def test_own(): pass\n", encoding="utf-8")
    done = run("pytest", *PYTEST, "--chatkit-store=stores:make_store", "-k", "test_own or C15", "-v")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"3 passed, \d+ deselected", done.stdout)


def test_the_option_names_what_is_broken(run: Run) -> None:
    options = ("--chatkit-store=stores:make_inserting", "--chatkit-store-select=C15_add,C16")
    done = run("pytest", *PYTEST, *options)
    assert done.returncode == 1
    assert "add_thread_item raised RuntimeError: UNIQUE constraint failed" in done.stdout
    assert "Mend: let `add_thread_item` upsert" in done.stdout
    assert "1 failed, 2 passed" in done.stdout


def test_the_options_say_how_much_to_try(run: Run) -> None:
    options = ("--chatkit-store=stores:make_waiting", "--chatkit-store-select=C12_foreign")
    done = run("pytest", *PYTEST, *options, "--chatkit-store-deep", "--chatkit-store-timeout=0.5")
    assert done.returncode == 1
    assert "did not end within 0.5 s" in done.stdout


def test_a_class_of_three_lines_runs_the_suite(run: Run, app: Path) -> None:
    (app / "test_store.py").write_text(
        "import stores\nfrom store_contract import StoreContract\n\n"
        "class TestAppStore(StoreContract):\n    make_store = staticmethod(stores.make_store)\n",
        encoding="utf-8",
    )
    done = run("pytest", *PYTEST, "-k", "C15 or C44_reopened", "-rs", "test_store.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed, 1 skipped" in done.stdout
    assert "not applicable: no `second_store` was given" in done.stdout


def test_a_class_declares_what_its_store_lacks(run: Run, app: Path) -> None:
    (app / "test_store.py").write_text(
        "import stores\nfrom store_contract import StoreContract\n\n"
        "class TestAppStore(StoreContract):\n"
        "    profile = 'house'\n    unsupported = {'attachments': 'no uploads'}\n\n"
        "    def make_store(self):\n        return stores.make_without_attachments()\n",
        encoding="utf-8",
    )
    done = run("pytest", *PYTEST, "-k", "C39 or C48 or C40", "-rs", "test_store.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed, 5 skipped" in done.stdout
    assert "declared missing: no uploads" in done.stdout


def test_a_class_that_is_derived_from_nothing_else_needs_its_factory(run: Run, app: Path) -> None:
    (app / "test_store.py").write_text(
        "from store_contract import StoreContract\n\nclass TestAppStore(StoreContract): pass\n",
        encoding="utf-8",
    )
    done = run("pytest", *PYTEST, "-k", "C15_add", "test_store.py")
    assert done.returncode == 1
    assert "TestAppStore has no make_store" in done.stdout


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--chatkit-store=stores:nothing", "stores has no 'nothing'"),
        ("--chatkit-store=stores", "is not of the form module:attribute"),
    ],
)
def test_wrong_usage_is_one_line(run: Run, option: str, said: str) -> None:
    done = run("pytest", *PYTEST, option)
    assert done.returncode == 4
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_factory_that_fails_is_one_line(run: Run) -> None:
    options = ("--chatkit-store=stores:make_nothing", "--chatkit-store-select=C15_add")
    done = run("pytest", *PYTEST, *options)
    assert done.returncode == 1
    assert "make_store failed: ConnectionError: no database at all" in done.stdout


def test_without_the_option_nothing_is_imported_and_nothing_warned(run: Run, app: Path) -> None:
    (app / "blocked.py").write_text(BLOCKED, encoding="utf-8")
    (app / "test_own.py").write_text("def test_own(): pass\n", encoding="utf-8")
    (app / "pytest.ini").write_text("[pytest]\naddopts = --strict-config\n", encoding="utf-8")
    plugins = ("-p", "no:hypothesispytest", "-p", "no:asyncio", "-p", "no:anyio", "-p", "no:benchmark")
    done = run("blocked", *PYTEST, *plugins, "-W", "error", "test_own.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
    assert "warning" not in done.stdout
    light = [f"store_contract{module}" for module in ("", ".arguments", ".effort", ".plugin")]
    assert f"LOADED {light}" in done.stdout
    asked = run("blocked", *PYTEST, *plugins, "--chatkit-store=stores:make_store", "test_own.py")
    assert asked.returncode == 4
    assert "pip install 'chatkit-store-creator[contract]'" in asked.stderr
