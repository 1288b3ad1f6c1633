"""The command as a process of its own: what only the operating system can show."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# The process runs over the word engine, so that it needs no code that real rules find fault with.
COMMAND = """
import sys
from store_lint import engine
from tests.store_lint.report.samples import WordEngine
engine.check = WordEngine().check
from store_lint.__main__ import main
sys.exit(main())
"""


HEAVY = ["rich", "libcst", "difflib", "packaging", "pathspec", "tomllib", "tomli", "shutil"]


def environment(**changes: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    return kept | {"PYTHONPATH": os.pathsep.join(map(str, (*import_path(), ROOT)))} | changes


def import_path() -> list[Path]:
    import store_lint

    return [Path(folder).parent for folder in store_lint.__path__]


def run(folder: Path, *arguments: str, **changes: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments],
        cwd=folder,
        env=environment(**changes),
        capture_output=True,
        check=False,
    )


def test_a_locale_without_the_characters_gets_escapes(tmp_path: Path) -> None:
    (tmp_path / "é.py").write_text("BAD = '日'\n", "utf-8")
    for format_name in ("text", "concise", "agent", "json", "github", "sarif"):
        done = run(tmp_path, "--format", format_name, LC_ALL="C", PYTHONIOENCODING="ascii")
        assert done.returncode == 1
        assert done.stdout.isascii()
        assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("lines", [1, 5000])
def test_a_reader_that_has_gone_ends_the_output_and_not_the_verdict(
    tmp_path: Path, lines: int
) -> None:
    (tmp_path / "a.py").write_text("BAD\n" * lines)
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, "--format", "agent"],
        cwd=tmp_path,
        env=environment(),
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.parametrize("format_name", ["text", "agent", "concise"])
def test_a_clean_run_imports_nothing_heavy(tmp_path: Path, format_name: str) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'a'\n")
    code = f"""
import sys
from store_lint import cli, engine
from store_lint.finding import Report, Target
engine.check = lambda *_: Report(Target("1.6.5", "newest known"), files=1)
assert cli.main(["--format", {format_name!r}]) == 0
print(sorted(set({HEAVY!r}) & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"
