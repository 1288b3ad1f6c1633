"""Which functions of a file the analysis must run: those that may hold what a rule looks at.

A rule says by which signs it knows its matter: packages, names and texts. A value that matters to it
begins at a sign, and comes from where it begins to where it is used by names alone: what returns it
is called by its name, what holds it (an attribute, a variable, an import) is read by its name. So the
names of whatever holds a sign are signs themselves, until no more are found: of functions and their
classes, of the attributes and global variables that they assign, of what a statement of a module or a
class binds. A function without any sign runs nothing that has one either, and all that the analysis
would record of it is nothing to any rule.

Callers bring values too, and need no names: a run of the caller, which has a sign, goes into what it
calls. What the calls of a file lead to in other files is told by the text of those, without a parse.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import libcst as cst

from store_lint.flow.syntax import plain_text
from store_lint.tree.expressions import children, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from store_lint.tree.module import ImportTarget, Module, Scope
    from store_lint.tree.program import Program

_WORD: Final = re.compile(r"[^\W\d]\w*")
_NOTHING: Final = "(?!)"


@dataclass(frozen=True, slots=True)
class Signs:
    """By what a rule knows that code may hold its matter."""

    packages: frozenset[str] = frozenset()
    """Packages whose things it looks at, wherever they come from."""
    names: str = _NOTHING
    """A regular expression that finds something in names that tell by themselves."""
    texts: str = _NOTHING
    """One that matches the beginning of string literals that do."""


def any_of(signs: Iterable[Signs]) -> Signs:
    """The signs of several rules together."""
    every = tuple(signs)
    return Signs(
        frozenset[str]().union(*(one.packages for one in every)),
        "|".join([_NOTHING, *(one.names for one in every)]),
        "|".join([_NOTHING, *(one.texts for one in every)]),
    )


class Relevance:
    """Tells the functions of a program's files that must be run, by the signs of all rules."""

    def __init__(self, program: Program, signs: Signs) -> None:
        self._program = program
        self._packages = signs.packages
        # Files have most of their words in common.
        self._in_name = cache(re.compile(signs.names).search)
        self._in_text = re.compile(signs.texts).match
        self._leading: dict[Path, bool] = {}
        self._signed: dict[Path, bool] = {}

    def functions(self, module: Module) -> set[Scope]:
        """The functions of a file that must be run, inner ones with those around them."""
        every = {scope for scope in module.scopes() if scope.is_function}
        if any(self._matters(module, target) for target, _ in module.scope.stars):
            return every  # any name may come from there
        waiting = list(self._holders(module))
        words = frozenset[str]().union(*(holder.words for holder in waiting))
        signs = set(filter(self._in_name, words))
        signs.update(self._imported(module))
        found: set[Scope] = set()
        before = -1
        while before != len(waiting):
            before = len(waiting)
            passed_over: list[_Holder] = []
            for holder in waiting:
                if holder.is_told or not signs.isdisjoint(holder.words):
                    signs |= holder.gives
                    found.update(holder.functions)
                else:
                    passed_over.append(holder)
            waiting = passed_over
        return {scope for scope in every if _outermost(scope) in found}

    # What holds signs

    def _holders(self, module: Module) -> Iterator[_Holder]:
        stored: dict[Scope, set[str]] = {}
        for assigned in self._program.expressions(module).stored:
            stored.setdefault(_outermost(assigned.scope), set()).add(assigned.node.attr.value)
        for scope in module.scopes():
            if scope is not _outermost(scope):
                continue
            if isinstance(scope.node, cst.FunctionDef):
                gives = _given(scope) | stored.get(scope, set())
                yield self._holder([scope.node], (scope,), gives)
                continue
            if isinstance(scope.node, cst.ClassDef):
                head = (*scope.node.decorators, *scope.node.bases, *scope.node.keywords)
                within = tuple(scope.walk())
                yield self._holder(head, within, {scope.name})
            for name, bindings in scope.bindings.items():
                for binding in (*bindings, *scope.every_binding(name)):
                    if binding.kind in ("value", "other"):
                        yield self._holder([binding.statement], (), {name})

    def _holder(
        self, nodes: Sequence[cst.CSTNode], functions: tuple[Scope, ...], gives: set[str]
    ) -> _Holder:
        words, texts = _read(nodes)
        return _Holder(words, any(map(self._in_text, texts)), functions, gives)

    # Imports

    def _imported(self, module: Module) -> Iterator[str]:
        """The names by which a file has something from where there are signs."""
        for scope in module.scopes():
            for name, bindings in scope.bindings.items():
                targets = (binding.target for binding in bindings if binding.kind == "import")
                if any(target is not None and self._matters(module, target) for target in targets):
                    yield name

    def _matters(self, module: Module, target: ImportTarget) -> bool:
        dotted = f"{target.module}.{target.name or ''}"
        if not self._packages.isdisjoint(dotted.split(".")):
            return True
        files = self._program.files(module, target)
        if not files:
            return self._program.is_namespace(module, target)
        # A package gives all that is below it, whoever imports that.
        return files[-1].name == "__init__.py" or any(map(self._leads, files))

    def _leads(self, path: Path) -> bool:
        """Whether a file, or one that it imports, over others too, has a sign in its text."""
        seen, pending = {path}, [path]
        while pending:
            current = pending.pop()
            known = self._leading.get(current)
            if known or (known is None and self._has_sign(current)):
                self._leading[path] = True
                return True
            for target in self._program.imports(current) if known is None else ():
                if target not in seen:
                    seen.add(target)
                    pending.append(target)
        self._leading.update(dict.fromkeys(seen, False))
        return False

    def _has_sign(self, path: Path) -> bool:
        found = self._signed.get(path)
        if found is None:
            found = self._signed[path] = self._is_sign_among_words(path)
        return found

    def _is_sign_among_words(self, path: Path) -> bool:
        words = set(_WORD.findall(self._program.data(path).decode("utf-8", "replace")))
        return not self._packages.isdisjoint(words) or any(
            self._in_name(word) or (word.isupper() and self._in_text(word)) for word in words
        )


@dataclass(slots=True, eq=False)
class _Holder:
    """A stretch of code that has a sign or has none."""

    words: set[str]
    is_told: bool
    """Whether it has one whatever other code has."""
    functions: tuple[Scope, ...]
    """What must be run if it has one."""
    gives: set[str]
    """The names that are signs then."""


def _outermost(scope: Scope) -> Scope:
    """The function that a scope stands in, with all that it stands in itself; else the scope."""
    found, current = scope, scope.parent
    while current is not None:
        if current.is_function:
            found = current
        current = current.parent
    return found


def _given(function: Scope) -> set[str]:
    """The names by which other code comes by what a function has, apart from attributes."""
    names = {function.name}
    for scope in function.walk():
        names.update(scope.declared)
    name, owner = function.name, function.parent
    if name[:2] == name[-2:] == "__" and name != "__init__" and owner is not None and owner.name:
        names.add(owner.name)  # `async with Session():` runs what it does not name
    return names


def _read(nodes: Sequence[cst.CSTNode]) -> tuple[set[str], list[str]]:
    """The words of code, those of annotations too, and the string literals; no docstrings."""
    words: set[str] = set()
    texts: list[str] = []
    annotations: list[cst.Annotation] = []
    pending = list(nodes)
    while pending:
        node = pending.pop()
        if type(node) is cst.Name:
            words.add(node.value)
        elif type(node) is cst.Attribute:
            words.add(node.attr.value)
            pending.append(node.value)
        elif type(node) is cst.SimpleString:
            text = plain_text(node)
            if isinstance(text, str):
                texts.append(text)
                if text.isidentifier():  # getattr(self, "pool")
                    words.add(text)
        elif type(node) is cst.FormattedString:
            if node.parts and type(node.parts[0]) is cst.FormattedStringText:
                texts.append(node.parts[0].value)
            pending.extend(children(node))
        elif type(node) is not cst.Expr or type(node.value) is not cst.SimpleString:
            if type(node) is cst.FunctionDef and node.returns is not None:
                annotations.append(node.returns)
            elif (type(node) is cst.Param or type(node) is cst.AnnAssign) and node.annotation:
                annotations.append(node.annotation)
            pending.extend(children(node))
    for annotation in annotations:
        for node in walk(annotation.annotation):
            if type(node) is cst.Name:
                words.add(node.value)
            elif type(node) is cst.SimpleString:
                words.update(_WORD.findall(node.value))
    return words, texts
