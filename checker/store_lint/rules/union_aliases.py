"""Unions such as `ThreadItem`, used as if they were classes.

`ThreadItem` is `Annotated[UserMessageItem | … , Field(discriminator="type")]`. CPython calls neither it
nor a plain union, and neither has pydantic's methods; `isinstance` takes a plain union and refuses an
`Annotated` one; a class pattern and a base class must be classes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import libcst as cst

from store_lint.chatkit_api import Alias
from store_lint.flow.values import BuiltSequence, ClassObject, Function
from store_lint.rules.base import Replacement, Violation
from store_lint.rules.fallbacks import is_expected
from store_lint.tree.expressions import children
from store_lint.tree.module import dotted_name
from store_lint.tree.program import External, LocalClass, Variable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from store_lint.flow.values import State, Value
    from store_lint.rules.base import Context
    from store_lint.tree.module import Module, Scope
    from store_lint.tree.program import Definition

_VALIDATES: Final = {
    "model_validate": "validate_python",
    "parse_obj": "validate_python",
    "model_validate_json": "validate_json",
    "parse_raw": "validate_json",
    "model_validate_strings": "validate_strings",
    "model_json_schema": "json_schema",
    "schema": "json_schema",
}
_HAS: Final = frozenset({"copy_with"})
_ADAPTERS: Final = frozenset({"pydantic.TypeAdapter", "pydantic.type_adapter.TypeAdapter"})
_CHECKS: Final = frozenset({"isinstance", "issubclass"})
_FEW: Final = 4
_CASE: Final = re.compile(r"(?:^|\r)[ \t\f]*case\b", re.MULTILINE)


class UnionAliases:
    """The misuses in one file."""

    def __init__(self, module: Module, context: Context) -> None:
        self._module = module
        self._context = context
        self._program = context.program
        self._api = context.api
        self._names = _imported_names(module)
        self._calls = {
            id(use.node.func): use.node
            for use in context.program.expressions(module).calls
            if isinstance(use.node, cst.Call)
        }

    def violations(self) -> Iterator[Violation]:
        found: dict[int, Violation] = {}
        for violation in (*self._by_name(), *self._by_flow()):
            found.setdefault(id(violation.node), violation)
        yield from found.values()

    def _by_name(self) -> Iterator[Violation]:
        """What the names in the text tell."""
        expressions = self._program.expressions(self._module)
        for use in expressions.read:
            node = use.node
            if isinstance(node, cst.Attribute) and not _is_hidden(node.value, use.hidden):
                yield from self._attribute(node, self._named(use.scope, node.value), use.scope)
        for use in expressions.calls:
            node = use.node
            if not isinstance(node, cst.Call) or _is_hidden(node.func, use.hidden):
                continue
            yield from self._call(node, self._named(use.scope, node.func), use.scope)
            if isinstance(node.func, cst.Name) and node.func.value in _CHECKS:
                yield from self._check(node, use.scope, use.hidden)
        for cls in self._program.classes(self._module):
            yield from self._bases(cls)
        if "match " in self._module.source.text:
            yield from self._patterns()

    def _by_flow(self) -> Iterator[Violation]:
        """What variables hold."""
        events = self._context.flow.events(self._module)
        for node, called in events.calls.items():
            for event in called:
                yield from self._call(node, self._held(event.callee), event.frame.scope)
                if (
                    len(event.args) == 2
                    and len(event.callee) == 1
                    and isinstance(function := next(iter(event.callee)), Function)
                    and function.target in _CHECKS
                ):
                    yield from self._checked_value(
                        node, event.args[1].value, event.state, event.frame.scope
                    )
        for node, reached in events.attributes.items():
            for event in reached:
                if event.stored is None and not event.is_delete:
                    yield from self._attribute(node, self._held(event.base), event.frame.scope)

    # Which alias is meant

    def _named(self, scope: Scope, node: cst.BaseExpression) -> Alias | None:
        if not isinstance(node, (cst.Name, cst.Attribute)):
            return None
        root = (dotted_name(node) or "").partition(".")[0]
        if root not in self._names or self._is_captured(scope, root):
            return None
        return self._alias(self._program.resolve(scope, node))

    def _is_captured(self, scope: Scope, name: str) -> bool:
        """Whether a walrus or a pattern binds the name somewhere around."""
        captured = self._program.expressions(self._module).captured
        current: Scope | None = scope
        while current is not None:
            if name in captured.get(current, ()):
                return True
            current = current.parent
        return False

    def _alias(self, definitions: tuple[Definition, ...]) -> Alias | None:
        aliases = {d.dotted for d in definitions if isinstance(d, External)}
        if len(aliases) != 1 or any(
            not isinstance(d, External) and not _is_substitute(d) for d in definitions
        ):
            return None
        return self._of_name(next(iter(aliases)))

    def _held(self, value: Value) -> Alias | None:
        names = {atom.cls for atom in value if isinstance(atom, ClassObject)}
        if len(names) != 1 or len(value) != 1:
            return None
        (name,) = names
        return self._of_name(name) if isinstance(name, str) else None

    def _of_name(self, dotted: str) -> Alias | None:
        if not dotted.startswith("chatkit."):
            return None
        found = self._api.lookup(dotted)
        # An alias of one plain type (`VendorIconName`, a str) is called like that type.
        if not isinstance(found, Alias) or found.members == ("str",):
            return None
        return found

    # What is done with it

    def _attribute(self, node: cst.Attribute, alias: Alias | None, scope: Scope) -> Iterator[Violation]:
        name = node.attr.value
        if alias is None or name in _HAS or (name.startswith("_") and name != "__fields__"):
            return
        if self._is_expected(node, scope, node.value, "AttributeError"):
            return
        shown = _code(node.value)
        method = _VALIDATES.get(name)
        if method is not None:
            remedy = f"write `TypeAdapter({shown}).{method}(...)` (from pydantic import TypeAdapter)"
        elif name in ("model_fields", "__fields__", "model_construct", "construct", "model_config"):
            remedy = f"ask one of its classes: {self._members(alias)}"
        else:
            remedy = f"use one of its classes ({self._members(alias)}), or `TypeAdapter({shown})`"
        yield Violation(
            node,
            f"`{shown}` is a union, not a class: it has no `{name}` (AttributeError)",
            remedy,
            edits=self._adapted(node, shown, method, scope) if self._takes_same(node) else (),
        )

    def _takes_same(self, node: cst.Attribute) -> bool:
        """Whether the arguments of a call of a model's method fit the TypeAdapter's."""
        call = self._calls.get(id(node))
        if node.attr.value not in ("model_validate", "model_validate_json", "parse_obj"):
            return False
        return call is None or (
            bool(call.args)
            and call.args[0].keyword is None
            and all(a.keyword is not None for a in call.args[1:])
            and not any(a.star for a in call.args)
        )

    def _call(self, node: cst.Call, alias: Alias | None, scope: Scope) -> Iterator[Violation]:
        if alias is None or self._is_expected(node, scope, node.func, "TypeError"):
            return
        shown = _code(node.func)
        if alias.kind == "other":
            if alias.members and alias.members[0].startswith("typing.Literal"):
                yield Violation(
                    node,
                    f"`{shown}` is a Literal type and cannot be called (TypeError)",
                    "write the value itself",
                )
            return
        meant = self._member_meant(node, alias)
        edits: tuple[Replacement, ...] = ()
        if meant is not None:
            remedy = f"call the class that is meant: `{meant}(...)`"
            if self._means(scope, meant, f"chatkit.types.{meant}"):
                edits = (Replacement(node.func, meant),)
        elif len(node.args) == 1 and node.args[0].star == "**":
            given = _code(node.args[0].value)
            adapted = f"TypeAdapter({shown}).validate_python({given})"
            remedy = f"write `{adapted}` (from pydantic import TypeAdapter)"
            edits = self._adapted(node, shown, f"validate_python({given})", scope)
        else:
            remedy = (
                f"call one of its classes: {self._members(alias)}; "
                f"for a dict, `TypeAdapter({shown}).validate_python(...)`"
            )
        yield Violation(
            node,
            f"`{shown}` is a union, not a class: calling it raises TypeError",
            remedy,
            edits=edits,
        )

    def _check(self, node: cst.Call, scope: Scope, hidden: frozenset[str]) -> Iterator[Violation]:
        assert isinstance(node.func, cst.Name)
        if self._program.resolve(scope, node.func) or len(node.args) != 2:
            return
        first, second = node.args[0].value, node.args[1].value
        if node.func.value == "issubclass" and not _is_hidden(first, hidden):
            alias = self._named(scope, first)
            if alias is not None and not self._is_expected(node, scope, first, "TypeError"):
                yield Violation(
                    node,
                    f"`{_code(first)}` is a union, not a class: issubclass() raises TypeError",
                    f"ask one of its classes: {self._members(alias)}",
                )
                return
        if _is_hidden(second, hidden):
            return
        for named in _checked(second):
            yield from self._unchecked(node, self._named(scope, named), _code(named), scope)
        for found in self._program.resolve(scope, second):
            if isinstance(found, Variable) and found.binding.value is not None:
                for named in _checked(found.binding.value):  # KINDS = (ThreadItem, Thread)
                    alias = self._named(found.scope, named)
                    yield from self._unchecked(node, alias, _code(named), scope)

    def _checked_value(
        self, node: cst.Call, given: Value, state: State, scope: Scope
    ) -> Iterator[Violation]:
        yield from self._unchecked(node, self._held(given), _code(node.args[1].value), scope)
        for atom in given:
            items = state.items(atom) if isinstance(atom, BuiltSequence) else None
            for item in (items.known or ()) if items is not None else ():
                alias = self._held(item)
                if alias is not None:
                    yield from self._unchecked(node, alias, alias.qualname.rpartition(".")[2], scope)

    def _unchecked(
        self, node: cst.Call, alias: Alias | None, shown: str, scope: Scope
    ) -> Iterator[Violation]:
        if alias is None or alias.kind == "union" or self._is_expected(node, scope, None, "TypeError"):
            return
        base = self._common_base(alias)
        classes = f"`{base}`" if base is not None else f"a tuple of its classes: {self._members(alias)}"
        yield Violation(
            node,
            f"`{shown}` is an Annotated union: {_code(node.func)}() raises TypeError "
            "(Subscripted generics cannot be used with class and instance checks)",
            f"check against {classes}",
        )

    def _bases(self, cls: LocalClass) -> Iterator[Violation]:
        scope = cls.scope.parent or cls.scope
        for arg, definitions in self._program.bases(cls):
            alias = (
                self._alias(definitions) if isinstance(arg.value, (cst.Name, cst.Attribute)) else None
            )
            if alias is None or self._is_expected(cls.node, scope, arg.value, "TypeError"):
                continue
            base = self._common_base(alias)
            yield Violation(
                arg.value,
                f"`{_code(arg.value)}` is a union, not a class: deriving from it raises TypeError",
                f"derive from `{base}` or one of its classes: {self._members(alias)}"
                if base is not None
                else f"derive from one of its classes: {self._members(alias)}",
            )

    def _patterns(self) -> Iterator[Violation]:
        if not _CASE.search(self._module.source.text):
            return
        pending: list[tuple[cst.CSTNode, Scope]] = [(self._module.source.tree, self._module.scope)]
        while pending:
            node, scope = pending.pop()
            if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
                pending.append((node.body, scope.child(node)))
                continue
            if isinstance(node, cst.MatchClass):
                alias = self._named(scope, node.cls)
                if alias is not None and not self._is_expected(node, scope, node.cls, "TypeError"):
                    yield Violation(
                        node.cls,
                        f"`{_code(node.cls)}` is a union, not a class: matching against it raises "
                        "TypeError (called match pattern must be a class)",
                        f"match its classes: {self._members(alias, ' | ', '()')}",
                    )
            pending.extend((child, scope) for child in children(node))

    # What to write instead

    def _members(self, alias: Alias, between: str = ", ", behind: str = "") -> str:
        names = [m.rpartition(".")[2] for m in self._api.members(alias.qualname)]
        shown = between.join(f"{name}{behind}" for name in names[:_FEW])
        return shown if len(names) <= _FEW else f"{shown}{between}…"

    def _common_base(self, alias: Alias) -> str | None:
        """The chatkit class from which all of the union derive, and nothing else does."""
        members = self._api.members(alias.qualname)
        orders = [[c.qualname for c in self._api.mro(m)] for m in members]
        if not orders or any(not order for order in orders):
            return None
        shared = [q for q in orders[0] if all(q in order for order in orders[1:])]
        shared = [q for q in shared if q not in members]
        return shared[0].rpartition(".")[2] if shared else None

    def _member_meant(self, node: cst.Call, alias: Alias) -> str | None:
        """The class that a literal `type=` picks."""
        for arg in node.args:
            if (
                arg.keyword is not None
                and arg.keyword.value == "type"
                and isinstance(arg.value, cst.SimpleString)
            ):
                for member in self._api.members(alias.qualname):
                    field = self._api.model_fields(member).get("type")
                    if field is not None and arg.value.evaluated_value in field.literals:
                        return member.rpartition(".")[2]
        return None

    def _adapted(
        self, node: cst.BaseExpression, shown: str, method: str | None, scope: Scope
    ) -> tuple[Replacement, ...]:
        """The edits that put a TypeAdapter in place of the union, where its name is free."""
        if method is None:
            return ()
        replaced = Replacement(node, f"TypeAdapter({shown}).{method}")
        if self._means(scope, "TypeAdapter", *_ADAPTERS):
            return (replaced,)
        if any("TypeAdapter" in inner.bindings for inner in self._module.scopes()):
            return ()
        if self._program.resolve(scope, cst.Name("TypeAdapter")):
            return ()
        before: tuple[Replacement, ...] = ()
        for target, alias, statement in self._module.scope.imports:
            if not isinstance(statement, cst.ImportFrom) or not _is_first_in_module(
                self._module.source.tree, statement
            ):
                continue
            if target.module == "pydantic" and target.level == 0:
                last = alias.asname.name if alias.asname is not None else alias.name
                return (Replacement(last, ", TypeAdapter", "after"), replaced)
            if target.module.partition(".")[0] == "chatkit" and not before:
                before = (Replacement(statement, "from pydantic import TypeAdapter\n", "before"),)
        return (*before, replaced) if before else ()

    def _means(self, scope: Scope, name: str, *dotted: str) -> bool:
        found = self._program.resolve(scope, cst.Name(name))
        return bool(found) and all(isinstance(d, External) and d.dotted in dotted for d in found)

    def _is_expected(
        self, node: cst.CSTNode, scope: Scope, about: cst.BaseExpression | None, error: str
    ) -> bool:
        shown = _code(about) if about is not None else ""
        return is_expected(self._module, scope, node, frozenset({error}), shown)


def _imported_names(module: Module) -> frozenset[str]:
    """The names that may lead to chatkit: imported ones, and those assigned from a name."""
    return frozenset(
        name
        for scope in module.scopes()
        for name, bindings in (*scope.bindings.items(), *scope.declared.items())
        if any(b.kind == "import" or isinstance(b.value, (cst.Name, cst.Attribute)) for b in bindings)
    )


def _is_substitute(definition: Definition) -> bool:
    """What stands in where chatkit is not installed: `ThreadItem = None`, `= Any`."""
    if not isinstance(definition, Variable):
        return False
    name = dotted_name(definition.binding.value)
    return name is not None and name.rpartition(".")[2] in ("None", "Any", "object", "dict")


def _is_hidden(node: cst.BaseExpression, hidden: frozenset[str]) -> bool:
    return bool(hidden) and (dotted_name(node) or "").partition(".")[0] in hidden


def _checked(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """The names in the second argument of isinstance()."""
    if isinstance(node, cst.Tuple):
        for element in node.elements:
            yield from _checked(element.value)
    elif isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.BitOr):
        yield from _checked(node.left)
        yield from _checked(node.right)
    elif isinstance(node, cst.Subscript):
        if (dotted_name(node.value) or "").rpartition(".")[2] in ("Union", "Optional"):
            for element in node.slice:
                if isinstance(element.slice, cst.Index):
                    yield from _checked(element.slice.value)
    elif isinstance(node, (cst.Name, cst.Attribute)):
        yield node


def _is_first_in_module(tree: cst.Module, statement: cst.CSTNode) -> bool:
    """Whether a statement stands at the beginning of a line of the module itself."""
    return any(
        isinstance(line, cst.SimpleStatementLine) and line.body[0] is statement for line in tree.body
    )


def _code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node)
