"""An event loop in a thread of its own, so that a store that hangs cannot take the suite with it.

All cases of a run share the loop: stores that keep a pool in a global variable may stay with it. A case
that blocks the loop itself leaves it stuck; the runner then goes on with a new one.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")

GRACE = 2.0
"""Seconds that a cancelled coroutine has to clean up behind itself."""


class DidNotEnd(BaseException):
    """Something did not end in its time. No Exception, for hypothesis would repeat what raises one."""


class Loop:
    """A running event loop in a daemon thread."""

    def __init__(self) -> None:
        self.stuck = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="store-contract", daemon=True
        )
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, T], seconds: float) -> T:
        """The coroutine's result. Raises what it raises, or DidNotEnd after `seconds`."""
        future = asyncio.run_coroutine_threadsafe(self._within(coroutine, seconds), self._loop)
        try:
            return future.result(seconds + GRACE)
        except concurrent.futures.TimeoutError as error:
            if future.done() and not future.cancelled() and future.exception() is error:
                raise  # the coroutine's own
            self.stuck = True
            future.cancel()
            raise DidNotEnd from None

    def close(self) -> None:
        """End what still runs on the loop, and stop it; a stuck one is left to its daemon thread."""
        if self.stuck or self._loop.is_closed():
            return
        try:
            asyncio.run_coroutine_threadsafe(_wind_up(), self._loop).result(GRACE)
        except concurrent.futures.TimeoutError:
            return
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(GRACE)
        if not self._thread.is_alive():
            self._loop.close()

    async def _within(self, coroutine: Coroutine[Any, Any, T], seconds: float) -> T:
        task = asyncio.ensure_future(coroutine)
        done, _ = await asyncio.wait({task}, timeout=seconds)
        if done:
            return task.result()
        task.cancel()
        await asyncio.wait({task}, timeout=GRACE / 2)
        if not task.done():
            self.stuck = True  # it does not let itself be cancelled, and must not be torn down
            raise DidNotEnd
        raise DidNotEnd from (None if task.cancelled() else task.exception())


async def all_of(*coroutines: Coroutine[Any, Any, object]) -> None:
    """Wait for all. The first failure cancels the rest, and is raised when they have ended."""
    tasks = [asyncio.ensure_future(one) for one in coroutines]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _wind_up() -> None:
    """End a loop as `asyncio.run` does."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    loop = asyncio.get_running_loop()
    await loop.shutdown_asyncgens()
    await loop.shutdown_default_executor()
