"""Workflow commands, which GitHub Actions shows as annotations on the changed lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from store_lint.report.paths import shown

if TYPE_CHECKING:
    from store_lint.finding import Finding
    from store_lint.report import Look, Outcome

_IN_MESSAGE = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def render(outcome: Outcome, look: Look) -> str:
    """One command for each finding, and one for each problem."""
    del look
    commands = [_finding(finding, outcome) for finding in outcome.report.findings]
    commands += [
        _command("error", {"title": "store-lint"}, problem.message)
        for problem in outcome.report.problems
    ]
    return "".join(f"{command}\n" for command in commands)


def _finding(finding: Finding, outcome: Outcome) -> str:
    span = finding.span
    properties = {
        "title": f"{finding.rule} {finding.name}",
        "file": shown(finding.path, outcome.folder),
        "line": str(span.line),
        "endLine": str(span.end_line),
    }
    # GitHub refuses columns for an annotation that spans several lines.
    if span.line == span.end_line:
        properties |= {"col": str(span.column), "endColumn": str(span.end_column)}
    return _command(finding.severity, properties, f"{finding.message}\n{finding.remedy}")


def _command(name: str, properties: dict[str, str], message: str) -> str:
    listed = ",".join(f"{key}={text.translate(_IN_PROPERTY)}" for key, text in properties.items())
    return f"::{name} {listed}::{message.translate(_IN_MESSAGE)}"
