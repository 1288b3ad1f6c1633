"""The sure edits of a run, worked out file by file; the command decides to write or to show."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from store_lint.finding import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from store_lint.engine import Options
    from store_lint.finding import Finding, Report
    from store_lint.fix.mend import Mended

MOST_PASSES = 5
"""How often all files are checked anew because a mended one brought out findings in another."""


def mended_files(
    report: Report, options: Options, check: Callable[[Options], Report]
) -> Iterator[Mended | Problem]:
    """For each file with a sure edit, what it would become, or why its edits cannot be applied."""
    from store_lint.fix.encoding import decoded
    from store_lint.fix.mend import MendError, mend

    fixable = [finding for finding in report.findings if finding.edits]
    for path, group in groupby(fixable, key=lambda finding: finding.path):

        def findings_in(data: bytes, path: Path = path) -> list[Finding]:
            # The paths stay: without the rest of the tree, more might seem to be wrong.
            changed = check(options._replace(stdin=(path, data), jobs=1))
            return [finding for finding in changed.findings if finding.path == path]

        try:
            given = options.stdin is not None and options.stdin[0] == path
            data = options.stdin[1] if options.stdin and given else path.read_bytes()
            if decoded(data)[0] != report.sources[path]:
                yield Problem(f"{path}: not fixed, it changed while it was checked; run again")
                continue
            mended = mend(path, data, list(group), findings_in)
        except (OSError, SyntaxError, UnicodeDecodeError) as error:
            yield Problem(f"{path}: not fixed, it changed while it was checked ({error}); run again")
        except MendError as error:
            yield Problem(str(error))
        else:
            if mended.after != data:
                yield mended


def fix_files(
    options: Options, check: Callable[[Options], Report]
) -> tuple[Report, int, tuple[Problem, ...]]:
    """Check, mend and write, until no file changes any more.

    Returns the report of what is left, the number of findings mended, and the problems met on the
    way: a file that cannot be written is one, and the others are still mended.
    """
    from store_lint.fix.write import write

    fixed = 0
    problems: dict[Problem, None] = {}
    report = check(options)
    for _ in range(MOST_PASSES):
        wrote = False
        for mended in mended_files(report, options, check):
            if isinstance(mended, Problem):
                problems[mended] = None
                continue
            try:
                write(mended)
            except OSError as error:
                reason = error.strerror or str(error)
                problems[Problem(f"{mended.path}: cannot be fixed, {reason}")] = None
            else:
                fixed += mended.fixed
                wrote = True
        if not wrote:
            break
        report = check(options)
    return report, fixed, tuple(problems)
