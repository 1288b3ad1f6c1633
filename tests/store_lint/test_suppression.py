from pathlib import Path

import pytest

from store_lint import suppression
from store_lint.finding import Finding
from store_lint.fix.edits import apply as apply_edits
from store_lint.tree.source import parse

RAN = frozenset({"CKS004", "CKS005", "CKS901"})


def judged(text: str, ran: frozenset[str] = RAN, rule: str = "CKS004") -> list[Finding]:
    """What is left where every `HERE` in the text is a finding."""
    source = parse(Path("a.py"), text.encode())
    found: list[Finding] = []
    at = text.find("HERE")
    while at >= 0:
        span = source.span(at, at + 4)
        found.append(Finding(rule, "unguarded-pool", "error", Path("a.py"), span, "m", "r"))
        at = text.find("HERE", at + 1)
    return suppression.apply(source, found, ran)


@pytest.mark.parametrize(
    "text",
    [
        "x = HERE  # store-lint: ignore[CKS004]\n",
        "x = HERE  # store-lint: ignore[unguarded-pool] the pool is set by the caller\n",
        "x = HERE  # store-lint: ignore[CKS004]",
        "x = HERE  #store-lint:ignore[ CKS005 ,CKS004 ]\n",
        "x = HERE  # noqa: E501  # store-lint: ignore[CKS004]\n",
        "x = HERE  # store-lint: ignore[CKS004]  # noqa: E501\n",
        "# store-lint: ignore[CKS004]\nx = HERE\n",
        "if x:\n    # store-lint: ignore[CKS004]\n    x = HERE\n",
        "# store-lint: ignore[CKS004]\n# and why\nx = HERE\n",
        "# store-lint: ignore[CKS004]\n# store-lint: ignore[CKS005]\nx = HERE\n",
        "x = call(  # store-lint: ignore[CKS004]\n    1,\n    HERE,\n)\n",
        "x = call(\n    1,\n    HERE,  # store-lint: ignore[CKS004]\n)\n",
        "x = call(\n    1,\n    # store-lint: ignore[CKS004]\n    HERE,\n)\n",
        "# store-lint: ignore[CKS004]\nx = call(\n    1,\n    HERE,\n)\n",
        "# store-lint: ignore[CKS004]\n@one\n@two\nclass HERE: ...\n",
        "@one  # store-lint: ignore[CKS004]\nclass HERE: ...\n",
        "@one\n# store-lint: ignore[CKS004]\nclass HERE: ...\n",
        "@HERE  # store-lint: ignore[CKS004]\nclass One: ...\n",
        "class HERE: ...  # store-lint: ignore[CKS004]\n",
        "if x:\n    pass\nelif HERE:  # store-lint: ignore[CKS004]\n    pass\n",
        "async def f():\n    async with HERE:  # store-lint: ignore[CKS004]\n        pass\n",
        "x = HERE  # store-lint: ignore[CKS004]\r\ny = 1\r\n",
        "x = HERE  # store-lint: ignore[CKS004]\ry = 1\r",
        "\ufeffx = HERE  # store-lint: ignore[CKS004]\n",
        "\x0cx = HERE  # store-lint: ignore[CKS004]\n",
    ],
)
def test_a_finding_is_silenced(text: str) -> None:
    text = text.replace("CKS005", "CKS001")  # not checked in this run, so never called unused
    assert judged(text.lstrip("\ufeff")) == []


@pytest.mark.parametrize(
    "text",
    [
        "x = HERE, '# store-lint: ignore[CKS004]'\n",
        '"""\n# store-lint: ignore[CKS004]"""; x = HERE\n',
        "x = f'{1}# store-lint: ignore[CKS004]', HERE\n",
        "x = HERE  # store-lint: the checker\n",
        "x = HERE  # store-lint\n",
        "x = HERE  # see store-lint: ignore[CKS004]\n",
    ],
)
def test_what_is_no_suppression_changes_nothing(text: str) -> None:
    assert [found.rule for found in judged(text)] == ["CKS004"]


@pytest.mark.parametrize(
    "text",
    [
        "# store-lint: ignore[CKS004]\n\nx = HERE\n",
        "x = HERE\n# store-lint: ignore[CKS004]\n",
        "y = 1  # store-lint: ignore[CKS004]\nx = HERE\n",
        "if x:  # store-lint: ignore[CKS004]\n    x = HERE\n",
        "# store-lint: ignore[CKS004]\ndef f():\n    x = HERE\n",
        "x = HERE  # store-lint: ignore[CKS005]\n",
        "x = HERE  # store-lint: disable[CKS004]\n",
    ],
)
def test_a_suppression_elsewhere_or_of_another_rule_silences_nothing(text: str) -> None:
    assert sorted(found.rule for found in judged(text)) == ["CKS004", "CKS901"]


def test_a_finding_of_several_lines_is_silenced_on_its_last() -> None:
    text = "x = 1\ny = call(\n    1,\n)  # store-lint: ignore[CKS004]\n"
    source = parse(Path("a.py"), text.encode())
    span = source.span(text.index("call"), text.index(")") + 1)
    found = Finding("CKS004", "unguarded-pool", "error", Path("a.py"), span, "m", "r")
    assert suppression.apply(source, [found], RAN) == []


def useless(text: str) -> Finding:
    (found,) = (found for found in judged(text) if found.rule == "CKS901")
    assert found.severity == "warning"
    assert found.name == "unused-suppression"
    return found


@pytest.mark.parametrize(
    ("before", "message", "after"),
    [
        (
            "x = 1  # store-lint: ignore[CKS004] why\ny = 2\n",
            "unused suppression: `CKS004` finds nothing here",
            "x = 1\ny = 2\n",
        ),
        (
            "def f():\n    # store-lint: ignore[CKS004]\n    return 1\n",
            "unused suppression: `CKS004` finds nothing here",
            "def f():\n    return 1\n",
        ),
        (
            "x = 1\r\n# store-lint: ignore[CKS004]",
            "unused suppression: `CKS004` finds nothing here",
            "x = 1\r\n",
        ),
        (
            "x = HERE  # store-lint: ignore[CKS005, CKS004,CKS04] why\n",
            "unused suppression: `CKS005` finds nothing here, there is no rule `CKS04` "
            "(did you mean 'CKS004'?)",
            "x = HERE  # store-lint: ignore[CKS004] why\n",
        ),
        (
            "x = 1  # noqa  # store-lint: ignore[CKS004] why\n",
            "unused suppression: `CKS004` finds nothing here",
            "x = 1  # noqa\n",
        ),
        (
            "x = 1  # store-lint: ignore[CKS004] why  # noqa\n",
            "unused suppression: `CKS004` finds nothing here",
            "x = 1  # noqa\n",
        ),
        (
            "x = HERE  # store-lint: ignore why\n",
            "this suppression names no rule, so it silences nothing",
            "x = HERE\n",
        ),
        (
            "x = HERE  # store-lint: ignore[]\n",
            "this suppression names no rule, so it silences nothing",
            "x = HERE\n",
        ),
        (
            "x = HERE  # store-lint: disable[CKS004]\n",
            "`disable` is no word of a suppression, so this comment does nothing",
            "x = HERE  # store-lint: disable[CKS004]\n",
        ),
    ],
)
def test_a_useless_suppression_is_reported_and_its_fix_removes_it(
    before: str, message: str, after: str
) -> None:
    found = useless(before)
    assert found.message == message
    assert apply_edits(before, [found])[0] == after
    assert before[found.span.start : found.span.end].startswith("# store-lint:")


def test_a_rule_that_was_not_checked_is_not_called_unused() -> None:
    text = "x = 1  # store-lint: ignore[CKS004]\n"
    assert judged(text, RAN - {"CKS004"}) == []
    assert judged(text, RAN - {"CKS901"}) == []
    assert len(judged(text)) == 1


def test_the_report_of_unused_suppressions_can_itself_be_silenced() -> None:
    assert judged("x = 1  # store-lint: ignore[CKS004, CKS901] kept for a plugin\n") == []
    assert judged("x = 1  # store-lint: ignore[CKS901]\n") == []


def test_one_suppression_silences_all_findings_of_its_line_and_order_is_kept() -> None:
    text = "x = 1  # store-lint: ignore[CKS005]\ny = HERE, HERE  # store-lint: ignore[CKS004]\nHERE"
    assert [(found.rule, found.span.line) for found in judged(text)] == [
        ("CKS901", 1),
        ("CKS004", 3),
    ]
