"""From paths to a report: find the files that matter, run the rules on them, place what they found.

Most files are never parsed. A file matters when its bytes mention chatkit, when it derives from a store
class of a file that does, when a store's file imports it and it holds settings or a database, or when it
stands in a store's project and reads settings doubtfully. Only then libcst and the rules are imported at
all.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from store_lint.finding import Problem, Report, Target
from store_lint.tree.files import Discovery, discover
from store_lint.tree.imports import scan
from store_lint.tree.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from store_lint.chatkit_api.choice import Choice
    from store_lint.finding import Finding

MARK: Final = b"chatkit"
SYNTAX_ERROR: Final = ("CKS000", "syntax-error")
UNUSED_SUPPRESSION: Final = "CKS901"
# What makes a module that a store imports worth checking: settings, and whatever holds a database.
_HELPER: Final = re.compile(
    rb"asyncpg|aiosqlite|sqlite3|aiomysql|asyncmy|psycopg|motor|pymongo|redis|sqlalchemy|create_pool"
    rb"|Settings\b|Config\b|Store\b"
)
_SETTINGS: Final = (b"onfig", b"etting", b"Cfg", b"cfg", b"Secrets")
_PARALLEL_FROM: Final = 600_000
"""Bytes of relevant source from which several processes are worth their start."""
_STACK: Final = 512 * 1024 * 1024
_RECURSION: Final = 40_000


@dataclass(frozen=True, slots=True)
class Options:
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


@dataclass(frozen=True, slots=True)
class _Work:
    """The part of a run that one process does."""

    options: Options
    subjects: tuple[str, ...]
    files: tuple[str, ...]
    version: str
    project: str


@dataclass(frozen=True, slots=True)
class _Done:
    findings: list[Finding]
    problems: list[Problem]
    sources: dict[str, str]
    stores: int
    parsed: int


def check(options: Options, progress: Callable[[int, int], None] | None = None) -> Report:
    """Check what the options name.

    Nothing that stands in a checked file makes this raise; what keeps a file from being checked is a
    problem of the report. Raises UnknownReleaseError where a release is named that is not known.
    """
    paths = options.paths
    if options.stdin is not None:
        paths = (*(p for p in paths if p != options.stdin[0]), options.stdin[0])
    found = discover(
        tuple(p for p in paths if options.stdin is None or p != options.stdin[0]),
        options.exclude,
        options.root,
    )
    if options.stdin is not None:
        absolute = os.path.abspath(options.stdin[0])
        found.files[absolute] = str(options.stdin[0])
        found.named.add(absolute)
    reader = _Reader(options)
    seeds, size = _seeds(found, reader)
    if not seeds:
        target = _cheap_target(options)
        return Report(target, problems=tuple(found.problems), files=len(found.files))
    return _check(options, found, seeds, size, reader, progress)


def _cheap_target(options: Options) -> Target:
    """The release of a run that has nothing to check: named, if it was named."""
    from store_lint.chatkit_api.choice import choose

    project = Path(os.path.abspath(options.root))
    chosen = choose(project, options.chatkit_version, options.configured_chatkit_version)
    return Target(chosen.version, chosen.reason)


class _Reader:
    """Reads files, once those that matter; standard input stands in for its path."""

    def __init__(self, options: Options) -> None:
        self._given = {}
        if options.stdin is not None:
            self._given = {os.path.abspath(options.stdin[0]): options.stdin[1]}
        self.kept: dict[str, bytes] = {}

    def read(self, path: str) -> bytes:
        """The bytes of a file; raises OSError."""
        data = self._given.get(path)
        if data is None:
            data = self.kept.get(path)
        if data is None:
            with open(path, "rb") as file:
                data = file.read()
        return data

    def __call__(self, path: Path) -> bytes:
        return self.read(str(path))


def _seeds(found: Discovery, reader: _Reader) -> tuple[list[str], int]:
    """The files that mention chatkit; and those named outright that lead to one, read settings
    doubtfully, or do not parse."""
    seeds: list[str] = []
    size = 0
    layout: Layout | None = None
    for path in found.files:
        try:
            data = reader.read(path)
        except OSError as error:
            shown = found.files[path]
            found.problems.append(
                Problem(f"{shown}: cannot be read ({error.strerror}); make it readable or exclude it")
            )
            continue
        if MARK not in data:
            if path not in found.named:
                continue
            layout = layout or Layout(found.files)
            if (
                not _leads_to_chatkit(path, data, layout, reader)
                and not _reads_settings_doubtfully(path, data, layout, reader)
                and _is_python(data)
            ):
                continue
        elif found.is_ignored(path):
            continue
        seeds.append(path)
        size += len(data)
        reader.kept[path] = data
    return seeds, size


def _leads_to_chatkit(path: str, data: bytes, layout: Layout, reader: _Reader) -> bool:
    """Whether a file imports, over other files of its project, one that mentions chatkit."""
    pending = [(path, data)]
    seen = {path}
    while pending:
        importer, source = pending.pop()
        for dotted, level in scan(source):
            found = layout.find(Path(importer), dotted, level)
            if found is None or str(found) in seen:
                continue
            seen.add(str(found))
            try:
                imported = reader.read(str(found))
            except OSError:
                continue
            if MARK in imported:
                return True
            pending.append((str(found), imported))
    return False


def _reads_settings_doubtfully(path: str, data: bytes, layout: Layout, reader: _Reader) -> bool:
    if not any(sign in data for sign in _SETTINGS):
        return False
    from store_lint.tree.settings import SettingsFiles

    return SettingsFiles(layout, reader).reads_doubtfully(path)


def _is_python(data: bytes) -> bool:
    """Whether the running Python can read the file; where it cannot, libcst has the last word."""
    import ast
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _check(
    options: Options,
    found: Discovery,
    seeds: list[str],
    size: int,
    reader: _Reader,
    progress: Callable[[int, int], None] | None,
) -> Report:
    from store_lint.chatkit_api.choice import choose

    layout = Layout(found.files)
    project = layout.project(os.path.dirname(seeds[0]))
    chosen = choose(Path(project), options.chatkit_version, options.configured_chatkit_version)
    jobs = options.jobs or _jobs(size)
    groups = _groups(seeds, jobs, project)
    pushed = _importers_of_stores(found, seeds, layout, reader)
    subjects = _with_helpers([*seeds, *pushed], found, layout, reader)
    subjects += _readers_of_settings(subjects, found, layout, reader)
    groups = _groups(subjects, jobs, project) if len(groups) > 1 else [subjects]
    done: list[_Done] = []
    total = len(subjects)
    works = [
        _Work(options, tuple(group), tuple(found.files), chosen.version, project)
        for group in groups
        if group
    ]
    if len(works) == 1:
        reached = 0

        def step() -> None:
            nonlocal reached
            reached += 1
            if progress is not None:
                progress(reached, total)

        done.append(_deep(lambda: _run(works[0], chosen, reader, layout, step)))
    else:
        done.extend(_in_processes(works, total, progress))
    return _report(found, Target(chosen.version, chosen.reason), done)


def _jobs(size: int) -> int:
    if size < _PARALLEL_FROM:
        return 1
    return min(os.cpu_count() or 1, 1 + size // _PARALLEL_FROM, 8)


def _groups(paths: Sequence[str], jobs: int, project: str) -> list[list[str]]:
    """Split the work so that files which import each other tend to stay together."""
    if jobs <= 1 or len(paths) < 2:
        return [list(paths)]
    del project
    ordered = sorted(paths)
    share = -(-len(ordered) // jobs)
    return [ordered[start : start + share] for start in range(0, len(ordered), share)]


def _importers_of_stores(
    found: Discovery, seeds: list[str], layout: Layout, reader: _Reader
) -> list[str]:
    """Files that never mention chatkit and derive from a class of a file that does.

    A class is worth a search when its own line names bases: `class BaseStore(Store[Context]):`.
    """
    names = {name for path in seeds for name in _CLASS.findall(reader.read(path))}
    if not names:
        return []
    mentions = re.compile(rb"class\s+\w+[^:\n]*\(\s*[^:]*?\b(?:" + b"|".join(sorted(names)) + rb")\b")
    known = set(seeds)
    pushed: list[str] = []
    grew = True
    while grew:
        grew = False
        for path in found.files:
            if path in known:
                continue
            try:
                data = reader.read(path)
            except OSError:
                continue
            if mentions.search(data) is None or found.is_ignored(path):
                continue
            targets = (layout.find(Path(path), d, level) for d, level in scan(data))
            if any(target is not None and str(target) in known for target in targets):
                known.add(path)
                pushed.append(path)
                reader.kept[path] = data
                more = set(_CLASS.findall(data)) - names
                if more:
                    names |= more
                    mentions = re.compile(
                        rb"class\s+\w+[^:\n]*\(\s*[^:]*?\b(?:" + b"|".join(sorted(names)) + rb")\b"
                    )
                grew = True
    return pushed


_CLASS: Final = re.compile(rb"^[ \t]*class[ \t]+(\w+)[ \t]*[\(\[][^:]*\b\w*Store\w*\b", re.MULTILINE)


def _with_helpers(subjects: list[str], found: Discovery, layout: Layout, reader: _Reader) -> list[str]:
    """The subjects, and the settings and database modules of the checked files that they import.

    A store whose pool stands in `database.py` is only as right as that file.
    """
    known = dict.fromkeys(subjects)
    pending = list(subjects)
    while pending:
        importer = pending.pop()
        for dotted, level in scan(reader.read(importer)):
            target = layout.find(Path(importer), dotted, level)
            path = str(target) if target is not None else ""
            if not path or path in known or path not in found.files or found.is_ignored(path):
                continue
            try:
                data = reader.read(path)
            except OSError:
                continue
            if _HELPER.search(data) is None:
                continue
            known[path] = None
            reader.kept[path] = data
            pending.append(path)
    return list(known)


def _readers_of_settings(
    subjects: list[str], found: Discovery, layout: Layout, reader: _Reader
) -> list[str]:
    """Files of the subjects' projects that read settings doubtfully, whether a store imports them or
    not: the pool that a store is given was made in one."""
    from store_lint.tree.settings import SettingsFiles

    tops = tuple({layout.project(os.path.dirname(path)) + os.sep for path in subjects})
    known = set(subjects)
    files = [path for path in found.files if path.startswith(tops)]
    settings = SettingsFiles(layout, reader)
    words = {word for path in files for word in settings.names(path)}
    if not words:
        return []
    mentions = re.compile(rb"\b(?:" + b"|".join(sorted(words)) + rb")\b")
    readers: list[str] = []
    for path in files:
        if path in known:
            continue
        try:
            data = reader.read(path)
        except OSError:
            continue
        if mentions.search(data) is None or not settings.reads_doubtfully(path):
            continue
        if not found.is_ignored(path):
            readers.append(path)
            reader.kept[path] = data
    return readers


def _deep(run: Callable[[], _Done]) -> _Done:
    """Run in a thread with a deep stack: the native parser and the analysis recurse with the code."""
    import sys
    import threading

    outcome: list[_Done | BaseException] = []

    def body() -> None:
        try:
            outcome.append(run())
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            outcome.append(error)

    limit, size = sys.getrecursionlimit(), threading.stack_size(_STACK)
    sys.setrecursionlimit(max(limit, _RECURSION))
    try:
        thread = threading.Thread(target=body, daemon=True)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(size)
        sys.setrecursionlimit(limit)
    result = outcome[0]
    if isinstance(result, BaseException):
        raise result
    return result


def _in_processes(
    works: list[_Work], total: int, progress: Callable[[int, int], None] | None
) -> Iterable[_Done]:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(len(works), mp_context=context) as pool:
        reached = 0
        for work, done in zip(works, pool.map(_work, works), strict=True):
            reached += len(work.subjects)
            if progress is not None:
                progress(reached, total)
            yield done


def _work(work: _Work) -> _Done:
    from store_lint.chatkit_api.choice import choose

    options = work.options
    chosen = choose(Path(work.project), options.chatkit_version, options.configured_chatkit_version)
    reader, layout = _Reader(options), Layout(work.files)
    return _deep(lambda: _run(work, chosen, reader, layout, lambda: None))


def _run(
    work: _Work, chosen: Choice, reader: _Reader, layout: Layout, step: Callable[[], None]
) -> _Done:
    from store_lint.checking import Checker

    checker = Checker(work.options, chosen.api, layout, reader)
    for path in work.subjects:
        checker.check(path)
        step()
    return _Done(
        checker.findings, checker.problems, checker.sources, checker.stores, len(checker.parsed)
    )


def _report(found: Discovery, target: Target, done: list[_Done]) -> Report:
    def shown(path: Path) -> Path:
        return Path(found.files.get(str(path), str(path)))

    findings = [replace(f, path=shown(f.path)) for part in done for f in part.findings]
    findings.sort(key=lambda finding: finding.sort_key)
    problems = [*found.problems, *(p for part in done for p in part.problems)]
    sources = {shown(Path(p)): t for part in done for p, t in part.sources.items()}
    return Report(
        target,
        tuple(findings),
        tuple(problems),
        len(found.files),
        sum(part.stores for part in done),
        sources,
    )
