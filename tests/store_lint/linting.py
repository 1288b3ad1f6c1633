"""Small file trees, and what the checker says of them: the door through which tests come in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from store_lint.engine import Options, check

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from store_lint.finding import Finding, Report

NEWEST = "1.6.5"


class Lint(Protocol):
    """The `lint` fixture: what `lint_tree` finds in files that are written to a fresh folder."""

    def __call__(
        self,
        files: Mapping[str, str] | str,
        select: Iterable[str] = (),
        *,
        paths: Iterable[str] = (".",),
        chatkit: str = NEWEST,
        guess_settings: bool = False,
    ) -> list[Finding]: ...


def write_tree(root: Path, files: Mapping[str, str]) -> None:
    """Write files, by their paths below `root`."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def lint_tree(
    root: Path,
    select: Iterable[str] = (),
    *,
    paths: Iterable[str] = (".",),
    chatkit: str = NEWEST,
    guess_settings: bool = False,
) -> Report:
    """Check what stands below `root`, with all rules or those of `select`, in this process."""
    report = check(
        Options(
            paths=tuple(root / path for path in paths),
            select=frozenset(select) or None,
            chatkit_version=chatkit,
            guess_settings=guess_settings,
            jobs=1,
        )
    )
    assert not report.problems, report.problems
    return report


def shown(finding: Finding, root: Path) -> str:
    """A finding on one line, for assertions and their messages."""
    path = Path(finding.path).relative_to(root)
    return f"{path.as_posix()}:{finding.span.line} {finding.rule} {finding.message}"
