"""The cases as a whole: their sources, their page, and what a right store makes of them."""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from reference_stores.memory import MemoryStore
from reference_stores.serving import survive_disconnect
from reference_stores.sqlite import SQLiteStore
from store_contract import Effort, StoreContract, all_cases, run
from store_contract.case import HOOKS
from store_contract.page import page

if TYPE_CHECKING:
    from chatkit.types import ThreadMetadata

    from store_contract import Case

ROOT = Path(__file__).parents[2]
HOUSE = {"C19", "C25", "C34", "C36", "C37", "C41", "C47", "C48"}
"""Ids of which no line of openai-chatkit relies."""
SOURCE = re.compile(r"(server|agents|store|types)\.py|(tests|docs)/[\w/-]+\.(py|md)")


def _tenant(context: Any) -> str:
    return context["user_id"]


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case.name)
def test_an_upstream_case_names_the_line_that_relies_on_it(case: Case) -> None:
    if case.profile == "upstream":
        assert SOURCE.search(case.why)
        assert "`" in case.why or "docs/guides/" in case.why
    assert (case.profile == "house") or case.id not in HOUSE
    assert case.mend
    assert case.what.endswith(".")


def test_every_fact_that_can_be_seen_has_a_case() -> None:
    seen = {case.id for case in all_cases()}
    assert seen == {f"C{number:02}" for number in range(1, 49)}


def test_the_committed_page_is_the_cases_own() -> None:
    committed = (ROOT / "skill" / "contract.md").read_text(encoding="utf-8")
    assert committed == page(), "run: python -m store_contract.page > skill/contract.md"


def test_a_run_in_memory_ends_in_time_and_holds() -> None:
    started = time.process_time()  # other tests may run beside this one
    results = run(
        lambda: MemoryStore[Any](tenant=_tenant),
        profile="house",
        wrap_stream=survive_disconnect,
        effort=Effort(seconds=120),  # the machine may be busy; what counts is the processor time
    )
    assert {result.case.name: result.reason for result in results if result.outcome == "broken"} == {}
    assert {result.outcome for result in results} == {"held", "not applicable"}
    assert time.process_time() - started < 30


@pytest.mark.parametrize("case", ["C06_every_item", "C27_random", "C29_random"])
def test_a_run_that_is_out_of_time_ends_and_says_nothing_wrong(case: str) -> None:
    results = run(
        lambda: MemoryStore[Any](tenant=_tenant),
        profile="house",
        only=[case],
        effort=Effort(scale=30, seconds=2),
    )
    assert [(result.outcome, result.reason) for result in results] == [("held", "")]


def test_what_a_store_leaves_running_ends_with_the_run() -> None:
    left: list[asyncio.Task[None]] = []

    class LeavesTasks(MemoryStore[Any]):
        async def save_thread(self, thread: ThreadMetadata, context: Any) -> None:
            left.append(asyncio.create_task(asyncio.sleep(3600)))
            await super().save_thread(thread, context)

    run(lambda: LeavesTasks(tenant=_tenant), only=["C15_add"])
    assert left
    assert all(task.cancelled() for task in left)


class TestHooksThatAreClassMethods(StoreContract):
    """On a database on disk that a second store opens too."""

    profile = "house"
    wrap_stream = staticmethod(survive_disconnect)

    @classmethod
    def cases(cls) -> list[Case]:
        """Those that ask for a hook; tests/reference_stores runs all on this store."""
        return [case for case in super().cases() if case.needs & HOOKS.keys()]

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        type(self).folder = tmp_path_factory.getbasetemp()

    folder: ClassVar[Path]

    @classmethod
    def make_store(cls) -> SQLiteStore[Any]:
        return cls.opened(cls.folder / f"{uuid.uuid4().hex}.db")

    @classmethod
    def second_store(cls, first: SQLiteStore[Any]) -> SQLiteStore[Any]:
        return cls.opened(cls.paths[first])

    @classmethod
    def opened(cls, path: Path) -> SQLiteStore[Any]:
        store = SQLiteStore[Any](path, tenant=_tenant)
        cls.paths[store] = path
        return store

    paths: ClassVar[dict[SQLiteStore[Any], Path]] = {}
