"""The command lines of coding agents, and what their output says of what a run cost.

Claude Code: `claude -p`, code.claude.com/docs/en/headless. Codex: `codex exec --json`,
developers.openai.com/codex/noninteractive. Both may do anything in their folder here, so runs belong
into a container.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

CHARACTERS_PER_TOKEN: Final = 4
"""The rule of thumb for English text and code, where an agent does not say what it used."""

_SKILL: Final = re.compile(
    r"chatkit-store-creator[/\\]+SKILL\.md|\"skill\"\s*:\s*\"(?:[\w-]+:)?chatkit-store-creator\""
)


class AgentError(Exception):
    """An agent is not at hand, or cannot be run as asked; the message says what to do."""


@dataclass(frozen=True)
class Agent:
    """An agent's command line; `{prompt}` stands for the prompt."""

    command: list[str]


AGENTS: Final = {
    "claude": Agent(
        [
            "claude", "-p", "{prompt}", "--output-format", "stream-json", "--verbose",
            "--permission-mode", "bypassPermissions",
        ]
    ),
    "codex": Agent(
        ["codex", "exec", "--json", "--skip-git-repo-check", "--sandbox", "workspace-write", "{prompt}"]
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Cost:
    """What a run used up."""

    tokens: int
    """Read and written, those read from a cache among them."""
    estimated: bool
    """Whether the agent did not say, and the length of its output was divided by
    CHARACTERS_PER_TOKEN: what it read is then not in the number."""
    tool_calls: int | None
    skill_loaded: bool
    """Whether it opened the skill."""


def cost(output: str) -> Cost:
    """What the output of an agent says, as JSON lines of Claude Code and Codex do, or an estimate."""
    tokens = calls = 0
    said = False
    for event in _events(output):
        usage = event.get("usage")
        if event.get("type") in ("result", "turn.completed") and isinstance(usage, dict):
            tokens, said = tokens + _tokens(cast("dict[str, Any]", usage)), True
        calls += _calls(event)
    loaded = _SKILL.search(output) is not None
    if not said:
        return Cost(len(output) // CHARACTERS_PER_TOKEN, True, None, loaded)
    return Cost(tokens, False, calls, loaded)


def _events(output: str) -> Iterator[dict[str, Any]]:
    for line in output.splitlines():
        if not line.startswith("{"):
            continue
        try:
            event: object = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict):
            yield cast("dict[str, Any]", event)


def _tokens(usage: dict[str, Any]) -> int:
    # Claude Code counts what it read from the cache apart, Codex within `input_tokens`.
    keys = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens")
    return sum(value for key in keys if isinstance(value := usage.get(key), int))


def _calls(event: dict[str, Any]) -> int:
    """How many tools the event says were used."""
    item: object = event.get("item")
    if event.get("type") == "item.completed" and isinstance(item, dict):
        kind = cast("dict[str, Any]", item).get("type")
        return kind in ("command_execution", "file_change", "mcp_tool_call", "web_search")
    message: object = event.get("message")
    if event.get("type") != "assistant" or not isinstance(message, dict):
        return 0
    content: object = cast("dict[str, Any]", message).get("content")
    blocks = cast("list[object]", content) if isinstance(content, list) else []
    return sum(
        isinstance(block, dict) and cast("dict[str, Any]", block).get("type") == "tool_use"
        for block in blocks
    )
