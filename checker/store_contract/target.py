"""What is under test: how a store is made, who its tenants are, what it is declared to lack.

A factory may be any of

    async def make_store(): ...                         # gives a store
    def make_store(): ...                               # gives a store, or something awaitable
    @asynccontextmanager
    async def make_store(): yield ...                   # clean-up behind the `yield`

A store that is itself an async context manager is entered and left. One that is not is closed at
the end if it has a `close` or `aclose` method; behind a factory's own context manager nothing more
is closed.
"""

from __future__ import annotations

import importlib
import inspect
import os
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from store_contract.contexts import default_contexts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AsyncExitStack

    from chatkit.store import Store

METHODS = (
    "generate_thread_id",
    "generate_item_id",
    "load_thread",
    "save_thread",
    "load_threads",
    "load_thread_items",
    "add_thread_item",
    "save_item",
    "load_item",
    "delete_thread",
    "delete_thread_item",
    "save_attachment",
    "load_attachment",
    "delete_attachment",
)


class TargetError(Exception):
    """What was named as the store, or a hook, cannot be used; the message is one line and says why."""


@dataclass(frozen=True)
class Target:
    """A store under test."""

    make_store: Callable[[], Any]
    """Gives a new, empty, ready store; see the module's docstring for the forms it may have."""
    contexts: Any = None
    """Two contexts of different tenants, or a callable that gives them; by default `Context`s."""
    second_store: Callable[[Any], Any] | None = None
    """Given a store, another one on the same data; the forms of `make_store`, with that argument."""
    wrap_stream: Callable[[Any], Any] | None = None
    """Given what `ChatKitServer.process` returns for a stream, the async iterable of bytes to send."""
    unsupported: Mapping[str, str] = field(default_factory=dict[str, str])
    """What the store is declared to lack: a case's name, an id, `attachments` or `tenants`, and why."""

    def tenants(self) -> tuple[Any, Any]:
        """The contexts of two tenants. Raises TargetError if there are not two."""
        if self.contexts is None:
            return default_contexts()
        given = self.contexts
        try:
            pair: Any = given() if callable(given) else given
            first, second = pair
        except Exception as error:
            raise TargetError(
                f"contexts must give two contexts, one for each tenant: {_said(error)}"
            ) from error
        return first, second


async def open_store(
    make: Callable[[], Any], closing: AsyncExitStack, name: str = "make_store"
) -> Store[Any]:
    """Call a factory and see to it that `closing` undoes what it did.

    Raises TargetError if it fails or gives something that is no store.
    """
    try:
        made: Any = make()
        if inspect.isawaitable(made):
            made = await made
        if hasattr(made, "__aenter__"):
            made = await closing.enter_async_context(made)
        elif hasattr(made, "__enter__"):
            made = closing.enter_context(made)
        else:
            closing.push_async_callback(close_store, made)
    except Exception as error:
        raise TargetError(f"{name} failed: {_said(error)}") from error
    if inspect.isasyncgen(made) or inspect.isgenerator(made):
        raise TargetError(f"{name} is a generator: decorate it with contextlib.asynccontextmanager")
    lacking = [method for method in METHODS if not callable(getattr(made, method, None))]
    if lacking:
        kind = type(made).__name__
        raise TargetError(f"{name} gave a {kind}, which is no ChatKit store: it has no {lacking[0]}()")
    return cast("Store[Any]", made)


async def close_store(store: object) -> None:
    """Close a store by its `close` or `aclose`, if it has one."""
    close = getattr(store, "close", None) or getattr(store, "aclose", None)
    if callable(close):
        done = close()
        if inspect.isawaitable(done):
            await done


def load_attribute(spec: str, what: str) -> Any:
    """The object that `module:attribute` names, `attribute` possibly dotted.

    The current folder is searched first, as `python -m` does. Raises TargetError.
    """
    module_name, colon, path = spec.partition(":")
    if not (module_name and colon and path):
        raise TargetError(
            f"{what} {spec!r} is not of the form module:attribute, as in app.stores:make_store"
        )
    if os.getcwd() not in sys.path and "" not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        found: Any = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name and (module_name + ".").startswith(error.name + "."):
            raise TargetError(
                f"{what} {spec!r}: there is no module {error.name!r} in {os.getcwd()}"
            ) from error
        raise TargetError(
            f"{what} {spec!r}: {module_name} cannot be imported: {_said(error)}"
        ) from error
    except (Exception, SystemExit) as error:
        raise TargetError(
            f"{what} {spec!r}: {module_name} cannot be imported: {_said(error)}"
        ) from error
    for part in path.split("."):
        if not hasattr(found, part):
            raise TargetError(f"{what} {spec!r}: {module_name} has no {path!r}")
        found = getattr(found, part)
    return found


def _said(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
