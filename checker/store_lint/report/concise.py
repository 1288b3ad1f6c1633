"""One line a finding and nothing else: for editors, grep and pre-commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from store_lint.report.one_line import one_line
from store_lint.report.paths import shown

if TYPE_CHECKING:
    from store_lint.report import Look, Outcome


def render(outcome: Outcome, look: Look) -> str:
    """`path:line:column: CKS004 error message [remedy]` for each finding."""
    del look
    return "".join(
        one_line(
            f"{shown(finding.path, outcome.folder)}:{finding.span.line}:{finding.span.column}: "
            f"{finding.rule} {finding.severity} {finding.message} [{finding.remedy}]"
        )
        + "\n"
        for finding in outcome.report.findings
    )
