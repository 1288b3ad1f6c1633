"""MariaDB (or MySQL): CHATKIT_TEST_MYSQL_URL, else the machine's `mariadbd`."""

from __future__ import annotations

import os
import shutil
import subprocess
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

import pymysql

from tests.servers import MissingServerError, folder, free_port, unprivileged, wait_for_port

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path

    from tests.servers import Server

MISSING: Final = (
    "no MariaDB: set CHATKIT_TEST_MYSQL_URL to the URL of a server on which databases may be made, "
    "or install one (Debian: apt install mariadb-server)"
)


class NamedMySQL:
    """A server that the environment names."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.url: Final = url
        self.host: Final = parts.hostname or "localhost"
        self.port: Final = parts.port or 3306


class MariaDB:
    """A server on a folder and a port of this host, whose root has no password.

    Args:
        where: an empty folder, or one with a server's data in `data`.
        settings: further settings of the server, as in `{"max_connections": "50"}`.
    """

    def __init__(self, where: Path, settings: Mapping[str, str] | None = None) -> None:
        self.host: Final = "127.0.0.1"
        self.port: Final = free_port()
        self.url: Final = f"mysql://root@{self.host}:{self.port}/chatkit"
        self.data: Final = where / "data"
        self.socket: Final = where / "socket"
        self._log = where / "log"
        self._first_statements = where / "init.sql"
        self.certificate: Final = where / "certificate.pem"
        self._process: subprocess.Popen[Any] | None = None
        self._settings: dict[str, str] = {
            "datadir": str(self.data),
            "bind_address": self.host,
            "port": str(self.port),
            "socket": str(self.socket),
            "pid_file": str(where / "pid"),
            "tmpdir": str(where),  # a server that starts deletes the temporary tables that it finds
            "init_file": str(self._first_statements),
            "max_connections": "300",
            "skip_name_resolve": "ON",
            "performance_schema": "OFF",
            "innodb_flush_log_at_trx_commit": "2",  # outlives a kill of the server, not of the machine
            "innodb_doublewrite": "OFF",
            "innodb_log_file_size": "32M",
            **(settings or {}),
        }

    def initialize(self, *, empty: bool = False) -> None:
        """Make the server's data, or only where it will be."""
        self._first_statements.write_text("" if empty else "CREATE DATABASE IF NOT EXISTS chatkit;\n")
        if empty:
            self._run("mkdir", str(self.data))
            return
        self._run(
            _program("mariadb-install-db"),
            "--no-defaults",
            f"--datadir={self.data}",
            f"--tmpdir={self._settings['tmpdir']}",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
        )

    def make_certificate(self) -> None:
        """Let it speak TLS, with a certificate for its address that it signs itself."""
        key = self.certificate.with_name("key.pem")
        self._run(
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=chatkit", "-addext", f"subjectAltName=IP:{self.host}"),
            *("-out", str(self.certificate), "-keyout", str(key)),
        )
        self._settings |= {"ssl_cert": str(self.certificate), "ssl_key": str(key)}

    def _run(self, *command: str) -> None:
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
            raise RuntimeError(f"{command} failed:\n{done.stdout[-2000:]}")

    def start(self, *arguments: str) -> None:
        """Start it, and wait until it answers."""
        settings = [f"--{name}={value}" for name, value in self._settings.items()]
        with self._log.open("a") as log:
            self._process = process = subprocess.Popen(
                [_program("mariadbd"), "--no-defaults", *settings, *arguments],
                cwd=self.data.parent,
                stdout=log,
                stderr=log,
                **unprivileged(),
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
    named = os.environ.get("CHATKIT_TEST_MYSQL_URL")
    if named:
        yield NamedMySQL(named)
        return
    with throw_away() as server:
        yield server


@contextmanager
def throw_away(settings: Mapping[str, str] | None = None, *, tls: bool = False) -> Generator[MariaDB]:
    """A new server that nobody shares."""
    with folder(in_memory=True) as where:
        server = MariaDB(where, settings)
        server.initialize()
        if tls:
            server.make_certificate()
        try:
            server.start()
            yield server
        finally:
            server.kill()


def login(server: Server) -> dict[str, Any]:
    """How PyMySQL logs in, and with `db` for `database` aiomysql."""
    parts = urlsplit(server.url)
    return {
        "host": server.host,
        "port": server.port,
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "database": unquote(parts.path.strip("/")),
    }


def connect(server: Server, database: str | None = None) -> pymysql.Connection[Any]:
    """A connection that blocks."""
    arguments = login(server)
    if database is not None:
        arguments["database"] = database
    return pymysql.connect(**arguments, autocommit=True)


def query(server: Server, statement: str, *values: object, database: str | None = None) -> list[Any]:
    """The rows that the statement gives, asked for in a connection of its own."""
    with connect(server, database) as connection, connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return list(cursor.fetchall())


@contextmanager
def database(server: Server) -> Generator[str]:
    """The name of a database that is not there yet; what was made of it goes in the end."""
    name = f"chatkit_{uuid.uuid4().hex}"
    yield name
    query(server, f"DROP DATABASE IF EXISTS {name}")


def _program(name: str) -> str:
    """Where the program is; Debian keeps the server off a user's PATH."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        raise MissingServerError(MISSING)
    return found
