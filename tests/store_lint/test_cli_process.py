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
def test_a_reader_that_has_gone_ends_the_output_and_not_the_verdict(tmp_path: Path, lines: int) -> None:
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
engine.check = lambda *_: Report((Target("1.6.5", "newest known"),), files=1)
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


def real(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "store_lint", "--format", "agent", *arguments],
        cwd=folder,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_over_the_real_engine_a_suppression_without_use_is_reported_and_removed(
    tmp_path: Path,
) -> None:
    file = tmp_path / "a.py"
    file.write_text("import chatkit\n\nx = 1  # store-lint: ignore[CKS004] why\n")
    done = real(tmp_path)
    assert done.returncode == 0
    assert done.stdout.splitlines()[0] == (
        "a.py:3:8-3:40 CKS901 warning unused suppression: `CKS004` finds nothing here; "
        "fix: delete 3:6-3:40 (or run with --fix)"
    )
    done = real(tmp_path, "--fix")
    assert done.stdout.startswith("store-lint: ok, 1 fixed, 0 stores in 1 file, chatkit ")
    assert file.read_text() == "import chatkit\n\nx = 1\n"


def test_over_the_real_engine_a_file_that_does_not_parse_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import chatkit\nx = (\n")
    done = real(tmp_path)
    assert done.returncode == 1
    assert " CKS000 error cannot be parsed" in done.stdout
    assert real(tmp_path, "--ignore", "syntax-error").returncode == 0


def test_a_file_without_chatkit_is_checked_without_rich_libcst_or_difflib(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    done = real(tmp_path)
    assert done.stdout.startswith("store-lint: ok, 0 stores in 1 file, chatkit ")
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "store_lint.engine" in imported
    assert not imported & {"rich", "libcst", "difflib", "multiprocessing", "importlib.metadata"}
