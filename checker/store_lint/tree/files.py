"""Which files are looked at: a walk that prunes by name and by ignore files.

Most trees are large and have little to do with chatkit, so the walk makes no objects for files.
"""

from __future__ import annotations

import os
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


class Discovery:
    """The Python files below the paths that the user named."""

    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        """The absolute path of each file with the path to show, in the order of the walk."""
        self.named: set[str] = set()
        """The files that the user named outright: always checked."""
        self.problems: list[Problem] = []

    def add_named(self, path: Path) -> str:
        """Add a file that the user named, whether it exists or not; returns its absolute path."""
        absolute = os.path.abspath(path)
        self.files.setdefault(absolute, os.path.normpath(path))
        self.named.add(absolute)
        return absolute


def discover(paths: Sequence[Path], exclude: Sequence[str], root: Path) -> Discovery:
    """The Python files below `paths` that no ignore file and no pattern of `exclude` covers.

    `exclude` holds patterns as in .gitignore, relative to `root`. A file named in `paths` is found
    whatever covers it; a folder is found in spite of ignore files. What cannot be read, and a path
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
            outer = _above(absolute)
            if _matches(outer, absolute + os.sep):
                outer = ()
            _walk(absolute, shown, (*outer, *excluded), found)
        elif os.path.exists(absolute):
            found.add_named(path)
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
        names = {entry.name for entry in listed}
        if "pyvenv.cfg" in names and folder != top:
            continue  # an environment, whatever it is called
        inner = outer
        if ".gitignore" in names:
            inner = (*outer, *_ignore_file(folder, ".gitignore"))
        below: list[tuple[str, str, _Specs]] = []
        for entry in listed:
            name = entry.name
            path = f"{folder}{os.sep}{name}"
            is_folder = False
            if not (name.endswith(".py") and _is_file(entry)):
                is_folder = name not in SKIPPED and entry.is_dir(follow_symlinks=False)
                if not is_folder:
                    continue
            if inner and _matches(inner, path + os.sep if is_folder else path):
                continue
            at = f"{prefix}{os.sep}{name}" if prefix else name
            if is_folder:
                below.append((path, at, inner))
            else:
                found.files.setdefault(path, at)
        pending.extend(reversed(below))


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a link that leads to itself
        return False


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
