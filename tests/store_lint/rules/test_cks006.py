"""What the cases of CKS006 cannot show: other releases, messages, and edits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.store_lint.linting import Lint

RULE = ("CKS006",)


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("ThreadMetadata(id='x', created_at=1, allowed_image_domains=[])", "1.6.3", "1.6.5"),
        ("FileAttachment(id='x', name='n', mime_type='m', upload_url=None)", "0.0.2", "1.4.2"),
        ("FileAttachment(id='x', name='n', mime_type='m', upload_descriptor=None)", "1.5.0", "1.6.5"),
        ("FileAttachment(id='x', name='n', mime_type='m', metadata={})", "1.5.3", "1.6.5"),
        ("FileAttachment(id='x', name='n', mime_type='m', thread_id='t')", "1.6.0", "1.6.5"),
    ],
)
def test_a_field_is_unknown_in_the_releases_that_lack_it(
    lint: Lint, code: str, first: str, last: str
) -> None:
    from store_lint.chatkit_api import releases

    known = releases()
    has_it = known[known.index(first) : known.index(last) + 1]
    text = f"from chatkit.types import FileAttachment, ThreadMetadata\n\n{code}\n"
    for release in (known[0], first, last, known[-1]):
        findings = lint(text, RULE, chatkit=release)
        assert [f.rule for f in findings] == ([] if release in has_it else ["CKS006"]), release
    outside = next(release for release in (known[0], known[-1]) if release not in has_it)
    (finding,) = lint(text, RULE, chatkit=outside)
    assert f"{first} to {last}" in finding.remedy


@pytest.mark.parametrize(
    ("code", "outcome", "remedy"),
    [
        ("ThreadMetadata(id='x', created_at=1, owner=1)", "ignored, nothing fails", "metadata"),
        (
            "ThreadMetadata(id='x')",
            "lacks the required field `created_at`",
            "`created_at=datetime.now(",
        ),
        ("thread.owner = 1", "setting it raises ValueError", 'set `metadata["owner"]`'),
        ("thread.owner", "reading it raises AttributeError", 'metadata.get("owner")'),
        ("thread.to_dict()", "reading it raises AttributeError", "`model_dump()`"),
        ("thread.items", "reading it raises AttributeError", "load_thread_items("),
        ("thread.updated_at", "reading it raises AttributeError", "ChatKit keeps no such time"),
        ("thread.model_copy(update={'owner': 1})", "until the first dump drops it", "metadata"),
        ("Page(data=[], next_cursor=None)", "ignored, nothing fails", "write `after`"),
        ("ThreadMetadata(id='x', created_at=1, tittle=1)", "ignored", "did you mean `title`?"),
    ],
)
def test_each_outcome_is_said_as_it_is(lint: Lint, code: str, outcome: str, remedy: str) -> None:
    (finding,) = lint(
        "from chatkit.types import Page, ThreadMetadata\n\n\n"
        f"def use(thread: ThreadMetadata):\n    {code}\n",
        RULE,
    )
    assert outcome in finding.message
    assert remedy in finding.remedy


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("ThreadMetadata(id='x', createdAt=1, created_at=1)", None),
        ("ThreadMetadata(id='x', created_at=1, Title='x')", "title"),
        ("thread.createdAt", "created_at"),
        ("thread.updatedAt", None),
    ],
)
def test_a_name_that_differs_in_case_only_is_mended(lint: Lint, code: str, text: str | None) -> None:
    (finding,) = lint(
        f"from chatkit.types import ThreadMetadata\n\n\ndef use(thread: ThreadMetadata):\n    {code}\n",
        RULE,
    )
    assert [edit.text for edit in finding.edits] == ([text] if text else [])


@pytest.mark.parametrize(
    "given",
    ["choice", "chosen()", "handed_on(choice)"],
    ids=["of a variable", "of a function", "through a function"],
)
def test_names_of_several_dicts_are_listed_as_they_stand_in_the_file(lint: Lint, given: str) -> None:
    names = ["kiwi", "fig", "date", "plum", "apple", "lime", "pear", "melon"]
    dicts = ", ".join(f'{{"{name}": 1}}' for name in names)
    (finding,) = lint(
        "from chatkit.types import ThreadMetadata\n\n\n"
        f"def chosen():\n    for choice in ({dicts}):\n"
        "        if choice:\n            return choice\n\n\n"
        "def handed_on(choice):\n    return choice\n\n\n"
        f"def make():\n    for choice in ({dicts}):\n"
        f'        ThreadMetadata(id="x", created_at=1, **{given})\n',
        RULE,
    )
    listed = ", ".join(f"`{name}`" for name in names)
    assert f"no fields {listed} in" in finding.message
