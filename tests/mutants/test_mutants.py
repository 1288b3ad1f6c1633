"""A case that no broken store breaks proves nothing; and each broken store breaks its cases only."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

import tests.mutants.stores as stores
from store_contract.case import HOOKS, all_cases
from store_contract.effort import Effort
from store_contract.runner import Runner
from store_contract.target import Target
from tests.mutants.mutant import MUTANTS, Mutant

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from store_contract.case import Case
    from store_contract.runner import Result

del stores  # imported for the mutants that it registers

CASES = {case.name: case for case in all_cases()}
EXPENSIVE = {
    *(name for name in CASES if "every_item_type" in name or "every_attachment" in name),
    *(name for name in CASES if "every_thread_comes" in name or "random_histories" in name),
    *(name for name in CASES if "hang_up" in name or "large_limits" in name or "huge" in name),
    *("C44_a_hundred_tasks_at_once", "C45_text_of_any_kind", "C46_cancelled_calls_leave_it_working"),
    *(case.name for case in CASES.values() if case.needs & HOOKS.keys()),
}
"""Cases that take tenths of a second or more: run where a mutant is to break them, and nowhere else."""

TRIES = 3
"""Ids are random, and so is where an order by id differs from the right one."""
USUAL = Effort(seconds=60)
GREATER = Effort(scale=10, seconds=60)
"""For generated cases that are to find a fault: what hypothesis draws depends on the modules that are
loaded, whose constants it takes up, and the usual number of examples may miss a rare one."""


def test_every_case_is_broken_by_a_mutant() -> None:
    broken = {name for mutant in MUTANTS.values() for name in mutant.breaks}
    assert broken == CASES.keys()


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS)
def test_mutant_breaks_its_cases_and_no_others(mutant: Mutant, tmp_path: Path) -> None:
    logging.getLogger("chatkit").setLevel(logging.CRITICAL)
    broken: dict[str, str] = {}
    for _ in range(TRIES):
        broken = _broken(mutant, tmp_path)
        if broken.keys() == mutant.breaks:
            break
    assert broken.keys() == mutant.breaks, broken


def _broken(mutant: Mutant, folder: Path) -> dict[str, str]:
    """The cases that the mutant breaks, each with the reason."""
    theirs = [case for case in CASES.values() if case.name in mutant.breaks]
    others = [case for case in CASES.values() if _is_run(case, mutant)]
    results = {
        **_results(mutant, folder, theirs, GREATER),
        **_results(mutant, folder, others, USUAL),
    }
    assert all(result.outcome != "not applicable" for result in results.values())
    return {name: result.reason for name, result in results.items() if result.outcome == "broken"}


def _results(mutant: Mutant, folder: Path, cases: Iterable[Case], effort: Effort) -> dict[str, Result]:
    runner = Runner(Target(lambda: mutant.make(folder), **mutant.hooks), effort)
    try:
        return {case.name: runner.run(case) for case in cases}
    finally:
        runner.close()


def _is_run(case: Case, mutant: Mutant) -> bool:
    return case.name not in mutant.breaks and case.name not in EXPENSIVE
