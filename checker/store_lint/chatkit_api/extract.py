"""The API of one chatkit release, read from its source without running it.

Facts are a flat mapping from a key to a JSON value, so that merging releases is comparing values:

    M|module                  1
    N|module|name             the canonical dotted name that an importable name stands for
    C|class                   [kind, bases, type parameters, extra, attributes, deprecated]
    F|class|field             [type, required, default, literals, alias]
    D|class|method            [parameters, returns, is async, is abstract, kind, deprecated, text]
    A|alias                   [kind, members, discriminator]
    f|function                as D
    V|constant                1

Types are texts in which each name is canonical ('list[chatkit.types.Annotation]').
"""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Json = None | bool | int | float | str | list["Json"]
Facts = dict[str, Json]

_ANNOTATED: Final = frozenset({"typing.Annotated", "typing_extensions.Annotated"})
_UNION: Final = frozenset({"typing.Union", "typing.Optional"})
_LITERAL: Final = frozenset({"typing.Literal", "typing_extensions.Literal"})
_TYPE_VARIABLES: Final = frozenset({"TypeVar", "ParamSpec", "TypeVarTuple"})
_TYPED_DICT: Final = frozenset({"typing.TypedDict", "typing_extensions.TypedDict"})
_GENERIC: Final = frozenset({"typing.Generic", "typing.Protocol"})
_ENUMS: Final = frozenset({"enum.Enum", "enum.StrEnum", "enum.IntEnum"})


@dataclass(slots=True)
class _Module:
    name: str
    is_package: bool
    tree: ast.Module
    targets: dict[str, str] = field(default_factory=dict[str, str])
    """Each top-level name with the dotted name that it was imported from, or its own."""
    nodes: dict[str, ast.stmt] = field(default_factory=dict[str, ast.stmt])
    stars: list[str] = field(default_factory=list[str])
    type_variables: set[str] = field(default_factory=set[str])
    deprecations: dict[str, str] = field(default_factory=dict[str, str])


def extract(sources: Mapping[str, str], packages: frozenset[str] = frozenset()) -> Facts:
    """The facts of a release.

    `sources` maps each module's dotted name to its source; `packages` names those that are an
    `__init__.py`. Raises SyntaxError where the running Python cannot read a source.
    """
    modules = {
        name: _bind(_Module(name, name in packages, ast.parse(text))) for name, text in sources.items()
    }
    return dict(_Extractor(modules).facts())


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        if isinstance(node, ast.If):
            yield from _statements([*node.body, *node.orelse])
        elif isinstance(node, ast.Try):
            yield from _statements([*node.body, *node.orelse, *node.finalbody])
            for handler in node.handlers:
                yield from _statements(handler.body)
        elif isinstance(node, ast.With):
            yield from _statements(node.body)
        else:
            yield node


def _bind(module: _Module) -> _Module:
    for node in _statements(module.tree.body):
        if isinstance(node, ast.Import):
            for alias in node.names:
                bound = alias.asname or alias.name.split(".")[0]
                module.targets[bound] = alias.name if alias.asname else bound
        elif isinstance(node, ast.ImportFrom):
            origin = _origin(module, node)
            for alias in node.names:
                if alias.name == "*":
                    module.stars.append(origin)
                else:
                    module.targets[alias.asname or alias.name] = f"{origin}.{alias.name}"
        elif isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            module.targets[node.name] = f"{module.name}.{node.name}"
            module.nodes[node.name] = node
        else:
            for name in _assigned(node):
                module.targets[name] = f"{module.name}.{name}"
                module.nodes[name] = node
                _note_special(module, name, node)
    return module


def _origin(module: _Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = module.name.split(".")
    base = parts[: len(parts) - node.level + (1 if module.is_package else 0)]
    return ".".join([*base, node.module] if node.module else base)


def _assigned(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            for item in target.elts if isinstance(target, ast.Tuple) else [target]:
                if isinstance(item, ast.Name):
                    yield item.id
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id
    elif type(node).__name__ == "TypeAlias":
        yield node.name.id  # type: ignore[attr-defined]


def _note_special(module: _Module, name: str, node: ast.stmt) -> None:
    made = node.value if isinstance(node, ast.Assign) else None
    if not isinstance(made, ast.Call):
        return
    called = ast.unparse(made.func).rpartition(".")[2]
    if called in _TYPE_VARIABLES:
        module.type_variables.add(name)
    elif called == "deprecated" and made.args:
        module.deprecations[name] = str(ast.literal_eval(made.args[0]))


class _Extractor:
    def __init__(self, modules: dict[str, _Module]) -> None:
        self.modules = modules
        self.models: dict[str, bool] = {}

    def facts(self) -> Iterator[tuple[str, Json]]:
        for module in self.modules.values():
            yield f"M|{module.name}", 1
            for name in self._names(module):
                target = self.canonical(f"{module.name}.{name}")
                yield f"N|{module.name}|{name}", target
            for child in self.modules:
                parent, _, last = child.rpartition(".")
                if parent == module.name and last not in module.targets:
                    yield f"N|{module.name}|{last}", child
            for name, node in module.nodes.items():
                yield from self._definition(module, name, node)

    def _names(self, module: _Module) -> Iterator[str]:
        yield from module.targets
        for star in module.stars:
            other = self.modules.get(star)
            if other is not None:
                yield from (n for n in self._names(other) if not n.startswith("_"))

    def canonical(self, dotted: str, hops: int = 16) -> str:
        """Where a name of a chatkit module really stands, through imports and plain aliases."""
        owner, _, name = dotted.rpartition(".")
        module = self.modules.get(owner)
        if module is None or hops == 0:
            return dotted
        target = module.targets.get(name)
        if target is None:
            for star in module.stars:
                other = self.modules.get(star)
                if other is not None and name in set(self._names(other)):
                    return self.canonical(f"{star}.{name}", hops - 1)
            return dotted
        if target != dotted:
            return self.canonical(target, hops - 1)
        node = module.nodes.get(name)
        if isinstance(node, ast.Assign) and isinstance(node.value, (ast.Name, ast.Attribute)):
            aliased = self.text(module, node.value)
            if aliased.startswith("chatkit."):
                return self.canonical(aliased, hops - 1)
        return dotted

    def text(self, module: _Module, node: ast.expr | None) -> str:
        """A type as a text with canonical names."""
        if node is None:
            return ""
        return ast.unparse(_Canonical(self, module).visit(_copy(node)))

    def _definition(self, module: _Module, name: str, node: ast.stmt) -> Iterator[tuple[str, Json]]:
        qualname = f"{module.name}.{name}"
        if isinstance(node, ast.ClassDef):
            yield from self._class(module, qualname, node)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield f"f|{qualname}", self._function(module, node, "function")
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) or type(node).__name__ == "TypeAlias":
            if name in module.type_variables or self.canonical(qualname) != qualname:
                return
            alias = self._alias(module, node.value)  # type: ignore[attr-defined]
            if alias is None:
                yield f"V|{qualname}", 1
            else:
                yield f"A|{qualname}", alias

    # Aliases

    def _alias(self, module: _Module, node: ast.expr | None) -> Json:
        if isinstance(node, ast.Subscript):
            head = self.text(module, node.value)
            if head in _ANNOTATED and isinstance(node.slice, ast.Tuple):
                members = self._members(module, node.slice.elts[0])
                discriminator = next(
                    (
                        str(keyword.value.value)
                        for extra in node.slice.elts[1:]
                        if isinstance(extra, ast.Call)
                        for keyword in extra.keywords
                        if keyword.arg == "discriminator" and isinstance(keyword.value, ast.Constant)
                    ),
                    None,
                )
                return ["annotated", list(members), discriminator]
            if head in _UNION:
                return self._union(module, node)
            if head in _LITERAL:
                return ["other", [self.text(module, node)], None]
            return ["other", [self.text(module, node)], None] if head[:1].isalpha() else None
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return self._union(module, node)
        return None

    def _union(self, module: _Module, node: ast.expr) -> Json:
        members = self._members(module, node)
        # A union that holds an Annotated one behaves like it in isinstance().
        nested = any(self._is_annotated(member) for member in members)
        return ["annotated" if nested else "union", list(members), None]

    def _is_annotated(self, dotted: str) -> bool:
        owner, _, name = dotted.rpartition(".")
        module = self.modules.get(owner)
        node = module.nodes.get(name) if module is not None else None
        if module is None or not isinstance(node, ast.Assign):
            return False
        alias = self._alias(module, node.value)
        return isinstance(alias, list) and alias[0] == "annotated"

    def _members(self, module: _Module, node: ast.expr) -> Iterator[str] | list[str]:
        if isinstance(node, ast.BinOp):
            return [*self._members(module, node.left), *self._members(module, node.right)]
        if isinstance(node, ast.Subscript) and self.text(module, node.value) in _UNION:
            parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            return [member for part in parts for member in self._members(module, part)]
        return [self.text(module, node)]

    # Classes

    def _class(self, module: _Module, qualname: str, node: ast.ClassDef) -> Iterator[tuple[str, Json]]:
        bases = [self.text(module, base) for base in node.bases]
        kind = self._kind(node, bases)
        deprecated = self._deprecated(module, node.decorator_list)
        attributes: list[Json] = []
        fields: list[tuple[str, Json]] = []
        methods: list[tuple[str, Json]] = []
        extra: str | None = None
        for item in _statements(node.body):
            if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)):
                found = self._function(module, item, "method")
                if _has_decorator(item, "overload"):
                    continue
                methods.append((item.name, found))
            elif isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
                name = item.target.id
                if kind in ("model", "dataclass", "typeddict") and not self._is_no_field(module, item):
                    fields.append((name, self._field(module, item, kind)))
                else:
                    attributes.append(name)
            elif isinstance(item, ast.Assign):
                for target in item.targets:
                    if isinstance(target, ast.Name):
                        if target.id == "model_config":
                            extra = _extra(item.value)
                        else:
                            attributes.append(target.id)
            elif isinstance(item, ast.ClassDef):
                attributes.append(item.name)
        yield (
            f"C|{qualname}",
            [
                kind,
                list(bases),
                list(_type_parameters(node, bases)),
                extra,
                attributes,
                deprecated,
            ],
        )
        for name, found in fields:
            yield f"F|{qualname}|{name}", found
        for name, found in methods:
            yield f"D|{qualname}|{name}", found

    def _kind(self, node: ast.ClassDef, bases: list[str]) -> str:
        plain = [base.partition("[")[0] for base in bases]
        if any(ast.unparse(d).partition("(")[0].endswith("dataclass") for d in node.decorator_list):
            return "dataclass"
        if any(base in _TYPED_DICT for base in plain):
            return "typeddict"
        if any(base in _ENUMS for base in plain):
            return "enum"
        if any(self._is_model(base) for base in plain):
            return "model"
        if "abc.ABC" in plain:
            return "abc"
        inherited = [self._kind_of(base) for base in plain]
        return next((kind for kind in inherited if kind != "class"), "class")

    def _kind_of(self, dotted: str) -> str:
        owner, _, name = dotted.rpartition(".")
        module = self.modules.get(owner)
        node = module.nodes.get(name) if module is not None else None
        if module is None or not isinstance(node, ast.ClassDef):
            return "class"
        return self._kind(node, [self.text(module, base) for base in node.bases])

    def _is_model(self, dotted: str) -> bool:
        if dotted in ("pydantic.BaseModel", "pydantic.RootModel"):
            return True
        if dotted not in self.models:
            self.models[dotted] = False
            self.models[dotted] = self._kind_of(dotted) == "model"
        return self.models[dotted]

    def _is_no_field(self, module: _Module, item: ast.AnnAssign) -> bool:
        assert isinstance(item.target, ast.Name)
        head = self.text(module, item.annotation).partition("[")[0]
        return item.target.id.startswith("_") or head == "typing.ClassVar"

    def _field(self, module: _Module, item: ast.AnnAssign, kind: str) -> Json:
        annotation = item.annotation
        required = item.value is None
        if isinstance(annotation, ast.Subscript):
            head = self.text(module, annotation.value)
            if head in _ANNOTATED and isinstance(annotation.slice, ast.Tuple):
                annotation = annotation.slice.elts[0]
            elif head.rpartition(".")[2] == "NotRequired":
                annotation, required = annotation.slice, False
        default = ast.unparse(item.value) if item.value is not None else None
        alias: str | None = None
        call = item.value
        if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] in (
            "Field",
            "field",
        ):
            given = {k.arg: k.value for k in call.keywords}
            first = call.args[0] if call.args else given.get("default")
            factory = given.get("default_factory")
            required = first is None and factory is None
            if isinstance(first, ast.Constant) and first.value is Ellipsis:
                required = True
            default = None
            if first is not None and not required:
                default = ast.unparse(first)
            elif factory is not None:
                default = f"{ast.unparse(factory)}()"
            named = given.get("alias") or given.get("validation_alias")
            if isinstance(named, ast.Constant):
                alias = str(named.value)
        del kind
        text = self.text(module, annotation)
        return [text, required, default, list(_literals(annotation, self, module)), alias]

    # Functions

    def _function(
        self, module: _Module, node: ast.FunctionDef | ast.AsyncFunctionDef, kind: str
    ) -> Json:
        names = {ast.unparse(d).partition("(")[0].rpartition(".")[2] for d in node.decorator_list}
        for special in ("property", "classmethod", "staticmethod"):
            if special in names or (special == "property" and "cached_property" in names):
                kind = special
        keyword = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
        returns = f" -> {ast.unparse(node.returns)}" if node.returns is not None else ""
        return [
            list(self._parameters(module, node.args)),
            self.text(module, node.returns) or None,
            isinstance(node, ast.AsyncFunctionDef),
            "abstractmethod" in names,
            kind,
            self._deprecated(module, node.decorator_list),
            f"{keyword} {node.name}({ast.unparse(node.args)}){returns}",
        ]

    def _parameters(self, module: _Module, args: ast.arguments) -> Iterator[Json]:
        positional = [*args.posonlyargs, *args.args]
        defaults: list[ast.expr | None] = [None] * (len(positional) - len(args.defaults))
        defaults += args.defaults
        for index, (arg, default) in enumerate(zip(positional, defaults, strict=True)):
            kind = "positional_only" if index < len(args.posonlyargs) else "positional_or_keyword"
            yield self._parameter(module, arg, kind, default)
        if args.vararg is not None:
            yield self._parameter(module, args.vararg, "var_positional", None)
        for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
            yield self._parameter(module, arg, "keyword_only", default)
        if args.kwarg is not None:
            yield self._parameter(module, args.kwarg, "var_keyword", None)

    def _parameter(self, module: _Module, arg: ast.arg, kind: str, default: ast.expr | None) -> Json:
        return [
            arg.arg,
            kind,
            self.text(module, arg.annotation) or None,
            ast.unparse(default) if default is not None else None,
        ]

    @staticmethod
    def _deprecated(module: _Module, decorators: list[ast.expr]) -> str | None:
        for decorator in decorators:
            if isinstance(decorator, ast.Name) and decorator.id in module.deprecations:
                return module.deprecations[decorator.id]
            if (
                isinstance(decorator, ast.Call)
                and ast.unparse(decorator.func).rpartition(".")[2] == "deprecated"
                and decorator.args
            ):
                try:
                    return str(ast.literal_eval(decorator.args[0]))
                except ValueError:
                    return "deprecated"
        return None


class _Canonical(ast.NodeTransformer):
    """Replaces names by the dotted names that they stand for, and quoted types by what they quote."""

    def __init__(self, extractor: _Extractor, module: _Module) -> None:
        self.extractor = extractor
        self.module = module

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self.module.type_variables:
            return node
        target = self.module.targets.get(node.id)
        if target is None:
            for star in self.module.stars:
                if star in self.extractor.modules:
                    found = self.extractor.canonical(f"{star}.{node.id}")
                    if found != f"{star}.{node.id}" or not hasattr(builtins, node.id):
                        return _dotted(found)
            return node
        return _dotted(self.extractor.canonical(target))

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if isinstance(node.value, str) and not self.inside_literal:
            try:
                return self.visit(ast.parse(node.value, mode="eval").body)
            except SyntaxError:
                return node
        return node

    inside_literal = False

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        node.value = self.visit(node.value)
        head = ast.unparse(node.value)
        if head in _LITERAL:
            return node
        if head in _ANNOTATED and isinstance(node.slice, ast.Tuple):
            return self.visit(node.slice.elts[0])
        node.slice = self.visit(node.slice)
        return node


def _dotted(name: str) -> ast.expr:
    return ast.parse(name, mode="eval").body


def _copy(node: ast.expr) -> ast.expr:
    return ast.parse(ast.unparse(node), mode="eval").body


def _literals(node: ast.expr, extractor: _Extractor, module: _Module) -> Iterator[Json]:
    if isinstance(node, ast.Subscript) and extractor.text(module, node.value) in _LITERAL:
        for item in node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]:
            if isinstance(item, ast.Constant) and isinstance(item.value, (str, int, bool)):
                yield item.value


def _type_parameters(node: ast.ClassDef, bases: list[str]) -> Iterator[str]:
    for parameter in getattr(node, "type_params", ()):
        yield parameter.name
    for base in bases:
        head, bracket, rest = base.partition("[")
        if bracket and head in _GENERIC:
            yield from (part.strip() for part in rest.rstrip("]").split(","))


def _extra(node: ast.expr) -> str | None:
    given: dict[str | None, ast.expr] = {}
    if isinstance(node, ast.Call):
        given = {k.arg: k.value for k in node.keywords}
    elif isinstance(node, ast.Dict):
        given = {
            str(k.value): v
            for k, v in zip(node.keys, node.values, strict=True)
            if isinstance(k, ast.Constant)
        }
    found = given.get("extra")
    return str(found.value) if isinstance(found, ast.Constant) else None


def _has_decorator(node: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> bool:
    return any(ast.unparse(d).rpartition(".")[2] == name for d in node.decorator_list)
