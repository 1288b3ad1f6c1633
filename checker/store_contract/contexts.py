"""The request contexts of two tenants, for stores that are not told which to use."""

from __future__ import annotations

from typing import Any


class Context(dict[str, Any]):
    """A context that stores may read as a mapping or by attribute: `context["user_id"]`,
    `context.user_id`."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def default_contexts() -> tuple[Context, Context]:
    """Two tenants, told apart by `user_id`, the name that the ChatKit documentation uses."""
    return Context(user_id="alice"), Context(user_id="bob")
