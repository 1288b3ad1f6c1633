"""What a user installs, installed for real: the wheel, pipx from a clean clone, the pre-commit hook.

Each installation is made in a folder of its own; packages come from pip's configured index.
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import pytest

from tests.packaging.installing import WRONG, must, run

NOT_WANTED = ("chatkit", "pydantic", "asyncpg", "sqlalchemy", "pymongo", "checker")


@pytest.fixture(scope="module")
def wheel(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of a clean clone."""
    folder = tmp_path_factory.mktemp("wheel")
    must(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, clone, cwd=folder)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of a fresh environment with the wheel, and nothing but what it needs."""
    folder = tmp_path_factory.mktemp("environment")
    must(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    commands = folder / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    must(commands / "python", "-m", "pip", "install", "-q", wheel, cwd=folder)
    return commands


def test_the_wheel_holds_the_packages_and_pages_and_nothing_named_checker(
    clone: Path, wheel: Path
) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "store_lint/chatkit_api/data.json" in names
    assert "store_lint/report/report.schema.json" in names
    assert "store_lint/py.typed" in names
    pages = {path.name for path in (clone / "skill" / "rules").glob("CKS*.md")}
    assert pages
    assert pages <= {Path(name).name for name in names if name.startswith("store_lint/rules/pages/")}
    tops = {name.split("/")[0] for name in names}
    assert not tops & {"checker", "tests", "benchmarks", "skill"}


def test_the_installed_command_needs_neither_clone_nor_chatkit(
    clone: Path, installed: Path, tmp_path: Path
) -> None:
    page = must(installed / "store-lint", "--explain", "CKS004", cwd=tmp_path)
    assert page == (clone / "skill" / "rules" / "CKS004.md").read_text("utf-8")
    for name in NOT_WANTED:
        assert run(installed / "python", "-c", f"import {name}", cwd=tmp_path).returncode == 1, name
    (tmp_path / "store.py").write_text(WRONG)
    done = run(installed / "store-lint", "--format", "agent", "store.py", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("store.py:4:7-4:11 CKS001 error ")
    assert must(installed / "store-lint", "--rules", cwd=tmp_path).count("CKS") >= 6


def test_the_installed_command_writes_a_store_without_chatkit(installed: Path, tmp_path: Path) -> None:
    said = must(installed / "store-new", "mysql", "stores", "--tenant", "ctx.user", cwd=tmp_path)
    assert "from stores.mysql import make_store" in said
    assert (tmp_path / "stores" / "shared.py").read_text("utf-8").startswith("# Made by store-new")
    assert run(installed / "store-lint", ".", cwd=tmp_path).returncode == 0
    done = run(installed / "store-import", "jsonl", "x", "--tenant", "a", "--into", "a:b", cwd=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "pip install openai-chatkit" in done.stderr


def test_the_checker_imports_nothing_of_chatkit_where_it_is_installed(tmp_path: Path) -> None:
    (tmp_path / "store.py").write_text(WRONG)
    code = (
        "import sys\nfrom store_lint.cli import main\nmain(['store.py'])\n"
        f"print(sorted(set({NOT_WANTED!r}) & set(sys.modules)))"
    )
    imported = must(sys.executable, "-c", code, cwd=tmp_path).splitlines()[-1]
    assert imported == "[]"


def test_pipx_installs_a_clean_clone(clone: Path, tmp_path: Path) -> None:
    places = {
        "PIPX_HOME": str(tmp_path / "home"),
        "PIPX_BIN_DIR": str(tmp_path / "commands"),
        "PIPX_MAN_DIR": str(tmp_path / "man"),
    }
    must(
        sys.executable, "-m", "pipx", "install", "--python", sys.executable, ".", cwd=clone, **places
    )  # fmt: skip
    page = must(tmp_path / "commands" / "store-lint", "--explain", "unguarded-pool", cwd=tmp_path)
    assert page.startswith("# CKS004")


def test_the_pre_commit_hook_stops_a_wrong_store_and_lets_a_right_one_pass(
    clone: Path, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    must("git", "init", "-q", ".", cwd=project)
    revision = must("git", "rev-parse", "HEAD", cwd=clone).strip()
    (project / ".pre-commit-config.yaml").write_text(
        f"repos:\n- repo: {clone}\n  rev: {revision}\n  hooks:\n  - id: store-lint\n"
    )
    (project / "fine.py").write_text("from chatkit.types import ThreadMetadata\n")
    must("git", "add", ".", cwd=project)
    hook = [sys.executable, "-m", "pre_commit", "run", "--all-files"]
    home = {"PRE_COMMIT_HOME": str(tmp_path / "cache")}
    done = run(*hook, cwd=project, **home)
    assert done.returncode == 0, done.stdout + done.stderr
    (project / "store.py").write_text(WRONG)
    must("git", "add", ".", cwd=project)
    done = run(*hook, cwd=project, **home)
    assert done.returncode == 1
    assert "store.py:4:7" in done.stdout
    assert "CKS001" in done.stdout
