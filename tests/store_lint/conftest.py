"""What the tests of the checker share."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.servers import MissingServerError, postgres
from tests.store_lint.running import Runner

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def runner() -> Iterator[Runner]:
    """Runs programs, each in a process of its own (see `Runner`), beside a PostgreSQL server.

    That is in the PG* variables, as libpq reads them; where there is none they are not set, and what
    needs it is left out.
    """
    with ExitStack() as stack:
        environment = stack.enter_context(pytest.MonkeyPatch.context())
        try:
            server = stack.enter_context(postgres.running())
        except MissingServerError:
            if os.environ.get("CI"):
                raise
            environment.delenv("PGHOST", raising=False)
        else:
            for name, value in postgres.variables(server).items():
                environment.setenv(name, value)
        yield stack.enter_context(Runner())
