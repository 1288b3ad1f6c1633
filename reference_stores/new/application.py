"""What the application says about itself: where imports start, its settings, its request context.

Read from the source with `ast`; nothing of the application is imported or run.
"""

from __future__ import annotations

import ast
import os
import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from store_lint.tree.files import discover
from store_lint.tree.layout import THIRD_PARTY, Layout
from store_lint.tree.settings import CLASS_NAME, MODULE_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NOT_APPLICATION: Final = ("tests/", "test/", "migrations/", "alembic/", "examples/", "docs/")
_MARKERS: Final = frozenset({"pyproject.toml", "setup.py", "requirements.txt", "Pipfile", ".git"})
_CHATKIT_GENERICS: Final = frozenset({"ChatKitServer", "Store", "AttachmentStore", "AgentContext"})


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the application."""

    path: str
    """Relative to the project, with slashes."""
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a class, or a name of a module."""

    name: str
    annotation: str
    default: str | None
    """Where the default is a text."""
    is_required: bool
    place: Place


@dataclass(slots=True)
class Class:
    """A class that may hold settings or be a request context."""

    name: str
    module: Module
    bases: tuple[str, ...]
    fields: dict[str, Field]
    is_plain: bool
    """Its attributes are read on the class itself."""


@dataclass(slots=True)
class Module:
    """A file that was parsed."""

    path: Path
    place: str
    tree: ast.Module
    names: dict[str, ast.stmt] = field(default_factory=dict[str, ast.stmt])
    """What it binds at its top, imports included."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Where the application holds the place of its database."""

    module: str
    root: str
    """The name to import from the module."""
    expression: str
    """How to read it, beginning with `root`."""
    of: Field | None
    """None where the application's source does not show it."""

    @property
    def spec(self) -> str:
        """As `--settings` takes it."""
        return f"{self.module}:{self.expression}"


@dataclass(frozen=True, slots=True)
class Context:
    """The request context that the application hands to ChatKit."""

    annotation: str
    module: str | None
    """Where its name comes from; None for a built-in one."""
    fields: dict[str, str]
    """Attributes or keys, with their annotations where known."""
    is_mapping: bool
    place: Place | None


class Application:
    """The project around a folder that stores go to."""

    def __init__(self, target: Path) -> None:
        self.target = Path(os.path.abspath(target))
        existing = self.target
        while not existing.is_dir():
            existing = existing.parent
        self._layout = Layout()
        self.top = self._project(existing)
        self.unreadable: list[str] = []

    def _project(self, folder: Path) -> Path:
        """The nearest folder that says it is a project; in a repository of several, that of one."""
        for above in (folder, *folder.parents):
            if not _MARKERS.isdisjoint(self._layout.entries(str(above))):
                return above
        return _common(folder)

    @cached_property
    def modules(self) -> list[Module]:
        """The parsed files of the application, without its tests."""
        found: list[Module] = []
        for path in discover([self.top], _NOT_APPLICATION, self.top).files:
            module = self._parsed(Path(path))
            if module is not None:
                found.append(module)
        return found

    @cached_property
    def root(self) -> Path:
        """The folder that absolute imports of the application start from.

        Of the folders above the target, the one that most imports of the application lead from.
        """
        folder = self.target if self.target == self.top else self.target.parent
        while not folder.is_dir():
            folder = folder.parent
        is_package = False
        while folder != self.top and (folder / "__init__.py").exists():
            folder, is_package = folder.parent, True
        above = [folder]
        while above[-1] != self.top and above[-1].parent != above[-1]:
            above.append(above[-1].parent)
        likely = folder if is_package or folder.name == "src" else above[-1]
        return max(above, key=lambda f: (self._imports_from(f), f == likely))

    def _imports_from(self, root: Path) -> int:
        """How many imports of the application lead to files when they start in `root`."""
        entries = self._layout.entries(str(root))
        tops = {name.removesuffix(".py") for name in entries} - THIRD_PARTY - sys.stdlib_module_names
        return sum(count for name, count in self._imported.items() if name in tops)

    @cached_property
    def _imported(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for module in self.modules:
            for node in ast.walk(module.tree):
                if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    found[node.module.partition(".")[0]] += 1
                elif isinstance(node, ast.Import):
                    found.update(alias.name.partition(".")[0] for alias in node.names)
        return found

    def dotted(self, path: Path) -> str:
        """The module's name, as absolute imports say it; of a folder, the package's."""
        parts = list(path.relative_to(self.root).with_suffix("").parts)
        if parts and parts[-1] == "__init__":
            parts.pop()
        return ".".join(parts)

    def shown(self, path: Path) -> str:
        """The path relative to the project, with slashes."""
        try:
            return path.relative_to(self.top).as_posix()
        except ValueError:
            return path.as_posix()

    def module(self, dotted: str) -> Module | None:
        """The file of a module that the application imports by this name."""
        base = self.root.joinpath(*dotted.split("."))
        for path in (base.with_suffix(".py"), base / "__init__.py"):
            known = next((m for m in self.modules if m.path == path), None)
            if known is not None:
                return known
            if path.is_file():
                return self._parsed(path)
        return None

    # --- Settings ---

    def settings(self) -> Iterator[Setting]:
        """Every name that holds settings, with each of its fields; instances before classes."""
        for module in self.modules:
            yield from self._instances(module)
        for found in self._classes:
            if found.is_plain and not found.module.place.startswith("tests"):
                for one in found.fields.values():
                    yield self._setting(found.module, found.name, f"{found.name}.{one.name}", one)
        for module in self.modules:
            if MODULE_NAME.fullmatch(module.path.stem) or module.path.stem in (
                "constants",
                "app",
                "main",
            ):
                for one in _assigned(module):
                    yield self._setting(module, one.name, one.name, one)

    def _setting(self, module: Module, root: str, expression: str, of: Field) -> Setting:
        return Setting(self.dotted(module.path), root, expression, of)

    def _instances(self, module: Module) -> Iterator[Setting]:
        # Those that are there before functions that make or give them.
        for name, statement in sorted(module.names.items(), key=lambda one: _is_function(one[1])):
            found = self._class_of(module, statement)
            if found is None or found.is_plain:
                continue
            access = f"{name}()" if _is_function(statement) else name
            for one in found.fields.values():
                yield self._setting(module, name, f"{access}.{one.name}", one)

    def instance(self, module: Module, root: str) -> Class | None:
        """The class of what a module binds to a name, as far as it is known."""
        statement = module.names.get(root)
        return None if statement is None else self._class_of(module, statement)

    def class_named(self, module: Module, root: str) -> Class | None:
        """The class that a module defines by a name."""
        return next((c for c in self._classes if c.name == root and c.module is module), None)

    def _class_of(self, module: Module, statement: ast.stmt) -> Class | None:
        """`settings = Settings()`, `settings: Settings = ...`, `def get_settings() -> Settings`."""
        for name in _class_names(module, statement):
            found = self._by_name.get(name, ())
            if len(found) == 1:
                return found[0]
        return None

    @cached_property
    def _classes(self) -> list[Class]:
        return [
            _class(module, node)
            for module in self.modules
            for node in module.tree.body
            if isinstance(node, ast.ClassDef) and _may_hold_settings(module, node)
        ]

    @cached_property
    def _by_name(self) -> dict[str, list[Class]]:
        found: dict[str, list[Class]] = {}
        for one in self._classes:
            found.setdefault(one.name, []).append(one)
        return found

    # --- The request context ---

    def contexts(self) -> list[Context]:
        """What the application parametrises ChatKit's classes with, or hands to `process`; the most
        used first."""
        uses: Counter[str] = Counter()
        first: dict[str, tuple[Module, ast.expr]] = {}
        for module in self.modules:
            for node in ast.walk(module.tree):
                if isinstance(node, ast.Subscript) and _last(node.value) in _CHATKIT_GENERICS:
                    said = ast.unparse(node.slice).strip("'\"")
                    if re.fullmatch(r"T(?:Context)?|Any|.*,.*", said) and not said.startswith("dict"):
                        continue
                    uses[said] += 1
                    first.setdefault(said, (module, node.slice))
        return [self._context(*first[said]) for said, _ in uses.most_common()]

    def _context(self, module: Module, annotation: ast.expr) -> Context:
        said = ast.unparse(annotation).strip("'\"")
        place = Place(module.place, annotation.lineno)
        if _last(annotation) in ("dict", "Dict", "Mapping"):
            shown = "dict[str, Any]"
            return Context(shown, None, self._keys(), is_mapping=True, place=place)
        home, statement = self._defined(module, said)
        if home is None or not said.isidentifier():
            return Context("Any", None, {}, is_mapping=False, place=place)
        dotted = self.dotted(home.path)
        if isinstance(statement, ast.ClassDef):
            is_mapping = "TypedDict" in [_last(base) for base in statement.bases]
            fields = {one.name: one.annotation for one in _fields(home, statement)}
            return Context(said, dotted, fields, is_mapping, Place(home.place, statement.lineno))
        return Context(said, dotted, self._keys(), is_mapping=True, place=place)

    def _defined(self, module: Module, name: str) -> tuple[Module | None, ast.stmt | None]:
        """Where a name of a module is defined, following imports inside the application."""
        for _ in range(5):
            statement = module.names.get(name)
            if not isinstance(statement, ast.ImportFrom):
                return (None, None) if statement is None else (module, statement)
            alias = next(a for a in statement.names if (a.asname or a.name) == name)
            found = self._layout.find(module.path, statement.module or "", statement.level)
            target = next((m for m in self.modules if m.path == found), None)
            if target is None:
                return None, None
            module, name = target, alias.name
        return None, None

    def _keys(self) -> dict[str, str]:
        """The keys of dicts that are handed to `server.process(body, {...})`."""
        keys: dict[str, str] = {}
        for module in self.modules:
            for scope in ast.walk(module.tree):
                if not isinstance(scope, (ast.AsyncFunctionDef, ast.FunctionDef)):
                    continue
                for call in ast.walk(scope):
                    if (
                        isinstance(call, ast.Call)
                        and _last(call.func) == "process"
                        and len(call.args) > 1
                    ):
                        keys.update((key, "") for key in _dict_keys(call.args[1], scope))
        return keys

    # --- Other things worth to know ---

    def calls(self, *names: str) -> list[tuple[str, Place]]:
        """Where the application calls one of these dotted names."""
        ends = {name.rpartition(".")[2]: name for name in names}
        packages = {name.partition(".")[0] for name in names}
        return [
            (ast.unparse(node.func), Place(module.place, node.lineno))
            for module in self.modules
            if any(package in _imported_by(module) for package in packages)
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Call) and _last(node.func) in ends
        ]

    def stores(self) -> list[tuple[str, Place]]:
        """The classes that derive from chatkit's Store."""
        return [
            (node.name, Place(module.place, node.lineno))
            for module in self.modules
            if "chatkit" in _imported_by(module)
            for node in ast.walk(module.tree)
            if isinstance(node, ast.ClassDef)
            and any(
                _last(b.value if isinstance(b, ast.Subscript) else b) == "Store" for b in node.bases
            )
        ]

    def makers(self) -> list[tuple[str, Place]]:
        """The functions that are declared to return chatkit's `Store`."""
        return [
            (name, Place(module.place, statement.lineno))
            for module in self.modules
            if "chatkit" in _imported_by(module)
            for name, statement in module.names.items()
            if isinstance(statement, ast.FunctionDef) and _last(statement.returns) == "Store"
        ]

    def requirements(self) -> dict[str, str]:
        """The files that say what the application needs, with their text."""
        names = ["pyproject.toml", "setup.py", "setup.cfg", "Pipfile"]
        names += sorted(
            n for n in self._layout.entries(str(self.top)) if re.match(r"requirements.*\.txt$", n)
        )
        return {name: _text(self.top / name) for name in names if (self.top / name).is_file()}

    def _parsed(self, path: Path) -> Module | None:
        try:
            tree = ast.parse(path.read_bytes())
        except (OSError, SyntaxError, ValueError, RecursionError):
            self.unreadable.append(self.shown(path))
            return None
        module = Module(path, self.shown(path), tree)
        for statement in _statements(tree.body):
            for name in _bound(statement):
                module.names.setdefault(name, statement)
        return module


def _common(folder: Path) -> Path:
    """The top of a project that no file says to be one: the current folder, if it holds this one."""
    here = Path.cwd()
    return here if here == folder or here in folder.parents else folder


def _statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        yield statement
        if isinstance(statement, (ast.If, ast.Try)):
            yield from _statements(statement.body)
            yield from _statements(statement.orelse)


def _bound(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield statement.name
    elif isinstance(statement, (ast.Import, ast.ImportFrom)):
        yield from (alias.asname or alias.name.partition(".")[0] for alias in statement.names)
    elif isinstance(statement, ast.AnnAssign):
        yield _last(statement.target)
    elif isinstance(statement, ast.Assign):
        yield from (target.id for target in statement.targets if isinstance(target, ast.Name))


def _last(node: ast.expr | None) -> str:
    """The last part of a dotted name; `Settings` of `config.Settings`, also where it is quoted."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        return _last(node.value)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.rpartition(".")[2]
    return ""


def _is_function(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.FunctionDef)


def _class_names(module: Module, statement: ast.stmt | None) -> Iterator[str]:
    """What the class of a module's name may be called."""
    if isinstance(statement, ast.FunctionDef) and not _needs_arguments(statement):
        yield _last(statement.returns)
    elif isinstance(statement, ast.AnnAssign):
        yield _last(statement.annotation)
    if not isinstance(statement, (ast.Assign, ast.AnnAssign)) or not isinstance(
        statement.value, ast.Call
    ):
        return
    function = statement.value.func
    yield _last(function)
    if isinstance(function, ast.Attribute):
        yield _last(function.value)  # Settings.from_env()
    maker = module.names.get(_last(function))
    if isinstance(maker, ast.FunctionDef):
        yield _last(maker.returns)


def _needs_arguments(function: ast.FunctionDef) -> bool:
    arguments = function.args
    return (
        len(arguments.posonlyargs + arguments.args) > len(arguments.defaults)
        or None in arguments.kw_defaults
    )


def _may_hold_settings(module: Module, node: ast.ClassDef) -> bool:
    bases = [_last(base) for base in node.bases]
    return any(base.endswith("Settings") for base in bases) or bool(
        CLASS_NAME.search(node.name) or MODULE_NAME.fullmatch(module.path.stem)
    )


def _class(module: Module, node: ast.ClassDef) -> Class:
    bases = tuple(_last(base) for base in node.bases)
    fields = {one.name: one for one in _fields(module, node)}
    decorated = any(
        _last(d.func if isinstance(d, ast.Call) else d) in ("dataclass", "define", "frozen", "attrs")
        for d in node.decorator_list
    )
    assigned = any(isinstance(s, ast.Assign) for s in node.body)
    has_init = any(isinstance(s, ast.FunctionDef) and s.name == "__init__" for s in node.body)
    is_plain = assigned and not (bases or decorated or has_init)
    return Class(node.name, module, bases, fields, is_plain)


def _fields(module: Module, node: ast.ClassDef) -> Iterator[Field]:
    for statement in node.body:
        place = Place(module.place, statement.lineno)
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            if _last(statement.annotation) != "ClassVar":
                yield _field(statement.target.id, statement.annotation, statement.value, place)
        elif isinstance(statement, ast.Assign):
            for name in _bound(statement):
                if not name.startswith("_") and name != "model_config":
                    yield _field(name, None, statement.value, place)
        elif isinstance(statement, ast.FunctionDef) and statement.name == "__init__":
            yield from _set_by(statement, module)
        elif isinstance(statement, ast.FunctionDef) and any(
            _last(d) in ("property", "cached_property") for d in statement.decorator_list
        ):
            yield _field(statement.name, statement.returns, ast.Constant(""), place)


def _set_by(init: ast.FunctionDef, module: Module) -> Iterator[Field]:
    annotations = {a.arg: a.annotation for a in (*init.args.args, *init.args.kwonlyargs)}
    for statement in ast.walk(init):
        if not isinstance(statement, (ast.Assign, ast.AnnAssign)):
            continue
        for target in statement.targets if isinstance(statement, ast.Assign) else [statement.target]:
            if isinstance(target, ast.Attribute) and _last(target.value) == "self":
                value = statement.value
                annotation = annotations.get(_last(value))
                if isinstance(statement, ast.AnnAssign):
                    annotation = statement.annotation
                yield _field(target.attr, annotation, value, Place(module.place, statement.lineno))


def _field(name: str, annotation: ast.expr | None, value: ast.expr | None, place: Place) -> Field:
    said = ast.unparse(annotation).strip("'\"") if annotation is not None else _type_of(value)
    return Field(name, said, _literal(value), is_required=_is_required(value), place=place)


def _is_required(value: ast.expr | None) -> bool:
    """Whether a field has no default: nothing, `...`, or pydantic's `Field()` without one."""
    if value is None or (isinstance(value, ast.Constant) and value.value is ...):
        return True
    if isinstance(value, ast.Call) and _last(value.func) == "Field":
        given = [
            *value.args,
            *(k.value for k in value.keywords if k.arg in ("default", "default_factory")),
        ]
        return not given or _is_required(given[0])
    return False


def _literal(value: ast.expr | None) -> str | None:
    """The text that a value is, or falls back to: `"x"`, `Field("x")`, `os.getenv("X", "x")`."""
    if isinstance(value, ast.Constant):
        return value.value if isinstance(value.value, str) else None
    if isinstance(value, ast.JoinedStr) and value.values:
        return _literal(value.values[0])
    if not isinstance(value, ast.Call):
        return None
    name = _last(value.func)
    if name in ("Field", "field"):
        given = [*value.args[:1], *(k.value for k in value.keywords if k.arg == "default")]
        return _literal(given[0]) if given else None
    if name in ("getenv", "get") and len(value.args) > 1:
        return _literal(value.args[1])
    if name in ("Path", "str") and value.args:
        return _literal(value.args[0])
    return None


def _type_of(value: ast.expr | None) -> str:
    """What an unannotated value is, as far as it matters: whether it may be None."""
    if isinstance(value, ast.Call) and _last(value.func) in ("getenv", "get") and len(value.args) == 1:
        return "str | None"
    if isinstance(value, ast.Constant) and value.value is None:
        return "str | None"
    return ""


def _assigned(module: Module) -> Iterator[Field]:
    for name, statement in module.names.items():
        if isinstance(statement, ast.Assign):
            yield _field(name, None, statement.value, Place(module.place, statement.lineno))
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            yield _field(
                name, statement.annotation, statement.value, Place(module.place, statement.lineno)
            )


def _dict_keys(value: ast.expr | None, scope: ast.AsyncFunctionDef | ast.FunctionDef) -> Iterator[str]:
    """The keys of a dict that is written out here, or was where a variable of the function was set."""
    if isinstance(value, ast.Name):
        for statement in ast.walk(scope):
            if isinstance(statement, (ast.Assign, ast.AnnAssign)) and value.id in _bound(statement):
                yield from _dict_keys(_unnamed(statement.value), scope)
    elif isinstance(value, ast.Dict):
        yield from (
            k.value for k in value.keys if isinstance(k, ast.Constant) and isinstance(k.value, str)
        )
    elif isinstance(value, ast.Call) and _last(value.func) == "dict":
        yield from (k.arg for k in value.keywords if k.arg)


def _unnamed(value: ast.expr | None) -> ast.expr | None:
    """The value, if it is no other variable's."""
    return None if isinstance(value, ast.Name) else value


def _imported_by(module: Module) -> set[str]:
    found: set[str] = set()
    for statement in ast.walk(module.tree):
        if isinstance(statement, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom) and statement.module:
            found.add(statement.module.partition(".")[0])
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""
