"""The runner: an agent's command line in a new folder for each task and arm, then the grader."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
import zipfile
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Final

from skill.evals.agents import AgentError, cost
from skill.evals.databases import missing
from skill.evals.grading import as_dict, grade, verdict
from skill.evals.results import add
from skill.evals.task import write

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from skill.evals.results import Run
    from skill.evals.task import Task

_PLACES: Final = (".claude/skills", ".agents/skills")
"""Where the arm `with` finds the skill: Claude Code looks in the first, most others in the second."""


@dataclass(frozen=True)
class Plan:
    """What is to be run."""

    command: Sequence[str]
    agent: str
    tasks: Sequence[Task]
    arms: Sequence[str]
    bundle: Path | None
    repeat: int
    seconds: float
    work: Path
    results: Path


def run(plan: Plan) -> None:
    """Run it, and add each run to the results as soon as it is graded.

    Tasks whose server is missing are left out, and it is said. Raises AgentError where the agent is not
    at hand, or nothing can be run.
    """
    if shutil.which(plan.command[0]) is None:
        raise AgentError(
            f"{plan.command[0]} is not at hand, so nothing was run: install it and sign in; "
            "what an agent did elsewhere can be graded: python -m skill.evals grade FOLDER --task NAME"
        )
    if not any("{prompt}" in word for word in plan.command):
        raise AgentError("the command line has no {prompt}, so the agent would not know its task")
    if "with" in plan.arms and (plan.bundle is None or not plan.bundle.is_file()):
        raise AgentError("the arm `with` needs --bundle, the zip that `make bundle` writes")
    ready: list[Task] = []
    for task in plan.tasks:
        lack = missing(task.engine)
        if lack:
            _say(f"{task.name}: left out, {lack}")
        else:
            ready.append(task)
    if not ready:
        raise AgentError("no task can be run: see above")
    for task in ready:
        for arm in plan.arms:
            for _ in range(plan.repeat):
                add(plan.results, _one(plan, task, arm))


def _one(plan: Plan, task: Task, arm: str) -> Run:
    begun = datetime.now(timezone.utc)
    folder = plan.work / f"{task.name}-{arm}-{begun:%Y%m%dT%H%M%S%f}"
    write(task.files(), folder)
    if arm == "with" and plan.bundle is not None:
        for place in _PLACES:
            with zipfile.ZipFile(plan.bundle) as archive:
                archive.extractall(folder / place)
    _say(f"{task.name}, {arm} the skill, in {folder}")
    output, code, seconds = _call(plan, task.prompt, folder)
    folder.with_name(folder.name + ".log").write_text(output, "utf-8")
    judged, used = grade(folder, task), cost(output)
    _say(f"{task.name}, {arm} the skill: {verdict(judged.passed)} after {seconds:.0f} s")
    return {
        "task": task.name,
        "arm": arm,
        "agent": plan.agent,
        "command": list(plan.command),
        "begun": begun.isoformat(timespec="seconds"),
        "seconds": round(seconds, 1),
        "exit_code": code,
        **asdict(used),
        "grade": as_dict(judged),
    }


def _call(plan: Plan, prompt: str, folder: Path) -> tuple[str, int | None, float]:
    """Run the agent; returns its output, its exit code (None: stopped for its time), and seconds."""
    command = [word.replace("{prompt}", prompt) for word in plan.command]
    start = time.monotonic()
    with subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        try:
            output, _ = process.communicate(timeout=plan.seconds)
            return output, process.returncode, time.monotonic() - start
        except subprocess.TimeoutExpired:
            process.kill()
            output, _ = process.communicate()
            return output, None, time.monotonic() - start


def _say(line: str) -> None:
    print(f"evals: {line}", file=sys.stderr, flush=True)
