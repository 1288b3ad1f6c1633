"""What test runners call on an object before a test: set-up methods, and fixtures of its class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from store_lint.flow.syntax import decorator_name
from store_lint.tree.expressions import is_given_true

if TYPE_CHECKING:
    import libcst as cst

    from store_lint.tree.program import LocalFunction

SET_UP: Final = ("setUpClass", "setup_class", "setUp", "setup_method", "asyncSetUp")
"""The methods that unittest and pytest call first, in that order."""


def is_fixture(method: LocalFunction) -> bool:
    return _fixture(method) is not None


def is_used_by_all(method: LocalFunction) -> bool:
    """Whether a method is a fixture that runs before each test, whether or not a test asks for it."""
    fixture = _fixture(method)
    return fixture is not None and is_given_true(fixture.decorator, "autouse")


def _fixture(method: LocalFunction) -> cst.Decorator | None:
    """The decorator that makes a method a fixture of pytest or one of its plugins."""
    return next((d for d in method.node.decorators if decorator_name(d) == "fixture"), None)
