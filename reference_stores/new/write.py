"""Files onto the disk: all of them or none."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from reference_stores.new.problem import InTheWayError

if TYPE_CHECKING:
    from collections.abc import Mapping

Action = Literal["create", "overwrite", "keep"]
_READ_ONLY_BITS: Final = 0o666


def actions(
    files: Mapping[Path, str], *, force: bool, may_change: frozenset[Path]
) -> dict[Path, Action]:
    """What would happen to each file; `may_change` are those that are only added to.

    Raises:
        InTheWayError: a file is there with other content and `force` is not given, or cannot be
            written.
    """
    found: dict[Path, Action] = {}
    in_the_way: list[str] = []
    for path, text in files.items():
        _check_folder(path)
        try:
            there = path.read_bytes()
        except FileNotFoundError:
            found[path] = "create"
            continue
        except OSError as error:
            raise InTheWayError(f"{path}: {error.strerror}") from error
        if there == text.encode():
            found[path] = "keep"
        else:
            found[path] = "overwrite"
            if path not in may_change:
                in_the_way.append(str(path))
    if in_the_way and not force:
        raise InTheWayError(
            f"already there: {', '.join(in_the_way)}; --force replaces it; or name another folder"
        )
    return found


def _check_folder(path: Path) -> None:
    folder = path.parent
    while not folder.exists():
        folder = folder.parent
    if not folder.is_dir():
        raise InTheWayError(f"{folder} is a file, and should be a folder")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise InTheWayError(f"{folder} cannot be written to")


def write(files: Mapping[Path, str]) -> None:
    """Write the files: first all of them under other names, then each in its place.

    Raises:
        InTheWayError: it cannot be done; everything is as it was.
    """
    with contextlib.ExitStack() as undo:
        try:
            staged = [(path, _staged(path, text, undo)) for path, text in files.items()]
            for path, new in staged:
                _put(path, new, undo)
        except OSError as error:
            raise InTheWayError(
                f"{error.filename or 'the disk'}: {error.strerror}; nothing was written"
            ) from error
        undo.pop_all()
        for path in files:
            _backup(path).unlink(missing_ok=True)


def _staged(path: Path, text: str, undo: contextlib.ExitStack) -> Path:
    folder = path.parent
    made: list[Path] = []
    while not folder.exists():
        made.append(folder)
        folder = folder.parent
    for one in reversed(made):
        one.mkdir()
        undo.callback(_forget_folder, one)
    mode = path.stat().st_mode & _READ_ONLY_BITS if path.exists() else _READ_ONLY_BITS & ~_umask()
    handle, name = tempfile.mkstemp(prefix=".store-new-", dir=path.parent)
    undo.callback(Path(name).unlink, missing_ok=True)
    with open(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    Path(name).chmod(mode)
    return Path(name)


def _put(path: Path, new: Path, undo: contextlib.ExitStack) -> None:
    if path.exists():
        os.replace(path, _backup(path))
        undo.callback(os.replace, _backup(path), path)
    else:
        undo.callback(path.unlink, missing_ok=True)
    os.replace(new, path)


def _backup(path: Path) -> Path:
    return path.with_name(f".store-new-old-{path.name}")


def _forget_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
