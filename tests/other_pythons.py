"""Runs the checker's tests on the oldest and the newest Python of the machine: `make other-pythons`.

What the checker is made of differs by Python: `ast`, `tokenize`, `dataclasses`, how deep it recurses.
The Python that runs the whole suite anyway is left out. Environments stand in .venvs.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
LEFT_OUT = (
    "test_fuzz.py",
    "chatkit_api/test_drift.py",
    "mutation",
    "rules/test_pages.py",
    "rules/test_settings_at_run_time.py",
    "rules/test_stores_at_run_time.py",
)
"""In tests/store_lint: what is slow, and what runs chatkit to prove a rule right on any Python."""
OLDEST, NEWEST = 10, 14
"""The minor versions of Python 3 that the project is for."""


def interpreters() -> dict[int, str]:
    """A working interpreter of each supported minor version that the machine has."""
    found: dict[int, str] = {}
    for candidate in _candidates():
        asked = [candidate, "-c", "import ensurepip, venv, sys; print(*sys.version_info[:2])"]
        try:
            done = subprocess.run(asked, capture_output=True, text=True, check=False)
        except OSError:
            continue
        major, _, minor = done.stdout.strip().partition(" ")
        if done.returncode == 0 and major == "3" and OLDEST <= int(minor) <= NEWEST:
            found.setdefault(int(minor), candidate)
    return found


def _candidates() -> Iterator[str]:
    for minor in range(OLDEST, NEWEST + 1):
        path = shutil.which(f"python3.{minor}")
        if path is not None:
            yield path
    homes = [Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"]
    homes.append(Path.home() / ".local" / "share" / "uv" / "python")
    for home in homes:
        yield from map(str, sorted(home.glob("*/bin/python3")))


def test_on(minor: int, interpreter: str) -> bool:
    """Make or renew the environment of a Python and run the tests in it."""
    folder = ROOT / ".venvs" / f"3.{minor}"
    python = folder / "bin" / "python"
    needs = (ROOT / "pyproject.toml").read_text("utf-8")
    made = folder / ".made-for"
    if not made.is_file() or made.read_text("utf-8") != needs:
        subprocess.run([interpreter, "-m", "venv", "--clear", folder], check=True)
        pip = [python, "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, "--upgrade", "pip>=25.1"], check=True)
        subprocess.run([*pip, "--editable", ".", "--group", "dev"], check=True, cwd=ROOT)
        made.write_text(needs, "utf-8")
    print(f"\ntests/store_lint on Python 3.{minor}", flush=True)
    tests = [python, "-m", "pytest", "-q", "-n", "auto", "tests/store_lint"]
    tests += [f"--ignore=tests/store_lint/{path}" for path in LEFT_OUT]
    return subprocess.run(tests, cwd=ROOT, check=False).returncode == 0


def main() -> int:
    """Test on the outermost versions; returns 1 where a test fails."""
    found = interpreters()
    found.pop(sys.version_info[1], None)
    chosen = sorted({min(found), max(found)}) if found else []
    if not chosen:
        print("there is no other supported Python on this machine")
    results = [test_on(minor, found[minor]) for minor in chosen]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
