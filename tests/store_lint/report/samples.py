"""Findings, and an engine that makes some: what the rooms around the real one are tested with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import settings

from store_lint.finding import Edit, Finding, Report, Target
from store_lint.report import Look, Outcome, render
from store_lint.tree.source import line_starts, span_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from store_lint.engine import Options
    from store_lint.finding import Problem

FOLDER = Path("/project")
TARGET = Target("1.6.5", "newest known")

patient = settings(deadline=None)
"""For properties: the first example may import rich, and the machine may have other work."""


def finding(text: str, place: str, *edits: Edit, **changes: Any) -> Finding:
    """A finding at the first occurrence of `place` in `text`."""
    start = text.index(place)
    values: dict[str, Any] = {
        "rule": "CKS004",
        "name": "unguarded-pool",
        "severity": "error",
        "path": Path("store.py"),
        "span": span_of(line_starts(text), start, start + len(place)),
        "message": "`self.pool` may be None here",
        "remedy": "Call `await self._ensure_pool()` first.",
        "edits": edits,
    }
    return Finding(**(values | changes))


def outcome(
    text: str,
    findings: Iterable[Finding],
    exit_code: int = 1,
    problems: Iterable[Problem] = (),
    fixed: int = 0,
    targets: Iterable[Target] = (TARGET,),
) -> Outcome:
    """A run over files that all contain `text`."""
    findings = tuple(findings)
    sources = {found.path: text for found in findings}
    report = Report(tuple(targets), findings, tuple(problems), files=120, stores=3, sources=sources)
    return Outcome(report, exit_code, FOLDER, fixed)


def rendered(format_name: str, run: Outcome, **look: Any) -> str:
    """What the command would print."""
    return render(format_name, run, Look(**look))


class WordEngine:
    """An engine whose rules are words: `BAD` is an error that a `GOOD` mends, `ODD` a warning.

    `WORSE` is mended in two rounds, to `BAD` and then to `GOOD`.
    """

    edits: Mapping[str, str] = {"BAD": "GOOD", "WORSE": "BAD"}
    words: Sequence[str] = ("BAD", "WORSE", "ODD")

    def __init__(self) -> None:
        self.asked: list[Options] = []

    def check(self, options: Options, progress: Callable[[int, int], None] | None = None) -> Report:
        self.asked.append(options)
        files = [options.stdin[0]] if options.stdin else list(self._files(options.paths))
        findings: list[Finding] = []
        sources: dict[Path, str] = {}
        for path in files:
            data = options.stdin[1] if options.stdin else path.read_bytes()
            text = data.decode("utf-8-sig")
            if found := sorted(self._findings(path, text), key=lambda it: it.sort_key):
                findings += found
                sources[path] = text
        if progress:
            progress(len(files), len(files))
        return Report((TARGET,), tuple(findings), (), len(files), 1, sources)

    def _files(self, paths: Iterable[Path]) -> Iterable[Path]:
        for path in paths:
            yield from sorted(path.rglob("*.py")) if path.is_dir() else [path]

    def _findings(self, path: Path, text: str) -> Iterable[Finding]:
        starts = line_starts(text)
        for word in self.words:
            start = text.find(word)
            while start >= 0:
                end = start + len(word)
                edits = (Edit(start, end, self.edits[word]),) if word in self.edits else ()
                severity = "warning" if word == "ODD" else "error"
                rule, name = ("CKS004", "unguarded-pool")
                if word == "ODD":
                    rule, name = ("CKS005", "untyped-query-param")
                span = span_of(starts, start, end)
                yield Finding(
                    rule, name, severity, path, span, f"`{word}` is here", "Write GOOD.", edits
                )
                start = text.find(word, end)
