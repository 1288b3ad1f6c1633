"""Tasks as data: a folder each, with a task.toml, and applications in layers that tasks share.

A task's application is made of `layers/NAME` folders, one over the other, then of the task's own
`files/`, and then of its `[[break]]` entries, which put a fault into a file. So the application without
the fault is the solution of a repair, and stands once for all of them.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import ConfigDict, TypeAdapter
from pydantic.dataclasses import dataclass

HOME: Final = Path(__file__).parent
TASKS: Final = HOME / "tasks"
LAYERS: Final = HOME / "layers"

Kind = Literal["create", "repair", "near-miss"]
Engine = Literal["postgres", "mysql", "mongodb", "sqlite", "memory", ""]

_STRICT: Final = ConfigDict(extra="forbid")


class TaskError(Exception):
    """A task that is not there, or whose data is wrong; the message says which and why."""


@dataclass(frozen=True, config=_STRICT)
class Break:
    """A fault: in a file, one text in place of another."""

    file: str
    find: str
    replace: str


@dataclass(frozen=True, config=_STRICT)
class Task:
    """What an agent is asked, what it starts from, and how the outcome is judged."""

    name: str
    title: str
    kind: Kind
    prompt: str
    engine: Engine
    """The database of the application's tests; '' where it has none."""
    layers: tuple[str, ...]
    may_change: tuple[str, ...]
    """Patterns as in .gitignore of the files that the agent may add, change or delete."""
    contract: tuple[str, ...] = ()
    """Options of store-contract; () where there is no store to prove."""
    forbidden: tuple[str, ...] = ()
    """Words that what was added must not hold: signs of the skill where it has no business."""
    faults: tuple[Break, ...] = ()

    def files(self) -> dict[str, bytes]:
        """What the agent gets, by relative path. Raises TaskError."""
        files = self.solution()
        own = TASKS / self.name / "files"
        files |= _read(own)
        for fault in self.faults:
            text = files.get(fault.file, b"").decode("utf-8")
            if text.count(fault.find) != 1:
                raise TaskError(f"{self.name}: {fault.file} does not hold once: {fault.find!r}")
            files[fault.file] = text.replace(fault.find, fault.replace).encode("utf-8")
        return files

    def solution(self) -> dict[str, bytes]:
        """The application without the task's fault: for a repair, what is asked for."""
        files: dict[str, bytes] = {}
        for layer in self.layers:
            folder = LAYERS / layer
            if not folder.is_dir():
                raise TaskError(f"{self.name}: there is no layer {layer!r}")
            files |= _read(folder)
        return files

    def hidden(self) -> dict[str, bytes]:
        """What only the grader has: how it gets a store from the application."""
        files: dict[str, bytes] = {}
        for folder in (
            *(LAYERS / f"{layer}.hidden" for layer in self.layers),
            TASKS / self.name / "hidden",
        ):
            files |= _read(folder)
        return files


def names() -> list[str]:
    """The names of all tasks."""
    return sorted(path.parent.name for path in TASKS.glob("*/task.toml"))


def load(name: str) -> Task:
    """The task of that name. Raises TaskError."""
    file = TASKS / name / "task.toml"
    if name not in names():
        raise TaskError(f"there is no task {name!r}; there are: {', '.join(names())}")
    library = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    try:
        data: dict[str, Any] = library.loads(file.read_text("utf-8"))
        faults = data.pop("break", ())
        return TypeAdapter(Task).validate_python({**data, "name": name, "faults": faults})
    except ValueError as error:
        raise TaskError(f"{file}: {error}") from error


def _read(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def write(files: dict[str, bytes], folder: Path) -> None:
    """Write files below a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
