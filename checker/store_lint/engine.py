"""From paths to a report: find the files, choose those that matter, check them, place what was found.

Where nothing matters, neither libcst nor a rule is imported.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from store_lint.finding import Report, Target
from store_lint.reading import Reader
from store_lint.selection import Selection
from store_lint.tree.files import discover
from store_lint.tree.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from store_lint.chatkit_api.api import Api
    from store_lint.chatkit_api.choice import Choice, Releases
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
    """What to take for the content of a file; with it, only that file is checked, and `paths` are the
    tree that it stands in."""
    edited: frozenset[str] = frozenset()
    """Absolute paths of files of that tree; where given, only they are checked, and what an edit of
    them can break."""
    jobs: int = 0


def check(options: Options, progress: Callable[[int, int], None] | None = None) -> Report:
    """Check what the options name; `progress` is told (files checked, files to check).

    Nothing that stands in a checked file makes this raise; what keeps a file from being checked is a
    problem of the report. Raises UnknownReleaseError where a release is named that is not known.
    """
    from store_lint.chatkit_api.choice import Releases

    releases = Releases(options.chatkit_version, options.configured_chatkit_version)
    found = discover(options.paths, options.exclude, options.root)
    reader = Reader()
    if options.stdin is not None:
        path, data = options.stdin
        reader.keep(found.add_named(path), data)
    layout = Layout(found.files)
    selection = Selection(found, layout, reader, broken=not options.edited)
    reached = selection.reached_from(options.edited) if options.edited else set[str]()
    if options.edited and not reached:
        return Report((), problems=tuple(found.problems), files=len(found.files))
    if not selection.paths:
        start = os.path.abspath(next(iter(options.paths), options.root))
        targets = _targets([releases.choose(layout.upward(start))])
        return Report(targets, problems=tuple(found.problems), files=len(found.files))
    subjects = _choices(selection.paths, releases, layout)
    targets = _targets(subjects.values())
    if options.stdin is not None and options.paths:
        only = os.path.abspath(options.stdin[0])
        subjects = {path: choice for path, choice in subjects.items() if path == only}
    if options.edited:
        subjects = {path: choice for path, choice in subjects.items() if path in reached}

    def checker(api: Api) -> Checker:
        from store_lint.checking import Checker

        return Checker(options, api, layout, reader)

    from store_lint import workers

    job = workers.Job(options, tuple(found.files))
    parts = workers.run(job, subjects, selection.sizes, checker, progress)
    return _report(found, targets, parts)


def _choices(paths: list[str], releases: Releases, layout: Layout) -> dict[str, Choice]:
    """The release for each file: that of its own project.

    Where nothing of a file's project names chatkit (tests beside the projects), but the rest of the
    run is all for one release, it is for that one too.
    """
    own = {path: releases.choose(layout.upward(os.path.dirname(path))) for path in paths}
    named = {choice.version: choice for choice in own.values() if choice.folder is not None}
    if len(named) != 1:
        return own
    (only,) = named.values()
    return {path: only if choice.folder is None else choice for path, choice in own.items()}


def _targets(choices: Iterable[Choice]) -> tuple[Target, ...]:
    folders: dict[tuple[str, str], dict[Path, None]] = {}
    for choice in choices:
        of = folders.setdefault((choice.version, choice.reason), {})
        if choice.folder is not None:
            of[Path(choice.folder)] = None
    targets = [Target(version, reason, tuple(of)) for (version, reason), of in folders.items()]
    return tuple(sorted(targets, key=lambda target: _release_key(target.version)))


def _release_key(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]


def _report(found: Discovery, targets: tuple[Target, ...], parts: list[Checked]) -> Report:
    shown: Mapping[str, Path] = {
        path: Path(found.files.get(path, path)) for part in parts for path in part.sources
    }
    findings = [
        finding._replace(path=shown[os.fspath(finding.path)])
        for part in parts
        for finding in part.findings
    ]
    return Report(
        targets,
        tuple(sorted(findings, key=lambda finding: finding.sort_key)),
        (*found.problems, *sorted({problem for part in parts for problem in part.problems})),
        len(found.files),
        sum(part.stores for part in parts),
        {shown[path]: text for part in parts for path, text in part.sources.items()},
    )
