"""The contract as pytest tests: a class to derive from, and the items that the plugin adds."""

from __future__ import annotations

import inspect
import traceback
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from store_contract.case import UnknownCaseError, select
from store_contract.expect import BrokenError
from store_contract.options import effort_of
from store_contract.plugin import given_option
from store_contract.runner import Runner
from store_contract.target import Target, TargetError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from store_contract.case import Case, Profile
    from store_contract.effort import Effort
    from store_contract.runner import Result


class StoreContract:
    """Derive a test class from this and give it a `make_store`; each case of the contract is a test
    of it.

        class TestAppStore(StoreContract):
            make_store = staticmethod(app.stores.make_store)

    `store_contract.target` says what `make_store` and the hooks may be. `staticmethod` keeps Python
    from passing the test object; a method that takes `self` is fine too.
    """

    make_store: Callable[..., Any]
    profile: ClassVar[Profile] = "upstream"
    """`house` also runs the cases that rest on decisions of this project."""
    contexts: ClassVar[Any] = None
    second_store: Callable[..., Any] | None = None
    wrap_stream: Callable[..., Any] | None = None
    unsupported: ClassVar[Mapping[str, str]] = {}
    effort: ClassVar[Effort | None] = None
    """How much to try; without it `--chatkit-store-deep` and `--chatkit-store-timeout` decide."""

    _runners: ClassVar[dict[type, Runner]] = {}

    @classmethod
    def cases(cls) -> Sequence[Case]:
        """Those of the profile; override it to leave out what can never apply to the store."""
        return select((), cls.profile)

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """A test for each case."""
        if "contract_case" in metafunc.fixturenames:
            cases = self.cases()
            metafunc.parametrize("contract_case", cases, ids=[case.name for case in cases])

    def test_contract(self, contract_case: Case, pytestconfig: pytest.Config) -> None:
        """One case, on a new store."""
        if self._runners.get(type(self)) is None:
            self._runners[type(self)] = self._new_runner(pytestconfig)
        report(self._runners[type(self)], contract_case)

    @classmethod
    def teardown_class(cls) -> None:
        """Stop the loop that the cases ran on."""
        runner = cls._runners.pop(cls, None)
        if runner is not None:
            runner.close()

    def _new_runner(self, config: pytest.Config) -> Runner:
        if not hasattr(self, "make_store"):
            pytest.fail(f"{type(self).__name__} has no make_store", pytrace=False)
        target = Target(
            self._function("make_store"),
            type(self).contexts,
            self._function("second_store", taking=1),
            self._function("wrap_stream", taking=1),
            self.unsupported,
        )
        try:
            return Runner(target, self.effort or effort_of(partial(given_option, config)))
        except UnknownCaseError as error:
            pytest.fail(str(error), pytrace=False)

    def _function(self, name: str, taking: int = 0) -> Any:
        """A hook as a function, bound to this object if it wants more arguments than it is given."""
        hook = getattr(type(self), name)
        if not inspect.isfunction(hook):
            return hook
        wanted = [
            one
            for one in inspect.signature(hook).parameters.values()
            if one.default is one.empty and one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)
        ]
        return getattr(self, name) if len(wanted) > taking else hook


class CaseItem(pytest.Item):
    """A case as a test of its own, for a store that the command line names."""

    def __init__(self, *, case: Case, runner: Runner, **rest: Any) -> None:
        super().__init__(**rest)  # pyright: ignore[reportUnknownMemberType] - pytest leaves it open
        self.case = case
        self.runner = runner

    def runtest(self) -> None:
        """Run the case."""
        report(self.runner, self.case)

    def reportinfo(self) -> tuple[Any, int | None, str]:
        """Where pytest says that the test is."""
        return self.path, None, self.name


def case_items(session: pytest.Session, runner: Runner, cases: tuple[Case, ...]) -> list[CaseItem]:
    """A test for each case."""
    return [
        CaseItem.from_parent(  # pyright: ignore[reportUnknownMemberType] - pytest leaves it open
            session, name=case.name, nodeid=f"chatkit-store::{case.name}", case=case, runner=runner
        )
        for case in cases
    ]


def report(runner: Runner, case: Case) -> None:
    """Run a case and tell pytest: passed, failed with the reason and the cure, or skipped with the
    reason."""
    __tracebackhide__ = True
    try:
        result = runner.run(case)
    except TargetError as error:
        pytest.fail(str(error), pytrace=False)
    if result.outcome == "broken":
        pytest.fail(_failure(result), pytrace=False)
    if result.outcome == "missing":
        pytest.skip(f"declared missing: {result.reason}")
    if result.outcome == "not applicable":
        pytest.skip(f"not applicable: {result.reason}")


def _failure(result: Result) -> str:
    case = result.case
    lines = [result.reason, "", f"What holds: {case.what}", f"Why: {case.why}", f"Mend: {case.mend}"]
    cause = result.error.__cause__ if isinstance(result.error, BrokenError) else result.error
    if isinstance(cause, Exception):
        lines += ["", *traceback.format_exception(type(cause), cause, cause.__traceback__)]
    return "\n".join(line.rstrip("\n") for line in lines)
