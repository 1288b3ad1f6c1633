"""Every block of code in SKILL.md, on the pages of skill/, in README and docs is run, or linted."""

from __future__ import annotations

import ast
import os
import re
import shlex
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml

from tests.skill.applications import application
from tests.skill.pages import DOCUMENTS, PAGES, ROOT, Block, blocks
from tests.store_lint.linting import lint_tree, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMANDS: Final = {
    "store-new": "reference_stores.new.cli",
    "store-import": "reference_stores.importing.cli",
    "store-lint": "store_lint.cli",
    "store-contract": "store_contract.cli",
}
OURS: Final = ("chatkit", "reference_stores", "store_contract", "store_lint")
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
_ALL: Final = [block for page in [*PAGES, *DOCUMENTS] for block in blocks(page)]


@each_page
def test_the_page_works_from_its_top_to_its_end(page: Path, tmp_path: Path) -> None:
    used = [block for block in blocks(page) if "app" in block.words]
    if not used:
        pytest.fail(f"{page.name} shows nothing that can be run")
    settings = {block.word("settings") or "sqlite" for block in used}
    assert len(settings) == 1, settings
    app = application(tmp_path, settings.pop(), page.relative_to(ROOT).as_posix())
    for block in used:
        if block.language == "bash":
            _run(block, app)
        else:
            _add(block, app)


def _run(block: Block, app: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block.code],
        cwd=app,
        env={**os.environ, "PATH": path, "PYTEST_ADDOPTS": "-p no:cacheprovider"},
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, f"{block}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    assert "internal error" not in done.stderr
    assert "skipped" not in done.stdout or "passed" in done.stdout


def _add(block: Block, app: Path) -> None:
    file = block.word("file")
    assert file is not None, f"{block}: file=PATH is missing"
    path = app / file
    assert not path.exists(), f"{block}: {file} is there already"
    path.write_text(block.code)
    found = [one for one in lint_tree(app).findings if one.path == path]
    assert not found, [shown(one, app) for one in found]
    ruff = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "-q",
        "--isolated",
        "--select",
        "E,F,I,B,ASYNC",
        "--line-length",
    ]
    for command in ([*ruff, "100", str(path)], [sys.executable, "-c", f"import {_module(file)}"]):
        done = subprocess.run(
            command, cwd=app, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}{done.stderr}"


def _module(file: str) -> str:
    return file.removesuffix(".py").replace("/", ".")


def test_every_block_says_what_it_is() -> None:
    for block in _ALL:
        if block.page in PAGES:
            assert block.words, f"{block}: say how it is tested"
            assert "app" in block.words or block.word("needs"), str(block)
        else:
            assert block.language in (
                "bash",
                "console",
                "json",
                "python",
                "text",
                "toml",
                "yaml",
                "mermaid",
            ), str(block)


@pytest.mark.parametrize("block", [b for b in _ALL if b.language in ("bash", "console")], ids=str)
def test_a_shown_command_is_one_that_there_is(block: Block) -> None:
    for words in _commands(block):
        if words[0] in COMMANDS:
            _parse(block, words)
        elif words[0] == "make":
            targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
            assert set(words[1:2]) <= set(targets), f"{block}: make {words[1:]}"
    if block.language == "bash":
        done = subprocess.run(
            ["bash", "-n"], input=block.code, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{block}: {done.stderr}"


def _commands(block: Block) -> Iterator[list[str]]:
    code = block.code.replace("\\\n", " ")
    for line in code.splitlines():
        if block.language == "console":
            if not line.startswith("$ "):
                continue
            line = line[2:]
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        words: list[str] = []
        for word in [*lexer, ";"]:
            if set(word) <= set(";|&()<>"):
                while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
                    words.pop(0)
                if words:
                    yield words
                words = []
            else:
                words.append(word)


def _parse(block: Block, words: list[str]) -> None:
    module: Any = import_module(COMMANDS[words[0]])
    arguments = words[1:]
    if words[0] == "store-lint" and arguments[:1] == ["hook"]:
        return  # a command of its own, tested where it lives
    try:
        module._parser().parse_args(arguments)  # noqa: SLF001 - what --help shows, without running it
    except SystemExit as stop:
        raise AssertionError(f"{block}: {shlex.join(words)} is no command") from stop


@pytest.mark.parametrize(
    "block", [b for b in _ALL if b.page in DOCUMENTS and b.language == "python"], ids=str
)
def test_code_of_the_documents_is_clean(block: Block, tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "stores.py").write_text("def make_store():\n    ...\n")
    (tmp_path / "shown.py").write_text(block.code)
    found = lint_tree(tmp_path).findings
    assert not found, [shown(one, tmp_path) for one in found]
    for node in ast.walk(ast.parse(block.code)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(OURS):
            assert node.module is not None
            assert find_spec(node.module), f"{block}: there is no {node.module}"
            module = import_module(node.module)
            assert all(hasattr(module, alias.name) for alias in node.names), str(block)


@pytest.mark.parametrize("block", [b for b in _ALL if b.language in ("toml", "yaml", "json")], ids=str)
def test_data_of_the_documents_is_data(block: Block) -> None:
    if block.language == "toml":
        toml: Any = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
        toml.loads(block.code)
    else:
        yaml.safe_load(block.code)


def test_a_wrong_block_would_be_found(tmp_path: Path) -> None:
    app = application(tmp_path, "sqlite", "none")
    page = ROOT / "SKILL.md"
    bad = "from chatkit.types import MessageContentPart\n\n__all__ = ['MessageContentPart']\n"
    with pytest.raises(AssertionError, match="CKS003"):
        _add(Block(page, 1, "python", ("app", "file=app/bad.py"), bad), app)
    with pytest.raises(AssertionError, match="No module named 'nowhere'"):
        _add(
            Block(page, 1, "python", ("app", "file=app/lost.py"), "import nowhere\n\nnowhere.go()\n"),
            app,
        )
    with pytest.raises(AssertionError, match="invalid choice"):
        _run(Block(page, 1, "bash", ("app",), "store-new oracle app/stores\n"), app)
    with pytest.raises(AssertionError, match="is no command"):
        test_a_shown_command_is_one_that_there_is(
            Block(page, 1, "bash", (), "store-lint --fixx src/\n")
        )
