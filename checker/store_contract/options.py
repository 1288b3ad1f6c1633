"""What becomes of the arguments that the command and the pytest plugin share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from store_contract.case import select
from store_contract.effort import DEEP, DEFAULT
from store_contract.runner import Runner
from store_contract.target import Target, TargetError, load_attribute

if TYPE_CHECKING:
    from collections.abc import Iterable

    from store_contract.case import Case
    from store_contract.effort import Effort

Given = Callable[[str], Any]
"""The value of an argument by its name in Python (`second_store`); its default, if it is not given."""


def cases_of(given: Given) -> tuple[Case, ...]:
    """The cases that are selected. Raises UnknownCaseError."""
    return select(words(given("select")), given("profile"))


def runner_of(spec: str, given: Given) -> Runner:
    """What runs cases on the stores of the factory that `spec` names, as in app.stores:make_store.

    Raises TargetError or UnknownCaseError with one line that says which argument cannot be used, and
    why.
    """
    make_store = load_attribute(spec, "the store factory")
    if not callable(make_store):
        raise TargetError(
            f"the store factory {spec!r} is a {type(make_store).__name__}, which cannot be called"
        )
    target = Target(
        make_store,
        contexts=_loaded(given("contexts"), "the contexts"),
        second_store=_loaded(given("second_store"), "the second store"),
        wrap_stream=_loaded(given("wrap_stream"), "the stream's wrapper"),
        unsupported=dict(_declaration(word) for word in given("unsupported")),
    )
    return Runner(target, effort_of(given))


def effort_of(given: Given) -> Effort:
    """How much to try, and how long."""
    effort = DEEP if given("deep") else DEFAULT
    seconds: float | None = given("timeout")
    return effort if seconds is None else replace(effort, seconds=seconds)


def _loaded(spec: str | None, what: str) -> Any:
    return None if spec is None else load_attribute(spec, what)


def words(values: Iterable[str]) -> list[str]:
    """The words of options that may be repeated and hold several, separated by commas."""
    return [word.strip() for value in values for word in value.split(",") if word.strip()]


def _declaration(word: str) -> tuple[str, str]:
    key, equals, reason = word.partition("=")
    if not (key.strip() and equals and reason.strip()):
        raise TargetError(f"what is unsupported is declared as 'C41=the reason', not {word!r}")
    return key.strip(), reason.strip()
