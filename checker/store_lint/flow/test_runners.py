"""What test runners call on an object before a test: set-up methods, and fixtures of its class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import libcst as cst

if TYPE_CHECKING:
    from store_lint.tree.program import LocalFunction

SET_UP: Final = ("setUpClass", "setup_class", "setUp", "setup_method", "asyncSetUp")
"""The methods that unittest and pytest call first, in that order."""


def is_fixture(method: LocalFunction) -> bool:
    return _fixture(method) is not None


def is_used_by_all(method: LocalFunction) -> bool:
    """Whether a method is a fixture that runs before each test, whether or not a test asks for it."""
    fixture = _fixture(method)
    return isinstance(fixture, cst.Call) and any(
        arg.keyword is not None
        and arg.keyword.value == "autouse"
        and isinstance(arg.value, cst.Name)
        and arg.value.value == "True"
        for arg in fixture.args
    )


def _fixture(method: LocalFunction) -> cst.BaseExpression | None:
    """The decorator that makes a method a fixture of pytest or one of its plugins."""
    for decorator in method.node.decorators:
        node = decorator.decorator
        name = node.func if isinstance(node, cst.Call) else node
        last = name.attr if isinstance(name, cst.Attribute) else name
        if isinstance(last, cst.Name) and last.value == "fixture":
            return node
    return None
