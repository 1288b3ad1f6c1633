"""The arguments that the command and the pytest plugin share.

The plugin loads with every pytest of an environment that has the package, so this imports nothing that
is not light.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from store_contract.effort import DEEP, DEFAULT

if TYPE_CHECKING:
    from collections.abc import Callable


def _seconds(word: str) -> float:
    seconds = float(word)
    if not 0 < seconds < 1e6:
        raise ValueError
    return seconds


ARGUMENTS: Final[dict[str, dict[str, Any]]] = {
    "select": {
        "action": "append",
        "default": [],
        "metavar": "CASE",
        "help": "run cases whose name begins so (C15, C44_first); repeat it or use commas",
    },
    "profile": {
        "choices": ("upstream", "house"),
        "default": "upstream",
        "help": "upstream: what openai-chatkit relies on (default); house: our decisions as well",
    },
    "unsupported": {
        "action": "append",
        "default": [],
        "metavar": "CASE=WHY",
        "help": "declare what the store lacks: an id, a case, `attachments` or `tenants`",
    },
    "contexts": {
        "metavar": "MODULE:ATTR",
        "help": "two contexts, or a function that gives them, one a tenant",
    },
    "second-store": {
        "metavar": "MODULE:ATTR",
        "help": "a function that takes a store and gives another one on the same data",
    },
    "wrap-stream": {
        "metavar": "MODULE:ATTR",
        "help": "a function that takes the server's stream and gives the one that is sent",
    },
    "deep": {
        "action": "store_true",
        "default": False,
        "help": f"{DEEP.scale:g} times the examples, from new seeds: minutes of processor time, and "
        "the longer the slower the store",
    },
    "timeout": {
        "type": _seconds,
        "metavar": "SECONDS",
        "help": f"the time of one case (default: {DEFAULT.seconds:g}; deep: {DEEP.seconds:g}); what "
        "generates examples ends well within it, with fewer of them if need be",
    },
}


def add_arguments(add: Callable[..., object], prefix: str) -> None:
    """Declare them by argparse's `add_argument` or pytest's `addoption`, each name behind `prefix`."""
    for name, settings in ARGUMENTS.items():
        add(f"{prefix}{name}", **settings)
