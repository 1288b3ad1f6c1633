from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_lint.finding import Edit, Finding, Span
from store_lint.fix.edits import apply
from tests.store_lint.report.samples import patient


def edited(*edits: Edit, rule: str = "CKS004") -> Finding:
    start = edits[0].start if edits else 0
    span = Span(start, start, 1, start + 1, 1, start + 1)
    return Finding(rule, "n", "error", Path("a.py"), span, "m", "r", edits)


def test_edits_count_characters_of_the_text_before() -> None:
    text, applied = apply("日 = a, b", [edited(Edit(4, 5, "longer")), edited(Edit(7, 8, ""))])
    assert text == "日 = longer, "
    assert len(applied) == 2


def test_a_findings_edits_are_applied_all_or_none() -> None:
    first = edited(Edit(5, 6, "X"))
    second = edited(Edit(0, 1, "Y"), Edit(5, 6, "Z"))
    third = edited(Edit(2, 2, "+"))
    text, applied = apply("abcdef", [first, second, third])
    assert applied == [second, third]
    assert text == "Yb+cdeZ"


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [
        (Edit(0, 2, ""), Edit(2, 3, ""), True),
        (Edit(0, 2, ""), Edit(1, 3, ""), False),
        (Edit(0, 3, ""), Edit(1, 1, "x"), False),
        (Edit(1, 1, "x"), Edit(1, 3, ""), True),
        (Edit(0, 1, ""), Edit(1, 1, "x"), True),
        (Edit(1, 1, "x"), Edit(1, 1, "x"), False),
    ],
)
def test_what_overlaps_waits_for_another_round(first: Edit, second: Edit, both: bool) -> None:
    for order in ([first, second], [second, first]):
        _, applied = apply("abcd", [edited(edit) for edit in order])
        assert len(applied) == 1 + both


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_new_lines_end_as_those_of_the_file(newline: str) -> None:
    text, _ = apply(f"a{newline}b", [edited(Edit(0, 0, "import x\nimport y\r\n"))])
    assert text == f"import x{newline}import y{newline}a{newline}b"


@pytest.mark.parametrize(
    "edits", [(Edit(2, 1, ""),), (Edit(0, 9, ""),), (Edit(2, 3, ""), Edit(0, 1, ""))]
)
def test_malformed_edits_are_a_bug_of_their_rule(edits: tuple[Edit, ...]) -> None:
    with pytest.raises(ValueError, match="CKS004 made edits"):
        apply("abcd", [edited(*edits)])


@st.composite
def edits(draw: st.DrawFn) -> Edit:
    start, end = sorted(draw(st.tuples(st.integers(0, 12), st.integers(0, 12))))
    return Edit(start, end, draw(st.text("XYZ", max_size=3)))


@patient
@given(st.lists(st.lists(edits(), min_size=1, max_size=2), max_size=6))
def test_the_applied_edits_and_no_others_make_the_new_text(groups: list[list[Edit]]) -> None:
    text = "abcdefghijkl"
    findings = [
        edited(*group)
        for group in map(sorted, groups)
        if all(one.end <= two.start for one, two in pairwise(group))
    ]
    result, applied = apply(text, findings)
    expected = text
    for edit in sorted((edit for found in applied for edit in found.edits), reverse=True):
        expected = expected[: edit.start] + edit.text + expected[edit.end :]
    assert result == expected
    assert bool(applied) == bool(findings)
