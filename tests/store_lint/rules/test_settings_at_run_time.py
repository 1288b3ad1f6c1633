"""What the cases of CKS002 claim is what Python does: they are executed, and each read is watched.

A read fails where the attribute is not there, or where the class gives the property in place of its
value. It must fail on the marked lines and on no other line that runs, except on those that say
`# fails`: there the rule stays silent on purpose.
"""

from __future__ import annotations

import ast
import asyncio
import importlib.machinery
import inspect
import re
import shutil
import sys
from functools import cached_property
from pathlib import Path
from types import MemberDescriptorType, ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from store_lint.engine import Options, check
from store_lint.fix import fix_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_CASES = Path(__file__).parent / "cases" / "cks002"
_FAILING = re.compile(r"#\s*(?:CKS002|fails)\b")
_DESCRIPTORS: tuple[type[Any], ...] = (property, cached_property, MemberDescriptorType)
_NOT_RUN = re.compile(r"^# not run: \S", re.MULTILINE)


class _Anything:
    """Stands in for what could not be read, so that the rest of the case runs."""

    def __getattr__(self, name: str) -> _Anything:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_args: object, **_keywords: object) -> _Anything:
        return self


class _Watch(ast.NodeTransformer):
    """Turns each read of an attribute into a call that notes where it fails."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        self.generic_visit(node)
        if not isinstance(node.ctx, ast.Load) or node.attr.startswith("_"):
            return node
        line = node.end_lineno
        call = ast.parse(f"__read__(0, {node.attr!r}, __file__, {line})", mode="eval").body
        assert isinstance(call, ast.Call)
        call.args[0] = node.value
        return ast.copy_location(call, node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.body = [self.visit(part) for part in node.body]  # decorators and annotations as they are
        node.args.defaults = [self.visit(part) for part in node.args.defaults]
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AsyncFunctionDef:
        node.body = [self.visit(part) for part in node.body]
        node.args.defaults = [self.visit(part) for part in node.args.defaults]
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AnnAssign:
        if node.value is not None:
            node.value = self.visit(node.value)
        return node


class _Finder(importlib.machinery.PathFinder):
    """Imports the modules of one case, watched."""

    top = ""
    roots: Sequence[str] = ()
    failed: set[tuple[str, int]]

    @classmethod
    def find_spec(cls, fullname: str, path: Any = None, target: Any = None) -> Any:
        spec = super().find_spec(fullname, cls.roots if path is None else path, target)
        if spec is None or spec.origin is None or not spec.origin.startswith(cls.top):
            return spec if spec is not None and spec.submodule_search_locations else None
        spec.loader = _Loader(fullname, spec.origin)
        return spec


class _Loader(importlib.machinery.SourceFileLoader):
    def source_to_code(self, data: Any, path: Any, **_options: Any) -> Any:
        tree = ast.fix_missing_locations(_Watch().visit(ast.parse(data)))
        return compile(tree, path, "exec", dont_inherit=True)

    def get_code(self, fullname: str) -> Any:  # noqa: ARG002 - the loader's own signature
        return self.source_to_code(self.get_data(self.path), self.path)

    def exec_module(self, module: ModuleType) -> None:
        module.__dict__["__read__"] = _read
        super().exec_module(module)


def _read(base: Any, name: str, file: str, line: int) -> Any:
    try:
        value: Any = getattr(base, name)
    except AttributeError:
        _Finder.failed.add((Path(file).name, line))
        return _Anything()
    if isinstance(base, type) and isinstance(value, _DESCRIPTORS):
        _Finder.failed.add((Path(file).name, line))
    return value


def _execute(case: Path) -> set[tuple[str, int]]:
    _Finder.roots = [str(case.parent)] if case.is_file() else [str(case), str(case / "src")]
    _Finder.top = str(case.parent)
    _Finder.failed = set()
    files = [case] if case.is_file() else sorted(case.rglob("*.py"))
    names = [_module_name(file, case) for file in files]
    before = set(sys.modules)
    sys.meta_path.insert(0, _Finder)
    try:
        for name in names:
            for function in _functions(importlib.import_module(name)):
                outcome = function()
                if inspect.iscoroutine(outcome):
                    asyncio.run(outcome)
    finally:
        sys.meta_path.remove(_Finder)
        for name in set(sys.modules) - before:
            if str(getattr(sys.modules[name], "__file__", None) or _Finder.top).startswith(_Finder.top):
                del sys.modules[name]
    return _Finder.failed


def _module_name(file: Path, case: Path) -> str:
    if case.is_file():
        return file.stem
    parts = file.relative_to(case).with_suffix("").parts
    parts = parts[1:] if parts[0] == "src" and not (case / "src" / "__init__.py").exists() else parts
    return ".".join(parts).removesuffix(".__init__")


def _functions(module: ModuleType) -> Iterator[Any]:
    """The functions of a case, for they hold what is to run; one that cannot be called as it is,
    the case calls itself."""
    for function in list(vars(module).values()):
        if inspect.isfunction(function) and function.__module__ == module.__name__:
            parameters = inspect.signature(function).parameters.values()
            if all(p.default is not p.empty for p in parameters):
                yield function


def _cases() -> list[Path]:
    def is_run(case: Path) -> bool:
        files = [case] if case.is_file() else case.rglob("*.py")
        return not any(_NOT_RUN.search(file.read_text("utf-8")) for file in files)

    return [case for case in sorted(_CASES.iterdir()) if is_run(case)]


def _marked(case: Path) -> set[tuple[str, int]]:
    files = [case] if case.is_file() else sorted(case.rglob("*.py"))
    return {
        (file.name, number)
        for file in files
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if _FAILING.search(line)
    }


each_case = pytest.mark.parametrize("case", _cases(), ids=lambda path: path.stem)


@pytest.mark.filterwarnings("ignore")
@each_case
def test_what_is_marked_fails_and_nothing_else(case: Path) -> None:
    pytest.importorskip("pydantic_settings")
    assert _execute(case) == _marked(case)


@pytest.mark.filterwarnings("ignore")
@each_case
def test_what_is_mended_fails_no_more(case: Path, tmp_path: Path) -> None:
    pytest.importorskip("pydantic_settings")
    copy = tmp_path / case.name
    (shutil.copytree if case.is_dir() else shutil.copyfile)(case, copy)
    options = Options((copy,), select=frozenset({"CKS002"}), root=tmp_path)
    before = {(f.path.name, f.span.line) for f in check(options).findings}
    left, fixed, problems = fix_files(options, check)
    assert not problems
    after = {(f.path.name, f.span.line) for f in left.findings}
    assert after <= before
    assert fixed or after == before
    assert _execute(copy) == _marked(case) - (before - after)
