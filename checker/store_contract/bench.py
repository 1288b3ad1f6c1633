"""What a case works with: a new store, the contexts of two tenants, and further stores on request."""

from __future__ import annotations

import asyncio
import math
import time
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, TypeVar

from store_contract.expect import BrokenError, brief_error
from store_contract.loop import DidNotEnd
from store_contract.target import TargetError, open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from chatkit.store import Store

    from store_contract.effort import Effort
    from store_contract.loop import Loop
    from store_contract.target import Target

T = TypeVar("T")


class OutOfTimeError(BaseException):
    """Ends the examples of a case: a slow store has fewer of them, and is not broken.

    Raised behind an example and not before one: that it ends before anything is drawn, where others
    went on to draw, is an inconsistency to hypothesis. What it does not take for a failure goes
    through it.
    """


class Bench:
    """One case's workplace.

    A case that is a coroutine function runs on the loop, and may not take longer than `effort.seconds`.
    A plain function (hypothesis calls back synchronously) runs outside and reaches the store by `run`,
    whose calls together may not take longer.
    """

    store: Store[Any]

    def __init__(self, target: Target, loop: Loop, effort: Effort) -> None:
        self.target = target
        self.effort = effort
        self.ours, self.theirs = target.tenants()
        self._loop = loop
        self._seconds = effort.seconds
        """What the calls of `run` may still take; what hypothesis takes is no fault of the store."""
        self._late_from = time.monotonic() + effort.seconds * 0.4
        self._deadline = math.inf
        self.failure: Exception | None = None
        """What the last failing call of `run` raised: where hypothesis is cut short, the reason."""
        self._keepers: list[tuple[asyncio.Event, asyncio.Task[None]]] = []

    def end_if_late(self) -> None:
        """Raise OutOfTimeError, behind an example, if there shall be no further one."""
        if self.failure is None and time.monotonic() > self._late_from:
            raise OutOfTimeError

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the loop. Raises DidNotEnd when the case's time is over."""
        began = time.monotonic()
        left = min(self._seconds, self._deadline - began)
        if left <= 0:
            coroutine.close()
            raise DidNotEnd
        try:
            return self._loop.run(coroutine, left)
        except Exception as error:
            if self.failure is None:
                self._deadline = time.monotonic() + self.effort.shrinking
            self.failure = error
            raise
        finally:
            self._seconds -= time.monotonic() - began

    async def new_store(self) -> Store[Any]:
        """Another new and empty store, closed when the case ends."""
        return await self._kept(self.target.make_store, "make_store")

    async def second_store(self, first: Store[Any]) -> Store[Any]:
        """Another store on the data of `first`; for cases that need `second_store`."""
        hook = self.target.second_store
        assert hook is not None, "the case is registered without its need"
        try:
            return await self._kept(lambda: hook(first), "second_store")
        except TargetError as error:  # where the first one could be opened, this is the store's fault
            raise BrokenError(str(error)) from error

    def method(self, name: str, call: str) -> Callable[..., Any]:
        """A method beyond the twelve; `call` is how it is called, for the reason if it is not there."""
        found = getattr(self.store, name, None)
        if not callable(found):
            raise BrokenError(f"the store has no {call}")
        return found

    def lacks(self, feature: str) -> bool:
        """Whether the store is declared to lack `attachments` or `tenants`."""
        return feature in self.target.unsupported

    async def close(self) -> None:
        """Close every store that the case opened. Raises BrokenError if one cannot be closed."""
        while self._keepers:
            await self.close_newest()

    async def close_newest(self) -> None:
        """Close the store that was opened last. Raises BrokenError if it cannot be closed."""
        over, task = self._keepers.pop()
        over.set()
        try:
            await task
        except Exception as error:
            raise BrokenError(f"closing the store raised {brief_error(error)}") from error

    async def _kept(self, make: Callable[[], Any], name: str) -> Store[Any]:
        # What enters a context manager must also leave it: cancel scopes belong to one task.
        ready: asyncio.Future[Store[Any]] = asyncio.get_running_loop().create_future()
        over = asyncio.Event()
        task = asyncio.create_task(keep_store(make, name, ready, over))
        try:
            store = await ready
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            raise
        self._keepers.append((over, task))
        return store


async def keep_store(
    make: Callable[[], Any], name: str, ready: asyncio.Future[Store[Any]], over: asyncio.Event
) -> None:
    """Open a store, and close it in the same task once it is `over`."""
    async with AsyncExitStack() as closing:
        try:
            store = await open_store(make, closing, name)
        except TargetError as error:
            ready.set_exception(error)
            return
        ready.set_result(store)
        await over.wait()
