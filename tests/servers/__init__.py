"""Database servers for the tests: those that the environment names, else throw-away ones.

Each module of a database has two context managers. `running()` gives the server that the environment
names, or else a throw-away one; tests share it, so each makes a schema or database of its own there.
`throw_away()` gives one that nobody shares, for tests that kill it. Both raise `MissingServerError`
where there is nothing to start.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import tempfile
import time
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Generator


class MissingServerError(Exception):
    """There is no such server; the message says how to get one."""


class Server(Protocol):
    """A server that answers."""

    @property
    def url(self) -> str: ...

    @property
    def host(self) -> str: ...

    @property
    def port(self) -> int: ...


class ThrowAwayServer(Server, Protocol):
    """A server of one test, which may do it harm."""

    def kill(self) -> None:
        """End all its processes at once, without a chance to clean up (SIGKILL)."""

    def restart(self) -> None:
        """Start it again, killed or not, with the same data and port, and wait until it answers."""


@contextmanager
def or_skip(running: AbstractContextManager[Any]) -> Generator[Any]:
    """The server, for a fixture: what is missing skips the test, and with CI set fails it."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(running)
        except MissingServerError as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(str(error))
        yield server


@contextmanager
def folder(*, in_memory: bool = False) -> Generator[Path]:
    """A temporary folder that `unprivileged` processes may use, with a short name.

    A socket's path has at most 107 bytes. `in_memory` asks for one that needs no disk, where there is.
    """
    memory = "/dev/shm" if in_memory and os.access("/dev/shm", os.W_OK) else None
    path = Path(tempfile.mkdtemp(prefix="db", dir=memory))
    if os.geteuid() == 0:
        os.chown(path, *_nobody())
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def unprivileged() -> dict[str, Any]:
    """Arguments of `subprocess` functions that give up root, which servers refuse."""
    if os.geteuid() != 0:
        return {}
    user, group = _nobody()
    return {"user": user, "group": group, "extra_groups": []}


def _nobody() -> tuple[int, int]:
    user = pwd.getpwnam("nobody")
    return user.pw_uid, user.pw_gid


def free_port() -> int:
    """A TCP port of this host that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def wait_for_port(port: int, process: subprocess.Popen[Any], log: Path, seconds: float = 60) -> None:
    """Wait until somebody listens on the port; an error with the log if the process ends before."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise RuntimeError(f"{process.args} does not answer:\n{log.read_text(errors='replace')[-2000:]}")
