"""What a run found, in the form that its reader wants: one renderer a file, chosen here.

A renderer makes text and nothing else. It is imported only when it is asked for, since rich costs
more than a clean run of the whole checker; for the same reason a named tuple does here for a
dataclass, which takes milliseconds to make.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from store_lint.finding import Report

FORMATS = ("text", "concise", "agent", "json", "github", "sarif")


class Outcome(NamedTuple):
    """A run as its reader is told of it."""

    report: Report
    exit_code: int
    """What the process will end with, so that the text can say what it means."""
    folder: Path
    """The folder that paths are shown relative to: where the command was called."""
    fixed: int = 0
    """How many findings --fix has mended; they are not in the report any more."""


class Look(NamedTuple):
    """How it may look; the formats for machines take no notice of it."""

    colour: bool = False
    width: int = 100
    """Cells a source line may take before it is cut down to the place that matters."""
    quiet: bool = False
    """Findings alone, no line that sums up."""
    statistics: bool = False
    """Counts by rule in place of the findings."""


def render(format_name: str, outcome: Outcome, look: Look) -> str:
    """The whole output of a run in one of FORMATS, ended by a line end unless it is empty."""
    name = "statistics" if look.statistics else format_name
    return import_module(f"{__name__}.{name}").render(outcome, look)
