"""The servers that tests share, one of each kind in a run (with pytest-xdist: in a worker)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import servers
from tests.servers import mariadb, mongodb, pgbouncer, postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers import Server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A PostgreSQL server."""
    with servers.or_skip(postgres.running()) as server:
        yield server


@pytest.fixture(scope="session")
def pgbouncer_server(postgres_server: Server) -> Iterator[Server]:
    """PgBouncer in transaction mode in front of `postgres_server`."""
    with servers.or_skip(pgbouncer.in_front_of(postgres_server)) as server:
        yield server


@pytest.fixture(scope="session")
def mysql_server() -> Iterator[Server]:
    """A MariaDB server, or that of MySQL which the environment names."""
    with servers.or_skip(mariadb.running()) as server:
        yield server


@pytest.fixture(scope="session")
def mongodb_server() -> Iterator[Server]:
    """A server that speaks MongoDB's protocol."""
    with servers.or_skip(mongodb.running()) as server:
        yield server
