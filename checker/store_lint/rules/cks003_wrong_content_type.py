"""CKS003: names, unions and message contents that the checked chatkit release does not take."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final

import libcst as cst

from store_lint.chatkit_api import Class, Field
from store_lint.flow.values import (
    BuiltSequence,
    ClassObject,
    Function,
    Instance,
    instance,
    join_all,
)
from store_lint.rules.base import OF_CHATKIT, Replacement, Rule, Violation
from store_lint.rules.chatkit_names import ChatkitNames
from store_lint.rules.contents import Contents
from store_lint.rules.fallbacks import conditions, is_expected
from store_lint.rules.union_aliases import UnionAliases
from store_lint.tree.expressions import walk
from store_lint.tree.module import dotted_name, parameters
from store_lint.tree.program import External, LocalClass, Variable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from store_lint.flow import Signs
    from store_lint.flow.events import AttributeEvent, CallEvent
    from store_lint.flow.values import Atom, State, Value
    from store_lint.rules.base import Context
    from store_lint.rules.contents import Misfit
    from store_lint.tree.module import Module, Scope

_USER_TEXT: Final = "chatkit.types.UserMessageTextContent"
_ASSISTANT_TEXT: Final = "chatkit.types.AssistantMessageContent"
_VALIDATORS: Final = frozenset({"model_validate", "parse_obj"})
_ADAPTERS: Final = frozenset({"pydantic.TypeAdapter", "pydantic.type_adapter.TypeAdapter"})
_SETTLED: Final = instance("list")
_ADDS: Final = {"append": 0, "insert": 1, "extend": 0}
_REPLACES_VALIDATION: Final = frozenset(
    {"__init__", "__new__", "__get_pydantic_core_schema__", "model_config", "Config", "model_post_init"}
)
_MAKING: Final = (
    cst.SimpleString,
    cst.FormattedString,
    cst.ConcatenatedString,
    cst.Dict,
    cst.List,
    cst.Tuple,
    cst.Set,
    cst.BaseComp,
)
_ERRORS: Final = frozenset({"ValidationError", "ValueError"})


class WrongContentType(Rule):
    summary: ClassVar[str] = "a chatkit name, union or message content that chatkit does not take"
    signs: ClassVar[Signs] = OF_CHATKIT

    def check(self, module: Module, context: Context) -> Iterable[Violation]:
        yield from ChatkitNames(module, context).violations()
        yield from UnionAliases(module, context).violations()
        yield from _Messages(module, context).violations()


class _Messages:
    """What one file puts into chatkit models."""

    def __init__(self, module: Module, context: Context) -> None:
        self._module = module
        self._program = context.program
        self._api = context.api
        self._flow = context.flow
        self._types = context.flow.types
        self._events = context.flow.events(module)
        self._typed = self._annotated_lists()
        self._contents = Contents(context.program, context.api, self._typed)
        self._reported: set[int] = set()
        self._fits_elsewhere = False

    def violations(self) -> Iterator[Violation]:
        for bound in self._events.binds.values():
            for event in bound:
                if event.annotation is not None and event.expression is not None:
                    yield from self._bound(event.stored, event.expression, event.state)
        for node, called in self._events.calls.items():
            for event in called:
                yield from self._added(node, event)
        for node, called in self._events.calls.items():
            yield from self._call(node, called)
        for node, reached in self._events.attributes.items():
            for event in reached:
                if event.stored is not None:
                    yield from self._assigned(node, event.stored, event)

    # Lists that an annotation gives an element type

    def _annotated_lists(self) -> dict[int, Value]:
        found: dict[int, Value] = {}
        for bound in self._events.binds.values():
            for event in bound:
                if event.annotation is None:
                    continue
                declared = self._types.annotation(event.frame.scope, event.annotation)
                elements = [a.args[0] for a in declared if isinstance(a, Instance) and a.args]
                lists = [a for a in declared if isinstance(a, Instance) and a.cls == "list"]
                if len(elements) == 1 and len(lists) == 1:
                    for atom in event.stored:
                        if isinstance(atom, BuiltSequence):
                            found[id(atom.site)] = elements[0]
        return found

    def _bound(
        self, stored: Value, expression: cst.BaseExpression, state: State
    ) -> Iterator[Violation]:
        """`parts: list[UserMessageContent] = [AssistantMessageContent(...)]`."""
        for atom in stored:
            declared = self._typed.get(id(atom.site)) if isinstance(atom, BuiltSequence) else None
            items = state.items(atom)
            if declared is None or items is None or items.known is None:
                continue
            for index, item in enumerate(items.known):
                site = items.sites[index] if index < len(items.sites) else expression
                for misfit in self._contents.of_elements(declared, item, state):
                    yield from self._in_typed_list(misfit, site)

    def _added(self, node: cst.Call, event: CallEvent) -> Iterator[Violation]:
        """`parts.append(...)`, where the type of the list's elements is known."""
        names = {name for atom in event.callee if (name := _list_method(atom)) is not None}
        if len(names) != 1 or len(names) != len(event.callee) or not event.args:
            return
        (method,) = names
        receiver = event.receiver
        if (
            method not in _ADDS
            or not receiver
            or not isinstance(node.func, cst.Attribute)
            or len(event.args) <= _ADDS[method]
        ):
            return
        wanted = self._field_elements(node) or self._elements(receiver)
        if wanted is None:
            return
        arg = event.args[_ADDS[method]]
        expression = arg.node.value
        given: list[tuple[Value, cst.CSTNode]] = [(arg.value, expression)]
        if method == "extend":
            held = [items for a in arg.value if (items := event.state.items(a)) is not None]
            given = [
                (item, site if _holds(expression, site) else expression)
                for items in held
                for item, site in zip(items.known or (), items.sites, strict=False)
            ]
        for item, site in given:
            for misfit in self._contents.of_elements(wanted, item, event.state):
                yield from self._in_typed_list(misfit, site)

    def _field_elements(self, node: cst.Call) -> Value | None:
        """The type of the elements of a list that is a model's field (`item.content.append`)."""
        assert isinstance(node.func, cst.Attribute)
        held = node.func.value
        if not isinstance(held, cst.Attribute):
            return None
        found: list[Value] = []
        for event in self._events.attributes.get(held, ()):
            for atom in event.base:
                if not isinstance(atom, Instance) or not isinstance(atom.cls, str):
                    return None
                field = self._api.model_fields(atom.cls).get(held.attr.value)
                if field is None or not self._contents.is_worth(field):
                    return None
                declared = next(iter(self._types.text(field.type)))
                if not isinstance(declared, Instance) or declared.cls != "list" or not declared.args:
                    return None
                found.append(declared.args[0])
        return join_all(found) if found else None

    def _elements(self, receiver: Value) -> Value | None:
        """The type of the elements that a list is annotated to hold."""
        found: list[Value] = []
        for atom in receiver:
            if isinstance(atom, BuiltSequence):
                declared = self._typed.get(id(atom.site))
                if declared is None:
                    return None
                found.append(declared)
            elif isinstance(atom, Instance) and atom.cls == "list" and atom.args and atom.declared:
                found.append(atom.args[0])
            else:
                return None
        return join_all(found) if found else None

    def _in_typed_list(self, misfit: Misfit, site: cst.CSTNode) -> Iterator[Violation]:
        if id(site) in self._reported or misfit.mixed or misfit.kind not in ("class", "scalar"):
            return
        self._reported.add(id(site))
        yield Violation(
            site,
            f"{misfit.found} in a list of {misfit.wanted}: as a message's content this raises "
            "ValidationError, at the latest when it is read back",
            f"put {misfit.wanted} into it, or change the list's type",
        )

    # Calls

    def _call(self, node: cst.Call, called: list[CallEvent]) -> Iterator[Violation]:
        """The states in which a call is reached are apart: in some of them a value may fit."""
        self._fits_elsewhere = False
        outcomes = [(event, list(self._in_call(node, event))) for event in called]
        self._fits_elsewhere = any(not found for _, found in outcomes)
        for event, found in outcomes:
            if found:
                kept = list(self._in_call(node, event)) if self._fits_elsewhere else found
                if kept:
                    yield from kept
                    return

    def _in_call(self, node: cst.Call, event: CallEvent) -> Iterator[Violation]:
        for atom in event.callee:
            if isinstance(atom, ClassObject):
                model = self._model(atom.cls)
                if model is not None and len(event.callee) == 1:
                    yield from self._constructed(node, event, model, atom.cls)
            elif isinstance(atom, Function) and isinstance(atom.target, str):
                owner, _, method = atom.target.rpartition(".")
                if method in _VALIDATORS and self._api.is_model(owner) and event.args:
                    yield from self._validated(node, event, owner)
                elif method == "model_copy" and self._api.is_model(owner):
                    yield from self._copied(node, event, owner)
        if isinstance(node.func, cst.Attribute) and node.func.attr.value == "validate_python":
            yield from self._adapted(node, node.func.value, event)

    def _model(self, cls: str | LocalClass) -> str | None:
        """The chatkit model whose fields a class validates."""
        if isinstance(cls, str):
            name = cls.partition("[")[0]
            return name if name.startswith("chatkit.") and self._api.is_model(name) else None
        lineage = self._program.lineage(cls)
        if not lineage.complete or self._program.metaclass(cls):
            return None
        for base in lineage.classes:
            if isinstance(base, External):
                return base.dotted if self._api.is_model(base.dotted) else None
            if _REPLACES_VALIDATION & base.scope.bindings.keys():
                return None
            if any(
                isinstance(c.node, cst.FunctionDef) and c.node.decorators for c in base.scope.children
            ):
                return None  # it may be a validator
        return None

    def _constructed(
        self, node: cst.Call, event: CallEvent, model: str, cls: str | LocalClass
    ) -> Iterator[Violation]:
        fields = self._api.model_fields(model)
        own = (
            _own_names(self._program.lineage(cls).classes)
            if isinstance(cls, LocalClass)
            else set[str]()
        )
        shown = cls.name if isinstance(cls, LocalClass) else model.rpartition(".")[2]
        for arg in event.args:
            given: list[tuple[str, Value, cst.BaseExpression]] = []
            if arg.keyword is not None:
                given = [(arg.keyword, arg.value, arg.node.value)]
            elif arg.star == "**" and len(arg.value) == 1:
                entries = event.state.entries(next(iter(arg.value)))
                known = entries.known if entries is not None else ()
                given = [(name, value, arg.node.value) for name, value in known]
            for name, value, expression in given:
                field = fields.get(name)
                if field is not None and name not in own and self._contents.is_worth(field):
                    yield from self._misfits(node, event, shown, field, value, expression)

    def _misfits(
        self,
        node: cst.Call,
        event: CallEvent,
        owner: str,
        field: Field,
        value: Value,
        expression: cst.BaseExpression,
    ) -> Iterator[Violation]:
        inside = {id(part) for part in walk(expression)}
        told: set[int] = set()
        state = event.state
        if isinstance(expression, cst.Name) and value == _SETTLED:
            value, state = self._of_constant(event.frame.scope, expression, value, state)
        for misfit in self._contents.of_field(field, value, state):
            if misfit.kind == "none" and field.name != "content":
                continue
            if id(misfit.site) in self._reported or not self._is_proved(
                node, event, misfit, expression
            ):
                continue
            if is_expected(self._module, event.frame.scope, node, _ERRORS, ""):
                continue
            place = misfit.site if misfit.site is not None and id(misfit.site) in inside else expression
            assert isinstance(place, cst.BaseExpression)
            if id(place) in told:
                continue
            told.add(id(place))
            yield self._violation(event.frame.scope, owner, field, misfit, place, expression)

    def _of_constant(
        self, scope: Scope, name: cst.Name, value: Value, state: State
    ) -> tuple[Value, State]:
        """What a module's variable was bound to, and the state behind that."""
        found = self._program.resolve(scope, name)
        if len(found) == 1 and isinstance(found[0], Variable) and found[0].scope.parent is None:
            variable = found[0]
            module = variable.scope.module
            events = self._events if module is self._module else self._flow.events(module)
            bound = events.binds.get(variable.binding.node, ())
            changed = re.search(rf"\b{re.escape(variable.name)}\s*(?:\.|\[|\+=)", module.source.text)
            if len(bound) == 1 and not changed:
                return bound[0].stored, bound[0].state
        return value, state

    def _is_proved(
        self, node: cst.Call, event: CallEvent, misfit: Misfit, expression: cst.BaseExpression
    ) -> bool:
        """Whether the wrong alternative reaches the call, as far as conditions tell.

        Where a value is right on one path and wrong on another, a condition at the call may part them
        just as the one did that made them.
        """
        function, here = conditions(self._module, node)
        if not here:
            return True
        mixed = misfit.mixed or self._fits_elsewhere
        if misfit.site is None or (mixed and not _makes(misfit.site)):
            if not mixed:
                return not self._comes_from_caller(event, expression)
            return misfit.site is None and (
                _makes(expression) or self._is_text_here(event.frame.scope, expression, here)
            )
        there_function, there = conditions(self._module, misfit.site)
        if there_function is function:
            return not mixed or here <= there
        return not mixed and not self._comes_from_caller(event, expression)

    def _is_text_here(self, scope: Scope, name: cst.BaseExpression, here: frozenset[int]) -> bool:
        """Whether all that makes a local variable a str stands under the conditions of the call too."""
        if not isinstance(name, cst.Name):
            return False
        bound = [binding.value for binding in scope.every_binding(name.value)]
        texts = [made for made in bound if isinstance(made, cst.BaseString)]
        return bool(texts) and all(here <= conditions(self._module, text)[1] for text in texts)

    def _comes_from_caller(self, event: CallEvent, expression: cst.BaseExpression) -> bool:
        """Whether a caller decides on the value, who may as well decide on the condition."""
        scope = event.frame.scope
        if not isinstance(scope.node, cst.FunctionDef) or not isinstance(expression, cst.Name):
            return False
        for param in parameters(scope.node):
            if param.name.value == expression.value:
                return param.annotation is None
        return False

    def _validated(self, node: cst.Call, event: CallEvent, model: str) -> Iterator[Violation]:
        """`UserMessageItem.model_validate({...})`."""
        arg = event.args[0]
        if arg.keyword not in (None, "obj") or arg.star:
            return
        yield from self._of_type(node, event, model, arg.value, arg.node.value)

    def _adapted(
        self, node: cst.Call, adapter: cst.BaseExpression, event: CallEvent
    ) -> Iterator[Violation]:
        """`TypeAdapter(ThreadItem).validate_python({...})`."""
        scope = event.frame.scope
        made: cst.BaseExpression | None = adapter
        if isinstance(adapter, (cst.Name, cst.Attribute)):
            found = self._program.resolve(scope, adapter)
            if len(found) != 1 or not isinstance(found[0], Variable):
                return
            made, scope = found[0].binding.value, found[0].scope
        if not isinstance(made, cst.Call) or not made.args or not event.args:
            return
        if not any(
            isinstance(d, External) and d.dotted in _ADAPTERS
            for d in self._program.resolve(scope, made.func)
        ):
            return
        wanted = self._program.resolve(scope, made.args[0].value)
        arg = event.args[0]
        if len(wanted) != 1 or not isinstance(made.args[0].value, (cst.Name, cst.Attribute)):
            return
        if isinstance(wanted[0], External) and arg.keyword is None and not arg.star:
            yield from self._of_type(node, event, wanted[0].dotted, arg.value, arg.node.value)

    def _of_type(
        self,
        node: cst.Call,
        event: CallEvent,
        dotted: str,
        value: Value,
        expression: cst.BaseExpression,
    ) -> Iterator[Violation]:
        if not dotted.startswith("chatkit.") or self._api.lookup(dotted) is None:
            return
        field = Field("", dotted, True, None, (), None)
        yield from self._misfits(node, event, dotted.rpartition(".")[2], field, value, expression)

    def _copied(self, node: cst.Call, event: CallEvent, model: str) -> Iterator[Violation]:
        """`item.model_copy(update={"content": ...})`: nothing is validated."""
        fields = self._api.model_fields(model)
        for arg in event.args:
            entries = event.state.entries(next(iter(arg.value))) if len(arg.value) == 1 else None
            if arg.keyword != "update" or entries is None or len(event.callee) != 1:
                continue
            for name, value in entries.known:
                field = fields.get(name)
                if field is None or not self._contents.is_worth(field):
                    continue
                for misfit in self._contents.of_field(field, value, event.state):
                    if misfit.kind == "none" and name != "content":
                        continue
                    if self._is_proved(node, event, misfit, arg.node.value):
                        yield self._unvalidated(event.frame.scope, model, field, misfit, arg.node.value)

    # Assignments

    def _assigned(
        self, node: cst.Attribute, stored: Value, event: AttributeEvent
    ) -> Iterator[Violation]:
        """`item.content = "text"`: nothing is validated."""
        if not event.base or id(node) in self._reported:
            return
        found: list[tuple[str, Field, list[Misfit]]] = []
        for atom in event.base:
            if not isinstance(atom, Instance) or not isinstance(atom.cls, str):
                return
            field = self._api.model_fields(atom.cls).get(node.attr.value)
            if field is None or not self._contents.is_worth(field):
                return
            misfits = self._contents.of_field(field, stored, event.state)
            misfits = [m for m in misfits if not m.mixed]
            if not misfits or (misfits[0].kind == "none" and field.name != "content"):
                return
            found.append((atom.cls, field, misfits))
        self._reported.add(id(node))
        model, field, misfits = found[0]
        yield self._unvalidated(event.frame.scope, model, field, misfits[0], node)

    # What to say

    def _violation(
        self,
        scope: Scope,
        owner: str,
        field: Field,
        misfit: Misfit,
        place: cst.BaseExpression,
        whole: cst.BaseExpression,
    ) -> Violation:
        message = f"{_what(owner, field, misfit)}: ValidationError"
        return Violation(
            self._type_value(misfit, place) or place,
            message,
            self._remedy(owner, field, misfit),
            edits=self._edits(scope, field, misfit, place, whole),
        )

    def _unvalidated(
        self, scope: Scope, model: str, field: Field, misfit: Misfit, place: cst.BaseExpression
    ) -> Violation:
        del scope
        owner = model.rpartition(".")[2]
        return Violation(
            place,
            f"{_what(owner, field, misfit)}: nothing checks it here, and reading it back raises "
            "ValidationError",
            self._remedy(owner, field, misfit),
        )

    def _remedy(self, owner: str, field: Field, misfit: Misfit) -> str:
        if misfit.kind == "literal" and misfit.literals:
            values = " or ".join(f'"{text}"' for text in misfit.literals)
            return f"write {values}"
        if misfit.kind == "untyped":
            return f"add a `type`: {' or '.join(misfit.literals)}"
        example = self._example(field)
        if example is not None and misfit.kind in ("scalar", "class", "single", "none", "dict"):
            listed = f"[{example}]" if field.type.startswith("list[") else example
            other = _other_item(owner, misfit)
            return f"write `{field.name}={listed}`{other}"
        return f"give it {misfit.wanted}"

    def _example(self, field: Field) -> str | None:
        if "UserMessageContent" in field.type:
            return 'UserMessageTextContent(type="input_text", text=...)'
        if "AssistantMessageContent" in field.type:
            return "AssistantMessageContent(text=...)"
        return None

    @staticmethod
    def _type_value(misfit: Misfit, place: cst.BaseExpression) -> cst.BaseExpression | None:
        """The value of `type` in a dict that is written out."""
        if misfit.kind != "literal" or not isinstance(place, cst.Dict):
            return None
        for element in place.elements:
            if (
                isinstance(element, cst.DictElement)
                and isinstance(element.key, cst.SimpleString)
                and element.key.evaluated_value == "type"
            ):
                return element.value
        return None

    # Edits

    def _edits(
        self,
        scope: Scope,
        field: Field,
        misfit: Misfit,
        place: cst.BaseExpression,
        whole: cst.BaseExpression,
    ) -> tuple[Replacement, ...]:
        if misfit.kind == "literal":
            return self._literal_edits(misfit, place)
        if misfit.kind != "scalar" or not misfit.found.endswith("str") or not _is_plain(place):
            return ()
        if misfit.mixed or self._fits_elsewhere or (misfit.in_list and not _is_element(place, whole)):
            return ()
        made = self._wrapped(scope, field, place)
        if made is None:
            return ()
        return (Replacement(place, made if misfit.in_list else f"[{made}]"),)

    def _literal_edits(self, misfit: Misfit, place: cst.BaseExpression) -> tuple[Replacement, ...]:
        """One `type` that is sure: the only one, or the only one with the dict's keys."""
        value = self._type_value(misfit, place) or place
        if not isinstance(value, cst.SimpleString) or self._belongs_elsewhere(value):
            return ()
        literals = misfit.literals
        if set(literals) == {"input_text", "input_tag"} and set(misfit.keys) == {"type", "text"}:
            literals = ("input_text",)
        if len(literals) != 1 or (
            misfit.keys and not set(misfit.keys) <= {"type", "text", "annotations"}
        ):
            return ()
        quote = value.quote if value.quote in ("'", '"') else '"'
        return (Replacement(value, f"{quote}{literals[0]}{quote}"),)

    def _belongs_elsewhere(self, value: cst.SimpleString) -> bool:
        """Whether another model has that `type`: then the class may be what is wrong."""
        for name in self._api.names("chatkit.types"):
            kind = self._api.model_fields(f"chatkit.types.{name}").get("type")
            if kind is not None and value.evaluated_value in kind.literals:
                return True
        return False

    def _wrapped(self, scope: Scope, field: Field, place: cst.BaseExpression) -> str | None:
        """A str as the text content that a field takes, if that class is at hand."""
        text = cst.Module([]).code_for_node(place)
        for dotted, before in ((_USER_TEXT, 'type="input_text", text='), (_ASSISTANT_TEXT, "text=")):
            if "UserMessageContent" in field.type and dotted != _USER_TEXT:
                continue
            if "AssistantMessageContent" in field.type and dotted != _ASSISTANT_TEXT:
                continue
            if not isinstance(self._api.lookup(dotted), Class) or "MessageContent" not in field.type:
                return None
            name = dotted.rpartition(".")[2]
            found = self._program.resolve(scope, cst.Name(name))
            if found == (External(dotted),):
                return f"{name}({before}{text})"
        return None


def _list_method(atom: Atom) -> str | None:
    """`append` of `parts.append`."""
    if isinstance(atom, Function) and isinstance(atom.target, str):
        kind, _, method = atom.target.partition(".")
        return method if kind == "list" else None
    return None


def _own_names(classes: Iterable[LocalClass | External]) -> set[str]:
    return {name for cls in classes if isinstance(cls, LocalClass) for name in cls.scope.bindings}


def _holds(expression: cst.CSTNode, site: cst.CSTNode) -> bool:
    return any(node is site for node in walk(expression))


def _makes(node: cst.CSTNode) -> bool:
    """Whether a value is made right here: what a variable or a helper gives was chosen elsewhere."""
    if isinstance(node, cst.IfExp):
        return _makes(node.body) and _makes(node.orelse)
    if isinstance(node, cst.BooleanOperation):
        return _makes(node.left) and _makes(node.right)
    if isinstance(node, cst.Call):
        name = (dotted_name(node.func) or "").rpartition(".")[2]
        return name[:1].isupper() or name in ("str", "dict", "list")
    return isinstance(node, _MAKING)


def _is_plain(place: cst.BaseExpression) -> bool:
    """Whether an expression can be put between brackets as it is written."""
    code = cst.Module([]).code_for_node(place)
    if "#" in code or "\n" in code:
        return False
    return isinstance(
        place, (cst.Name, cst.Attribute, cst.SimpleString, cst.FormattedString, cst.Call)
    ) and (not isinstance(place, cst.Name) or dotted_name(place) != "None")


def _is_element(place: cst.BaseExpression, whole: cst.BaseExpression) -> bool:
    """Whether an expression is one element of a list that is written out."""
    return isinstance(whole, (cst.List, cst.Tuple)) and any(
        isinstance(element, cst.Element) and element.value is place for element in whole.elements
    )


def _what(owner: str, field: Field, misfit: Misfit) -> str:
    place = f"`{owner}.{field.name}`" if field.name else f"`{owner}`"
    if misfit.kind == "literal":
        if field.name == "type":
            return f"the `type` of `{owner}` is {misfit.wanted}, not {misfit.found}"
        return f"`type` {misfit.found} in {place}, which takes {misfit.wanted}"
    if misfit.kind == "untyped":
        return f"{misfit.found} in {place}, which takes {misfit.wanted}"
    if misfit.in_list:
        return f"{misfit.found} in {place}, which takes a list of {misfit.wanted}"
    return f"{place} takes {misfit.wanted}, not {misfit.found}"


def _other_item(owner: str, misfit: Misfit) -> str:
    """The item that takes what was given."""
    if misfit.kind != "class":
        return ""
    if owner == "UserMessageItem" and "Assistant" in misfit.found:
        return ", or make it an `AssistantMessageItem`"
    if owner == "AssistantMessageItem" and "User" in misfit.found:
        return ", or make it a `UserMessageItem`"
    return ""
