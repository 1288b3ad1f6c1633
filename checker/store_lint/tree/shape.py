"""Which attributes a class has, and which only its instances have, as pydantic, dataclasses and
plain Python make them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import libcst as cst

from store_lint.tree.expressions import is_given_true, walk
from store_lint.tree.module import parameters
from store_lint.tree.program import External, LocalClass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from store_lint.tree.expressions import Assigned
    from store_lint.tree.module import Binding, Module, Scope
    from store_lint.tree.program import Program

SETTINGS_V1: Final = frozenset(
    {
        "pydantic.BaseSettings",
        "pydantic.env_settings.BaseSettings",
        "pydantic.v1.BaseSettings",
        "pydantic.v1.env_settings.BaseSettings",
    }
)
SETTINGS: Final = SETTINGS_V1 | {
    "pydantic_settings.BaseSettings",
    "pydantic_settings.main.BaseSettings",
}
MODELS: Final = SETTINGS | {
    "pydantic.BaseModel",
    "pydantic.main.BaseModel",
    "pydantic.v1.BaseModel",
    "pydantic.v1.main.BaseModel",
}
_EMPTY_BASES: Final = frozenset(
    {"abc.ABC", "typing.Generic", "typing_extensions.Generic", "builtins.object"}
)
_DATACLASS: Final = frozenset({"dataclasses.dataclass", "pydantic.dataclasses.dataclass"})
_TRANSPARENT: Final = frozenset({"typing.final", "typing_extensions.final"})
_PROPERTIES: Final = frozenset(
    {
        "abc.abstractproperty",
        "cached_property",
        "functools.cached_property",
        "property",
        "pydantic.computed_field",
        "pydantic.fields.computed_field",
    }
)
MAKE_MODELS: Final = frozenset(
    {
        "construct",
        "from_orm",
        "model_construct",
        "model_validate",
        "model_validate_json",
        "model_validate_strings",
        "parse_file",
        "parse_obj",
        "parse_raw",
        "validate",
    }
)
"""The class methods of a pydantic model that give an instance."""
MODEL_API: Final = MAKE_MODELS | frozenset(
    {
        "Config",
        "copy",
        "dict",
        "json",
        "model_computed_fields",
        "model_config",
        "model_copy",
        "model_dump",
        "model_dump_json",
        "model_extra",
        "model_fields",
        "model_fields_set",
        "model_json_schema",
        "model_parametrized_name",
        "model_post_init",
        "model_rebuild",
        "schema",
        "schema_json",
        "update_forward_refs",
    }
)
"""What every pydantic model has."""
_CATCH_ALL: Final = frozenset({"__getattr__", "__getattribute__"})
_DYNAMIC: Final = ("setattr", "__dict__", "vars(", "locals(", "exec(")

MemberKind = Literal["class", "instance", "descriptor"]
"""'class': there on the class as on instances. 'instance': on the class there is nothing.
'descriptor': on the class there is a property or slot, on instances its value."""


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """An attribute, and what is written of its value."""

    name: str
    kind: MemberKind
    origin: str
    """What it is, in words: 'a pydantic field'."""
    owner: LocalClass
    annotation: cst.BaseExpression | None = None
    values: tuple[tuple[Scope, cst.BaseExpression], ...] = ()
    """The expressions that are assigned to it; empty where one of them is not known."""
    definition: cst.CSTNode | None = None
    """The function or class that it is."""


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A class's attributes."""

    cls: LocalClass
    kind: Literal["pydantic", "dataclass", "plain"]
    members: Mapping[str, Member]
    open: bool
    """Whether it may have others as well."""
    changeable: bool
    """Whether the class may give more, or other things, than its text says."""
    is_settings: bool
    """Whether it derives from pydantic's BaseSettings."""

    def has_api(self, name: str) -> bool:
        """Whether `name` comes with the library that the class is built on."""
        if self.kind != "pydantic":
            return False
        return name in MODEL_API or (self.is_settings and name.startswith("settings_"))


class Shapes:
    """The shapes of the program's classes, each found when it is first asked for."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._shapes: dict[LocalClass, Shape] = {}
        self._dynamic: dict[Module, bool] = {}
        self._stored: dict[Module, dict[Scope, list[tuple[cst.FunctionDef, str, Assigned]]]] = {}

    def of(self, cls: LocalClass) -> Shape:
        """The shape of a class of the tree."""
        found = self._shapes.get(cls)
        if found is None:
            found = self._shapes[cls] = self._build(cls)
        return found

    def _build(self, cls: LocalClass) -> Shape:
        lineage = self._program.lineage(cls)
        externals = set(lineage.externals())
        local = [base for base in lineage.classes if isinstance(base, LocalClass)]
        is_v1 = bool(externals & SETTINGS_V1) or any(e.startswith("pydantic.v1") for e in externals)
        changeable = (
            not lineage.complete
            or bool(externals - MODELS - _EMPTY_BASES)
            or any(self._is_changeable(base) for base in local)
        )
        extra = {word for base in local for word in self._extra(base)}
        members: dict[str, Member] = {}
        for base in reversed(local):
            for member in self._declared(base, bool(externals & MODELS), is_v1):
                before = members.get(member.name)
                # What an ancestor has on the class stays there below a field of that name.
                if before is None or before.kind == "instance" or member.kind != "instance":
                    members[member.name] = member
        for base in local:
            for member in self._assigned(base):
                members.setdefault(member.name, member)
        if externals & MODELS:
            kind = "pydantic"
        else:
            kind = "dataclass" if any(self._dataclass(base) for base in local) else "plain"
        return Shape(
            cls,
            kind,
            members,
            open=changeable or bool(extra),
            changeable=changeable or "allow" in extra,
            is_settings=bool(externals & SETTINGS),
        )

    # What a class's own text says

    def _is_changeable(self, cls: LocalClass) -> bool:
        node = cls.node
        if any(arg.keyword is None or arg.keyword.value == "metaclass" for arg in node.keywords):
            return True
        if _CATCH_ALL & cls.scope.bindings.keys() or "__init_subclass__" in cls.scope.bindings:
            return True
        if any(self._decorator(cls, d) not in _DATACLASS | _TRANSPARENT for d in node.decorators):
            return True
        if "__slots__" in cls.scope.bindings and _slots(cls) is None:
            return True
        return self._sets_dynamically(cls)

    def _decorator(self, cls: LocalClass, decorator: cst.Decorator) -> str | None:
        node = decorator.decorator
        if isinstance(node, cst.Call):
            node = node.func
        found = self._program.resolve(cls.scope.parent or cls.scope, node)
        return found[0].dotted if len(found) == 1 and isinstance(found[0], External) else None

    def _dataclass(self, cls: LocalClass) -> cst.Decorator | None:
        return next((d for d in cls.node.decorators if self._decorator(cls, d) in _DATACLASS), None)

    def _extra(self, cls: LocalClass) -> Iterator[str]:
        """What the class says of attributes that it does not declare: 'allow', or '?' for more than
        can be read. Nothing where they are ignored or forbidden, as they are by default."""
        said: list[str | None] = [
            _text_of(arg.value)
            for arg in cls.node.keywords
            if arg.keyword is not None and arg.keyword.value == "extra"
        ]
        for binding in cls.scope.bindings.get("model_config", ()):
            said += _extra_of(binding.value)
        for binding in cls.scope.bindings.get("Config", ()):
            if not isinstance(binding.node, cst.ClassDef):
                said.append(None)
                continue
            config = cls.scope.child(binding.node)
            if binding.node.bases:  # what it derives from may allow them
                said.append(None)
            said += [
                None if extra.value is None else _text_of(extra.value)
                for extra in config.bindings.get("extra", ())
            ]
        yield from (word or "?" for word in said if word not in ("ignore", "forbid"))

    def _sets_dynamically(self, cls: LocalClass) -> bool:
        if not self._is_dynamic(cls.module):
            return False
        for part in walk(cls.node.body):
            if isinstance(part, cst.Attribute) and part.attr.value == "__dict__":
                return True
            if not isinstance(part, cst.Call):
                continue
            if isinstance(part.func, cst.Name) and part.func.value in ("vars", "locals", "exec"):
                return True
            if _is_setattr(part) and _set_name(part) is None:
                return True
        return False

    def _declared(self, cls: LocalClass, is_model: bool, is_v1: bool) -> Iterator[Member]:
        """What the class's body binds, and its fields."""
        decorator = self._dataclass(cls)
        derives = self._program.derives_from(cls, MODELS)
        for name, bindings in cls.scope.bindings.items():
            yield self._member(cls, name, bindings, decorator, is_model, is_v1 and derives, derives)
        for name in _slots(cls) or ():
            yield Member(name, "descriptor", "a slot", cls)

    def _member(
        self,
        cls: LocalClass,
        name: str,
        bindings: list[Binding],
        decorator: cst.Decorator | None,
        is_model: bool,
        is_v1: bool,
        derives: bool,
    ) -> Member:
        binding = bindings[-1]
        values = tuple((cls.scope, b.value) for b in bindings if b.value is not None)
        definition = binding.node if binding.kind in ("class", "function") else None

        def member(kind: MemberKind, origin: str) -> Member:
            return Member(name, kind, origin, cls, binding.annotation, values, definition)

        if binding.kind == "function" and isinstance(binding.node, cst.FunctionDef):
            if self._is_property(cls, binding.node):
                return member("descriptor", "a property")
            return member("class", "a method")
        if binding.kind != "value" or any(b.kind != "value" for b in bindings):
            return member("class", "an attribute")
        annotated = [b for b in bindings if b.annotation is not None]
        if not annotated:
            if is_v1 and not name.startswith("_"):
                return member("instance", "a pydantic field")
            return member("class", "an attribute")
        if any(_is_class_variable(b) for b in annotated):
            return member("class", "a class variable")
        if derives:
            return member("instance", "a pydantic field")
        if decorator is not None:
            if _has_slots(decorator):
                return member("descriptor", "a slot of the dataclass")
            if all(self._leaves_no_default(cls, b) for b in bindings):
                return member("instance", "a dataclass field without a plain default")
            return member("class", "a dataclass field with a default")
        if values:
            return member("class", "an attribute")
        return member("instance", "a pydantic field" if is_model else "only annotated")

    def _is_property(self, cls: LocalClass, node: cst.FunctionDef) -> bool:
        names = [decorator.decorator for decorator in node.decorators]
        if any(isinstance(name, cst.Name) and name.value == "classmethod" for name in names):
            return False
        for name in names:
            if isinstance(name, cst.Name) and name.value in _PROPERTIES:
                return True
            if isinstance(name, cst.Attribute) and name.attr.value in ("setter", "deleter"):
                return True
            found = self._program.resolve(cls.scope, name)
            if any(isinstance(d, External) and d.dotted in _PROPERTIES for d in found):
                return True
        return False

    def _leaves_no_default(self, cls: LocalClass, binding: Binding) -> bool:
        """Whether `@dataclass` leaves nothing on the class for the field."""
        value = binding.value
        if value is None:
            return True
        if not isinstance(value, cst.Call):
            return False
        found = self._program.resolve(cls.scope, value.func)
        if not any(isinstance(d, External) and d.dotted == "dataclasses.field" for d in found):
            return False
        return not any(
            arg.star or (arg.keyword is not None and arg.keyword.value == "default")
            for arg in value.args
        )

    def _is_dynamic(self, module: Module) -> bool:
        found = self._dynamic.get(module)
        if found is None:
            found = self._dynamic[module] = any(sign in module.source.text for sign in _DYNAMIC)
        return found

    def _stored_in(self, cls: LocalClass) -> list[tuple[cst.FunctionDef, str, Assigned]]:
        """What the methods of a class assign: the method, the name before the dot, the assignment."""
        if cls.module not in self._stored:
            by_class = self._stored[cls.module] = {}
            for stored in self._program.expressions(cls.module).stored:
                base = stored.node.value
                if not isinstance(base, cst.Name):
                    continue
                for owner, method in _methods_around(stored.scope):
                    by_class.setdefault(owner, []).append((method, base.value, stored))
        return self._stored[cls.module].get(cls.scope, [])

    def _assigned(self, cls: LocalClass) -> Iterator[Member]:
        """What the methods of the class assign to `self` and `cls`."""
        members: dict[str, Member] = {}
        for method, base, stored in self._stored_in(cls):
            name = stored.node.attr.value
            if base == cls.name:
                members[name] = Member(name, "class", "an attribute", cls)
            if base != _receiver(method):
                continue
            before = members.get(name)
            known = before is None or bool(before.values)
            values = (*(before.values if before else ()),)
            if stored.value is not None and known:
                values = (*values, (stored.scope, stored.value))
            else:
                values = ()
            annotation = stored.annotation or (before.annotation if before else None)
            kind, origin = _assigned_by(method)
            members[name] = Member(name, kind, origin, cls, annotation, values)
        if self._is_dynamic(cls.module):
            for part in walk(cls.node.body):
                if isinstance(part, cst.Call) and _is_setattr(part):
                    name = _set_name(part) or ""
                    members.setdefault(name, Member(name, "class", "an attribute", cls))
        yield from members.values()


def _is_class_variable(binding: Binding) -> bool:
    node = binding.annotation
    if isinstance(node, cst.SimpleString) and isinstance(node.evaluated_value, str):
        return "ClassVar" in node.evaluated_value
    if isinstance(node, cst.Subscript):
        node = node.value
    name = node.attr if isinstance(node, cst.Attribute) else node
    return isinstance(name, cst.Name) and (
        name.value in ("ClassVar", "InitVar", "TypeAlias")
        or (name.value == "Final" and binding.value is not None)
    )


def _assigned_by(method: cst.FunctionDef) -> tuple[MemberKind, str]:
    for decorator in method.decorators:
        if isinstance(decorator.decorator, cst.Name) and decorator.decorator.value == "classmethod":
            return "class", "an attribute"
    return "instance", f"assigned to the instance in `{method.name.value}`"


def _methods_around(scope: Scope) -> Iterator[tuple[Scope, cst.FunctionDef]]:
    """The classes around a scope, each with the method of it in which the scope stands."""
    while scope.parent is not None:
        if scope.parent.is_class and isinstance(scope.node, cst.FunctionDef):
            yield scope.parent, scope.node
        scope = scope.parent


def _receiver(method: cst.FunctionDef) -> str | None:
    params = parameters(method)
    return params[0].name.value if params else None


def _slots(cls: LocalClass) -> list[str] | None:
    """The names in the class's `__slots__`; None where they are computed."""
    names: list[str] = []
    for binding in cls.scope.bindings.get("__slots__", ()):
        value = binding.value
        if isinstance(value, (cst.Tuple, cst.List, cst.Set)):
            texts = [_text_of(element.value) for element in value.elements]
        elif isinstance(value, cst.Dict):
            texts = [_text_of(e.key) for e in value.elements if isinstance(e, cst.DictElement)]
        else:
            texts = [_text_of(value)] if value is not None else [None]
        if None in texts:
            return None
        names += [text for text in texts if text is not None]
    return names


def _has_slots(decorator: cst.Decorator) -> bool:
    return is_given_true(decorator.decorator, "slots")


def _is_setattr(call: cst.Call) -> bool:
    if isinstance(call.func, cst.Attribute):
        return call.func.attr.value == "__setattr__"
    return isinstance(call.func, cst.Name) and call.func.value == "setattr"


def _set_name(call: cst.Call) -> str | None:
    """The constant name that a `setattr` sets."""
    for arg in call.args[:2]:
        text = _text_of(arg.value)
        if text is not None and isinstance(arg.value, cst.SimpleString):
            return text
    return None


def _extra_of(config: cst.BaseExpression | None) -> list[str | None]:
    """What a `model_config` says of extra attributes; None for something that cannot be read."""
    if isinstance(config, cst.Call):
        if any(arg.star for arg in config.args):
            return [None]
        return [
            _text_of(arg.value)
            for arg in config.args
            if arg.keyword is not None and arg.keyword.value == "extra"
        ]
    if isinstance(config, cst.Dict):
        said: list[str | None] = []
        for element in config.elements:
            key = _text_of(element.key) if isinstance(element, cst.DictElement) else None
            if key in ("extra", None):
                said.append(None if key is None else _text_of(element.value))
        return said
    return [None]


def _text_of(node: cst.BaseExpression) -> str | None:
    """The text of a string, or the last name of `Extra.forbid`."""
    if isinstance(node, cst.SimpleString):
        value = node.evaluated_value
        return value if isinstance(value, str) else None
    return node.attr.value if isinstance(node, cst.Attribute) else None
