"""The sentence that closes a run: what was found, in what, against which release.

It is never left out on a clean run: silence can mean 'all is well' or 'nothing was looked at'.
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from store_lint.report import Outcome


def counted(number: int, noun: str) -> str:
    """As in '1 file', '2 files'."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def tally(outcome: Outcome) -> str:
    """What was found: 'ok', or counts of all that is not nought."""
    report = outcome.report
    severities = Counter(finding.severity for finding in report.findings)
    fixable = sum(1 for finding in report.findings if finding.edits)
    parts = [
        counted(severities[severity], severity)
        for severity in ("error", "warning")
        if severities[severity]
    ]
    if fixable:
        parts.append(f"{fixable} fixable with --fix")
    if report.problems:
        parts.append(counted(len(report.problems), "problem"))
    if not parts:
        parts.append("ok")
    if outcome.fixed:
        parts.append(f"{outcome.fixed} fixed")
    return ", ".join(parts)


def scope(outcome: Outcome) -> str:
    """What was checked, against which release."""
    report = outcome.report
    return (
        f"{counted(report.stores, 'store')} in {counted(report.files, 'file')}, "
        f"chatkit {_listed(_versions(outcome))}"
    )


def reasons(outcome: Outcome) -> str:
    """Why these releases; one by one, where there are several."""
    targets = outcome.report.targets
    if len(_versions(outcome)) == 1:
        return "; ".join(target.reason for target in targets)
    by_version = groupby(targets, key=lambda target: target.version)
    return "; ".join(
        f"{version} {_listed([target.reason for target in of])}" for version, of in by_version
    )


def _versions(outcome: Outcome) -> list[str]:
    return list(dict.fromkeys(target.version for target in outcome.report.targets))


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def verdict(outcome: Outcome) -> str:
    """What the exit code means in this run."""
    severities = {finding.severity for finding in outcome.report.findings}
    if outcome.exit_code == 2:
        return "exit 2: not everything could be checked"
    if outcome.exit_code == 1:
        return f"exit 1: {'errors' if 'error' in severities else 'warnings count with --strict'}"
    return "exit 0: warnings count only with --strict"
