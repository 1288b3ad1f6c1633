"""Random histories: whatever the sequence of calls, the store shows what a small model shows (C01
to C40)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from chatkit.store import NotFoundError
from hypothesis import strategies as st
from hypothesis.reporting import with_reporter
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from store_contract import payloads
from store_contract.bench import OutOfTimeError
from store_contract.case import house, upstream
from store_contract.cases.payloads import hypothesis_settings
from store_contract.expect import BrokenError, expect_error, expect_same
from store_contract.reading import all_items, all_threads, ids, page_of_items, page_of_threads
from store_contract.samples import a_thread, at, fresh_id

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from chatkit.store import Store

    from store_contract.bench import Bench
    from store_contract.reading import Order


@upstream()
def C29_random_histories_agree_with_a_model(bench: Bench) -> None:
    """After any sequence of calls by two tenants, reads and pages in both directions show what was
    written.

    Why: server.py, `ChatKitServer.process` mixes all twelve methods as people and models please;
        tests/test_store.py, `TestStore` asks for each of them alone.
    Mend: the reason names the last call and what it gave; the cases before it tell which rule that
        breaks.
    """
    _run(bench, by_time=False)


@house()
def C27_random_histories_are_ordered_by_time(bench: Bench) -> None:
    """The same where times tie and rows are not written in the order of their times.

    Why: see C27: applications stamp rows as they like, and several at once.
    Mend: order by `created_at` and a sequence, in pages and cursors alike.
    """
    _run(bench, by_time=True)


def _run(bench: Bench, *, by_time: bool) -> None:
    steps = hypothesis_settings(bench.effort, 40, stateful_step_count=40)
    with with_reporter(lambda _: None), suppress(OutOfTimeError):
        run_state_machine_as_test(_machine(bench, by_time), settings=steps)


@dataclass
class _Tenant:
    """What one tenant has written, in the order in which it must be listed."""

    context: Any
    threads: dict[str, Any] = field(default_factory=dict[str, Any])
    items: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    attachments: dict[str, Any] = field(default_factory=dict[str, Any])

    def listed(self) -> list[Any]:
        """The threads by their time, equal ones as first saved."""
        return sorted(self.threads.values(), key=lambda thread: thread.created_at)

    def listed_items(self, thread_id: str) -> list[Any]:
        """The items by their time, equal ones as first written."""
        return sorted(self.items.get(thread_id, {}).values(), key=lambda item: item.created_at)


def _machine(bench: Bench, by_time: bool) -> type[RuleBasedStateMachine]:
    """The machine's class for one bench: hypothesis makes the objects itself, without arguments."""
    tenants = 1 if bench.lacks("tenants") else 2
    with_attachments = not bench.lacks("attachments")
    orders: st.SearchStrategy[Order] = st.sampled_from(("asc", "desc"))
    whose = st.integers(0, tenants - 1)
    seldom = st.sampled_from((False, False, True))
    few_items = st.lists(st.tuples(payloads.any_item(), st.booleans()), min_size=1, max_size=3)

    class Machine(RuleBasedStateMachine):
        thread_ids = Bundle("thread_ids")
        item_ids = Bundle("item_ids")
        attachment_ids = Bundle("attachment_ids")

        @initialize(target=thread_ids)
        def open(self) -> Any:
            self.store: Store[Any] = bench.run(bench.new_store())
            self.tenants = [_Tenant(bench.ours), _Tenant(bench.theirs)][:tenants]
            self.clock = 0
            self.is_sound = True
            self.deleted: set[str] = set()
            plain = a_thread()
            return multiple(*(self.save_new_thread(owner, plain) for owner in range(tenants)))

        def now(self) -> Any:
            self.clock += 1
            return at((self.clock * 3) % 7 if by_time else self.clock)

        def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
            self.is_sound = False
            result = bench.run(coroutine)
            self.is_sound = True
            return result

        @rule(target=thread_ids, owner=whose, thread=payloads.threads())
        def save_another_thread(self, owner: int, thread: Any) -> tuple[int, str]:
            return self.save_new_thread(owner, thread)

        def save_new_thread(self, owner: int, thread: Any) -> tuple[int, str]:
            thread = thread.model_copy(update={"id": fresh_id("thr"), "created_at": self.now()})
            self.tenants[owner].threads[thread.id] = thread.model_copy(deep=True)
            self.run(self.store.save_thread(thread, context=self.tenants[owner].context))
            return owner, thread.id

        @rule(where=thread_ids, thread=payloads.threads())
        def save_thread_again(self, where: tuple[int, str], thread: Any) -> None:
            tenant, thread_id = self.tenants[where[0]], where[1]
            old = tenant.threads.get(thread_id)
            if old is None:
                return
            thread = thread.model_copy(update={"id": thread_id, "created_at": old.created_at})
            tenant.threads[thread_id] = thread.model_copy(deep=True)
            self.run(self.store.save_thread(thread, context=tenant.context))

        @rule(target=item_ids, where=thread_ids, items=few_items)
        def write_new_items(self, where: tuple[int, str], items: list[tuple[Any, bool]]) -> Any:
            if where[1] not in self.tenants[where[0]].threads:
                return cast(Any, multiple)()
            written: list[tuple[int, str, str]] = []
            for item, adding in items:
                item = item.model_copy(update={"id": fresh_id("itm"), "created_at": self.now()})
                self._write_item(where, item, adding)
                written.append((*where, item.id))
            return multiple(*written)

        @rule(where=item_ids, item=payloads.any_item(), adding=st.booleans())
        def write_item_again(self, where: tuple[int, str, str], item: Any, adding: bool) -> None:
            old = self.tenants[where[0]].items.get(where[1], {}).get(where[2])
            if old is None:
                return
            item = item.model_copy(update={"id": where[2], "created_at": old.created_at})
            self._write_item(where[:2], item, adding)

        def _write_item(self, where: tuple[int, str], item: Any, adding: bool) -> None:
            tenant = self.tenants[where[0]]
            item.thread_id = where[1]
            tenant.items.setdefault(where[1], {})[item.id] = item.model_copy(deep=True)
            write = self.store.add_thread_item if adding else self.store.save_item
            self.run(write(where[1], item, context=tenant.context))

        @rule(where=item_ids, reader=whose)
        def load_item(self, where: tuple[int, str, str], reader: int) -> None:
            tenant = self.tenants[reader]
            known = tenant.items.get(where[1], {}).get(where[2])
            self.run(
                _same_or_missing(
                    lambda: self.store.load_item(where[1], where[2], context=tenant.context),
                    known,
                    "load_item",
                )
            )

        @rule(where=thread_ids, reader=whose)
        def load_thread(self, where: tuple[int, str], reader: int) -> None:
            tenant = self.tenants[reader]
            known = tenant.threads.get(where[1])
            self.run(
                _same_or_missing(
                    lambda: self.store.load_thread(where[1], context=tenant.context),
                    known,
                    "load_thread",
                )
            )

        @rule(where=item_ids, by=whose)
        def delete_thread_item(self, where: tuple[int, str, str], by: int) -> None:
            self.tenants[by].items.get(where[1], {}).pop(where[2], None)
            self.run(
                self.store.delete_thread_item(where[1], where[2], context=self.tenants[by].context)
            )

        @rule(where=thread_ids, by_owner=seldom)
        def delete_thread(self, where: tuple[int, str], by_owner: bool) -> None:
            by = where[0] if by_owner else tenants - 1 - where[0]
            if by == where[0] and not by_owner:
                return  # there is nobody else
            self.tenants[by].threads.pop(where[1], None)
            self.tenants[by].items.pop(where[1], None)
            self.deleted.add(where[1])
            self.run(self.store.delete_thread(where[1], context=self.tenants[by].context))

        @rule(where=thread_ids, reader=whose, order=orders, limit=st.integers(1, 4))
        def page_through_items(
            self, where: tuple[int, str], reader: int, order: Order, limit: int
        ) -> None:
            tenant = self.tenants[reader]
            expected = _turned(tenant.listed_items(where[1]), order)
            found = self.run(all_items(self.store, tenant.context, where[1], limit=limit, order=order))
            expect_same(
                ids(found), ids(expected), f"load_thread_items in {order!r}, {limit} a page, by id"
            )
            expect_same(found, expected, f"load_thread_items in {order!r}, {limit} a page")

        @rule(where=item_ids, order=orders, limit=st.integers(1, 4))
        def page_behind_an_item(self, where: tuple[int, str, str], order: Order, limit: int) -> None:
            tenant = self.tenants[where[0]]
            rows = ids(_turned(tenant.listed_items(where[1]), order))
            if where[2] not in rows:
                return
            rest = rows[rows.index(where[2]) + 1 :]
            page = self.run(
                page_of_items(
                    self.store, tenant.context, where[1], after=where[2], limit=limit, order=order
                )
            )
            expect_same(ids(page.data), rest[:limit], f"load_thread_items in {order!r} behind an item")
            expect_same(page.has_more, len(rest) > limit, f"has_more in {order!r} behind an item")

        @rule(reader=whose, order=orders, limit=st.integers(1, 4))
        def page_through_threads(self, reader: int, order: Order, limit: int) -> None:
            tenant = self.tenants[reader]
            expected = _turned(tenant.listed(), order)
            found = self.run(all_threads(self.store, tenant.context, limit=limit, order=order))
            expect_same(ids(found), ids(expected), f"load_threads in {order!r}, {limit} a page, by id")
            expect_same(found, expected, f"load_threads in {order!r}, {limit} a page")

        @rule(where=thread_ids, order=orders, limit=st.integers(1, 4))
        def page_behind_a_thread(self, where: tuple[int, str], order: Order, limit: int) -> None:
            tenant = self.tenants[where[0]]
            rows = ids(_turned(tenant.listed(), order))
            if where[1] not in rows:
                return
            rest = rows[rows.index(where[1]) + 1 :]
            page = self.run(
                page_of_threads(self.store, tenant.context, after=where[1], limit=limit, order=order)
            )
            expect_same(ids(page.data), rest[:limit], f"load_threads in {order!r} behind a thread")
            expect_same(page.has_more, len(rest) > limit, f"has_more in {order!r} behind a thread")

        @precondition(lambda _: with_attachments)
        @rule(target=attachment_ids, owner=whose, attachment=payloads.attachments())
        def save_attachment(self, owner: int, attachment: Any) -> tuple[int, str]:
            attachment = attachment.model_copy(update={"id": fresh_id("atc")})
            self._save_attachment(owner, attachment)
            return owner, attachment.id

        @precondition(lambda _: with_attachments)
        @rule(where=attachment_ids, attachment=payloads.attachments())
        def save_attachment_again(self, where: tuple[int, str], attachment: Any) -> None:
            if where[1] in self.tenants[where[0]].attachments:
                self._save_attachment(where[0], attachment.model_copy(update={"id": where[1]}))

        def _save_attachment(self, owner: int, attachment: Any) -> None:
            self.tenants[owner].attachments[attachment.id] = attachment.model_copy(deep=True)
            self.run(self.store.save_attachment(attachment, context=self.tenants[owner].context))

        @precondition(lambda _: with_attachments)
        @rule(where=attachment_ids, reader=whose)
        def load_attachment(self, where: tuple[int, str], reader: int) -> None:
            tenant = self.tenants[reader]
            known = tenant.attachments.get(where[1])
            self.run(
                _same_or_missing(
                    lambda: self.store.load_attachment(where[1], context=tenant.context),
                    known,
                    "load_attachment",
                )
            )

        @precondition(lambda _: with_attachments)
        @rule(where=attachment_ids, by=whose)
        def delete_attachment(self, where: tuple[int, str], by: int) -> None:
            self.tenants[by].attachments.pop(where[1], None)
            self.run(self.store.delete_attachment(where[1], context=self.tenants[by].context))

        def teardown(self) -> None:
            if not hasattr(self, "store"):
                return
            try:
                if self.is_sound:
                    self.run(self._everything_is_as_written())
            finally:
                bench.run(bench.close_newest())
            bench.end_if_late()

        async def _everything_is_as_written(self) -> None:
            known = {thread_id for tenant in self.tenants for thread_id in tenant.items}
            known |= self.deleted
            for tenant in self.tenants:
                found = await all_threads(self.store, tenant.context, limit=2)
                expect_same(ids(found), ids(tenant.listed()), "load_threads in the end, by id")
                for thread_id in sorted(known):
                    rows = await all_items(self.store, tenant.context, thread_id, limit=3, order="desc")
                    expected = tenant.listed_items(thread_id)[::-1]
                    expect_same(rows, expected, "load_thread_items in 'desc', in the end")
                for attachment_id, attachment in tenant.attachments.items():
                    loaded = await self.store.load_attachment(attachment_id, context=tenant.context)
                    expect_same(loaded, attachment, "load_attachment in the end")

    return Machine


def _turned(rows: list[Any], order: Order) -> list[Any]:
    return rows if order == "asc" else rows[::-1]


async def _same_or_missing(load: Callable[[], Awaitable[Any]], known: Any, what: str) -> None:
    if known is None:
        async with expect_error(NotFoundError, f"{what} of what is not there"):
            await load()
        return
    try:
        found = await load()
    except NotFoundError:
        raise BrokenError(f"{what} does not find what was written") from None
    expect_same(found, known, what)
