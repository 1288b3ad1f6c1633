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
    from pathlib import Path

    from store_contract.case import Case

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


def test_every_case_is_broken_by_a_mutant() -> None:
    broken = {name for mutant in MUTANTS.values() for name in mutant.breaks}
    assert broken == CASES.keys()


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS)
def test_mutant_breaks_its_cases_and_no_others(mutant: Mutant, tmp_path: Path) -> None:
    logging.getLogger("chatkit").setLevel(logging.CRITICAL)
    runner = Runner(Target(lambda: mutant.make(tmp_path), **mutant.hooks), Effort(seconds=60))
    try:
        results = {case.name: runner.run(case) for case in CASES.values() if _is_run(case, mutant)}
    finally:
        runner.close()
    broken = {name: result.reason for name, result in results.items() if result.outcome == "broken"}
    assert broken.keys() == mutant.breaks, broken
    assert all(result.outcome != "not applicable" for result in results.values())


def _is_run(case: Case, mutant: Mutant) -> bool:
    return case.name in mutant.breaks or case.name not in EXPENSIVE
