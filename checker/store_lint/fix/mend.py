"""One file mended: rounds of edits and checks until no sure edit is left.

Edits that overlap cannot be applied together, and one edit may bring out the next finding, so the
file is checked anew after each round. What does not parse any more is taken back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from store_lint.fix.edits import apply
from store_lint.fix.encoding import decoded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from store_lint.finding import Finding

MOST_ROUNDS = 20
"""Far more than real code needs; two rules that undo each other must not run for ever."""


class MendError(Exception):
    """An edit that cannot be applied, through the fault of the rule that made it."""


@dataclass(frozen=True, slots=True)
class Mended:
    """A file before and after its edits; nothing is written yet."""

    path: Path
    before: bytes
    after: bytes
    fixed: int
    """How many findings were mended."""


def mend(
    path: Path,
    data: bytes,
    findings: Sequence[Finding],
    check: Callable[[bytes], Sequence[Finding]],
) -> Mended:
    """Apply the edits of `findings`, and of what `check` finds in the result, until none is left.

    `check` gets the bytes of the changed file and returns the findings in it. Raises MendError if
    edits are malformed, break the file, or never come to rest.
    """
    text, encoding = decoded(data)
    after = data
    fixed = 0
    for _ in range(MOST_ROUNDS):
        try:
            text, applied = apply(text, findings)
        except ValueError as error:
            raise MendError(f"{path}: {error}; this is a bug in the rule") from error
        if not applied:
            return Mended(path, data, after, fixed)
        try:
            after = text.encode(encoding)
        except UnicodeEncodeError as error:
            raise MendError(f"{path}: its encoding {encoding} lacks a character of a fix") from error
        _require_parsable(path, after, applied)
        fixed += len(applied)
        findings = check(after)
    raise MendError(
        f"{path}: the fixes of {_rules(findings)} undo each other, none applied; this is a bug"
    )


def _require_parsable(path: Path, data: bytes, applied: Sequence[Finding]) -> None:
    from store_lint.tree.source import Unparsable, parse

    try:
        parse(path, data)
    except Unparsable as error:
        raise MendError(
            f"{path}: the fixes of {_rules(applied)} would leave code that does not parse "
            f"(line {error.span.line}), none applied; this is a bug in a rule"
        ) from error


def _rules(findings: Sequence[Finding]) -> str:
    return ", ".join(sorted({finding.rule for finding in findings if finding.edits}))
