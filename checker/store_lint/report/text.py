"""For people: each finding with its source, the place underlined, and what to write instead."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from store_lint.report.one_line import one_line
from store_lint.report.summary import reasons, scope, tally

if TYPE_CHECKING:
    from rich.text import Text

    from store_lint.finding import Finding
    from store_lint.report import Look, Outcome
    from store_lint.report.lines import Lines

_COLOURS = {"error": "bold red", "warning": "bold yellow"}


def render(outcome: Outcome, look: Look) -> str:
    """The findings, then a line that sums up; colour codes only where `look` asks for them."""
    output = _findings(outcome, look) if outcome.report.findings else ""
    if look.quiet:
        return output
    return f"{output}{tally(outcome)}: {scope(outcome)} ({one_line(reasons(outcome))})\n"


def _findings(outcome: Outcome, look: Look) -> str:
    from rich.console import Console

    from store_lint.report.lines import Lines

    stream = io.StringIO()
    console = Console(
        file=stream,
        force_terminal=look.colour,
        color_system="standard" if look.colour else None,
        no_color=not look.colour,
        legacy_windows=False,
    )
    texts = {path: Lines(text) for path, text in outcome.report.sources.items()}
    for finding in outcome.report.findings:
        # soft_wrap: the terminal breaks long lines, so that a copied message is whole.
        console.print(_finding(finding, outcome, look, texts[finding.path]), soft_wrap=True)
    return stream.getvalue()


def _finding(finding: Finding, outcome: Outcome, look: Look, lines: Lines) -> Text:
    from rich.text import Text

    from store_lint.report.excerpt import excerpt
    from store_lint.report.paths import shown

    colour = _COLOURS[finding.severity]
    span = finding.span
    gutter = len(str(span.end_line))
    place = one_line(f"{shown(finding.path, outcome.folder)}:{span.line}:{span.column}")
    text = Text()
    text.append(place, "bold").append(": ").append(finding.severity, colour)
    text.append(f" {finding.rule} {finding.name}\n", "bold")
    text.append(f"{one_line(finding.message)}\n")
    for line in excerpt(lines, span, look.width - gutter - 3):
        text.append(f"{line.number:>{gutter}} | ", "blue").append(f"{line.text}\n")
        text.append(f"{'':>{gutter}} | ", "blue").append(f"{line.marks}\n", colour)
    text.append(f"{'':>{gutter}} = ", "blue").append(one_line(finding.remedy))
    if finding.edits:
        text.append(" [--fix does it]", "green")
    return text.append("\n")
