"""Runs the rules on the files of a run: in this process, or in several when there is work for them.

libcst is imported here at the earliest, and nothing here decides what is checked: a file's findings are
the same whatever process checks it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from store_lint.chatkit_api.api import Api
    from store_lint.chatkit_api.choice import Choice
    from store_lint.checking import Checker
    from store_lint.engine import Options
    from store_lint.finding import Finding, Problem

WORTH_A_PROCESS: Final = 200_000
"""Bytes of source that take longer to check than another process takes to start."""
_MOST_PROCESSES: Final = 8
_BATCHES_PER_PROCESS: Final = 8
_STACKS: Final = (512 * 1024 * 1024, 64 * 1024 * 1024)
_RECURSION: Final = 40_000


class Checked(NamedTuple):
    """What came of some files."""

    findings: list[Finding]
    problems: list[Problem]
    sources: dict[str, str]
    stores: int


class Job(NamedTuple):
    """What all processes of a run must know."""

    options: Options
    files: tuple[str, ...]
    """All Python files of the run, relevant or not."""


def run(
    job: Job,
    subjects: Mapping[str, Choice],
    sizes: Mapping[str, int],
    make_checker: Callable[[Api], Checker],
    progress: Callable[[int, int], None] | None = None,
) -> list[Checked]:
    """Check the subjects, each against its release; `sizes` are the bytes that they hold.

    `make_checker` makes this process's checker for a release.
    """
    groups: dict[str, list[str]] = {}
    for path in sorted(subjects):
        groups.setdefault(subjects[path].version, []).append(path)
    processes = min(job.options.jobs or _worth(sum(sizes[path] for path in subjects)), len(subjects))
    if processes > 1:
        from concurrent.futures.process import BrokenProcessPool

        try:
            return list(_in_processes(job, subjects, groups, sizes, processes, progress))
        except (BrokenProcessPool, ImportError, OSError):
            pass  # no memory or no semaphores for them here: this process can do it all

    reached = 0

    def check_all(paths: Sequence[str]) -> Checked:
        nonlocal reached
        checker = make_checker(subjects[paths[0]].api)
        for path in paths:
            checker.check(path)
            reached += 1
            if progress is not None:
                progress(reached, len(subjects))
        return checker.taken()

    return [_deep(lambda paths=paths: check_all(paths)) for paths in groups.values()]


def _worth(size: int) -> int:
    return min(_processors(), 1 + size // WORTH_A_PROCESS, _MOST_PROCESSES)


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _in_processes(
    job: Job,
    subjects: Mapping[str, Choice],
    groups: Mapping[str, list[str]],
    sizes: Mapping[str, int],
    processes: int,
    progress: Callable[[int, int], None] | None,
) -> Iterator[Checked]:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    # Neighbours share what they import, so each batch is a stretch of the sorted paths.
    length = -(-len(subjects) // (processes * _BATCHES_PER_PROCESS))
    batches = [
        (subjects[ordered[0]], ordered[start : start + length])
        for ordered in groups.values()
        for start in range(0, len(ordered), length)
    ]
    # A large one that is begun last would keep the others waiting.
    batches.sort(key=lambda batch: -sum(sizes[path] for path in batch[1]))
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, _begin, (job,)) as pool:
        reached = 0
        for batch, checked in zip(batches, pool.map(_check, batches), strict=True):
            reached += len(batch[1])
            if progress is not None:
                progress(reached, len(subjects))
            yield checked


_jobs: list[Job] = []
"""The job of a process that was started to help."""
_checkers: dict[str, Checker] = {}
"""Its checkers, by release; they keep what they have parsed."""


def _begin(job: Job) -> None:
    import atexit
    import gc

    from store_lint.__main__ import COLLECT_AFTER

    gc.set_threshold(*COLLECT_AFTER)
    atexit.register(gc.freeze)  # else the end of a process takes as long as all that it has parsed
    _jobs.append(job)


def _check(batch: tuple[Choice, Sequence[str]]) -> Checked:
    choice, paths = batch

    def check_all() -> Checked:
        checker = _checker(choice)
        for path in paths:
            checker.check(path)
        return checker.taken()

    return _deep(check_all)


def _checker(choice: Choice) -> Checker:
    from store_lint.checking import Checker
    from store_lint.reading import Reader
    from store_lint.tree.layout import Layout

    if choice.version not in _checkers:
        (job,) = _jobs
        layout = Layout(job.files)
        _checkers[choice.version] = Checker(job.options, choice.api, layout, Reader())
    return _checkers[choice.version]


def _deep(body: Callable[[], Checked]) -> Checked:
    """Run in a thread with a deep stack: the native parser and the analysis recurse with the code."""
    import sys
    import threading
    import warnings

    outcome: list[Checked | BaseException] = []

    def kept() -> None:
        try:
            with warnings.catch_warnings():
                # Python warns of what stands in the strings of a checked file as of its own.
                warnings.simplefilter("ignore")
                outcome.append(body())
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            outcome.append(error)

    limit, before = sys.getrecursionlimit(), threading.stack_size()
    sys.setrecursionlimit(max(limit, _RECURSION))
    try:
        for size in _STACKS:
            threading.stack_size(size)
            thread = threading.Thread(target=kept, daemon=True)
            try:
                thread.start()
            except RuntimeError:  # not enough address space for that stack
                continue
            thread.join()
            break
        else:
            kept()
    finally:
        threading.stack_size(before)
        sys.setrecursionlimit(limit)
    (result,) = outcome
    if isinstance(result, BaseException):
        raise result
    return result
