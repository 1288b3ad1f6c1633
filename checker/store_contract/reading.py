"""Reading a store as the server and its clients do, with what they take for granted checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, cast

from chatkit.types import Page

from store_contract.expect import BrokenError, brief

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from chatkit.store import Store
    from chatkit.types import ThreadItem, ThreadMetadata

Order = Literal["asc", "desc"]

BOTH_ORDERS: tuple[Order, Order] = ("asc", "desc")


async def page_of_items(
    store: Store[Any],
    context: object,
    thread_id: str,
    *,
    after: str | None = None,
    limit: int = 100,
    order: Order = "asc",
) -> Page[ThreadItem]:
    """One page of a thread's items. Raises BrokenError unless it is a `Page` of at most `limit`."""
    page = await store.load_thread_items(
        thread_id, after=after, limit=limit, order=order, context=cast(Any, context)
    )
    return _checked(page, "load_thread_items", limit)


async def page_of_threads(
    store: Store[Any],
    context: object,
    *,
    after: str | None = None,
    limit: int = 100,
    order: Order = "asc",
) -> Page[ThreadMetadata]:
    """One page of a tenant's threads. Raises BrokenError unless it is a `Page` of at most `limit`."""
    page = await store.load_threads(limit=limit, after=after, order=order, context=cast(Any, context))
    return _checked(page, "load_threads", limit)


async def all_items(
    store: Store[Any], context: object, thread_id: str, *, limit: int = 100, order: Order = "asc"
) -> list[ThreadItem]:
    """All items of a thread, page by page, as the server's retry loads them."""
    return await _all(
        lambda after: page_of_items(store, context, thread_id, after=after, limit=limit, order=order)
    )


async def all_threads(
    store: Store[Any], context: object, *, limit: int = 100, order: Order = "asc"
) -> list[ThreadMetadata]:
    """All threads of a tenant, page by page."""
    return await _all(
        lambda after: page_of_threads(store, context, after=after, limit=limit, order=order)
    )


def ids(rows: list[Any]) -> list[str]:
    """The ids of threads, items or attachments, in their order."""
    return [row.id for row in rows]


async def _all(load: Callable[[str | None], Awaitable[Page[Any]]]) -> list[Any]:
    rows: list[Any] = []
    after: str | None = None
    cursors: set[str] = set()
    while True:
        page = await load(after)
        rows += page.data
        if not page.has_more:
            return rows
        after = page.after
        if not after:
            raise BrokenError(
                f"a page has has_more=True and after={after!r}, so nobody can load the next one"
            )
        if after in cursors:
            raise BrokenError(f"paging does not end: the cursor {after!r} came twice")
        cursors.add(after)


def _checked(page: object, method: str, limit: int) -> Page[Any]:
    if not isinstance(page, Page):
        raise BrokenError(f"{method} returned {brief(page)}, not a Page")
    checked = cast("Page[Any]", page)
    if len(checked.data) > limit:
        raise BrokenError(f"{method} with limit={limit} returned {len(checked.data)} rows")
    return checked
