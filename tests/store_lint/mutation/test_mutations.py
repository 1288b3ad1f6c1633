"""Makes every variant of the correct trees, checks it with all rules, and runs it."""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from store_lint.rules import all_rules
from tests.servers.postgres import MISSING
from tests.store_lint.linting import lint_tree, shown, write_tree
from tests.store_lint.mutation.model import TREES, Mutation, Mutations, Silent, Tree

if TYPE_CHECKING:
    from tests.store_lint.running import Runner

_DRIVERS: Final = {"postgres": "asyncpg", "sqlite": "aiosqlite"}
_HERE: Final = Path(__file__).parent


def _mutations() -> dict[str, list[Mutation]]:
    """The mutations of each rule, from the files beside this one."""
    found: dict[str, list[Mutation]] = {}
    for path in sorted(_HERE.glob("cks*.py")):
        members = vars(import_module(f"{__package__}.{path.stem}")).values()
        (mutations,) = (m for m in members if isinstance(m, Mutations))
        found[mutations.rule] = mutations.found
    return found


_BY_RULE: Final = _mutations()
_ALL: Final = [
    pytest.param(mutation, tree, id=f"{mutation.rule}-{mutation.name}-{tree}")
    for mutations in _BY_RULE.values()
    for mutation in mutations
    for tree in mutation.trees
]
each_variant = pytest.mark.parametrize(("mutation", "name"), _ALL)


def _made(mutation: Mutation, name: str) -> Tree:
    tree = Tree(name)
    before = dict(tree.files)
    mutation.change(tree)
    assert tree.files != before, "the mutation changes nothing"
    return tree


def _environment() -> dict[str, str]:
    """Settings under which a run leaves nothing behind; without a server nobody answers."""
    if "PGHOST" in os.environ:
        # Temporary tables belong to their connection: one connection sees all of them.
        return {"CHAT_DATABASE_URL": "postgresql:///?search_path=pg_temp", "CHAT_POOL_SIZE": "1"}
    return {"CHAT_DATABASE_URL": "postgresql://127.0.0.1:1/chat"}


def _ran(tree: Tree, root: Path, runner: Runner, expected: type[BaseException]) -> None:
    driver = _DRIVERS.get(tree.name)
    if driver is not None and find_spec(driver) is None:
        pytest.skip(f"{driver} is not installed")
    module = tree.main.removesuffix(".py").replace("/", ".")
    outcome = runner.main(module, [root], _environment())
    refused = "builtins.OSError" in outcome.types and "PGHOST" not in os.environ
    if tree.name == "postgres" and refused and expected is not OSError:
        if expected is not Silent:
            pytest.skip(f"it gets as far as the connection; {MISSING}")
        return
    if expected is Silent:
        assert not outcome.error, outcome.trace
        return
    name = f"{expected.__module__}.{expected.__qualname__}"
    assert name in outcome.types, outcome.trace or f"it ran through and printed {outcome.printed}"


@pytest.mark.parametrize("rule", [rule.id for rule in all_rules()])
def test_each_rule_has_enough_variants_of_both_sorts(rule: str) -> None:
    mutations = _BY_RULE[rule]
    for is_harmless in (False, True):
        of_sort = [m for m in mutations if m.is_harmless is is_harmless]
        assert len({m.name for m in of_sort}) == len(of_sort) >= 10
        assert sum(len(m.trees) for m in of_sort) >= 20


@pytest.mark.parametrize("name", TREES)
def test_the_correct_trees_are_clean_and_run(name: str, tmp_path: Path, runner: Runner) -> None:
    tree = Tree(name)
    write_tree(tmp_path, tree.files)
    report = lint_tree(tmp_path)
    assert not report.findings, [shown(f, tmp_path) for f in report.findings]
    assert report.stores == 1
    _ran(tree, tmp_path, runner, Silent)


@each_variant
def test_a_variant_gives_exactly_its_findings(mutation: Mutation, name: str, tmp_path: Path) -> None:
    tree = _made(mutation, name)
    write_tree(tmp_path, tree.files)
    findings = lint_tree(tmp_path).findings
    expected = [mutation.rule] * mutation.findings
    assert [f.rule for f in findings] == expected, [shown(f, tmp_path) for f in findings]


@pytest.mark.parametrize(
    ("mutation", "name"), [p for p in _ALL if getattr(p.values[0], "raises", None) is not None]
)
def test_a_variant_ends_as_it_says(
    mutation: Mutation, name: str, tmp_path: Path, runner: Runner
) -> None:
    tree = _made(mutation, name)
    write_tree(tmp_path, tree.files)
    assert mutation.raises is not None
    _ran(tree, tmp_path, runner, mutation.raises)
