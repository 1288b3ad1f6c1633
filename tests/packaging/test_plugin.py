"""The files by which agents find the skill and the hook, against what their documentation says of them.

The schemas here say what is documented of the keys that we use: code.claude.com/docs/en/, pages
plugins-reference, plugin-marketplaces and hooks. A key that they do not name is refused, since agents
ignore what is misspelt without a word.
"""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import pytest

from bundle.make import NAME, ROOT

_AUTHOR = {
    "type": "object",
    "properties": {"name": {"type": "string", "minLength": 1}, "email": {}, "url": {}},
    "required": ["name"],
    "additionalProperties": False,
}
_TEXT = {"type": "string", "minLength": 1}
_NAME = {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}
_VERSION = {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"}
_INNER_PATH = {"type": "string", "pattern": r"^\./"}
PLUGIN = {
    "type": "object",
    "properties": {
        "name": _NAME,
        "version": _VERSION,
        "description": _TEXT,
        "author": _AUTHOR,
        "homepage": _TEXT,
        "repository": _TEXT,
        "license": _TEXT,
        "keywords": {"type": "array", "items": _TEXT},
        "skills": {"anyOf": [_INNER_PATH, {"type": "array", "items": _INNER_PATH}]},
    },
    "required": ["name"],
    "additionalProperties": False,
}
MARKETPLACE = {
    "type": "object",
    "properties": {
        "name": _NAME,
        "owner": _AUTHOR,
        "plugins": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "properties": {"name": _NAME, "source": _INNER_PATH, "description": _TEXT},
                "required": ["name", "source"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["name", "owner", "plugins"],
    "additionalProperties": False,
}
HOOKS = {
    "type": "object",
    "properties": {
        "description": _TEXT,
        "hooks": {
            "type": "object",
            "propertyNames": {"enum": ["PreToolUse", "PostToolUse", "Stop", "SessionStart"]},
            "additionalProperties": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "matcher": _TEXT,
                        "hooks": {
                            "type": "array",
                            "items": {
                                "type": "object",
                                "properties": {
                                    "type": {"const": "command"},
                                    "command": _TEXT,
                                    "timeout": {"type": "number", "exclusiveMinimum": 0},
                                },
                                "required": ["type", "command"],
                                "additionalProperties": False,
                            },
                        },
                    },
                    "required": ["hooks"],
                    "additionalProperties": False,
                },
            },
        },
    },
    "required": ["hooks"],
    "additionalProperties": False,
}


def load(name: str) -> dict[str, Any]:
    return json.loads((ROOT / name).read_text("utf-8"))


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        (".claude-plugin/plugin.json", PLUGIN),
        (".claude-plugin/marketplace.json", MARKETPLACE),
        ("hooks/hooks.json", HOOKS),
    ],
)
def test_the_files_are_as_documented(name: str, schema: dict[str, Any]) -> None:
    validator: Any = jsonschema.Draft202012Validator(schema)
    assert [error.message for error in validator.iter_errors(load(name))] == []


def test_one_name_and_one_version() -> None:
    plugin, marketplace = load(".claude-plugin/plugin.json"), load(".claude-plugin/marketplace.json")
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    found = re.search(r'^version = "(.+)"$', project, re.MULTILINE)
    assert found is not None
    assert plugin["version"] == found[1]
    assert re.search(rf'^  version: "{found[1]}"$', (ROOT / "SKILL.md").read_text(), re.MULTILINE)
    (entry,) = marketplace["plugins"]
    assert plugin["name"] == entry["name"] == NAME


def test_the_plugin_has_one_skill_at_its_root_and_no_other() -> None:
    """A folder `skills/` would be searched besides, and installers look there first."""
    assert load(".claude-plugin/plugin.json")["skills"] == ["./"]
    assert (ROOT / "SKILL.md").is_file()
    assert not (ROOT / "skills").exists()


def test_the_hook_runs_after_every_tool_that_writes_a_file() -> None:
    (group,) = load("hooks/hooks.json")["hooks"]["PostToolUse"]
    assert set(group["matcher"].split("|")) == {"Edit", "MultiEdit", "Write", "apply_patch"}


def test_the_configurations_of_the_installation_page_are_valid() -> None:
    page = (ROOT / "docs" / "install.md").read_text("utf-8")
    blocks = re.findall(r"^```json\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    assert len(blocks) == 5
    for block in blocks:
        assert "store-lint hook" in block
        assert set(json.loads(block)) <= {"version", "hooks"}
