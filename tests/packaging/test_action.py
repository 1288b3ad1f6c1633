"""The GitHub Action: its steps' scripts, run by bash as a runner would run them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.packaging.installing import ROOT, WRONG

if TYPE_CHECKING:
    from pathlib import Path

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]


class Job:
    """One run of the action's scripts over a workspace; expressions are filled in as GitHub does."""

    def __init__(self, folder: Path, command: str, **inputs: str) -> None:
        self.folder = folder
        self.inputs = {name: given["default"] for name, given in ACTION["inputs"].items()} | inputs
        self.outputs: dict[str, str] = {"steps.install.outputs.command": command}
        self.said = ""

    def value(self, text: str) -> str:
        def filled(match: re.Match[str]) -> str:
            name = match[1]
            return self.inputs[name[7:]] if name.startswith("inputs.") else self.outputs[name]

        return re.sub(r"\$\{\{ (\S+) \}\}", filled, text)

    def step(self, name: str, **environment: str) -> int:
        """Run the script of a step; returns its exit code."""
        (step,) = (step for step in STEPS if step["name"] == name)
        output = self.folder.parent / "output"
        output.write_text("")
        given = {key: self.value(value) for key, value in step["env"].items()}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]],
            cwd=self.folder,
            env={"PATH": "/usr/bin:/bin", "GITHUB_OUTPUT": str(output), **given, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        for line in output.read_text().splitlines():
            key, _, text = line.partition("=")
            self.outputs[f"steps.{step.get('id')}.outputs.{key}"] = text
        self.said += done.stdout
        return done.returncode


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    (folder / "my app").mkdir(parents=True)
    (folder / "fine.py").write_text("from chatkit.types import ThreadMetadata\n")
    return folder


@pytest.fixture(scope="module")
def command() -> str:
    from pathlib import Path

    return str(Path(sys.executable).with_name("store-lint"))


def test_its_shape() -> None:
    assert ACTION["runs"]["using"] == "composite"
    for given in ACTION["inputs"].values():
        assert given["description"]
        assert isinstance(given["default"], str)
    for given in ACTION["outputs"].values():
        assert given["description"]
        assert re.fullmatch(r"\$\{\{ steps\.check\.outputs\.\S+ \}\}", given["value"])
    for step in STEPS:
        assert ("run" in step) == ("shell" in step)
        assert "${{" not in step.get("run", ""), "what a caller gives is data, never part of a script"


def test_other_actions_are_pinned_to_a_commit() -> None:
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert [name.partition("@")[0] for name in used] == [
        "actions/setup-python",
        "github/codeql-action/upload-sarif",
    ]
    lines = (ROOT / "action.yml").read_text("utf-8")
    for name in used:
        assert re.search(rf"{re.escape(name)} # v\d+\.\d+\.\d+$", lines, re.MULTILINE)
        assert re.fullmatch(r"[0-9a-f]{40}", name.partition("@")[2])


def test_an_error_is_in_the_sarif_and_on_the_pull_request_and_fails_the_job(
    workspace: Path, command: str
) -> None:
    (workspace / "my app" / "store.py").write_text(WRONG)
    job = Job(workspace, command)
    assert job.step("Check") == 0
    assert job.outputs["steps.check.outputs.exit-code"] == "1"
    sarif = json.loads((workspace / job.outputs["steps.check.outputs.sarif-file"]).read_text())
    (result,) = sarif["runs"][0]["results"]
    assert result["ruleId"] == "CKS001"
    assert "::error title=CKS001 missing-abstract-method,file=my app/store.py,line=4," in job.said
    assert job.step("Result") == 1
    job.inputs["fail"] = "false"
    assert job.step("Result") == 0


def test_a_clean_run_passes(workspace: Path, command: str) -> None:
    job = Job(workspace, command)
    assert (job.step("Check"), job.step("Result")) == (0, 0)
    sarif = json.loads((workspace / "store-lint.sarif").read_text())
    assert sarif["runs"][0]["results"] == []


def test_inputs_reach_the_command_as_words_and_never_as_shell(workspace: Path, command: str) -> None:
    (workspace / "store.py").write_text(WRONG)
    (workspace / "warned.py").write_text("import chatkit\nx = 1  # store-lint: ignore[CKS004] why\n")
    job = Job(workspace, command, paths="fine.py\nwarned.py $(touch pwned)", arguments="--strict")
    assert job.step("Check") == 0
    assert job.outputs["steps.check.outputs.exit-code"] == "2", "$(touch and pwned) are no files"
    assert not (workspace / "pwned").exists()
    assert job.step("Result") == 2
    job = Job(workspace, command, paths="fine.py\nwarned.py", arguments="--strict")
    assert job.step("Check") == 0
    assert job.outputs["steps.check.outputs.exit-code"] == "1"
    assert "CKS001" not in job.said


def test_it_installs_itself(workspace: Path) -> None:
    job = Job(workspace, "")
    job.outputs["steps.python.outputs.python-path"] = sys.executable
    places = {"RUNNER_TEMP": str(workspace.parent), "GITHUB_ACTION_PATH": str(ROOT)}
    import os

    assert job.step("Install store-lint", **{**os.environ, **places}) == 0
    command = job.outputs["steps.install.outputs.command"]
    done = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("store-lint ")


def test_the_upload_waits_for_a_run_that_could_check_all() -> None:
    (upload,) = (step for step in STEPS if "upload-sarif" in step.get("uses", ""))
    assert upload["if"] == "inputs.upload == 'true' && steps.check.outputs.exit-code != '2'"
    assert upload["with"] == {
        "sarif_file": "${{ inputs.sarif-file }}",
        "category": "${{ inputs.category }}",
    }
