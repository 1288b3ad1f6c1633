"""The pytest plugin: `pytest --chatkit-store=app.stores:make_store` runs the contract beside the
other tests.

It loads with every pytest of an environment that has the package. So it adds its options, and imports
nothing else of the suite, of chatkit or of hypothesis unless one of them asks for the suite.
"""

from __future__ import annotations

import os
import sys
import warnings
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from store_contract.arguments import add_arguments

if TYPE_CHECKING:
    from store_contract.case import Case
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
    add_arguments(add, "--chatkit-store-")


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
        from store_contract.case import UnknownCaseError
        from store_contract.options import cases_of, runner_of
        from store_contract.target import TargetError
    except ModuleNotFoundError as error:
        raise pytest.UsageError(
            f"--chatkit-store needs {error.name}: pip install 'chatkit-store-creator[contract]'"
        ) from error
    given = partial(given_option, config)
    try:
        cases = cases_of(given)
        return _Run(runner_of(spec, given), cases)
    except (TargetError, UnknownCaseError) as error:
        raise pytest.UsageError(f"--chatkit-store: {error}") from error


def given_option(config: pytest.Config, name: str) -> Any:
    """The value of an option by its name in Python (`wrap_stream`); None where the plugin is off."""
    return config.getoption(f"chatkit_store_{name}", default=None)


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
