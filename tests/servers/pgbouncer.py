"""PgBouncer in transaction mode, in front of a PostgreSQL server."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from tests.servers import MissingServerError, folder, free_port, unprivileged, wait_for_port
from tests.servers.postgres import variables

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from tests.servers import Server

MISSING: Final = "no PgBouncer: install one (Debian: apt install pgbouncer)"


class PgBouncer:
    """Leads to the database of a server, through few connections that all clients share.

    Its `url` is the server's with another port; so is that of any other database of it.
    """

    def __init__(self, server: Server, where: Path) -> None:
        self.host: Final = "127.0.0.1"
        self.port: Final = free_port()
        login = variables(server)
        self.url: Final = (
            f"postgresql://{login.get('PGUSER', 'postgres')}@{self.host}:{self.port}"
            f"/{login.get('PGDATABASE', 'postgres')}"
        )
        self._log = where / "log"
        self._settings = where / "pgbouncer.ini"
        target = {"host": login["PGHOST"], "port": login["PGPORT"], "user": login.get("PGUSER")}
        if "PGPASSWORD" in login:
            target["password"] = login["PGPASSWORD"]
        connection = " ".join(f"{name}={value}" for name, value in target.items() if value)
        self._settings.write_text(
            "[databases]\n"
            f"* = {connection}\n"
            "[pgbouncer]\n"
            f"listen_addr = {self.host}\n"
            f"listen_port = {self.port}\n"
            "unix_socket_dir =\n"
            "auth_type = any\n"
            "pool_mode = transaction\n"
            "default_pool_size = 10\n"
            "max_client_conn = 1000\n"
        )
        self._process: subprocess.Popen[Any] | None = None

    def start(self) -> None:
        """Start it, and wait until it listens."""
        program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
        if program is None:
            raise MissingServerError(MISSING)
        with self._log.open("a") as log:
            self._process = process = subprocess.Popen(
                [program, self._settings],
                cwd=self._settings.parent,
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
def in_front_of(server: Server) -> Generator[PgBouncer]:
    """A PgBouncer that leads to the server."""
    with folder() as where:
        bouncer = PgBouncer(server, where)
        try:
            bouncer.start()
            yield bouncer
        finally:
            bouncer.kill()
