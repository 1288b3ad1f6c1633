"""CKS002: a setting is read from the settings class, or by a name that it does not have."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, ClassVar, Final

import libcst as cst

from store_lint.flow.relevance import Signs
from store_lint.rules.base import Replacement, Rule, Violation
from store_lint.rules.instances import Instances
from store_lint.tree.guards import asks_first, expects
from store_lint.tree.layout import THIRD_PARTY
from store_lint.tree.objects import Objects, Thing
from store_lint.tree.program import External, LocalClass, LocalModule
from store_lint.tree.settings import CLASS_NAME, MODULE_NAME
from store_lint.tree.shape import SETTINGS, Shapes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from store_lint.rules.base import Context
    from store_lint.rules.instances import Way
    from store_lint.tree.expressions import Assigned, Use
    from store_lint.tree.module import Binding, ImportTarget, Module
    from store_lint.tree.program import Program
    from store_lint.tree.shape import Member, Shape

_WORD: Final = re.compile(r"conf(?:ig|\b)|cfg|setting|\benv\b|environment|secrets", re.IGNORECASE)
"""In what a name or a path says of itself when it is about settings."""
_DYNAMIC: Final = re.compile(r"\bsetattr\b|__dict__|\bvars\(|\bglobals\(|\bexec\(|sys\.modules")
_OF_TYPE: Final = frozenset({*dir(type), "register"})
_OF_DESCRIPTORS: Final = frozenset(
    {"fget", "fset", "fdel", "getter", "setter", "deleter", "func", "attrname", "wrapped"}
)
_GUESSED_CLASS: Final = re.compile(r"[A-Z]\w*(?:Config|Settings)$|(?:Config|Settings)$")
_GUESSED_SETTING: Final = re.compile(
    r"[A-Z][A-Z0-9]{2,}(?:_[A-Z0-9]+)*$|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$"
    r"|[a-z]\w*_(?:url|uri|dsn|key|secret|token|password|host|port|database|db)$"
)


class ConfigClassAccess(Rule):
    summary: ClassVar[str] = "a setting is read from the settings class, or by a name it lacks"
    signs: ClassVar[Signs] = Signs()

    def __init__(self) -> None:
        self._knowledge: _Knowledge | None = None

    def check(self, module: Module, context: Context) -> Iterable[Violation]:
        if self._knowledge is None or self._knowledge.program is not context.program:
            self._knowledge = _Knowledge(context.program)
        return _Check(module, context, self._knowledge).violations()


class _Knowledge:
    """What is known of a program's classes and objects, from one file to the next."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.shapes = Shapes(program)
        self.objects = Objects(program, self.shapes, self._follow)
        self._assignments: dict[tuple[str, Module], list[Assigned]] = {}
        self._setattrs: dict[Module, list[tuple[Use, cst.Call]]] = {}

    def assignments(self, name: str, home: Module) -> list[Assigned]:
        """Where the project of `home` assigns to an attribute of that name."""
        key = (name, home)
        if key not in self._assignments:
            assigns = rb"\.\s*%b\b[^\n]*(?<![=!<>])=(?!=)" % re.escape(name.encode())
            self._assignments[key] = [
                stored
                for module in self.program.mentioning(name, home, assigns)
                for stored in self.program.expressions(module).stored
                if stored.node.attr.value == name
            ]
        return self._assignments[key]

    def setattrs(self, home: Module) -> list[tuple[Use, cst.Call]]:
        """Where the project of `home` calls `setattr` in a file that may mean what `home` holds."""
        if home not in self._setattrs:
            words = self.program.settings_files.names(str(home.path)) or {home.path.stem.encode()}
            meant = rb"\b(?:%b)\b" % b"|".join(map(re.escape, sorted(words)))
            self._setattrs[home] = [
                (use, use.node)
                for module in self.program.mentioning("setattr", home, meant)
                for use in self.program.expressions(module).calls
                if isinstance(use.node, cst.Call) and _is_setattr(use.node)
            ]
        return self._setattrs[home]

    def _follow(self, module: Module, target: ImportTarget) -> bool:
        """Whether an import may lead to settings; files of other imports need not be read."""
        targets = [target]
        if target.name is None:  # `import app` for `app.config`
            below = f"{target.module}."
            imported = (other for scope in module.scopes() for other, _, _ in scope.imports)
            targets += [other for other in imported if other.module.startswith(below)]
        return any(
            _WORD.search(f"{t.module}.{t.name or ''}")
            or self.program.leads_outside(module, t)
            or self.program.may_lead_to_settings(module, t)
            for t in targets
        )


class _Check:
    """The settings that one file reads."""

    def __init__(self, module: Module, context: Context, knowledge: _Knowledge) -> None:
        self._module = module
        self._program = context.program
        self._guess = context.guess_settings
        self._knowledge = knowledge
        self._shapes = knowledge.shapes
        self._objects = knowledge.objects
        self._instances = Instances(context.program, self._objects)
        found = context.program.expressions(module)
        self._read = found.read
        self._called = {id(use.node.func) for use in found.calls if isinstance(use.node, cst.Call)}
        self._next = {
            id(use.node.value): use.node.attr.value
            for use in found.read
            if isinstance(use.node, cst.Attribute)
        }

    def violations(self) -> Iterator[Violation]:
        for use in self._read:
            node = use.node
            if not isinstance(node, cst.Attribute) or node.attr.value.startswith("_"):
                continue
            if not self._is_candidate(use, node):
                continue
            violation = self._violation(use, node)
            if violation is not None:
                yield violation

    def _is_candidate(self, use: Use, node: cst.Attribute) -> bool:
        """Whether the base is worth a look; cheap, and right about what `self` has."""
        base = node.value
        if not isinstance(base, cst.Name):
            return True
        owner = self._objects.binder(use.scope, base.value)
        if owner is None:
            return False
        if all(b.kind != "parameter" or b.annotation for b in owner.every_binding(base.value)):
            return True
        of = owner.parent  # `self` and `cls` of a settings class, or a parameter that says nothing
        return of is not None and of.is_class and self._holds_settings(LocalClass(of))

    # What a read gives

    def _violation(self, use: Use, node: cst.Attribute) -> Violation | None:
        base = self._objects.of(use.scope, node.value, use.hidden)
        if isinstance(base, LocalModule):
            return self._from_module(use, node, base)
        if isinstance(base, Thing):
            return self._from_thing(use, node, base)
        return self._guessed(use, node) if self._guess else None

    def _from_thing(self, use: Use, node: cst.Attribute, base: Thing) -> Violation | None:
        if not self._concerns_settings(use, node.value, base):
            return None
        name = node.attr.value
        shape = self._shapes.of(base.cls)
        member = shape.members.get(name)
        if base.is_class:
            wrong = self._is_wrong_on_class(node, shape, member)
        else:
            wrong = member is None and not shape.open and not shape.has_api(name)
        if not wrong or self._is_expected(use, node):
            return None
        if not base.exact and self._is_right_in_subclass(base, node):
            return None
        if self._is_set_elsewhere(base, name):
            return None
        if member is None:
            return self._undefined(use, node, base, shape)
        return self._on_class(use, node, base, member)

    def _is_wrong_on_class(self, node: cst.Attribute, shape: Shape, member: Member | None) -> bool:
        if shape.changeable:
            return False
        if member is None:
            return node.attr.value not in _OF_TYPE and not shape.has_api(node.attr.value)
        if member.kind == "descriptor":
            return self._next.get(id(node)) not in _OF_DESCRIPTORS
        return member.kind == "instance"

    def _concerns_settings(self, use: Use, node: cst.BaseExpression, thing: Thing) -> bool:
        if self._holds_settings(thing.cls):
            return True
        if isinstance(node, cst.Attribute):  # settings.db.url
            outer = self._objects.of(use.scope, node.value, use.hidden)
            return isinstance(outer, Thing) and self._concerns_settings(use, node.value, outer)
        return False

    def _holds_settings(self, cls: LocalClass) -> bool:
        return any(
            base.dotted in SETTINGS
            if isinstance(base, External)
            else CLASS_NAME.search(base.scope.qualname) or MODULE_NAME.fullmatch(base.module.path.stem)
            for base in self._program.lineage(cls).classes
        )

    # What makes it right after all

    def _is_expected(self, use: Use, node: cst.Attribute) -> bool:
        by = "(?:has|get|del)attr"
        return asks_first(self._module, use.scope.node, node.attr.value, by=by) or expects(
            use.scope.node, node, "AttributeError", by_any_handler=False
        )

    def _is_right_in_subclass(self, base: Thing, node: cst.Attribute) -> bool:
        name = node.attr.value
        word = re.escape(base.cls.name.encode())
        derives = rb"class\s[^:]*\b%b\b|\b%b\s+as\b|=[\s\w.]*\b%b\b" % (word, word, word)
        for module in self._program.mentioning(base.cls.name, base.cls.module, derives):
            for cls in self._program.classes(module):
                if base.cls in self._program.lineage(cls).classes[1:]:
                    shape = self._shapes.of(cls)
                    wrong = base.is_class and self._is_wrong_on_class(
                        node, shape, shape.members.get(name)
                    )
                    if shape.open or (name in shape.members and not wrong):
                        return True
        return False

    def _is_set_elsewhere(self, of: Thing | LocalModule, name: str) -> bool:
        """Whether some code outside of a class's body may give the attribute to it."""
        home = of.cls.module if isinstance(of, Thing) else of.module
        return any(
            self._may_be(stored, stored.node.value, of, home)
            for stored in self._knowledge.assignments(name, home)
        ) or any(
            self._may_be(use, call.args[0].value, of, home)
            for use, call in self._knowledge.setattrs(home)
            if _may_set(call, name)
        )

    def _may_be(
        self, use: Use | Assigned, node: cst.BaseExpression, of: Thing | LocalModule, home: Module
    ) -> bool:
        """Whether what is assigned to may be the class, instance or module that lacks the name.

        Where nobody can tell, it may be if it stands in the same file, or is called like settings.
        """
        owner = self._objects.of(use.scope, node, use.hidden)
        if owner is None:
            module = use.scope.module
            return module is home or bool(_WORD.search(module.source.tree.code_for_node(node)))
        if not isinstance(owner, Thing) or not isinstance(of, Thing):
            return owner == of
        if of.is_class and not owner.is_class:
            return False  # what an instance is given, the class does not have
        return (
            owner.cls in self._program.lineage(of.cls).classes
            or of.cls in self._program.lineage(owner.cls).classes
        )

    # What is said

    def _on_class(self, use: Use, node: cst.Attribute, base: Thing, member: Member) -> Violation:
        shown, name = self._shown(node), node.attr.value
        if member.kind == "descriptor":
            happens = f"on the class it is {member.origin} object, not its value"
        else:
            happens = f"it is {member.origin}, and reading it there raises AttributeError"
        message = f"`{shown}` reads `{name}` from the class `{base.cls.name}`: {happens}"
        way = self._instances.way(use, node.value, base.cls)
        return Violation(node, message, self._remedy(way, base.cls, name), edits=_edits(way))

    def _undefined(self, use: Use, node: cst.Attribute, base: Thing, shape: Shape) -> Violation:
        name, cls = node.attr.value, base.cls
        shown = cls.scope.qualname
        what = "the class" if base.is_class else "an instance of"
        message = (
            f"`{self._shown(node)}`: {what} `{shown}` has no attribute `{name}`, "
            "reading it raises AttributeError"
        )
        outer = self._outer_with(cls, name)
        if outer is not None:
            way = self._instances.way(use, node.value, outer)
            return Violation(node, message, self._remedy(way, outer, name), edits=_edits(way))
        right = _same_but_case(name, shape.members)
        if right is None:
            return Violation(node, message, _nearest(name, shape))
        edits = (Replacement(node.attr, right),)
        if not base.is_class or shape.members[right].kind == "class":
            origin = shape.members[right].origin
            return Violation(node, message, f"write `{right}`, {origin} of it", edits=edits)
        way = self._instances.way(use, node.value, cls)
        edits = (*way.edits, *edits) if way is not None and way.edits else ()
        return Violation(node, message, self._remedy(way, cls, right), edits=edits)

    def _outer_with(self, cls: LocalClass, name: str) -> LocalClass | None:
        """The class around an inner `class Config`, if that is what has the setting."""
        outer = cls.scope.parent
        if outer is None or not outer.is_class:
            return None
        found = LocalClass(outer)
        return found if name in self._shapes.of(found).members else None

    def _remedy(self, way: Way | None, cls: LocalClass, name: str) -> str:
        if way is not None:
            return f"read it from the instance: `{way.expression}.{name}`{way.hint}"
        module = cls.module.path.name
        return f"make one instance in {module} (`settings = {cls.name}()`) and read `settings.{name}`"

    def _shown(self, node: cst.CSTNode) -> str:
        return " ".join(self._module.source.tree.code_for_node(node).split())

    # Modules

    def _from_module(self, use: Use, node: cst.Attribute, base: LocalModule) -> Violation | None:
        module, name = base.module, node.attr.value
        if not MODULE_NAME.fullmatch(module.path.stem) or self._program.resolve(use.scope, node):
            return None
        if module.scope.stars or "__getattr__" in module.scope.bindings:
            return None
        if _DYNAMIC.search(module.source.text):
            return None
        found = self._program.expressions(module)
        if any(name in scope.declared for scope in module.scopes()) or name in found.captured.get(
            module.scope, ()
        ):
            return None
        if self._is_expected(use, node) or self._is_set_elsewhere(base, name):
            return None
        shown = self._shown(node)
        message = f"`{shown}`: the module `{module.path.stem}` has no `{name}`: AttributeError"
        instance = self._instances.only(module)
        if instance is None:
            from difflib import get_close_matches

            near = get_close_matches(name, module.scope.bindings, 1, 0.75)
            return Violation(node, message, f"did you mean `{near[0]}`?" if near else "define it")
        shape = self._shapes.of(instance.cls)
        right = name if name in shape.members else _same_but_case(name, shape.members)
        if right is None:
            return Violation(node, message, f"read it from `{instance.name}`, if it is there")
        base_text = self._shown(node.value)
        return Violation(
            node,
            message,
            f"read it from the instance: `{base_text}.{instance.name}.{right}`",
            edits=(Replacement(node, f"{base_text}.{instance.name}.{right}"),),
        )

    # Classes outside of the tree

    def _imported_name(self, use: Use, base: cst.BaseExpression) -> str | None:
        """What an imported thing is called where it is defined: `Config` of `conf.Config` as well."""
        root = base.value if isinstance(base, cst.Attribute) else base
        if not isinstance(root, cst.Name) or root.value in use.hidden:
            return None
        owner = self._objects.binder(use.scope, root.value)
        bindings = owner.every_binding(root.value) if owner is not None else []
        if isinstance(base, cst.Attribute):
            is_import = len(bindings) == 1 and bindings[0].target is not None
            return base.attr.value if is_import else None
        return _last_imported(bindings)

    def _guessed(self, use: Use, node: cst.Attribute) -> Violation | None:
        name = node.attr.value
        if id(node) in self._called or not _GUESSED_SETTING.match(name):
            return None
        imported = self._imported_name(use, node.value)
        if not imported or not _GUESSED_CLASS.match(imported):
            return None
        found = self._program.resolve(use.scope, node.value)
        if any(not isinstance(d, External) or _is_library(d.dotted) for d in found):
            return None
        return Violation(
            node,
            f"`{self._shown(node)}` looks like a setting that is read from the class "
            f"`{imported}`, whose module is not in the tree: if it is a pydantic or dataclass "
            "field, this raises AttributeError",
            f"read it from an instance of `{imported}`",
            severity="warning",
        )


def _last_imported(bindings: list[Binding]) -> str | None:
    """The name in its module of what a name is bound to, where one import binds it."""
    if len(bindings) != 1 or bindings[0].target is None:
        return None
    return bindings[0].target.name


def _is_setattr(call: cst.Call) -> bool:
    """Whether a call is a `setattr`, the builtin or monkeypatch's."""
    func = call.func.attr if isinstance(call.func, cst.Attribute) else call.func
    return isinstance(func, cst.Name) and func.value == "setattr" and len(call.args) > 1


def _may_set(call: cst.Call, name: str) -> bool:
    """Whether a `setattr` sets the name, or one that is not known."""
    key = call.args[1].value
    return not isinstance(key, cst.SimpleString) or key.evaluated_value == name


def _edits(way: Way | None) -> tuple[Replacement, ...]:
    return way.edits if way is not None else ()


def _is_library(dotted: str) -> bool:
    return dotted.partition(".")[0] in {*sys.stdlib_module_names, *THIRD_PARTY}


def _same_but_case(name: str, members: Iterable[str]) -> str | None:
    """The one attribute that differs from `name` in case or underscores only."""
    folded = name.replace("_", "").lower()
    same = [member for member in members if member.replace("_", "").lower() == folded]
    return same[0] if len(same) == 1 else None


def _nearest(name: str, shape: Shape) -> str:
    from difflib import get_close_matches

    settings = [m for m in shape.members if not m.startswith("_")]
    near = get_close_matches(name.lower(), settings, 1, 0.7) or get_close_matches(
        name, settings, 1, 0.7
    )
    if near:
        return f"`{shape.cls.name}` has `{near[0]}`: write that, or define `{name}`"
    return f"define `{name}` in `{shape.cls.name}`, or read what it has"
