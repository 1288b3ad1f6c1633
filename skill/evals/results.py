"""The results file: what was run, and nothing else; and a table of it."""

from __future__ import annotations

import json
import os
from statistics import median
from typing import TYPE_CHECKING, Any, Final, cast

from skill.evals.task import TaskError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SCHEMA: Final = 1

Run = dict[str, Any]
"""One run: its task, arm, agent, time, cost and grade."""


def read(file: Path) -> list[Run]:
    """The runs in a file. Raises OSError, and TaskError for what is no results file."""
    try:
        document: Any = json.loads(file.read_text("utf-8"))
        if document["schema"] != SCHEMA:
            raise TaskError(f"{file}: written by another release (schema {document['schema']})")
        return cast("list[Run]", document["runs"])
    except (ValueError, TypeError, KeyError) as error:
        raise TaskError(f"{file}: is no results file ({error})") from error


def add(file: Path, run: Run) -> None:
    """Add a run to a file, which is made if it is not there; never leaves half a file."""
    runs = read(file) if file.exists() else []
    part = file.with_name(file.name + ".part")
    file.parent.mkdir(parents=True, exist_ok=True)
    part.write_text(json.dumps({"schema": SCHEMA, "runs": [*runs, run]}, indent=2) + "\n", "utf-8")
    os.replace(part, file)


def report(runs: Sequence[Run]) -> str:
    """A line for each agent, task and arm, and one for each agent and arm over all tasks."""
    from io import StringIO

    from rich.console import Console
    from rich.table import Table

    rows = Table(box=None, pad_edge=False)
    for title in (
        "agent",
        "task",
        "skill",
        "passed",
        "minutes",
        "tokens",
        "tool calls",
        "lines",
        "loaded",
    ):
        rows.add_column(title, justify="left" if title in ("agent", "task", "skill") else "right")
    single = sorted({(run["agent"], run["task"], run["arm"]) for run in runs})
    for agent, task, arm in single:
        of = [run for run in runs if (run["agent"], run["task"], run["arm"]) == (agent, task, arm)]
        rows.add_row(agent, task, arm, *_figures(of))
    for agent, arm in sorted({(agent, arm) for agent, _, arm in single}):
        of = [run for run in runs if (run["agent"], run["arm"]) == (agent, arm)]
        rows.add_row(agent, "all", arm, *_figures(of))
    out = StringIO()
    Console(file=out, width=200, highlight=False).print(rows)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + (
        "\nFigures are medians of the runs; ~ marks tokens that the agent did not tell.\n"
    )


def _figures(runs: Sequence[Run]) -> tuple[str, ...]:
    passed = sum(run["grade"]["passed"] is True for run in runs)
    estimated = any(run["estimated"] for run in runs)
    calls = [run["tool_calls"] for run in runs if run["tool_calls"] is not None]
    return (
        f"{passed} of {len(runs)}",
        f"{median(run['seconds'] for run in runs) / 60:.1f}",
        f"{'~' if estimated else ''}{median(run['tokens'] for run in runs):,.0f}",
        f"{median(calls):.0f}" if calls else "-",
        f"{median(run['grade']['added_lines'] for run in runs):.0f}",
        f"{sum(run['skill_loaded'] for run in runs)} of {len(runs)}",
    )
