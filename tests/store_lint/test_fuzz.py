"""A small part of the fuzzing that is run by hand: no rule crashes on any program."""

from __future__ import annotations

import pytest

from tests.store_lint.fuzzing import library_tests, problems_alone, problems_in_programs

# The files of Python's own tests that hold the most kinds of syntax.
TELLING = ("test_grammar.py", "test_with.py", "test_named_expressions.py")


def test_random_programs_give_no_internal_error() -> None:
    assert list(problems_in_programs(8)) == []


def test_programs_full_of_syntax_give_no_internal_error() -> None:
    files = [path for path in library_tests() if path.name in TELLING]
    if not files:
        pytest.skip("this Python came without its tests")
    assert [problem for path in files for problem in problems_alone(path)] == []
