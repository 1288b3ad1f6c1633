"""CKS006: a field that a chatkit model does not have is given, set or read; or a needed one is not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final

import libcst as cst

from store_lint.flow.values import (
    BuiltMapping,
    ClassObject,
    Constant,
    Function,
    Instance,
    Nothing,
    Unset,
)
from store_lint.rules.base import OF_CHATKIT, Replacement, Rule, Violation
from store_lint.rules.forks import forked_class, has_in_fork
from store_lint.rules.models import Given, Models, given_by
from store_lint.tree.expressions import ancestors, walk
from store_lint.tree.guards import asks_first, expects
from store_lint.tree.module import ImportTarget
from store_lint.tree.program import LocalClass, LocalModule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from store_lint.flow import Signs
    from store_lint.flow.events import Argument, AttributeEvent, CallEvent
    from store_lint.flow.values import Frame, Value
    from store_lint.rules.base import Context
    from store_lint.rules.models import Mistake
    from store_lint.tree.module import Module
    from store_lint.tree.program import Lineage

_VALIDATING: Final = frozenset({"model_validate", "parse_obj", "validate"})
_CONSTRUCTING: Final = frozenset({"model_construct", "construct"})
_COPYING: Final = frozenset({"model_copy", "copy"})
_ADAPTING: Final = "pydantic.TypeAdapter.validate_python"
# A condition of this kind asks what the installed release has.
_ASKS_FOR_RELEASE: Final = re.compile(
    r"__version__|\bversion\(|CHATKIT_\w+|model_fields|__fields__|__annotations__|\bsignature\("
)
_LISTS_FIELDS: Final = r"fields|__annotations__|__dict__|dir\("
_BASE_NAME: Final = re.compile(r"^Base(?=[A-Z])|Base$")
# What is meant by a name that no spelling leads to, by the class that lacks it or a base of it.
_MEANT: Final[dict[str, dict[str, str]]] = {
    "chatkit.types.Page": {
        "items": "data",
        "results": "data",
        "threads": "data",
        "next": "after",
        "next_cursor": "after",
        "next_after": "after",
        "cursor": "after",
        "last_id": "after",
        "has_next": "has_more",
    },
    "chatkit.types.ThreadMetadata": {
        "name": "title",
        "thread_id": "id",
        "created": "created_at",
        "meta": "metadata",
    },
    "chatkit.types.ThreadItemBase": {
        "item_id": "id",
        "message_id": "id",
        "created": "created_at",
        "timestamp": "created_at",
        "text": "content",
        "role": "type",
        "sender": "type",
        "sender_type": "type",
        "parts": "content",
        "message": "content",
        "tool_name": "name",
        "tool_call_id": "call_id",
        "args": "arguments",
        "result": "output",
    },
    "chatkit.types.AttachmentBase": {
        "filename": "name",
        "file_name": "name",
        "content_type": "mime_type",
        "mimetype": "mime_type",
        "media_type": "mime_type",
        "upload_url": "upload_descriptor",
    },
}
_METHODS: Final = {
    "to_dict": "model_dump()",
    "as_dict": "model_dump()",
    "asdict": "model_dump()",
    "to_json": "model_dump_json()",
    "dumps": "model_dump_json()",
    "from_dict": "model_validate(...)",
    "from_row": "model_validate(...)",
    "from_json": "model_validate_json(...)",
}
_EXAMPLES: Final = {
    "created_at": "datetime.now(timezone.utc)",
    "inference_options": "InferenceOptions()",
    "attachments": "[]",
    "type": '"..."',
}


class UnknownModelField(Rule):
    summary: ClassVar[str] = (
        "a chatkit model is used with a field that it does not have, or made without one that it needs"
    )
    signs: ClassVar[Signs] = OF_CHATKIT

    def check(self, module: Module, context: Context) -> Iterable[Violation]:
        return _Check(module, context).violations()


class _Check:
    """The models of one file."""

    def __init__(self, module: Module, context: Context) -> None:
        self._module = module
        self._context = context
        self._api = context.api
        self._models = Models(context.api, context.flow.types)
        self._events = context.flow.events(module)
        self._subclasses: dict[str, list[LocalClass]] = {}

    def violations(self) -> Iterable[Violation]:
        found: dict[tuple[cst.CSTNode, str], Violation] = {}
        for events in self._events.calls.values():
            for event in events:
                for violation in self._call(event):
                    found.setdefault((violation.node, violation.message), violation)
        for node, events in self._events.attributes.items():
            for event in events:
                violation = self._attribute(node, event)
                if violation is not None:
                    found.setdefault((node, ""), violation)
                    break
        return found.values()

    # Calls

    def _call(self, event: CallEvent) -> Iterator[Violation]:
        callee = _present(event.callee)
        if not callee:
            return
        if all(isinstance(atom, ClassObject) for atom in callee):
            classes = self._classes(callee)
            if classes:
                yield from self._made(event, classes)
            return
        targets = {a.target for a in callee if isinstance(a, Function)}
        if len(targets) != len(callee) or not all(isinstance(t, str) for t in targets):
            return
        names = {str(target) for target in targets}
        if names == {"setattr"} or names == {"getattr"}:
            yield from self._by_name(event, *names)
        elif names == {"copy.replace"} and event.args:
            classes = self._classes(_present(event.args[0].value))
            yield from self._updated(event, classes, _keywords(event.args[1:]), "replace")
        elif names == {_ADAPTING}:
            yield from self._adapted(event)
        else:
            yield from self._method(event, names)

    def _method(self, event: CallEvent, targets: set[str]) -> Iterator[Violation]:
        parts = [target.rpartition(".") for target in targets]
        methods = {method for _, _, method in parts}
        classes = tuple(sorted(cls for cls, _, _ in parts))
        if len(methods) != 1 or not all(self._models.is_model(cls) for cls in classes):
            return
        (method,) = methods
        if method in _COPYING:
            update = _argument(event.args, "update")
            given = given_by(update.value, event.state) if update is not None else None
            if update is not None and given is not None:
                yield from self._updated(event, classes, given, f"{method}(update=...)", update)
        elif method in _CONSTRUCTING:
            unknown = self._models.unknown(classes, _keywords(event.args).values)
            yield from self._ignored(event, classes, unknown, None, f"by {method}()")
        elif method in _VALIDATING:
            data = _argument(event.args, "obj", 0)
            if data is None or _argument(event.args, "extra") is not None:
                return
            given = given_by(data.value, event.state)
            if given is not None:
                for mistake in self._models.mistakes(classes, given, event.state):
                    yield from self._mistake(event, mistake, data, f"by {method}()")

    def _made(self, event: CallEvent, classes: tuple[str, ...]) -> Iterator[Violation]:
        """`ThreadMetadata(...)`"""
        if any(not arg.star and arg.keyword is None for arg in event.args):
            return
        if any(arg.star == "*" for arg in event.args):
            return
        given = _keywords(event.args, event)
        for mistake in self._models.mistakes(classes, given, event.state):
            yield from self._mistake(event, mistake, None, "as a keyword")

    def _adapted(self, event: CallEvent) -> Iterator[Violation]:
        """`TypeAdapter(ThreadItem).validate_python({...})`"""
        data = _argument(event.args, "object", 0)
        if data is None or event.receiver is None:
            return
        expected = frozenset(
            of
            for atom in event.receiver
            if isinstance(atom, Instance)
            for argument in atom.args
            for of in argument
        )
        if expected:
            for mistake in self._models.parts(expected, data.value, event.state, ""):
                yield from self._mistake(event, mistake, data, "by validate_python()")

    def _updated(
        self,
        event: CallEvent,
        classes: tuple[str, ...],
        given: Given | None,
        shown: str,
        update: Argument | None = None,
    ) -> Iterator[Violation]:
        if not classes or given is None:
            return
        for name in self._models.unknown(classes, given.values):
            if self._is_guarded(event.frame, event.node, name) or self._in_fork(classes, name):
                continue
            node = self._place(event, name, update)
            yield self._violation(
                node,
                f"`{shown}` sets `{name}`, and {self._lacks(classes, name)}: "
                "the copy shows it until the first dump drops it",
                self._remedy(classes, [name], "give"),
            )

    def _by_name(self, event: CallEvent, function: str) -> Iterator[Violation]:
        """`setattr(thread, "updated_at", now)`"""
        if len(event.args) != (3 if function == "setattr" else 2):
            return
        names = [a.value for a in event.args[1].value if isinstance(a, Constant)]
        if len(names) != 1 or len(event.args[1].value) != 1 or not isinstance(names[0], str):
            return
        name = names[0]
        classes = self._lacking(event.args[0].value, name)
        if not classes:
            return
        error = "ValueError" if function == "setattr" else "AttributeError"
        if self._is_expected(event.frame, event.node, name, error, reads=function == "getattr"):
            return
        yield self._violation(
            event.args[1].node.value,
            f"`{function}(...)`: {self._lacks(classes, name)}: it raises {error}",
            self._remedy(classes, [name], "set" if function == "setattr" else "read"),
        )

    # What is wrong with what is given

    def _mistake(
        self, event: CallEvent, mistake: Mistake, data: Argument | None, shown: str
    ) -> Iterator[Violation]:
        if mistake.kind == "unknown":
            where = f"in `{mistake.trail}`" if mistake.trail else shown
            names = mistake.names
            yield from self._ignored(event, mistake.classes, names, mistake, where, data)
            return
        errors = ("ValidationError", "ValueError")
        if self._is_caught(event.frame, event.node, errors, on_trial=False):
            return
        classes, missing = mistake.classes, mistake.names
        if any(forked_class(self._context.program, self._module, cls) for cls in classes):
            return  # what the fork requires is not known
        names = ", ".join(f"`{name}`" for name in missing)
        fields = "the required field" if len(missing) == 1 else "the required fields"
        where = (
            f"`{mistake.trail}` of `{_code(event.node.func)}(...)`"
            if mistake.trail
            else (f"`{_code(event.node.func)}(...)`")
        )
        yield Violation(
            self._dict(event, mistake) or event.node.func,
            f"{where} lacks {fields} {names} of {self._models.shown(classes)}: "
            "it raises ValidationError: Field required",
            "add " + ", ".join(f"`{self._example(classes[0], name)}`" for name in missing),
        )

    def _example(self, cls: str, name: str) -> str:
        known = _EXAMPLES.get(name)
        if known is None:
            of = self._api.model_fields(cls)[name].type
            known = "[]" if of.startswith("list") else "{}" if of.startswith("dict") else "..."
        return f"{name}={known}"

    def _ignored(
        self,
        event: CallEvent,
        classes: tuple[str, ...],
        names: Iterable[str],
        mistake: Mistake | None,
        what: str,
        data: Argument | None = None,
    ) -> Iterator[Violation]:
        places: dict[cst.CSTNode, list[str]] = {}
        for name in names:
            if not (self._is_guarded(event.frame, event.node, name) or self._in_fork(classes, name)):
                place = self._place(event, name, data, mistake)
                places.setdefault(place, []).append(name)
        for place, together in places.items():
            lost = "it is" if len(together) == 1 else "they are"
            yield self._violation(
                place,
                f"{self._lacks(classes, *together)}: {what} {lost} ignored, nothing fails "
                "and what is given is lost",
                self._remedy(classes, together, "give"),
                self._renamed(classes, together[0], _given_names(event, mistake)),
            )

    def _place(
        self,
        event: CallEvent,
        name: str,
        data: Argument | None,
        mistake: Mistake | None = None,
    ) -> cst.CSTNode:
        """The keyword or key that names the field, if it stands in the call; else the argument."""
        if mistake is not None and mistake.site is not None:
            found = _key(mistake.site, name) if _is_below(event.node, mistake.site) else None
            return found or (self._dict(event, mistake) or event.node.func)
        for arg in event.args:
            if data is not None and arg is not data:
                continue
            if arg.keyword == name and data is None and arg.node.keyword is not None:
                return arg.node.keyword
            found = _key(arg.node.value, name)
            if found is not None and (data is not None or arg.star == "**"):
                return found
        for arg in event.args:
            if arg is data or (data is None and arg.star == "**" and _gives(arg, name, event)):
                return arg.node
        return event.node.func

    def _dict(self, event: CallEvent, mistake: Mistake) -> cst.CSTNode | None:
        """The dict that is wrong, or the argument that holds it."""
        if mistake.site is None:
            return None
        if _is_below(event.node, mistake.site):
            return mistake.site
        field = re.split(r"[.\[]", mistake.trail)[0]
        return next((a.node for a in event.args if a.keyword == field), None)

    # Attributes

    def _attribute(self, node: cst.Attribute, event: AttributeEvent) -> Violation | None:
        name = node.attr.value
        if name.startswith("_"):
            return None
        base = _present(event.base)
        if not base:
            return None
        if all(isinstance(atom, ClassObject) for atom in base):
            return self._of_class(node, event, base)
        classes = self._lacking(base, name)
        if not classes:
            return None
        stores = event.stored is not None
        error = "ValueError" if stores else "AttributeError"
        if not stores:
            if event.path is not None and f"{event.path}.{name}" in event.state.paths:
                return None  # behind hasattr, or behind an assignment that has raised already
            if error in event.caught:
                return None
        elif {"ValueError", "ValidationError"} & event.caught:
            return None
        if self._is_expected(event.frame, node, name, error, reads=not stores):
            return None
        if stores:
            happens = f"{self._lacks(classes, name)}: setting it raises ValueError"
        else:
            verb = "deleting" if event.is_delete else "reading"
            happens = f"{self._lacks(classes, name)}: {verb} it raises AttributeError"
        return self._violation(
            node,
            f"`{_code(node)}`: {happens}",
            self._remedy(classes, [name], "set" if stores else "read"),
            self._renamed(classes, name, ()),
        )

    def _of_class(self, node: cst.Attribute, event: AttributeEvent, base: Value) -> Violation | None:
        name = node.attr.value
        classes = self._classes(base)
        if not classes or event.stored is not None:
            return None
        if any(self._models.has_itself(cls, name) for cls in classes) or self._in_fork(classes, name):
            return None
        if self._is_expected(event.frame, node, name, "AttributeError", reads=True):
            return None
        return self._violation(
            node,
            f"`{_code(node)}`: the class has no attribute `{name}`: reading it raises AttributeError",
            self._remedy(classes, [name], "call"),
        )

    def _classes(self, atoms: Value) -> tuple[str, ...]:
        """The chatkit models that the classes, or the instances, are of; empty where one is none."""
        classes = [a.cls for a in atoms if isinstance(a, (ClassObject, Instance))]
        if len(classes) != len(atoms) or not all(self._models.is_model(cls) for cls in classes):
            return ()
        return tuple(sorted({str(cls) for cls in classes}))

    def _lacking(self, of: Value, name: str) -> tuple[str, ...]:
        """The models that the value is of, if none of them, nor what may stand in for them, has it."""
        atoms = _present(of)
        if not atoms or not all(isinstance(atom, Instance) for atom in atoms):
            return ()
        classes = self._classes(atoms)
        if not classes or any(self._models.has(cls, name) for cls in classes):
            return ()
        for atom in atoms:
            if isinstance(atom, Instance) and atom.declared and self._is_in_subclass(atom, name):
                return ()
        return () if self._in_fork(classes, name) else classes

    def _in_fork(self, classes: tuple[str, ...], name: str) -> bool:
        program = self._context.program
        return any(has_in_fork(program, self._module, cls, name) for cls in classes)

    def _is_in_subclass(self, of: Instance, name: str) -> bool:
        """Whether a value that is annotated with a class may be of one below it that has the field."""
        assert isinstance(of.cls, str)
        short = of.cls.rpartition(".")[2]
        for cls in self._models.subclasses(of.cls):
            if self._models.has(cls, name) and (
                _BASE_NAME.search(short)
                or re.search(rf"\b{cls.rpartition('.')[2]}\b", self._module.source.text)
            ):
                return True
        program = self._context.program
        return any(
            _may_have(program.lineage(cls), name) and self._meets(cls)
            for cls in self._local_subclasses(of.cls, short)
        )

    def _local_subclasses(self, dotted: str, short: str) -> list[LocalClass]:
        """The classes of the project that derive from a model."""
        found = self._subclasses.get(dotted)
        if found is None:
            program = self._context.program
            like = rf"\b{short}\s+as\s|\bclass\s+\w+\s*[(\[][^:]*\b{short}\b".encode()
            found = self._subclasses[dotted] = [
                cls
                for module in program.mentioning(short, self._module, like)
                for cls in program.classes(module)
                if cls.node.bases and program.derives_from(cls, [dotted])
            ]
        return found

    def _meets(self, cls: LocalClass) -> bool:
        """Whether this file may be handed an instance.

        So it is where it imports a file that uses the class, is imported by one, or where a third
        file imports both.
        """
        program, here = self._context.program, self._module
        users = [cls.module, *program.mentioning(cls.name, here)]
        if any(self._imports(here, user) or self._imports(user, here) for user in users):
            return True
        folder = here.path.parent.name
        stem = folder if here.path.stem == "__init__" else here.path.stem
        return any(
            self._imports(third, here) and any(self._imports(third, user) for user in users)
            for third in program.mentioning(stem, here)
        )

    def _imports(self, module: Module, other: Module) -> bool:
        if module is other:
            return True
        program = self._context.program
        for scope in module.scopes():
            for target, _, _ in scope.imports:
                whole = ImportTarget(target.module, target.level)
                found = (*program.imported(module, target), *program.imported(module, whole))
                if LocalModule(other) in found:
                    return True
        return False

    # What makes it right after all

    def _is_expected(
        self, frame: Frame, node: cst.CSTNode, name: str, error: str, *, reads: bool
    ) -> bool:
        text = self._module.source.text
        if asks_first(self._module, frame.scope.node, name):
            return True
        if reads and re.search(
            rf"__setattr__\([^()]*['\"]{name}['\"]|__dict__\[['\"]{name}['\"]\]\s*=", text
        ):
            return True
        if re.search(rf"\b[A-Z]\w*\.{name}\s*=[^=]", text):
            return True
        errors = ("ValueError", "ValidationError") if error == "ValueError" else (error,)
        return self._is_caught(frame, node, errors) or self._is_guarded(frame, node, name)

    def _is_caught(
        self, frame: Frame, node: cst.CSTNode, errors: tuple[str, ...], *, on_trial: bool = True
    ) -> bool:
        """Whether the place expects the error: by its name, or as the one thing that a `try` tries.

        A `try` around much, with `except Exception`, expects nothing in particular.
        """
        root = frame.scope.node
        if not any(expects(root, node, error) for error in errors):
            return False
        tries = [o for o in ancestors(root, node) if isinstance(o, (cst.Try, cst.TryStar))]
        for outer in tries:
            caught = {n for h in outer.handlers for n in _exception_names(h.type)}
            small = (
                on_trial
                and len(outer.body.body) == 1
                and isinstance(outer.body.body[0], (cst.SimpleStatementLine, cst.BaseSmallStatement))
            )
            if caught & set(errors) or (small and not _raises_again(outer)):
                return True
        return not any(_catches_all(outer) for outer in tries)

    def _is_guarded(self, frame: Frame, node: cst.CSTNode, name: str) -> bool:
        """Whether the code asks first whether the release has the field."""
        asked = rf"['\"]{name}['\"]\s+(?:not\s+)?in\b[^\n:]*(?:{_LISTS_FIELDS})"
        if re.search(asked, self._module.source.text):
            return True
        path = [*ancestors(frame.scope.node, node), node]
        for outer in path:
            if isinstance(outer, (cst.If, cst.IfExp)) and _ASKS_FOR_RELEASE.search(_code(outer.test)):
                return True
        return False

    # What is said

    def _lacks(self, classes: tuple[str, ...], *names: str) -> str:
        verb = "have" if " and " in self._models.shown(classes) else "has"
        fields = "field" if len(names) == 1 else "fields"
        listed = ", ".join(f"`{name}`" for name in names)
        return (
            f"{self._models.shown(classes)} {verb} no {fields} {listed} in openai-chatkit "
            f"{self._api.version}"
        )

    @staticmethod
    def _violation(node: cst.CSTNode, message: str, remedy: str, right: str = "") -> Violation:
        edits: tuple[Replacement, ...] = ()
        if right and isinstance(node, (cst.Name, cst.Attribute)):
            edits = (Replacement(node.attr if isinstance(node, cst.Attribute) else node, right),)
        return Violation(node, message, f"write `{right}`" if right else remedy, edits=edits)

    def _renamed(self, classes: tuple[str, ...], name: str, given: Iterable[str]) -> str:
        """The field that differs in case and underscores only, if nothing else gives it."""
        folded = name.replace("_", "").lower()
        same = [
            {f for f in self._api.model_fields(cls) if f.replace("_", "").lower() == folded}
            for cls in classes
        ]
        common = set[str].intersection(*same)
        return common.pop() if len(common) == 1 and not common & set(given) else ""

    def _remedy(self, classes: tuple[str, ...], names: list[str], use: str) -> str:
        """What to do instead; `use` is what is done with the names: give, set, read or call."""
        name = names[0]
        fields = {f: None for cls in classes for f in self._api.model_fields(cls)}
        releases = [r for cls in classes for r in self._releases(cls, name)]
        owners = [owner.qualname for cls in classes for owner in self._api.mro(cls)]
        for owner in dict.fromkeys(owners):
            meant = _MEANT.get(owner, {}).get(name)
            if meant == "type" and meant in fields and use == "give":
                return "leave it out: its `type` says whose item it is"
            if meant in fields and len(names) == 1:
                return f"write `{meant}`{self._since(releases)}"
        if releases:
            return f"leave it out, or use a release that has it{self._since(releases)}"
        if name in ("items", "messages") and all(_is_thread(cls) for cls in classes):
            return "load them: `await store.load_thread_items(thread.id, after, limit, order, context)`"
        if use in ("read", "call"):
            method = _METHODS.get(name)
            if method is not None:
                return f"write `{method}`"
        from difflib import get_close_matches

        near = get_close_matches(name, fields, 1, 0.8) if len(names) == 1 else []
        if near and not (name.endswith("_at") and near[0].endswith("_at")):
            return f"did you mean `{near[0]}`?"
        if "metadata" in fields and "_at" not in name:
            kept = {
                "give": "keep it in `metadata={...}`",
                "set": f'set `metadata["{name}"]`',
                "read": f'read `metadata.get("{name}")`, if you keep it there',
                "call": "use what it has",
            }[use]
            return f"leave it out, or {kept}"
        if name.startswith(("updated", "modified")):
            return "leave it out: ChatKit keeps no such time; where you need one, give it a column"
        return f"leave it out, or use what there is: {', '.join(f'`{f}`' for f in fields)}"

    def _releases(self, cls: str, name: str) -> tuple[str, ...]:
        return tuple(
            r
            for owner in self._api.mro(cls)
            for r in self._api.releases_with_field(owner.qualname, name)
        )

    @staticmethod
    def _since(releases: list[str]) -> str:
        return f" (it is a field of openai-chatkit {releases[0]} to {releases[-1]})" if releases else ""


def _may_have(lineage: Lineage, name: str) -> bool:
    """Whether a class of the tree may have an attribute that its base, a chatkit model, has not."""
    if not lineage.complete:
        return True
    for cls in lineage.classes:
        if isinstance(cls, LocalClass):
            bindings = cls.scope.bindings
            if {name, "model_config", "Config", "__getattr__", "__getattribute__"} & bindings.keys():
                return True
        elif not cls.dotted.startswith(("chatkit.", "pydantic.", "typing.", "abc.")):
            return True
    return False


def _catches_all(of: cst.Try | cst.TryStar) -> bool:
    names = [n for h in of.handlers for n in _exception_names(h.type)]
    return any(h.type is None for h in of.handlers) or not {"Exception", "BaseException"}.isdisjoint(
        names
    )


def _raises_again(of: cst.Try | cst.TryStar) -> bool:
    return any(isinstance(node, cst.Raise) for handler in of.handlers for node in walk(handler.body))


def _present(of: Value) -> Value:
    return frozenset(atom for atom in of if not isinstance(atom, (Nothing, Unset)))


def _is_thread(cls: str) -> bool:
    return cls in ("chatkit.types.ThreadMetadata", "chatkit.types.Thread")


def _code(node: cst.CSTNode) -> str:
    return " ".join(cst.Module([]).code_for_node(node).split())


def _argument(args: tuple[Argument, ...], keyword: str, position: int | None = None) -> Argument | None:
    for index, arg in enumerate(args):
        if arg.star:
            return None
        if arg.keyword == keyword or (arg.keyword is None and index == position):
            return arg
    return None


def _keywords(args: Iterable[Argument], event: CallEvent | None = None) -> Given:
    """The keywords of a call, `**` included."""
    values: dict[str, Value] = {}
    maybe: frozenset[str] = frozenset()
    is_open = False
    for arg in args:
        if arg.keyword is not None:
            values[arg.keyword] = arg.value
        elif arg.star == "**":
            given = given_by(arg.value, event.state) if event is not None else None
            if given is None:
                is_open = True
                continue
            values.update(given.values)
            maybe |= given.maybe
            is_open = is_open or given.open
    return Given(values, maybe, is_open)


def _given_names(event: CallEvent, mistake: Mistake | None) -> list[str]:
    if mistake is not None and mistake.site is not None:
        entries = event.state.entries(BuiltMapping(mistake.site))
        return [name for name, _ in entries.known] if entries is not None else []
    return [arg.keyword for arg in event.args if arg.keyword is not None]


def _gives(arg: Argument, name: str, event: CallEvent) -> bool:
    given = given_by(arg.value, event.state)
    return given is not None and name in given.values


def _is_below(root: cst.CSTNode, node: cst.CSTNode) -> bool:
    return any(inner is node for inner in walk(root))


def _key(node: cst.CSTNode, name: str) -> cst.CSTNode | None:
    """The key, or the keyword of `dict(...)`, that stands for `name` in the text of a dict."""
    if isinstance(node, cst.Dict):
        for element in node.elements:
            if not isinstance(element, cst.DictElement):
                found = _key(element.value, name)
                if found is not None:
                    return found
            elif isinstance(element.key, cst.SimpleString) and element.key.evaluated_value == name:
                return element.key
    elif isinstance(node, cst.Call):
        return next((a.keyword for a in node.args if a.keyword and a.keyword.value == name), None)
    elif isinstance(node, cst.BinaryOperation):
        return _key(node.right, name) or _key(node.left, name)
    return None


def _exception_names(node: cst.BaseExpression | None) -> Iterator[str]:
    if isinstance(node, cst.Tuple):
        for element in node.elements:
            yield from _exception_names(element.value)
    elif isinstance(node, cst.Attribute):
        yield node.attr.value
    elif isinstance(node, cst.Name):
        yield node.value
