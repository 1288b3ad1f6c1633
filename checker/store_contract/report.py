"""What a run found, as a table for people and agents or as JSON for programs."""

from __future__ import annotations

import json
from collections import Counter
from importlib.metadata import PackageNotFoundError, version
from io import StringIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from store_contract.case import Profile
    from store_contract.runner import Outcome, Result

SCHEMA = 1
"""The version of the JSON's shape; it is raised when a key changes its meaning or goes away."""

_OUTCOMES: tuple[Outcome, ...] = ("held", "broken", "missing", "not applicable")
_STYLES = {"held": "green", "broken": "bold red", "missing": "yellow", "not applicable": "dim"}
_SHOWN = {"missing": "declared missing"}


def exit_code(results: Sequence[Result]) -> int:
    """1 if a case is broken, else 0."""
    return 1 if any(result.outcome == "broken" for result in results) else 0


def text(
    results: Sequence[Result], spec: str, profile: Profile, *, colour: bool, width: int | None
) -> str:
    """A table with a line for each case, what to do about broken ones, and a line that sums up.

    `width` in cells folds long reasons; without it each case stays on its one line.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for result in results:
        shown = _SHOWN.get(result.outcome, result.outcome)
        table.add_row(
            Text(result.case.name), Text(shown, style=_STYLES[result.outcome]), Text(result.reason)
        )
    out = StringIO()
    console = Console(
        file=out, force_terminal=colour, no_color=not colour, width=width or 4_000, highlight=False
    )
    console.print(table)
    for result in results:
        if result.outcome == "broken":
            console.print()
            console.print(Text(result.case.name, style="bold"))
            for label, said in (
                ("broken", result.reason),
                ("holds", result.case.what),
                ("why", result.case.why),
                ("mend", result.case.mend),
            ):
                console.print(Text(f"  {label + ':':8}{said}"))
    console.print()
    console.print(Text(summary(results, spec, profile)))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def summary(results: Sequence[Result], spec: str, profile: Profile) -> str:
    """One line: what was run, and how many cases had which outcome."""
    counts = _counts(results)
    parts = ", ".join(f"{counts[outcome]} {_SHOWN.get(outcome, outcome)}" for outcome in _OUTCOMES)
    return (
        f"{spec}: {parts} of {len(results)} cases "
        f"(profile {profile}, openai-chatkit {_installed('openai-chatkit')})"
    )


def as_json(results: Sequence[Result], spec: str, profile: Profile) -> str:
    """One JSON object, ASCII only."""
    document = {
        "schema": SCHEMA,
        "tool": {"name": "store-contract", "version": _installed("chatkit-store-creator")},
        "store": spec,
        "profile": profile,
        "openai_chatkit": _installed("openai-chatkit"),
        "exit_code": exit_code(results),
        "counts": {outcome.replace(" ", "_"): count for outcome, count in _counts(results).items()},
        "cases": [_case(result) for result in results],
    }
    return json.dumps(document, indent=2) + "\n"


def _case(result: Result) -> dict[str, object]:
    return {
        "id": result.case.id,
        "name": result.case.name,
        "profile": result.case.profile,
        "outcome": result.outcome.replace(" ", "_"),
        "reason": result.reason,
        "seconds": round(result.seconds, 3),
        "what": result.case.what,
        "why": result.case.why,
        "mend": result.case.mend,
    }


def _counts(results: Sequence[Result]) -> dict[Outcome, int]:
    counted = Counter(result.outcome for result in results)
    return {outcome: counted[outcome] for outcome in _OUTCOMES}


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"
