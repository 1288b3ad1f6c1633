"""For a coding agent: each finding whole on one line, with what to put in its place.

Nothing is cut and nothing is drawn: the reader pays by the character and acts on what it reads. The
last line says what was checked, on a clean run too.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from store_lint.report.lines import Lines
from store_lint.report.one_line import one_line
from store_lint.report.paths import shown
from store_lint.report.summary import reasons, scope, tally, verdict

if TYPE_CHECKING:
    from store_lint.finding import Edit, Finding
    from store_lint.report import Look, Outcome


def render(outcome: Outcome, look: Look) -> str:
    """`path:line:col-endline:endcol CKS004 error message; fix: …` each, and the closing line."""
    texts: dict[str, Lines] = {}
    output = [_line(finding, outcome, texts) for finding in outcome.report.findings]
    if not look.quiet:
        output.append(closing(outcome))
    return "".join(f"{line}\n" for line in output)


def closing(outcome: Outcome) -> str:
    """The line that says what was checked against what, and what the exit code means."""
    line = f"store-lint: {tally(outcome)}, {scope(outcome)}"
    if not outcome.report.findings and not outcome.report.problems:
        return line
    return f"{line} ({one_line(reasons(outcome))}); {verdict(outcome)}"


def _line(finding: Finding, outcome: Outcome, texts: dict[str, Lines]) -> str:
    span = finding.span
    path = shown(finding.path, outcome.folder)
    place = f"{path}:{span.line}:{span.column}-{span.end_line}:{span.end_column}"
    fix = finding.remedy
    if finding.edits:
        lines = texts.setdefault(path, Lines(outcome.report.sources[finding.path]))
        fix = ", ".join(_edit(edit, lines) for edit in finding.edits) + " (or run with --fix)"
    return one_line(f"{place} {finding.rule} {finding.severity} {finding.message}; fix: {fix}")


def _edit(edit: Edit, lines: Lines) -> str:
    start = "{}:{}".format(*lines.position(edit.start))
    end = "{}:{}".format(*lines.position(edit.end))
    text = json.dumps(edit.text, ensure_ascii=False)
    if edit.start == edit.end:
        return f"insert at {start} {text}"
    return f"replace {start}-{end} with {text}" if edit.text else f"delete {start}-{end}"
