"""Which files are looked at: a walk that prunes by name and by ignore files.

Most trees are large and have little to do with chatkit, so the walk makes no objects for files, and a
file is matched against ignore patterns only when somebody has found it interesting.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from store_lint.finding import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

SKIPPED: Final = frozenset(
    {
        ".bzr", ".direnv", ".eggs", ".git", ".hg", ".hypothesis", ".ipynb_checkpoints",
        ".mypy_cache", ".nox", ".pyenv", ".pytest_cache", ".pytype", ".ruff_cache", ".svn", ".tox",
        ".venv", ".vscode", "__pycache__", "__pypackages__", "_build", "buck-out", "build", "dist",
        "node_modules", "site-packages", "venv",
    }
)  # fmt: skip
"""Folders that hold no code of the project, by name, as other Python tools skip them."""

_Specs = tuple[tuple[str, Any], ...]
"""The ignore files in force in a folder, outermost first: the folder each stands in, its patterns."""


@dataclass(slots=True)
class Discovery:
    """The Python files below the paths that the user named.

    `files` maps the absolute path of each to the path to show, in the order of the walk.
    """

    files: dict[str, str] = field(default_factory=dict[str, str])
    named: set[str] = field(default_factory=set[str])
    """The files that the user named outright: always checked."""
    problems: list[Problem] = field(default_factory=list[Problem])
    _specs: dict[str, _Specs] = field(default_factory=dict[str, _Specs])

    def is_ignored(self, path: str) -> bool:
        """Whether an ignore file or an `--exclude` pattern covers a file of `files`."""
        if path in self.named:
            return False
        return _matches(self._specs.get(os.path.dirname(path), ()), path)


def discover(paths: Sequence[Path], exclude: Sequence[str], root: Path) -> Discovery:
    """The Python files below `paths`.

    `exclude` holds patterns as in .gitignore, relative to `root`. What cannot be read, and a path
    that does not exist, becomes a problem, and the walk goes on.
    """
    found = Discovery()
    excluded: _Specs = ()
    if exclude:
        excluded = ((os.path.abspath(root), _spec(exclude)),)
    for path in paths:
        shown = os.path.normpath(path)
        absolute = os.path.abspath(shown)
        if os.path.isdir(absolute):
            _walk(absolute, shown, (*_above(absolute), *excluded), found)
        elif os.path.exists(absolute):
            found.files.setdefault(absolute, shown)
            found.named.add(absolute)
        else:
            found.problems.append(Problem(f"{shown}: no such file or folder; name a path that exists"))
    return found


def _walk(top: str, shown: str, specs: _Specs, found: Discovery) -> None:
    pending = [(top, "" if shown == "." else shown, specs)]
    while pending:
        folder, prefix, outer = pending.pop()
        try:
            with os.scandir(folder) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            reason = f"cannot be read ({error.strerror}); make it readable or exclude it"
            found.problems.append(Problem(f"{prefix or '.'}: {reason}"))
            continue
        inner = outer
        if any(entry.name == ".gitignore" for entry in listed):
            inner = (*outer, *_ignore_file(folder, ".gitignore"))
        if inner:
            found._specs[folder] = inner  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        below: list[tuple[str, str, _Specs]] = []
        for entry in listed:
            name = entry.name
            if name.endswith(".py") and entry.is_file():
                at = f"{prefix}{os.sep}{name}" if prefix else name
                found.files.setdefault(f"{folder}{os.sep}{name}", at)
                continue
            if name in SKIPPED or not entry.is_dir(follow_symlinks=False):
                continue
            path = f"{folder}{os.sep}{name}"
            if inner and _matches(inner, path + os.sep):
                continue
            below.append((path, f"{prefix}{os.sep}{name}" if prefix else name, inner))
        pending.extend(reversed(below))


def _above(top: str) -> _Specs:
    """The ignore files of the folders above, up to the top of the git work tree, if there is one."""
    folders: list[str] = []
    folder = top
    while not os.path.exists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return ()
        folder = parent
        folders.append(folder)
    work_tree = folder
    specs = list(_ignore_file(work_tree, os.path.join(".git", "info", "exclude")))
    for outer in reversed(folders):
        specs.extend(_ignore_file(outer, ".gitignore"))
    return tuple(specs)


def _ignore_file(folder: str, name: str) -> Iterator[tuple[str, Any]]:
    try:
        with open(os.path.join(folder, name), encoding="utf-8", errors="surrogateescape") as file:
            lines = file.read().splitlines()
    except OSError:
        return
    if any(line.strip() and not line.startswith("#") for line in lines):
        yield folder, _spec(lines)


def _spec(lines: Sequence[str]) -> Any:
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(lines)


def _matches(specs: _Specs, path: str) -> bool:
    """Whether the innermost pattern that speaks of the path ignores it."""
    for folder, spec in reversed(specs):
        if not path.startswith(folder + os.sep):
            continue
        verdict = spec.check_file(path[len(folder) + 1 :].replace(os.sep, "/")).include
        if verdict is not None:
            return bool(verdict)
    return False
