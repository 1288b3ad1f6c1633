"""How many findings each rule has, the most frequent first: for a tree too full to read."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from store_lint.report.agent import closing

if TYPE_CHECKING:
    from store_lint.report import Look, Outcome


def render(outcome: Outcome, look: Look) -> str:
    """`count  id  name  (n fixable)` for each rule that found something, and the closing line."""
    findings = outcome.report.findings
    counts = Counter((finding.rule, finding.name) for finding in findings)
    fixable = Counter(finding.rule for finding in findings if finding.edits)
    digits = len(str(max(counts.values(), default=0)))
    output = [
        f"{count:>{digits}}  {rule}  {name}"
        + (f"  ({fixable[rule]} fixable with --fix)" if fixable[rule] else "")
        for (rule, name), count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
    if not look.quiet:
        output.append(closing(outcome))
    return "".join(f"{line}\n" for line in output)
