"""What the cases of CKS001 claim is what Python does: they are imported, and the classes asked.

A marked class must be abstract. An unmarked one that derives from a store must not be, except those
that say `# abstract` and why: there the rule stays silent on purpose.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import inspect
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

_CASES = Path(__file__).parent / "cases" / "cks001"
_ABSTRACT = re.compile(r"#\s*(?:CKS001|abstract)\b")
_NOT_RUN = re.compile(r"^# not run: \S", re.MULTILINE)


def _files(case: Path) -> list[Path]:
    return [case] if case.is_file() else sorted(case.rglob("*.py"))


def _cases() -> list[Path]:
    def is_run(case: Path) -> bool:
        texts = [file.read_text("utf-8") for file in _files(case)]
        if any(_NOT_RUN.search(text) for text in texts):
            return False
        try:
            return all(ast.parse(text) for text in texts)
        except SyntaxError:  # of a newer Python
            return False

    return [case for case in sorted(_CASES.iterdir()) if is_run(case)]


def _module_name(file: Path, case: Path) -> str:
    if case.is_file():
        return file.stem
    parts = file.relative_to(case).with_suffix("").parts
    if parts[0] == "src" and not (case / "src" / "__init__.py").exists():
        parts = parts[1:]
    return ".".join(parts).removesuffix(".__init__")


def _imported(case: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, ModuleType]:
    """The modules of a case by name; their functions without parameters have run."""
    roots = [case.parent] if case.is_file() else [case, case / "src"]
    monkeypatch.setattr(sys, "path", [*map(str, roots), *sys.path])
    importlib.invalidate_caches()
    for name in {_module_name(file, case).partition(".")[0] for file in _files(case)}:
        for taken in [key for key in sys.modules if key == name or key.startswith(f"{name}.")]:
            monkeypatch.delitem(sys.modules, taken)  # another test's module of that name
    modules: dict[str, ModuleType] = {}
    for file in _files(case):
        module = modules[_module_name(file, case)] = importlib.import_module(_module_name(file, case))
        for function in list(vars(module).values()):
            if inspect.isfunction(function) and not inspect.signature(function).parameters:
                with contextlib.suppress(TypeError):
                    function()
    return modules


def _derived(cls: type[Any]) -> Iterator[type[Any]]:
    for derived in cls.__subclasses__():
        yield derived
        yield from _derived(derived)


def _lines(file: Path) -> dict[str, int]:
    """The line of each class by its qualified name."""
    found: dict[str, int] = {}

    def visit(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            inner = prefix
            if isinstance(child, ast.ClassDef):
                found[prefix + child.name] = child.lineno
                inner = f"{prefix}{child.name}."
            elif isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                inner = f"{prefix}{child.name}.<locals>."
            visit(child, inner)

    visit(ast.parse(file.read_text("utf-8")), "")
    return found


@pytest.mark.parametrize("case", _cases(), ids=lambda path: path.stem)
def test_what_is_marked_is_abstract_and_nothing_else(
    case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chatkit = pytest.importorskip("chatkit.store")
    roots = (chatkit.Store, chatkit.AttachmentStore)
    before = set(sys.modules)
    others = {cls for root in roots for cls in _derived(root)}
    try:
        modules = _imported(case, monkeypatch)
        files = {module.__name__: Path(module.__file__ or "") for module in modules.values()}
        abstract = {
            (files[cls.__module__].name, _lines(files[cls.__module__])[cls.__qualname__])
            for root in roots
            for cls in _derived(root)
            if cls not in others and cls.__module__ in files and inspect.isabstract(cls)
        }
    finally:
        for name in set(sys.modules) - before:
            if str(getattr(sys.modules[name], "__file__", None) or _CASES).startswith(str(_CASES)):
                del sys.modules[name]
    marked = {
        (file.name, number)
        for file in _files(case)
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if _ABSTRACT.search(line)
    }
    assert abstract == marked
