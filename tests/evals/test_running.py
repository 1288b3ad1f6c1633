"""The runner, with an agent of our own: what it is given, what is kept of its run, and the report."""

from __future__ import annotations

import json
import sys
import textwrap
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from skill.evals import cli
from skill.evals.agents import cost

if TYPE_CHECKING:
    from pathlib import Path

TASK = "near-miss-front-end"
AGENT = """\
import json, pathlib, sys, time
assert "start screen" in sys.argv[1], "the prompt is one argument"
file = pathlib.Path("src/Chat.tsx")
text = file.read_text().replace('"light"', '"dark"')
if pathlib.Path(".claude/skills/chatkit-store-creator/SKILL.md").exists():
    assert pathlib.Path(".agents/skills/chatkit-store-creator/SKILL.md").exists()
    print(json.dumps({"type": "assistant", "message": {"content": [
        {"type": "text", "text": "I look."},
        {"type": "tool_use", "name": "Read",
         "input": {"file_path": ".claude/skills/chatkit-store-creator/SKILL.md"}}]}}))
else:
    text = text.replace("radius:", 'X: 1, radius:').replace("theme:", '''startScreen: {
      greeting: "How can we help?",
      prompts: [{ label: "a", prompt: "b" }, { label: "c", prompt: "d" }],
    },
    theme:''')
file.write_text(text)
print(json.dumps({"type": "result", "usage": {"input_tokens": 10, "cache_read_input_tokens": 900,
    "output_tokens": 90, "service_tier": "standard"}}))
"""


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    path = tmp_path / "bundle.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("chatkit-store-creator/SKILL.md", "---\nname: chatkit-store-creator\n---\n")
    return path


def agent(folder: Path, code: str) -> str:
    script = folder / "agent.py"
    script.write_text(textwrap.dedent(code))
    return f"{sys.executable} {script} {{prompt}}"


def arguments(tmp_path: Path, command: str, *more: str) -> list[str]:
    results, work = tmp_path / "results.json", tmp_path / "work"
    fixed = ["--task", TASK, "--results", str(results), "--work", str(work)]
    return ["run", "--command-line", command, *fixed, *more]


def runs(tmp_path: Path) -> list[dict[str, Any]]:
    document = json.loads((tmp_path / "results.json").read_text())
    assert document["schema"] == 1
    return document["runs"]


def test_both_arms_are_run_graded_kept_and_reported(
    tmp_path: Path, bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments(tmp_path, agent(tmp_path, AGENT), "--bundle", str(bundle))) == 0
    without, with_ = runs(tmp_path)
    assert (without["arm"], without["grade"]["passed"], without["skill_loaded"]) == (
        "without",
        True,
        False,
    )
    assert (with_["arm"], with_["grade"]["passed"], with_["skill_loaded"]) == ("with", False, True)
    assert with_["grade"]["checks"][0]["outcome"] == "passed", (
        "the skill's folder is no part of the work"
    )
    for run in (without, with_):
        assert (run["task"], run["tokens"], run["estimated"], run["exit_code"]) == (
            TASK,
            1000,
            False,
            0,
        )
    assert (without["tool_calls"], with_["tool_calls"]) == (0, 1)
    logs = sorted((tmp_path / "work").glob("*.log"))
    assert ["usage" in log.read_text() for log in logs] == [True, True]

    capsys.readouterr()
    assert cli.main(["report", str(tmp_path / "results.json")]) == 0
    table = [line.split() for line in capsys.readouterr().out.splitlines()]
    name = without["agent"]
    assert table[1][:6] == [name, TASK, "with", "0", "of", "1"]
    assert table[2][:6] == [name, TASK, "without", "1", "of", "1"]
    assert table[1][7] == "1,000"
    assert table[3][:3] == [name, "all", "with"]


def test_more_runs_are_added_to_those_before(tmp_path: Path) -> None:
    command = arguments(tmp_path, agent(tmp_path, AGENT), "--arm", "without", "--repeat", "2")
    assert (cli.main(command), cli.main(command)) == (0, 0)
    assert [run["grade"]["passed"] for run in runs(tmp_path)] == [True] * 4
    assert len({run["grade"]["folder"] for run in runs(tmp_path)}) == 4


def test_an_agent_that_takes_too_long_is_stopped_and_its_work_is_graded(tmp_path: Path) -> None:
    slow = AGENT + "\nsys.stdout.flush()\ntime.sleep(600)\n"
    command = arguments(tmp_path, agent(tmp_path, slow), "--arm", "without", "--minutes", "0.15")
    assert cli.main(command) == 0
    (run,) = runs(tmp_path)
    assert (run["exit_code"], run["grade"]["passed"], run["tokens"]) == (None, True, 1000)
    assert 9 <= run["seconds"] < 120


def test_an_agent_that_fails_is_a_run_that_failed(tmp_path: Path) -> None:
    command = arguments(tmp_path, agent(tmp_path, "raise SystemExit('no money')"), "--arm", "without")
    assert cli.main(command) == 0
    (run,) = runs(tmp_path)
    assert (run["exit_code"], run["grade"]["passed"], run["estimated"]) == (1, False, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--agent", "claude"], "claude is not at hand, so nothing was run"),
        (["--agent", "codex"], "codex is not at hand, so nothing was run"),
        (["--command-line", "nobody {prompt}"], "nobody is not at hand"),
        (["--command-line", "python3"], "has no {prompt}"),
        (["--command-line", "python3 {prompt}", "--arm", "with"], "needs --bundle"),
        (
            [
                "--command-line",
                "python3 {prompt}",
                "--arm",
                "without",
                "--task",
                "create-mysql-starlette",
            ],
            "no task can be run",
        ),
    ],
)
def test_what_cannot_be_run_is_said_and_no_results_are_made(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    said: str,
) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    task = [] if "--task" in words else ["--task", TASK]
    assert cli.main(["run", *words, *task, "--results", str(tmp_path / "results.json")]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "results.json").exists()


def test_what_agents_say_of_their_cost() -> None:
    codex = "\n".join(
        map(
            json.dumps,
            [
                {"type": "thread.started", "thread_id": "1"},
                {"type": "item.completed", "item": {"type": "command_execution", "command": "ls"}},
                {"type": "item.completed", "item": {"type": "agent_message", "text": "done"}},
                {
                    "type": "turn.completed",
                    "usage": {"input_tokens": 100, "cached_input_tokens": 60, "output_tokens": 20},
                },
            ],
        )
    )
    used = cost(codex)
    assert (used.tokens, used.estimated, used.tool_calls, used.skill_loaded) == (120, False, 1, False)
    plugin = '{"type": "x", "input": {"skill": "chatkit-store-creator:chatkit-store-creator"}}'
    assert cost(plugin).skill_loaded
    listed = cost('{"type": "system", "skills": ["chatkit-store-creator"]}\n{"broken\n[1]')
    assert not listed.skill_loaded, "to be listed is not to be opened"
    assert (listed.estimated, listed.tool_calls) == (True, None)
