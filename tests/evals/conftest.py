"""Where the tasks' databases are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from skill.evals.databases import VARIABLES

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(autouse=True)
def no_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment names no server, unless a test asks for one."""
    for variable in VARIABLES.values():
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def name_server(
    no_servers: None, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Callable[[str], None]:
    """Lets the environment name the server of an engine; skips where there is none."""
    del no_servers

    def name(engine: str) -> None:
        if engine in VARIABLES:
            server = request.getfixturevalue(f"{engine}_server")
            monkeypatch.setenv(VARIABLES[engine], server.url)

    return name
