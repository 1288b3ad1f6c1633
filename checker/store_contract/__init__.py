"""Is this ChatKit store right? A suite of cases that any store must pass, as a pytest plugin and a
command.

    # tests/test_store.py: three lines in an application's own tests
    from store_contract import StoreContract
    class TestAppStore(StoreContract):
        make_store = staticmethod(app.stores.make_store)

    $ pytest --chatkit-store=app.stores:make_store      # the same without a test module
    $ store-contract app.stores:make_store              # for agents and people

Importing this costs nothing: the pytest plugin loads with every pytest of an environment that has the
package, so chatkit and hypothesis are imported when the suite is asked for and not before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from store_contract.case import Case, all_cases
    from store_contract.contexts import Context
    from store_contract.effort import DEEP, DEFAULT, Effort
    from store_contract.runner import Result, run
    from store_contract.suite import StoreContract
    from store_contract.target import TargetError

_HOMES = {
    "Case": "case",
    "Context": "contexts",
    "DEEP": "effort",
    "DEFAULT": "effort",
    "Effort": "effort",
    "Result": "runner",
    "StoreContract": "suite",
    "TargetError": "target",
    "all_cases": "case",
    "run": "runner",
}

__all__ = [
    "DEEP",
    "DEFAULT",
    "Case",
    "Context",
    "Effort",
    "Result",
    "StoreContract",
    "TargetError",
    "all_cases",
    "run",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
