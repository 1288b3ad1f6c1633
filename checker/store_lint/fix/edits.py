"""Edits applied to a text: each finding's all or none, and no two on the same characters."""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from store_lint.finding import Edit, Finding

_LINE_END = re.compile(r"\r\n|\r|\n")


def apply(text: str, findings: Iterable[Finding]) -> tuple[str, list[Finding]]:
    """Return the text with edits applied, and the findings whose edits these are.

    Findings are taken in their order; one whose edits overlap those taken before it is left for
    another round. Line ends in an edit become those of the text. Raises ValueError for edits that
    are out of order or outside the text: the rule that made them is wrong.
    """
    taken: list[Edit] = []
    applied: list[Finding] = []
    for finding in sorted(findings, key=lambda finding: finding.sort_key):
        if not finding.edits:
            continue
        _check(finding, len(text))
        if any(_overlaps(edit, taken) for edit in finding.edits):
            continue
        for edit in finding.edits:
            insort(taken, edit)
        applied.append(finding)
    return _replace(text, taken), applied


def _check(finding: Finding, length: int) -> None:
    reached = 0
    for edit in finding.edits:
        if not reached <= edit.start <= edit.end <= length:
            raise ValueError(f"{finding.rule} made edits out of order or outside the file")
        reached = edit.end


def _overlaps(edit: Edit, taken: list[Edit]) -> bool:
    place = bisect_left(taken, edit)
    before = taken[place - 1] if place else None
    behind = taken[place] if place < len(taken) else None
    return (before is not None and _touch(before, edit)) or (
        behind is not None and _touch(edit, behind)
    )


def _touch(first: Edit, second: Edit) -> bool:
    # Of two insertions at one place, which comes first would be chance.
    return first.end > second.start or first.start == first.end == second.start == second.end


def _replace(text: str, edits: list[Edit]) -> str:
    line_end = _LINE_END.search(text)
    newline = line_end.group() if line_end else "\n"
    pieces: list[str] = []
    reached = 0
    for edit in edits:
        pieces += (text[reached : edit.start], _LINE_END.sub(newline, edit.text))
        reached = edit.end
    return "".join(pieces) + text[reached:]
