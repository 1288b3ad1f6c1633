"""The pytest plugin: `pytest --chatkit-store=app.stores:make_store` runs the contract beside the
other tests.

It loads with every pytest of an environment that has the package. So it adds its options, and imports
nothing of the suite, of chatkit or of hypothesis unless one of them asks for the suite.
"""

from __future__ import annotations

import os
import sys
import warnings
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from store_contract.case import Case, Profile
    from store_contract.runner import Runner

_PLUGIN = "chatkit-store-run"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options, as those of the `store-contract` command."""
    group = parser.getgroup("chatkit-store", "the contract of ChatKit stores")
    add = group.addoption
    add(
        "--chatkit-store",
        metavar="MODULE:ATTR",
        help="run the contract on the stores that this function makes",
    )
    add(
        "--chatkit-store-profile",
        choices=("upstream", "house"),
        default="upstream",
        help="house: all cases",
    )
    add(
        "--chatkit-store-select",
        action="append",
        default=[],
        metavar="CASE",
        help="as in C15; these cases only",
    )
    add(
        "--chatkit-store-contexts",
        metavar="MODULE:ATTR",
        help="two contexts, one for each of two tenants",
    )
    add(
        "--chatkit-store-second",
        metavar="MODULE:ATTR",
        help="given a store, another one on the same data",
    )
    add(
        "--chatkit-store-wrap-stream",
        metavar="MODULE:ATTR",
        help="the application's wrapper around the stream",
    )
    add(
        "--chatkit-store-unsupported",
        action="append",
        default=[],
        metavar="CASE=WHY",
        help="what the store is declared to lack: a case, an id, `attachments` or `tenants`",
    )
    add(
        "--chatkit-store-deep",
        action="store_true",
        default=False,
        help="many more examples, from new seeds",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the suite ready if it is asked for."""
    spec = config.getoption("--chatkit-store")
    if spec is None:
        return
    with warnings.catch_warnings():
        # openai-chatkit warns of its own widgets when it is imported.
        warnings.filterwarnings("ignore", "Direct usage of named widget", DeprecationWarning)
        config.pluginmanager.register(_prepared(config, spec), _PLUGIN)


def _prepared(config: pytest.Config, spec: str) -> _Run:
    """The suite as the options ask for it. Raises UsageError with one line if it cannot be."""
    try:
        from store_contract.case import UnknownCaseError, select
        from store_contract.effort import DEEP, DEFAULT
        from store_contract.options import target_of, words
        from store_contract.runner import Runner
        from store_contract.target import TargetError
    except ModuleNotFoundError as error:
        raise pytest.UsageError(
            f"--chatkit-store needs {error.name}: pip install 'chatkit-store-creator[contract]'"
        ) from error
    try:
        target = target_of(
            spec,
            contexts=config.getoption("--chatkit-store-contexts"),
            second_store=config.getoption("--chatkit-store-second"),
            wrap_stream=config.getoption("--chatkit-store-wrap-stream"),
            unsupported=_given(config, "unsupported"),
        )
        profile: Profile = "house" if _given(config, "profile") == "house" else "upstream"
        cases = select(words(_given(config, "select")), profile)
        runner = Runner(target, DEEP if config.getoption("--chatkit-store-deep") else DEFAULT)
    except (TargetError, UnknownCaseError) as error:
        raise pytest.UsageError(f"--chatkit-store: {error}") from error
    return _Run(runner, cases)


def _given(config: pytest.Config, option: str) -> Any:
    return config.getoption(f"--chatkit-store-{option}")


class _Run:
    """The suite in one pytest run."""

    def __init__(self, runner: Runner, cases: tuple[Case, ...]) -> None:
        self._runner = runner
        self._cases = cases
        self._exit_status: int = 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        """Add the cases before others select by keyword or mark; no file is collected for them."""
        from store_contract.suite import case_items

        added = case_items(session, self._runner, self._cases)
        items.extend(added)
        session.config.hook.pytest_collectreport(
            report=pytest.CollectReport("chatkit-store", "passed", None, list(added))
        )

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Stop the loop that the cases ran on."""
        self._exit_status = int(exitstatus)
        self._runner.close()

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """End the process where a hanging store has left threads that would keep it from ending."""
        if self._runner.left_behind():
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(self._exit_status)
