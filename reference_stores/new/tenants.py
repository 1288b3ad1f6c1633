"""The tenant function: an expression of the request context, and contexts on which it can be proved."""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from reference_stores.new.problem import UsageError

if TYPE_CHECKING:
    from reference_stores.new.application import Context

_PEOPLE: Final = ("user_id", "userId", "uid", "user_email", "username", "sub", "subject")
_GROUPS: Final = (
    "tenant_id",
    "tenant",
    "org_id",
    "organization_id",
    "workspace_id",
    "account_id",
    "team_id",
)
_EXAMPLES: Final = (
    "'ctx[\"user_id\"]' where the context is a dict, 'ctx.user_id' where it is an object, "
    "'\"app\"' where all users share everything"
)


@dataclass(frozen=True, slots=True)
class Tenant:
    """Whose data a request may see."""

    expression: str
    parameter: str | None
    """The name that the expression gives to the context; None where there is one tenant for all."""

    def function(self, annotation: str) -> str:
        """The function as the application's source has it."""
        if self.parameter is None:
            return (
                f"def tenant_of(_context: {annotation}) -> str:\n"
                '    """The application has one tenant: whoever asks may see everything."""\n'
                f"    return {self.expression}\n"
            )
        return (
            f"def tenant_of({self.parameter}: {annotation}) -> str:\n"
            '    """Whose data a request may see; no answer is a MissingTenantError."""\n'
            f"    return {self.expression}\n"
        )

    def contexts(self) -> str | None:
        """A function that makes the contexts of two tenants, where the contract's own will not do."""
        if self.parameter is None:
            return None
        reads = _Reads()
        _read(ast.parse(self.expression, mode="eval").body, self.parameter, reads)
        if reads.is_plain_user_id():
            return None
        return (
            "def two_tenants() -> list[Any]:\n"
            '    """Contexts of two tenants, with what `tenant_of` reads."""\n'
            f'    return [{reads.shown()} for name in ("alice", "bob")]'
        )


def parse(expression: str) -> Tenant:
    """The tenant that `--tenant` says. Raises UsageError where it is no such expression."""
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError) as error:
        raise UsageError(
            f"--tenant {expression!r} is no Python expression; as in {_EXAMPLES}"
        ) from error
    refused = (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr, ast.Lambda, ast.comprehension)
    if any(isinstance(node, refused) for node in ast.walk(tree)):
        raise UsageError(f"--tenant {expression!r} must be a plain expression; as in {_EXAMPLES}")
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - set(dir(builtins))
    if len(names) > 1:
        raise UsageError(
            f"--tenant {expression!r} uses {', '.join(sorted(names))}: it may use one name, which "
            f"stands for the request context; as in {_EXAMPLES}"
        )
    if names:
        return Tenant(expression.strip(), names.pop())
    try:
        value = ast.literal_eval(tree)
    except ValueError:
        value = None
    if not isinstance(value, str) or not value:
        raise UsageError(
            f"--tenant {expression!r} must give a str that is not empty; as in {_EXAMPLES}"
        )
    return Tenant(f'"{value}"' if value.isidentifier() else repr(value), None)


def from_context(context: Context | None) -> Tenant:
    """The tenant that the request context suggests. Raises UsageError where it does not."""
    found = (
        "no request context was found" if context is None else f"{context.annotation} ({context.place})"
    )
    fields = {} if context is None else context.fields
    people = [name for name in _PEOPLE if name in fields]
    groups = [name for name in _GROUPS if name in fields]
    if context is None or len(people) > 1 or len(groups) > 1 or bool(people) == bool(groups):
        said = f" has {', '.join([*people, *groups])}" if people or groups else ""
        raise UsageError(
            f"--tenant is missing, and {found}{said} does not settle it: say whose data a request may "
            f"see, as in {_EXAMPLES}"
        )
    (name,) = people or groups
    access = f'context["{name}"]' if context.is_mapping else f"context.{name}"
    if fields[name] not in ("", "str"):
        access = f"str({access})"
    return Tenant(access, "context")


@dataclass(slots=True)
class _Reads:
    """What an expression reads of an object: attributes, keys, and what it reads of these."""

    attributes: dict[str, _Reads] = field(default_factory=dict[str, "_Reads"])
    keys: dict[Any, _Reads] = field(default_factory=dict[Any, "_Reads"])

    def is_plain_user_id(self) -> bool:
        """Whether the contract's default contexts have it: `user_id`, as a key or an attribute."""
        said = {*self.attributes, *self.keys}
        return said == {"user_id"} and not any(
            read.attributes or read.keys for read in (*self.attributes.values(), *self.keys.values())
        )

    def shown(self) -> str:
        """An expression of `name` that makes such an object."""
        if self.attributes and self.keys:
            return f"Context({_Reads({}, self.attributes | self.keys).shown()})"
        if self.attributes:
            return (
                f"SimpleNamespace({', '.join(f'{k}={r.shown()}' for k, r in self.attributes.items())})"
            )
        if self.keys:
            return "{" + ", ".join(f"{_quoted(k)}: {r.shown()}" for k, r in self.keys.items()) + "}"
        return "name"


def _quoted(key: object) -> str:
    return f'"{key}"' if isinstance(key, str) and key.isprintable() and '"' not in key else repr(key)


def _read(node: ast.expr, parameter: str, of_context: _Reads) -> _Reads | None:
    """Note what `node` reads; gives what is read of its own value, if that comes from the context."""
    match node:
        case ast.Name(id=name):
            return of_context if name == parameter else None
        case ast.Attribute(value=value, attr=name):
            of = _read(value, parameter, of_context)
            return None if of is None else of.attributes.setdefault(name, _Reads())
        case ast.Subscript(value=value, slice=ast.Constant(value=key)):
            of = _read(value, parameter, of_context)
            return None if of is None else of.keys.setdefault(key, _Reads())
        case ast.Call(func=ast.Attribute(value=value, attr="get"), args=[ast.Constant(value=key), *_]):
            of = _read(value, parameter, of_context)
            return None if of is None else of.keys.setdefault(key, _Reads())
        case ast.Call(func=ast.Name(id="getattr"), args=[value, ast.Constant(value=str(name)), *_]):
            of = _read(value, parameter, of_context)
            return None if of is None else of.attributes.setdefault(name, _Reads())
        case ast.Call(func=ast.Attribute(value=value)):  # a method of what is read: str.lower and so on
            _read(value, parameter, of_context)
            for argument in node.args:
                _read(argument, parameter, of_context)
            return None
        case _:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    _read(child, parameter, of_context)
            return None
