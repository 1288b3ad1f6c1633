"""Two tenants of one store attack each other through every method: nothing is read or changed.

The model of each tenant is a store in memory that holds nobody else. Whatever one of them does, with
ids and cursors of its own or of the other, must come out as it does there.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine, Iterator
from copy import copy
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar, cast

import pytest
from chatkit.store import NotFoundError
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

import reference_stores.sqlite
from reference_stores.memory import MemoryStore
from reference_stores.shared import FAKE_ID, PayloadError, StoreError, key, single_tenant
from reference_stores.sqlite import SQLiteStore
from tests.reference_stores.samples import NOON, answer, attachment, question, tenant, thread

if TYPE_CHECKING:
    from tests.reference_stores.conftest import AnyStore, MakeStore

T = TypeVar("T")
Run = Callable[[Coroutine[Any, Any, Any]], Any]

NOW: Final = timedelta(seconds=-1)
"""An age that everything has."""

TWINS: Final = (
    ("a", "A"),
    ("a", "a "),
    ("a", " a"),
    ("é", "e\u0301"),
    ("ss", "ß"),
    ("a", "%"),
    ("a", "_"),
    ("1", "01"),
    ("'", "''"),
    ("a", "$ne"),
    ("", "\x00"),
)
"""Ends of names that a database may take for one, or one of them for a pattern or a statement."""
ESCAPED: Final = ("\x00", "\\", "\ud800", "x" * 201)
"""Ends of names that are stored as something else; which is the name of an attacker."""
SEPARATORS: Final = "/:|.,-_ \x1f\\\x00"
"""What may stand between a tenant and an id in one text: ("a", "b/c") and ("a/b", "c")."""

names_of_examples = count()


class Names:
    """The names of two tenants that no other example has, and the ids that both use."""

    def __init__(self, tenants: tuple[str, str], ids: tuple[str, ...]) -> None:
        self.contexts: Final = [{"user_id": name} for name in tenants]
        self.ids: Final = ids

    def __repr__(self) -> str:
        return f"Names({tuple(c['user_id'] for c in self.contexts)}, {self.ids})"


@st.composite
def all_names(draw: st.DrawFn) -> Names:
    prefix = f"{next(names_of_examples)}-"
    kind = draw(st.sampled_from(["twins", "escaped", "joined"]))
    if kind == "twins":
        one, other = draw(st.sampled_from(TWINS))
        return Names((prefix + one, prefix + other), ("id" + one, "id" + other, "fresh"))
    if kind == "escaped":
        name = draw(st.sampled_from(ESCAPED))
        return Names((prefix + name, key(prefix + name)), ("id" + name, key("id" + name), "fresh"))
    separator = draw(st.sampled_from(SEPARATORS))
    return Names((prefix + "a", f"{prefix}a{separator}b"), (f"b{separator}c", "c", "fresh"))


class Clock(datetime):
    """The time that the stores stamp on what they make: the same in the store and in its model."""

    moment: ClassVar[datetime] = NOON

    @classmethod
    def now(cls, tz: object = None) -> Any:
        assert tz is NOON.tzinfo
        return cls.moment


who = st.integers(0, 1)
ids = st.integers(0, 2)
fake = 3
seconds = st.integers(0, 3)
orders = st.sampled_from(["asc", "desc"])
cursors = st.none() | ids
limits = st.sampled_from([1, 2, 100])


class TwoTenants(RuleBasedStateMachine):
    """What two tenants do; `who` of them, and the number of the id that they use."""

    def __init__(self, run: Run, store: AnyStore) -> None:
        super().__init__()
        self.run = run
        self.store = store
        self.models = [MemoryStore[Any](tenant=single_tenant("only")) for _ in range(2)]
        self.names: Names
        self.secrets = count()
        self.next_id = ""
        stores: list[Any] = [self.store, *self.models]
        for each in stores:
            each.generate_thread_id = each.generate_item_id = self.chosen_id

    @initialize(names=all_names(), moments=st.tuples(seconds, seconds))
    def begin(self, names: Names, moments: tuple[int, int]) -> None:
        """Both have a thread, items, a deleted item and an attachment, of the same ids."""
        self.names = names
        for who, moment in enumerate(moments):
            self.save_thread(who, 0, moment)
            self.add_thread_item(who, 0, 1, moment, 0, 0)
            self.delete_thread_item(who, 0, 1)
            self.add_thread_item(who, 0, 0, moment, 0, 0)
            self.add_thread_item(who, 0, fake, moment, 0, fresh=2 * who)
            self.save_attachment(who, 0, 0)
            self.save_attachment(who, 1, None)

    def chosen_id(self, *_of: object) -> str:
        """What the stores generate."""
        return self.next_id

    def both(self, who: int, call: Callable[[AnyStore, Any], Coroutine[Any, Any, T]]) -> None:
        """Do it in the store and in the model of the tenant, and compare."""
        Clock.moment += timedelta(seconds=1)
        context = self.names.contexts[who]
        expected = self.run(outcome(call(self.models[who], context)))
        assert self.run(outcome(call(self.store, context))) == expected

    def secret(self, who: int) -> str:
        """A content that only this tenant has."""
        return f"secret {next(self.secrets)} of {who}"

    def id(self, number: int | None) -> Any:
        return None if number is None else self.names.ids[number]

    def item_id(self, number: int) -> str:
        return FAKE_ID if number == fake else self.names.ids[number]

    # --- Threads ---

    @rule(who=who, number=ids, seconds=seconds)
    def save_thread(self, who: int, number: int, seconds: int) -> None:
        new = thread(self.id(number), seconds, title=self.secret(who))
        self.both(who, lambda store, context: store.save_thread(new, context))

    @rule(who=who, number=ids)
    def load_thread(self, who: int, number: int) -> None:
        self.both(who, lambda store, context: store.load_thread(self.id(number), context))

    @rule(who=who, limit=limits, after=cursors, order=orders)
    def load_threads(self, who: int, limit: int, after: int | None, order: str) -> None:
        self.both(who, lambda store, context: store.load_threads(limit, self.id(after), order, context))

    @rule(who=who, number=ids)
    def delete_thread(self, who: int, number: int) -> None:
        self.both(who, lambda store, context: store.delete_thread(self.id(number), context))

    # --- Items ---

    @rule(
        who=who, in_thread=ids, number=ids | st.just(fake), seconds=seconds, names_thread=ids, fresh=ids
    )
    def add_thread_item(
        self, who: int, in_thread: int, number: int, seconds: int, names_thread: int, fresh: int
    ) -> None:
        self.next_id = self.id(fresh)
        new = answer(self.item_id(number), self.secret(who), seconds, self.id(names_thread))
        self.both(who, lambda store, context: store.add_thread_item(self.id(in_thread), new, context))

    @rule(
        who=who, in_thread=ids, number=ids | st.just(fake), seconds=seconds, names_thread=ids, fresh=ids
    )
    def save_item(
        self, who: int, in_thread: int, number: int, seconds: int, names_thread: int, fresh: int
    ) -> None:
        self.next_id = self.id(fresh)
        new = question(self.item_id(number), self.secret(who), seconds, self.id(names_thread))
        self.both(who, lambda store, context: store.save_item(self.id(in_thread), new, context))

    @rule(who=who, in_thread=ids, number=ids | st.just(fake))
    def load_item(self, who: int, in_thread: int, number: int) -> None:
        self.both(
            who,
            lambda store, context: store.load_item(self.id(in_thread), self.item_id(number), context),
        )

    @rule(who=who, in_thread=ids, after=cursors, limit=limits, order=orders)
    def load_thread_items(
        self, who: int, in_thread: int, after: int | None, limit: int, order: str
    ) -> None:
        self.both(
            who,
            lambda store, context: store.load_thread_items(
                self.id(in_thread), self.id(after), limit, order, context
            ),
        )

    @rule(who=who, in_thread=ids, number=ids)
    def delete_thread_item(self, who: int, in_thread: int, number: int) -> None:
        self.both(
            who,
            lambda store, context: store.delete_thread_item(
                self.id(in_thread), self.id(number), context
            ),
        )

    # --- Attachments ---

    @rule(who=who, number=ids, of_thread=cursors)
    def save_attachment(self, who: int, number: int, of_thread: int | None) -> None:
        new = attachment(self.id(number), self.id(of_thread))
        new.metadata = {"blob": self.secret(who)}
        self.both(who, lambda store, context: store.save_attachment(new, context))

    @rule(who=who, number=ids)
    def load_attachment(self, who: int, number: int) -> None:
        self.both(who, lambda store, context: store.load_attachment(self.id(number), context))

    @rule(who=who, number=ids)
    def delete_attachment(self, who: int, number: int) -> None:
        self.both(who, lambda store, context: store.delete_attachment(self.id(number), context))

    @rule(who=who, limit=limits)
    def orphaned_attachments(self, who: int, limit: int) -> None:
        self.both(
            who,
            lambda store, context: store.orphaned_attachments(context, older_than=NOW, limit=limit),
        )

    # --- Chat helpers ---

    @rule(who=who, number=ids)
    def create_thread(self, who: int, number: int) -> None:
        self.next_id = self.id(number)
        title = self.secret(who)
        self.both(who, lambda store, context: store.create_thread(title, context=context))

    @rule(who=who, number=ids)
    def get_thread(self, who: int, number: int) -> None:
        self.both(who, lambda store, context: store.get_thread(self.id(number), context=context))

    @rule(who=who, in_thread=ids, number=ids, sender_type=st.sampled_from(["user", "agent"]))
    def save_message(self, who: int, in_thread: int, number: int, sender_type: str) -> None:
        self.next_id = self.id(number)
        text = self.secret(who)
        self.both(
            who,
            lambda store, context: store.save_message(
                self.id(in_thread), text, sender_type, context=context
            ),
        )

    @rule(who=who, in_thread=ids)
    def get_thread_messages(self, who: int, in_thread: int) -> None:
        self.both(
            who, lambda store, context: store.get_thread_messages(self.id(in_thread), context=context)
        )

    # --- A tenant as a whole, and all of them ---

    @rule(who=who)
    def export_tenant(self, who: int) -> None:
        self.both(who, exported)

    @rule(who=who)
    def delete_tenant(self, who: int) -> None:
        self.both(who, lambda store, context: store.delete_tenant(context))

    @rule(second=seconds, threads=st.booleans())
    def purge(self, second: int, threads: bool) -> None:
        """By nobody, for all: each tenant loses what it would lose alone."""
        if self.store.engine == "mongodb":  # there deleted items make a thread younger, too
            threads = False
        age = datetime.now(NOON.tzinfo) - NOON - timedelta(seconds=second + 0.5) if threads else NOW
        for store in (self.store, *self.models):
            self.run(store.purge(age, threads=threads))

    def teardown(self) -> None:
        """At last each sees all that it has, knows the cursors that it knew, and may write."""
        if not hasattr(self, "names"):
            return
        try:
            self.look_around()
        finally:  # or what is left would matter to the next example, if the store is wrong
            for context in self.names.contexts:
                self.run(self.store.delete_tenant(context))

    def look_around(self) -> None:
        for who in range(2):
            self.both(who, exported)
            self.orphaned_attachments(who, 100)
            for number in range(3):
                self.load_item(who, 0, number)
                for order in ("asc", "desc"):
                    self.load_threads(who, 100, number, order)
                    self.load_thread_items(who, 0, number, 100, order)
        for who in range(2):
            self.save_thread(who, 0, 0)
            self.save_item(who, 0, fake, 0, 0, fresh=0)
            self.both(who, exported)
        self.purge(1, threads=True)
        for who in range(2):
            self.both(who, exported)


async def outcome(call: Coroutine[Any, Any, T]) -> T | str:
    """What comes of it; of a refusal its message."""
    try:
        return await call
    except (NotFoundError, PayloadError) as error:
        return f"{type(error).__name__}: {error}"


async def exported(store: AnyStore, context: Any) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    async for entry in store.export_tenant(context):
        entries.append(entry)
        assert len(entries) < 100, "pages that meet with rows of the other may never end"
    return entries


EFFORT: Final = settings(
    deadline=None,
    max_examples=30,
    stateful_step_count=12,  # more would cover the traces of the first
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Runs coroutines, all in one loop: so the machine, which is not asynchronous, has one store."""
    monkeypatch.setattr("reference_stores.shared.datetime", Clock)
    loop = asyncio.new_event_loop()
    yield loop.run_until_complete
    loop.close()


def attack(run: Run, store: AnyStore, effort: settings) -> None:
    try:
        machine: Any = partial(TwoTenants, run, store)
        run_state_machine_as_test(machine, settings=effort)
    finally:
        run(store.close())


def test_tenants_are_worlds_apart(run: Run, make_store: MakeStore) -> None:
    store = make_store()
    is_far = not isinstance(store, (MemoryStore, SQLiteStore))
    attack(run, store, settings(EFFORT, max_examples=15) if is_far else EFFORT)


# --- That a store which forgets the tenant once is found ---


class Forgetting:
    """Leaves the condition on the tenant out of SQLiteStore's statements, in one place of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, place: int) -> None:
        self.places: list[str] = []
        """The statement of each place."""
        self.place = place
        for name, value in list(vars(reference_stores.sqlite).items()):
            if name.isupper():
                monkeypatch.setattr(reference_stores.sqlite, name, self._without(value, name))

    def _without(self, value: Any, name: str) -> Any:
        if isinstance(value, str):
            return re.sub(
                r"tenant = (\?|:tenant|thread\.tenant)", partial(self._condition, name), value
            )
        if isinstance(value, tuple):
            return tuple(self._without(part, name) for part in cast("tuple[Any, ...]", value))
        if hasattr(value, "positions"):
            changed = copy(value)
            changed.positions = [self._without(statement, name) for statement in value.positions]
            for pages in ("first", "next"):
                statements = getattr(value, pages)
                setattr(
                    changed, pages, {way: self._without(statements[way], name) for way in statements}
                )
            return changed
        return value

    def _condition(self, name: str, found: re.Match[str]) -> str:
        self.places.append(f"{name}: {found.string}")
        if len(self.places) - 1 != self.place:
            return found[0]
        return "? NOT NULL" if found[1] == "?" else "TRUE"


PLACES: Final = [
    place
    for place, statement in enumerate(Forgetting(pytest.MonkeyPatch(), -1).places)
    # A tombstone of an item that lives: the row wins, and its deletion replaces the tombstone.
    if "INSERT OR REPLACE INTO chatkit_deleted_items" not in statement
]


@pytest.mark.parametrize("place", PLACES)
def test_a_store_that_forgets_the_tenant_in_one_place_is_found(
    run: Run, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    forgetting = Forgetting(monkeypatch, place)
    effort = settings(EFFORT, max_examples=3000, phases=[Phase.generate], database=None)
    with pytest.raises((AssertionError, StoreError)):
        attack(run, SQLiteStore(":memory:", tenant=tenant), effort)
        pytest.fail(f"not found: {forgetting.places[place]}")
