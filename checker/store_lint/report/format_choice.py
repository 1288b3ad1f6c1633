"""Which format a run has when nobody names one: `agent` where a coding agent reads it, else `text`.

Coding agents mark the commands that they run with an environment variable. Listed are those that an
agent sets by itself in each command, not those that a person sets to configure one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

AGENT_VARIABLES = (
    "AI_AGENT",
    "ANTIGRAVITY_AGENT",
    "AUGMENT_AGENT",
    "CLAUDECODE",
    "CODEX_CI",
    "CODEX_SANDBOX",
    "CODEX_THREAD_ID",
    "CURSOR_AGENT",
    "GEMINI_CLI",
    "GOOSE_TERMINAL",
    "OPENCODE",
)


def default_format(environment: Mapping[str, str]) -> str:
    """The name of the format; an empty variable counts as not set."""
    return "agent" if any(environment.get(name) for name in AGENT_VARIABLES) else "text"
