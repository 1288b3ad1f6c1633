"""Which names a file takes from chatkit, and which of them the checked release does not have there."""

from __future__ import annotations

import builtins
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import libcst as cst

from store_lint.chatkit_api import Alias, Class, releases
from store_lint.rules.base import Replacement, Violation
from store_lint.rules.fallbacks import (
    IMPORT_ERRORS,
    is_expected,
    only_for_type_checkers,
    replaced_import,
    required_import,
)
from store_lint.rules.forks import forked_modules
from store_lint.tree.expressions import children, plain_names, walk
from store_lint.tree.module import ImportTarget, dotted_name, target_names
from store_lint.tree.program import External, LocalModule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from store_lint.chatkit_api import Api
    from store_lint.finding import Span
    from store_lint.rules.base import Context
    from store_lint.tree.module import Module, Scope

_MISTAKEN: Final = ("openai_chatkit", "openai.chatkit")
"""Modules that nobody ships: the distribution's name, and a part of the OpenAI client that it lacks."""
_STUBBED: Final = re.compile(
    r"sys\.modules(?:\[|\.setdefault\(|\.update\()|patch\.dict\([^)]*sys\.modules"
)
"""A file that puts modules of its own in place of others."""
_LISTED: Final = 3


@dataclass(frozen=True, slots=True)
class _Imported:
    """One name of a `from … import`, or a module of an `import`."""

    scope: Scope
    module: str
    name: str | None
    alias: cst.ImportAlias
    statement: cst.Import | cst.ImportFrom


class ChatkitNames:
    """The names of one file."""

    def __init__(self, module: Module, context: Context) -> None:
        self._module = module
        self._program = context.program
        self._api: Api = context.api

    def violations(self) -> Iterator[Violation]:
        if _STUBBED.search(self._module.source.text):
            return
        reported: set[cst.CSTNode] = set()
        for imported in self._imported():
            found = self._wrong_import(imported)
            if found is not None and found.node not in reported:
                reported.add(found.node)
                yield found
        yield from self._wrong_attributes()
        yield from self._wrong_after_star()

    # Imports

    def _imported(self) -> Iterator[_Imported]:
        for scope in self._module.scopes():
            for target, alias, statement in scope.imports:
                named = target.level == 0 and "chatkit" in f"{target.module}.{target.name}"
                if named and self._is_outside(target.module):
                    yield _Imported(scope, target.module, target.name, alias, statement)

    def _is_outside(self, dotted: str) -> bool:
        found = self._program.imported(self._module, ImportTarget(dotted))
        return bool(found) and all(isinstance(definition, External) for definition in found)

    def _wrong_import(self, of: _Imported) -> Violation | None:
        found = self._import_violation(of)
        if found is None or self._is_provided_for(of):
            return None
        if of.name is not None and self._is_forked(of.module, of.name):
            return None
        if only_for_type_checkers(self._module, of.statement):
            return Violation(
                found.node,
                f"{found.message} (for a type checker)",
                found.remedy,
                "warning",
                found.edits,
            )
        return found

    def _import_violation(self, of: _Imported) -> Violation | None:
        if of.name is None:
            return self._missing_module(of) if self._lacks_module(of.module) else None
        dotted = f"{of.module}.{of.name}"
        if self._lacks_module(of.module):
            return self._missing_module(of)
        if of.module in self._api.modules():
            return self._missing_name(of) if self._lacks(of.module, of.name) else None
        if _is_openai(of.module) and self._right(dotted) is not None:
            return self._missing_name(of)
        if of.module == "openai" and of.name == "chatkit":
            return Violation(
                of.alias,
                "`openai` has no `chatkit`: ImportError",
                "write `import chatkit` (openai-chatkit)",
            )
        return None

    def _lacks_module(self, dotted: str) -> bool:
        if _is_mistaken(dotted):
            return True
        return dotted.startswith("chatkit.") and dotted not in self._api.modules()

    def _lacks(self, module: str, name: str) -> bool:
        if name in self._api.names(module) or (name.startswith("__") and name.endswith("__")):
            return False
        return f"{module}.{name}" not in self._api.modules()

    def _right(self, dotted: str) -> str | None:
        """Where a name that is asked of the wrong module really stands."""
        found = self._api.canonical(dotted)
        known = found.startswith("chatkit.") and found != dotted
        return found if known and self._api.lookup(found) is not None else None

    def _is_forked(self, module: str, name: str) -> bool:
        return any(forked_modules(self._program, self._module, module, name))

    def _is_provided_for(self, of: _Imported) -> bool:
        exceptions = IMPORT_ERRORS
        if not self._lacks_module(of.module):
            exceptions = frozenset({"ImportError"})
        if is_expected(self._module, of.scope, of.statement, exceptions):
            return True
        before = replaced_import(self._module, of.statement)
        if before is not None and not self._fails(before):
            return True
        first = required_import(self._module, of.statement)
        return first is not None and self._fails(first)

    def _fails(self, statement: cst.Try | cst.TryStar) -> bool:
        """Whether an import in the body of a `try` fails for sure."""
        inside = {id(node) for node in walk(statement.body)}
        return any(
            self._import_violation(imported) is not None
            for imported in self._imported()
            if id(imported.statement) in inside
        )

    # What is wrong with an import

    def _missing_module(self, of: _Imported) -> Violation:
        statement = of.statement
        if isinstance(statement, cst.Import) or isinstance(statement.names, cst.ImportStar):
            right = self._module_meant(of.module)
            module, _, name = of.module.rpartition(".")
            if right is not None:
                remedy = f"write `import {right}`"
            elif self._api.lookup(of.module) is not None:
                remedy = f"write `from {module} import {name}`"
            else:
                remedy = f"the modules are {_listed(self._modules())}"
            edits: tuple[Replacement, ...] = ()
            if right and of.alias.asname is not None:
                edits = (Replacement(of.alias.name, right),)
            return Violation(of.alias, _no_module(of.module), remedy, edits=edits)
        node = statement.module or of.alias
        rights = {alias: self._place(of.module, alias) for alias in statement.names}
        known = [right for right in rights.values() if right is not None]
        if not known:
            names = [_name(alias) for alias in statement.names]
            return Violation(
                node, _no_module(of.module), " and ".join(self._instead(name) for name in names)
            )
        moved = {alias: right for alias, right in rights.items() if right is not None}
        remedy = f"write {_joined(_statements(moved))}"
        unknown = [_name(alias) for alias, right in rights.items() if right is None]
        if unknown:
            remedy = "; ".join([remedy, *(f"for `{n}`: {self._instead(n)}" for n in unknown)])
        edits = self._moved(statement, moved) if not unknown else ()
        return Violation(node, _no_module(of.module), remedy, edits=edits)

    def _place(self, module: str, alias: cst.ImportAlias) -> str | None:
        """The right dotted name of what an alias names."""
        name = _name(alias)
        if name in self._submodules():
            return f"chatkit.{name}"
        return self._right(f"{module}.{name}") or self._defined(name)

    def _missing_name(self, of: _Imported) -> Violation:
        assert of.name is not None
        assert isinstance(of.statement, cst.ImportFrom)
        right = self._right(f"{of.module}.{of.name}") or self._defined(of.name)
        if right is not None:
            there, _, _ = right.rpartition(".")
            moved: dict[cst.ImportAlias, str] = {}
            if not isinstance(of.statement.names, cst.ImportStar):
                for alias in of.statement.names:
                    if _is_openai(of.module) or self._lacks(of.module, _name(alias)):
                        place = self._right(f"{of.module}.{_name(alias)}") or self._defined(
                            _name(alias)
                        )
                        if place is not None:
                            moved[alias] = place
            return Violation(
                of.alias,
                f"`{of.module}` has no `{of.name}` (ImportError): it is in `{there}`",
                f"write {_joined(_statements({of.alias: right}))}",
                edits=self._moved(of.statement, moved),
            )
        message = f"`{of.module}` has no `{of.name}`{self._when(of.module, of.name)}: ImportError"
        same = self._same_but_case(of.name)
        edits: tuple[Replacement, ...] = ()
        if same is not None and same.rpartition(".")[0] == of.module:
            edits = self._renamed(of, same.rpartition(".")[2])
        return Violation(of.alias, message, self._instead(of.name, of.module), edits=edits)

    def _defined(self, name: str) -> str | None:
        found = self._api.find(name)
        if found:
            return found[0]
        # Another name of something, such as `ThreadItemUpdated`.
        named = (f"{m}.{name}" for m in self._modules() if name in self._api.names(m))
        return next((n for n in named if isinstance(self._api.lookup(n), (Alias, Class))), None)

    def _when(self, module: str, name: str) -> str:
        """In which other releases the name is there."""
        having = self._api.other_releases(f"{module}.{name}")
        target = self._api.version
        if not having:
            return f" (chatkit {target})"
        known = releases()
        index = known.index(target) if target in known else len(known)
        earlier = [v for v in having if known.index(v) < index]
        later = [v for v in having if known.index(v) > index]
        if later and not earlier:
            return f" in chatkit {target}: it came in {later[0]}"
        if earlier and not later:
            return f" in chatkit {target}: it was there until {earlier[-1]}"
        return f" in chatkit {target}: it is in {', '.join(having)}"

    def _instead(self, name: str, module: str | None = None) -> str:
        """What to write instead of a name that this release does not have."""
        near = self._api.nearest(name, module, _LISTED)
        later = self._later(module, name)
        written = [f"`from {q.rpartition('.')[0]} import {q.rpartition('.')[2]}`" for q in near]
        if later is not None:
            return f"require openai-chatkit>={later}" + (
                f", or write {' or '.join(written)}" if near else ""
            )
        if written:
            return f"write {' or '.join(written)}"
        return f"see what chatkit {self._api.version} has: `{name}` is not in it"

    def _later(self, module: str | None, name: str) -> str | None:
        having = self._api.other_releases(f"{module}.{name}") if module else ()
        known = releases()
        target = self._api.version
        index = known.index(target) if target in known else len(known)
        return next((v for v in having if known.index(v) > index), None)

    def _same_but_case(self, name: str) -> str | None:
        folded = name.replace("_", "").lower()
        same = [
            dotted
            for dotted in self._api.nearest(name)
            if dotted.rpartition(".")[2].replace("_", "").lower() == folded
        ]
        return same[0] if len(same) == 1 else None

    def _submodules(self) -> frozenset[str]:
        return frozenset(m.partition(".")[2] for m in self._api.modules() if "." in m)

    def _modules(self) -> list[str]:
        return sorted(m for m in self._api.modules() if "." in m)

    def _module_meant(self, dotted: str) -> str | None:
        """`openai_chatkit.types` means `chatkit.types`."""
        for mistaken in _MISTAKEN:
            if dotted == mistaken or dotted.startswith(mistaken + "."):
                right = "chatkit" + dotted[len(mistaken) :]
                return right if right in self._api.modules() else None
        return None

    # Edits

    def _moved(
        self, statement: cst.ImportFrom, moved: dict[cst.ImportAlias, str]
    ) -> tuple[Replacement, ...]:
        """The edits that import each name from where it stands; none where a comment would go."""
        assert not isinstance(statement.names, cst.ImportStar)
        places = {right.rpartition(".")[0] for right in moved.values()}
        if len(moved) == len(statement.names) and len(places) == 1 and statement.module is not None:
            return (Replacement(statement.module, next(iter(places))),)
        code = cst.Module([]).code_for_node(statement)
        if "#" in code:
            return ()
        written = _statements(moved)
        kept = [alias for alias in statement.names if alias not in moved]
        if kept:
            last = (
                kept[-1] if statement.lpar else kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
            )
            rest = statement.with_changes(names=[*kept[:-1], last])
            written.insert(0, cst.Module([]).code_for_node(rest))
        return (Replacement(statement, self._line_break(statement).join(written)),)

    @cached_property
    def _import_spans(self) -> dict[int, Span]:
        """Of all imports of chatkit at once: to find one takes as long as to find all."""
        return self._module.source.spans(of.statement for of in self._imported())

    def _line_break(self, statement: cst.CSTNode) -> str:
        source = self._module.source
        start = self._import_spans[id(statement)].start
        line = max(source.text.rfind("\n", 0, start), source.text.rfind("\r", 0, start)) + 1
        before = source.text[line:start]
        return "; " if before.strip() else f"\n{before}"

    def _renamed(self, of: _Imported, right: str) -> tuple[Replacement, ...]:
        """The edits that call a name what chatkit calls it, in the whole file if that is sure."""
        assert of.name is not None
        if of.alias.asname is not None:
            return (Replacement(of.alias.name, right),)
        uses = list(plain_names(self._module.source.tree, of.name))
        sure = (
            len(uses) == _count(self._module.source.text, of.name)
            and _count(self._module.source.text, right) == 0
            and all(other is self._module for other in self._program.mentioning(of.name, self._module))
        )
        if not sure:
            return (Replacement(of.alias.name, f"{right} as {of.name}"),)
        return tuple(Replacement(use, right) for use in uses)

    # Attributes of modules

    def _wrong_attributes(self) -> Iterator[Violation]:
        roots = self._module_names()
        if not roots:
            return
        expressions = self._program.expressions(self._module)
        written = {dotted_name(assigned.node) for assigned in expressions.stored}
        uses: list[tuple[cst.CSTNode, Scope, frozenset[str]]] = [
            (use.node, use.scope, use.hidden) for use in expressions.read
        ]
        annotations = list(_annotations(self._module))
        annotations += [(a.annotation, a.scope) for a in expressions.stored if a.annotation is not None]
        for annotation, scope in annotations:
            uses += [(node, scope, frozenset[str]()) for node in walk(annotation)]
        for node, scope, hidden in uses:
            if not isinstance(node, cst.Attribute) or dotted_name(node) in written:
                continue
            root = (dotted_name(node) or "").partition(".")[0]
            if root not in roots or root in hidden:
                continue
            found = self._wrong_attribute(node, scope)
            # `setattr(types, "Name", ...)`, in whatever way, gives it one.
            if found is None or self._is_quoted(node.attr.value):
                continue
            module = self._program.resolve(scope, node.value)[0]
            if not isinstance(module, External) or not self._is_forked(module.dotted, node.attr.value):
                yield found

    def _is_quoted(self, name: str) -> bool:
        return f'"{name}"' in self._module.source.text or f"'{name}'" in self._module.source.text

    def _module_names(self) -> frozenset[str]:
        """The names that may mean a module of chatkit in this file."""
        found: set[str] = set()
        for scope in self._module.scopes():
            for name, bindings in scope.bindings.items():
                targets = [binding.target for binding in bindings if binding.target is not None]
                if any(self._gives_module(target) for target in targets):
                    found.add(name)
        for scope in self._module.scopes() if found else ():
            for name, bindings in scope.bindings.items():
                if any((dotted_name(b.value) or "").partition(".")[0] in found for b in bindings):
                    found.add(name)
        return frozenset(found)

    def _gives_module(self, target: ImportTarget) -> bool:
        return any(
            isinstance(found, External)
            and (found.dotted in self._api.modules() or _is_client(found.dotted))
            for found in self._program.imported(self._module, target)
        )

    def _wrong_attribute(self, node: cst.Attribute, scope: Scope) -> Violation | None:
        name = node.attr.value
        found = self._program.resolve(scope, node.value)
        modules = [d.dotted for d in found if isinstance(d, External)]
        if not modules or len(modules) != len(found):
            return None
        module = modules[0]
        if module in self._api.modules() and module != "chatkit":
            wrong = all(m in self._api.modules() and self._lacks(m, name) for m in modules)
        elif module == "chatkit":
            wrong = self._lacks(module, name) and name[:1].isupper()
        else:
            wrong = _is_openai(module) and self._right(f"{module}.{name}") is not None
        if not wrong or is_expected(self._module, scope, node, frozenset({"AttributeError"})):
            return None
        right = self._right(f"{module}.{name}") or self._defined(name)
        if right is not None:
            there, _, _ = right.rpartition(".")
            return Violation(
                node,
                f"`{module}` has no `{name}` (AttributeError): it is in `{there}`",
                f"write `from {there} import {name}`, and `{name}` here",
            )
        same = self._same_but_case(name)
        edits: tuple[Replacement, ...] = ()
        if same is not None and same.rpartition(".")[0] == module:
            edits = (Replacement(node.attr, same.rpartition(".")[2]),)
        return Violation(
            node,
            f"`{module}` has no `{name}`{self._when(module, name)}: AttributeError",
            self._instead(name, module),
            edits=edits,
        )

    # Star imports

    def _wrong_after_star(self) -> Iterator[Violation]:
        """Names that only a `from chatkit.types import *` could give, and does not."""
        stars = self._module.scope.stars
        for target, statement in stars:
            module = target.module
            if target.level or not self._lacks_module(module) or not self._is_outside(module):
                continue
            if not is_expected(self._module, self._module.scope, statement, IMPORT_ERRORS):
                right = self._module_meant(module) or "chatkit.types"
                yield Violation(
                    statement.module or statement,
                    _no_module(module),
                    f"name what you need: `from {right} import ...`",
                )
        modules = [target.module for target, _ in stars if target.level == 0]
        if not any(m in self._api.modules() or _is_openai(m) for m in modules):
            return
        sources: list[Iterable[str]] = []
        for target, _ in stars:
            found = self._program.imported(self._module, ImportTarget(target.module, target.level))
            if len(found) != 1:
                return
            source = found[0]
            if isinstance(source, LocalModule) and not source.module.scope.stars:
                sources.append(source.module.scope.bindings)
            elif isinstance(source, External) and source.dotted in self._api.modules():
                sources.append(self._api.names(source.dotted))
            elif not (isinstance(source, External) and _is_openai(source.dotted)):
                return
        given = {name for names in sources for name in names}
        for node, scope in self._unbound(given):
            name = node.value
            near = self._api.nearest(name)
            if (
                not near
                or self._is_quoted(name)
                or is_expected(self._module, scope, node, frozenset({"NameError"}))
            ):
                continue
            right = self._defined(name)
            starred = " or ".join(f"`from {m} import *`" for m in modules)
            where = (
                f": it is in `{right.rpartition('.')[0]}`" if right else self._when(modules[0], name)
            )
            yield Violation(
                node, f"{starred} gives no `{name}` (NameError){where}", self._instead(name, modules[0])
            )

    def _unbound(self, given: set[str]) -> Iterator[tuple[cst.Name, Scope]]:
        """Capitalised names that nothing in the file binds, where they are read."""
        bound: set[str] = set(dir(builtins)) | given
        scope = self._module.scope
        expressions = self._program.expressions(self._module)
        for inner in self._module.scopes():
            bound.update(inner.bindings, inner.declared)
        for names in expressions.captured.values():
            bound.update(names)
        if "globals()" in self._module.source.text or "exec(" in self._module.source.text:
            return
        for node in walk(self._module.source.tree):
            if isinstance(node, cst.CompFor):
                bound.update(name.value for name in target_names(node.target))
            elif isinstance(node, cst.Param):
                bound.add(node.name.value)
        for node in _loaded_names(self._module.source.tree):
            if node.value[:1].isupper() and node.value not in bound:
                yield node, scope


def _is_mistaken(dotted: str) -> bool:
    return any(dotted == m or dotted.startswith(m + ".") for m in _MISTAKEN)


def _is_client(dotted: str) -> bool:
    return dotted == "openai" or _is_openai(dotted)


def _is_openai(dotted: str) -> bool:
    """Whether a module belongs to the OpenAI client, which has a ChatKit API of its own."""
    parts = dotted.split(".")
    return parts[0] == "openai" and "chatkit" in parts


def _no_module(dotted: str) -> str:
    return f"there is no module `{dotted}`: ModuleNotFoundError"


def _name(alias: cst.ImportAlias) -> str:
    return dotted_name(alias.name) or ""


def _statements(moved: dict[cst.ImportAlias, str]) -> list[str]:
    """One import statement for each module that the names stand in."""
    by_module: dict[str, list[str]] = {}
    for alias, right in moved.items():
        module, _, name = right.rpartition(".")
        bound = dotted_name(alias.asname.name) if alias.asname is not None else _name(alias)
        by_module.setdefault(module, []).append(name if name == bound else f"{name} as {bound}")
    return [f"from {module} import {', '.join(names)}" for module, names in by_module.items()]


def _joined(statements: list[str]) -> str:
    return " and ".join(f"`{statement}`" for statement in statements)


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _count(text: str, word: str) -> int:
    return len(re.findall(rf"\b{re.escape(word)}\b", text))


def _loaded_names(tree: cst.CSTNode) -> Iterator[cst.Name]:
    pending: list[cst.CSTNode] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, cst.Name):
            yield node
        elif isinstance(node, (cst.Attribute, cst.Arg, cst.NamedExpr)):
            pending.append(node.value)
        elif isinstance(node, (cst.Import, cst.ImportFrom, cst.Global, cst.Nonlocal)):
            continue
        elif isinstance(node, (cst.FunctionDef, cst.ClassDef, cst.Param, cst.TypeVar)):
            pending.extend(child for child in children(node) if child is not node.name)
        elif isinstance(node, cst.MatchClass):
            pending.append(node.cls)
            pending.extend(node.patterns)
            pending.extend(element.pattern for element in node.kwds)
        else:
            pending.extend(children(node))


def _annotations(module: Module) -> Iterator[tuple[cst.BaseExpression, Scope]]:
    """The annotations of a file, each with the scope in which it is read."""
    for scope in module.scopes():
        names = {*scope.bindings, *scope.declared}
        for name in names:
            for binding in scope.every_binding(name):
                if binding.annotation is not None:
                    yield binding.annotation, scope
        if isinstance(scope.node, cst.FunctionDef) and scope.node.returns is not None:
            yield scope.node.returns.annotation, scope.parent or scope
