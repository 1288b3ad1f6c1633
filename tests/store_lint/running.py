"""Runs many small programs, each in a process of its own, without paying for its imports each time.

One process imports what is slow (chatkit alone takes a second) and forks for each program. This file
is both ends: `Runner` asks, and the file run as a script answers.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

_SLOW: Final = ("asyncio", "chatkit.server", "pydantic_settings", "aiosqlite", "asyncpg")
SECONDS: Final = 20
"""What a program may take; then it is ended, and its outcome says so."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a program ended."""

    printed: str
    """What it wrote to `sys.stdout`."""
    error: str = ""
    """Its exception as a traceback's last lines show it ('TypeError: …'); '' where it ran through."""
    types: tuple[str, ...] = ()
    """The dotted names of the exception's class and of its bases."""
    trace: str = ""
    """The traceback."""


class Runner:
    """A context manager; its process lives as long as it is entered.

    `packages` is a folder of packages that are imported rather than those that are installed.
    """

    def __init__(self, packages: Path | None = None) -> None:
        self._environment = {"PYTHONIOENCODING": "utf-8"}
        if packages is not None:
            self._environment["PYTHONPATH"] = str(packages)

    def __enter__(self) -> Runner:
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, **self._environment},
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate()

    def script(
        self, file: Path, path: Sequence[Path], environment: Mapping[str, str] | None = None
    ) -> Outcome:
        """Run a file as `python file` does, with `path` in front of sys.path."""
        return self._ask(script=str(file), path=path, environment=environment)

    def main(
        self, module: str, path: Sequence[Path], environment: Mapping[str, str] | None = None
    ) -> Outcome:
        """Import a module and call its `main()`."""
        return self._ask(module=module, path=path, environment=environment)

    def _ask(self, path: Sequence[Path], environment: Mapping[str, str] | None, **what: str) -> Outcome:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        request = {**what, "path": [str(p) for p in path], "environment": dict(environment or {})}
        print(json.dumps(request), file=self._process.stdin, flush=True)
        answer = json.loads(self._process.stdout.readline())
        return Outcome(answer["printed"], answer["error"], tuple(answer["types"]), answer["trace"])


def _serve() -> None:
    import contextlib
    import importlib

    sys.path.remove(str(Path(__file__).parent))
    for name in _SLOW:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _answer(json.loads(line))
        _, status = os.waitpid(child, 0)
        if status:
            error = f"ended by {status} (14 is the time limit of {SECONDS} s)"
            print(json.dumps({"printed": "", "error": error, "types": [], "trace": ""}), flush=True)


def _answer(request: dict[str, Any]) -> None:
    """In the fork: run what is asked for, write the outcome as one line and end."""
    import importlib
    import io
    import runpy
    import signal
    import traceback

    signal.alarm(SECONDS)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    sys.path[:0] = request["path"]
    os.chdir(request["path"][0])
    os.environ.update(request["environment"])
    printed = sys.stdout = io.StringIO()
    outcome: dict[str, str | list[str]] = {"error": "", "types": [], "trace": ""}
    try:
        if "script" in request:
            sys.argv = [request["script"]]
            runpy.run_path(request["script"], run_name="__main__")
        else:
            importlib.import_module(request["module"]).main()
    except BaseException as error:  # noqa: BLE001 - SystemExit is an outcome like any other
        outcome = {
            "error": "".join(traceback.format_exception_only(error)).strip(),
            "types": [f"{cls.__module__}.{cls.__qualname__}" for cls in type(error).__mro__],
            "trace": "".join(traceback.format_exception(error)),
        }
    print(json.dumps({**outcome, "printed": printed.getvalue()}), file=answers, flush=True)
    os._exit(0)  # not through the exit handlers, which belong to the process that forked


if __name__ == "__main__":
    _serve()
