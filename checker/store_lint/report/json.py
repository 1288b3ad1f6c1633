"""For programs: all that a run knows, in the shape that report.schema.json beside this file fixes.

`schema` is the version of that shape. New keys may appear under the same number; a key that changes
its meaning or goes away raises it. Only ASCII is written, so any stream can carry it.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from store_lint.report.paths import shown
from store_lint.report.version import tool_version

if TYPE_CHECKING:
    from store_lint.finding import Finding
    from store_lint.report import Look, Outcome

SCHEMA = 1


def render(outcome: Outcome, look: Look) -> str:
    """One JSON object."""
    del look
    report = outcome.report
    severities = Counter(finding.severity for finding in report.findings)
    newest = report.targets[-1]
    document = {
        "schema": SCHEMA,
        "tool": {"name": "store-lint", "version": tool_version()},
        # Of the days of one release for a whole run: the newest of the `targets`.
        "target": {"version": newest.version, "reason": newest.reason},
        "targets": [
            {
                "version": target.version,
                "reason": target.reason,
                "folders": [shown(folder, outcome.folder) for folder in target.folders],
            }
            for target in report.targets
        ],
        "exit_code": outcome.exit_code,
        "counts": {
            "files": report.files,
            "stores": report.stores,
            "errors": severities["error"],
            "warnings": severities["warning"],
            "fixable": sum(1 for finding in report.findings if finding.edits),
            "fixed": outcome.fixed,
            "rules": dict(sorted(Counter(finding.rule for finding in report.findings).items())),
        },
        "findings": [_finding(finding, outcome) for finding in report.findings],
        "problems": [{"message": problem.message} for problem in report.problems],
    }
    return json.dumps(document, indent=2) + "\n"


def _finding(finding: Finding, outcome: Outcome) -> dict[str, object]:
    # Spelt out, so that a new name in the model is no new name in the output.
    span = finding.span
    return {
        "rule": finding.rule,
        "name": finding.name,
        "severity": finding.severity,
        "path": shown(finding.path, outcome.folder),
        "span": {
            "start": span.start,
            "end": span.end,
            "line": span.line,
            "column": span.column,
            "end_line": span.end_line,
            "end_column": span.end_column,
        },
        "message": finding.message,
        "remedy": finding.remedy,
        "edits": [{"start": edit.start, "end": edit.end, "text": edit.text} for edit in finding.edits],
    }
