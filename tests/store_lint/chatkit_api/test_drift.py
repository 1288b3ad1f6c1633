"""The API data beside the release that is installed, by introspection: neither may know better.

The data is made from source without running it; here Python and pydantic say what that source is.
"""

from __future__ import annotations

import dataclasses
import enum
import importlib
import inspect
import pkgutil
import types
import typing
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import chatkit
import pytest
import typing_extensions
from pydantic import BaseModel

from store_lint.chatkit_api import Alias, Class, FunctionSymbol, load, releases

if TYPE_CHECKING:
    from store_lint.chatkit_api import Method

INSTALLED = version("openai-chatkit")
API = load(INSTALLED)


def modules() -> dict[str, types.ModuleType]:
    found = {"chatkit": chatkit}
    for info in pkgutil.walk_packages(chatkit.__path__, "chatkit."):
        found[info.name] = importlib.import_module(info.name)
    return found


MODULES = modules()
CONDITIONAL = {"chatkit.logger": frozenset({"formatter", "handler"})}
"""Names that a module has if the environment asks for it."""


def classes() -> dict[str, type[Any]]:
    """The classes that chatkit's modules define at their top, by dotted name."""
    return {
        f"{name}.{cls.__qualname__}": cls
        for name, module in MODULES.items()
        for cls in vars(module).values()
        if inspect.isclass(cls) and cls.__module__ == name and "[" not in cls.__qualname__
        and "<locals>" not in cls.__qualname__ and "." not in cls.__qualname__
    }  # fmt: skip


CLASSES = classes()
MODELS = {name: cls for name, cls in CLASSES.items() if issubclass(cls, BaseModel)}


def known(name: str) -> Class:
    found = API.lookup(name)
    assert isinstance(found, Class), f"{name} is {found}: run `make data`"
    return found


def test_the_data_holds_the_installed_release() -> None:
    assert INSTALLED in releases(), "a release appeared: run `make data`"


def test_the_modules_are_the_same() -> None:
    assert API.modules() == MODULES.keys()


@pytest.mark.parametrize("name", MODULES)
def test_the_names_that_can_be_imported_are_the_same(name: str) -> None:
    module = MODULES[name]
    there = {n for n in vars(module) if not (n.startswith("__") and n.endswith("__"))}
    here = {n for n in API.names(name) if not (n.startswith("__") and n.endswith("__"))}
    if name == "chatkit":  # submodules become attributes once something imports them
        here |= {m.partition(".")[2] for m in MODULES if m.count(".") == 1}
    # What only a type checker imports is no name of the module.
    assert there <= here | {n for n in there if inspect.ismodule(getattr(module, n))}
    assert {n for n in here if not hasattr(module, n)} <= CONDITIONAL.get(name, frozenset())


@pytest.mark.parametrize("name", CLASSES)
def test_bases_are_the_same(name: str) -> None:
    mro = [f"{cls.__module__}.{cls.__qualname__}" for cls in CLASSES[name].__mro__]
    there = [entry for entry in dict.fromkeys(e.partition("[")[0] for e in mro) if entry in CLASSES]
    assert [cls.qualname for cls in API.mro(name)] == there


@pytest.mark.parametrize("name", MODELS)
def test_fields_of_models_are_the_same(name: str) -> None:
    cls = MODELS[name]
    here = API.model_fields(name)
    assert here.keys() == cls.model_fields.keys()
    for field, info in cls.model_fields.items():
        assert here[field].required == info.is_required(), field
        literals = typing.get_args(info.annotation) if is_literal(info.annotation) else ()
        # A field may have its literals by the name of an alias.
        if API.lookup(here[field].type) is None:
            assert here[field].literals == literals, field
        assert here[field].alias in (info.alias, info.validation_alias), field
    assert API.model_extra(name) == cls.model_config.get("extra", "ignore")


def is_literal(annotation: Any) -> bool:
    return typing.get_origin(annotation) is typing.Literal


def test_fields_of_dataclasses_are_the_same() -> None:
    """Not every release has some."""
    missing = dataclasses.MISSING
    for name, cls in CLASSES.items():
        if not dataclasses.is_dataclass(cls):
            continue
        here = API.model_fields(name)
        there = {field.name: field for field in dataclasses.fields(cls)}
        assert here.keys() == there.keys(), name
        for field, info in there.items():
            required = info.default is missing and info.default_factory is missing
            assert here[field].required == required, (name, field)


def kind_of(cls: type[Any]) -> str:
    if issubclass(cls, BaseModel):
        return "model"
    if issubclass(cls, enum.Enum):
        return "enum"
    if typing_extensions.is_typeddict(cls):
        return "typeddict"
    if dataclasses.is_dataclass(cls):
        return "dataclass"
    return "abc" if inspect.isabstract(cls) else "class"


@pytest.mark.parametrize("name", CLASSES)
def test_kinds_are_the_same(name: str) -> None:
    here = known(name).kind
    # `class X(ABC)` without an abstract method is an abc in the data and a class to Python.
    assert kind_of(CLASSES[name]) == ("class" if here == "abc" and is_concrete(name) else here)


def is_concrete(name: str) -> bool:
    return not API.abstract_methods(name)


@pytest.mark.parametrize("name", CLASSES)
def test_methods_and_their_signatures_are_the_same(name: str) -> None:
    cls = CLASSES[name]
    own = {
        key: value
        for key, value in list(vars(cls).items())
        if inspect.isfunction(inspect.unwrap(getattr(value, "__func__", value)))
        and f"{value.__module__}" == cls.__module__
        and getattr(value, "__qualname__", "").startswith(f"{cls.__name__}.")
    }
    here = {n: m for n, m in known(name).methods.items() if m.kind != "property"}
    assert own.keys() <= here.keys()
    for key, value in own.items():
        same_signature(getattr(value, "__func__", value), here[key])
    abstract: frozenset[str] = getattr(cls, "__abstractmethods__", frozenset[str]())
    assert {method.name for method in API.abstract_methods(name)} == set(abstract)


KINDS = {
    inspect.Parameter.POSITIONAL_ONLY: "positional_only",
    inspect.Parameter.POSITIONAL_OR_KEYWORD: "positional_or_keyword",
    inspect.Parameter.VAR_POSITIONAL: "var_positional",
    inspect.Parameter.KEYWORD_ONLY: "keyword_only",
    inspect.Parameter.VAR_KEYWORD: "var_keyword",
}


def same_signature(function: Any, here: Method) -> None:
    there = inspect.signature(inspect.unwrap(function))
    assert [(p.name, p.kind, p.default is not None) for p in here.params] == [
        (p.name, KINDS[p.kind], p.default is not inspect.Parameter.empty)
        for p in there.parameters.values()
    ]
    plain = inspect.unwrap(function)
    is_async = inspect.iscoroutinefunction(plain) or inspect.isasyncgenfunction(plain)
    assert here.is_async == is_async


def test_functions_are_the_same() -> None:
    for name, module in MODULES.items():
        for key, value in vars(module).items():
            if inspect.isfunction(value) and value.__module__ == name and value.__name__ == key:
                found = API.lookup(f"{name}.{key}")
                assert isinstance(found, FunctionSymbol), f"{name}.{key}"
                same_signature(value, found.method)


def aliases() -> list[str]:
    return [
        f"{name}.{key}"
        for name in MODULES
        for key in sorted(API.names(name))
        if isinstance(found := API.lookup(f"{name}.{key}"), Alias) and found.qualname == f"{name}.{key}"
    ]


@pytest.mark.parametrize("name", aliases())
def test_aliases_behave_as_their_kind_says(name: str) -> None:
    alias = API.lookup(name)
    assert isinstance(alias, Alias)
    module, _, key = name.rpartition(".")
    value = getattr(MODULES[module], key)
    if alias.kind == "other" or not MODELS.keys() >= set(API.members(name)):
        return  # a Literal, or what holds one: rules ask nothing of it
    if alias.kind == "annotated":
        with pytest.raises(TypeError):
            isinstance(object(), value)
    else:
        assert not isinstance(object(), value)
    with pytest.raises(TypeError):
        value()
    there = {f"{m.__module__}.{m.__qualname__}" for m in members(value)}
    here = {m for m in API.members(name) if m in CLASSES}
    assert here == {m for m in there if m in CLASSES}


def members(value: Any) -> list[Any]:
    origin = typing.get_origin(value)
    if origin is typing.Annotated:
        return members(typing.get_args(value)[0])
    if origin in (typing.Union, types.UnionType):
        return [member for arg in typing.get_args(value) for member in members(arg)]
    return [value] if inspect.isclass(value) else []
