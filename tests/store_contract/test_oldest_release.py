"""The contract and the stores on the oldest openai-chatkit that the extras allow."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[2]


def oldest() -> str:
    """The lower bound, which must be the same in all extras."""
    needed = map(Requirement, requires("chatkit-store-creator") or ())
    bounds = {str(one.specifier) for one in needed if one.name == "openai-chatkit"}
    assert len(bounds) == 1, bounds
    return bounds.pop().removeprefix(">=")


def test_the_suite_runs_and_the_stores_hold(tmp_path: Path) -> None:
    packages = tmp_path / "packages"
    install = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(packages)]
    subprocess.run([*install, f"openai-chatkit=={oldest()}"], check=True, timeout=300)
    (tmp_path / "stores.py").write_text(
        "from reference_stores.memory import MemoryStore\n"
        "from reference_stores.sqlite import SQLiteStore\n\n\n"
        "def tenant(context):\n    return context['user_id']\n\n\n"
        "def in_memory():\n    return MemoryStore(tenant=tenant)\n\n\n"
        "def in_sqlite():\n    return SQLiteStore(':memory:', tenant=tenant)\n",
        encoding="utf-8",
    )
    names = {store: run(packages, tmp_path, f"stores:{store}") for store in ("in_memory", "in_sqlite")}
    assert names["in_memory"] == names["in_sqlite"]


def run(packages: Path, folder: Path, store: str) -> set[str]:
    """Run the contract in `folder` with the packages in front; the names of cases, none broken."""
    path = os.pathsep.join((str(packages), str(ROOT / "checker"), str(ROOT)))
    wrapper = "reference_stores.serving:survive_disconnect"
    command = [sys.executable, "-m", "store_contract", store, "--wrap-stream", wrapper]
    done = subprocess.run(
        [*command, "--profile", "house", "--format", "json", "--timeout", "120"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    found = json.loads(done.stdout)
    assert Version(found["openai_chatkit"]) == Version(oldest())
    broken = [case for case in found["cases"] if case["outcome"] not in ("held", "not_applicable")]
    assert (done.returncode, broken) == (0, []), done.stderr
    return {case["name"] for case in found["cases"]}
