"""What the tests of the checker share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.servers.postgres import postgres
from tests.store_lint.running import Runner

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def runner() -> Iterator[Runner]:
    """Runs programs, each in a process of its own (see `Runner`), beside a PostgreSQL server."""
    with postgres() as variables, pytest.MonkeyPatch.context() as environment:
        for name, value in (variables or {}).items():
            environment.setenv(name, value)
        with Runner() as started:
            yield started
