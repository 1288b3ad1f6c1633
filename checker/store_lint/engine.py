"""From paths to a report: find the files, choose those that matter, check them, place what was found.

Where nothing matters, neither libcst nor a rule is imported.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from store_lint.finding import Report, Target
from store_lint.reading import Reader
from store_lint.selection import Selection
from store_lint.tree.files import discover
from store_lint.tree.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from store_lint.checking import Checker
    from store_lint.tree.files import Discovery
    from store_lint.workers import Checked


class Options(NamedTuple):
    """What a run is asked for; see the command's help."""

    paths: tuple[Path, ...]
    select: frozenset[str] | None = None
    ignore: frozenset[str] = frozenset()
    exclude: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, frozenset[str]], ...] = ()
    root: Path = Path()
    chatkit_version: str | None = None
    configured_chatkit_version: str | None = None
    guess_settings: bool = False
    stdin: tuple[Path, bytes] | None = None
    jobs: int = 0


def check(options: Options, progress: Callable[[int, int], None] | None = None) -> Report:
    """Check what the options name; `progress` is told (files checked, files to check).

    Nothing that stands in a checked file makes this raise; what keeps a file from being checked is a
    problem of the report. Raises UnknownReleaseError where a release is named that is not known.
    """
    from store_lint.chatkit_api.choice import choose

    found = discover(options.paths, options.exclude, options.root)
    reader = Reader()
    if options.stdin is not None:
        path, data = options.stdin
        reader.keep(found.add_named(path), data)
    layout = Layout(found.files)
    selection = Selection(found, layout, reader)
    subjects = selection.paths
    projects = _projects(options, subjects, layout)
    chosen = choose(projects, options.chatkit_version, options.configured_chatkit_version)
    target = Target(chosen.version, chosen.reason)
    if not subjects:
        return Report(target, problems=tuple(found.problems), files=len(found.files))

    def checker() -> Checker:
        from store_lint.checking import Checker

        return Checker(options, chosen.api, layout, reader)

    from store_lint import workers

    job = workers.Job(options, tuple(found.files), projects)
    return _report(found, target, workers.run(job, subjects, selection.size, checker, progress))


def _projects(options: Options, subjects: list[str], layout: Layout) -> tuple[Path, ...]:
    """The folders that say which release the code is for: from the first file to check upwards."""
    if subjects:
        start = os.path.dirname(subjects[0])
    else:
        start = os.path.abspath(next(iter(options.paths), options.root))
    return tuple(map(Path, layout.upward(start)))


def _report(found: Discovery, target: Target, parts: list[Checked]) -> Report:
    shown: Mapping[str, Path] = {
        path: Path(found.files.get(path, path)) for part in parts for path in part.sources
    }
    findings = [
        finding._replace(path=shown[os.fspath(finding.path)])
        for part in parts
        for finding in part.findings
    ]
    return Report(
        target,
        tuple(sorted(findings, key=lambda finding: finding.sort_key)),
        (*found.problems, *sorted({problem for part in parts for problem in part.problems})),
        len(found.files),
        sum(part.stores for part in parts),
        {shown[path]: text for part in parts for path, text in part.sources.items()},
    )
