"""CKS003: what it says of other releases, and what `--fix` makes of its findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from store_lint.fix.edits import apply

if TYPE_CHECKING:
    from tests.store_lint.linting import Lint


@pytest.mark.parametrize(
    ("code", "chatkit", "said", "remedy"),
    [
        pytest.param(
            "from chatkit.types import StructuredInputItem",
            "1.5.0",
            "came in 1.6.4",
            "require openai-chatkit>=1.6.4",
            id="later",
        ),
        pytest.param(
            "from chatkit.server import ThreadItemUpdated",
            "1.6.5",
            "it is in `chatkit.types`",
            "from chatkit.types import ThreadItemUpdated",
            id="alias-of-another-name",
        ),
        pytest.param(
            "from chatkit.agents import Awaitable",
            "1.6.5",
            "it was there until 1.0.2",
            "see what chatkit 1.6.5 has",
            id="earlier",
        ),
        pytest.param(
            "from chatkit.types import Attachement",
            "1.6.5",
            "has no `Attachement`",
            "from chatkit.types import Attachment`",
            id="mistyped",
        ),
        pytest.param(
            "from chatkit.server import ToolCall",
            "1.6.5",
            "has no `ToolCall`",
            "from chatkit.agents import ClientToolCall",
            id="a-word-too-few",
        ),
        pytest.param(
            "from chatkit.types import Agent",
            "1.6.5",
            "has no `Agent`",
            "see what chatkit 1.6.5 has",
            id="nothing-alike",
        ),
        pytest.param(
            "import chatkit.types as t\nt.ClientEffectEvent",
            "1.3.1",
            "came in 1.4.0",
            "require openai-chatkit>=1.4.0",
            id="attribute",
        ),
        pytest.param(
            "from chatkit.icons import IconName",
            "1.0.0",
            "no module `chatkit.icons`",
            "from chatkit.types import IconName",
            id="module",
        ),
        pytest.param(
            "from chatkit.types import MessageContentPart",
            "1.6.5",
            "no `MessageContentPart` (chatkit 1.6.5)",
            "UserMessageTextContent",
            id="never",
        ),
        pytest.param(
            "from chatkit.types import Store",
            "1.6.5",
            "it is in `chatkit.store`",
            "from chatkit.store import Store",
            id="elsewhere",
        ),
    ],
)
def test_a_name_of_another_release_says_which(
    lint: Lint, code: str, chatkit: str, said: str, remedy: str
) -> None:
    (finding,) = lint(f"{code}\n", ["CKS003"], chatkit=chatkit)
    assert said in finding.message
    assert remedy in finding.remedy


def test_what_every_release_has_is_no_finding_in_any(lint: Lint) -> None:
    code = (
        "from chatkit.store import Store\nfrom chatkit.types import ThreadItemUpdated, ThreadMetadata\n"
    )
    for release in ("0.0.2", "1.3.0", "1.3.1", "1.6.5"):
        assert not lint(code, ["CKS003"], chatkit=release)


def test_what_only_a_type_checker_reads_is_a_warning(lint: Lint) -> None:
    code = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from chatkit.types import Part\n"
    (finding,) = lint(code, ["CKS003"])
    assert finding.severity == "warning"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "from chatkit.types import Store  # why\n",
            "from chatkit.store import Store  # why\n",
            id="module",
        ),
        pytest.param(
            "from chatkit.models import ThreadItem, ThreadMetadata as Thread\n",
            "from chatkit.types import ThreadItem, ThreadMetadata as Thread\n",
            id="missing-module",
        ),
        pytest.param(
            "if True:\n    from chatkit.types import Page, Store, ThreadItem\n",
            "if True:\n"
            "    from chatkit.types import Page, ThreadItem\n    from chatkit.store import Store\n",
            id="one-of-several",
        ),
        pytest.param(
            "from openai.resources.beta.chatkit import Store, ThreadItem\n",
            "from chatkit.store import Store\nfrom chatkit.types import ThreadItem\n",
            id="two-modules",
        ),
        pytest.param(
            "if True: from chatkit.types import Page, Store\n",
            "if True: from chatkit.types import Page; from chatkit.store import Store\n",
            id="on-one-line",
        ),
        pytest.param(
            "from chatkit.types import (\n    Page,  # pages\n    Store,\n)\n",
            "from chatkit.types import (\n    Page,  # pages\n    Store,\n)\n",
            id="a-comment-would-be-lost",
        ),
        pytest.param(
            "from chatkit.types import ThreadMetaData\n\nthread = ThreadMetaData(id='1')\n",
            "from chatkit.types import ThreadMetadata\n\nthread = ThreadMetadata(id='1')\n",
            id="case",
        ),
        pytest.param(
            "from chatkit.types import ThreadMetaData\n\n__all__ = ['ThreadMetaData']\n",
            "from chatkit.types import ThreadMetadata as ThreadMetaData\n\n"
            "__all__ = ['ThreadMetaData']\n",
            id="case-of-an-export",
        ),
        pytest.param(
            "import chatkit.types as t\n\nthread = t.ThreadMetaData(id='1')\n",
            "import chatkit.types as t\n\nthread = t.ThreadMetadata(id='1')\n",
            id="case-of-an-attribute",
        ),
        pytest.param(
            "from chatkit.types import MessageContentPart\n",
            "from chatkit.types import MessageContentPart\n",
            id="two-meanings",
        ),
        pytest.param(
            "from chatkit.types import ThreadItem\n\n\ndef load(row):\n"
            "    return ThreadItem.model_validate(row, strict=True)\n",
            "from pydantic import TypeAdapter\n"
            "from chatkit.types import ThreadItem\n\n\ndef load(row):\n"
            "    return TypeAdapter(ThreadItem).validate_python(row, strict=True)\n",
            id="validate",
        ),
        pytest.param(
            "from chatkit.types import ThreadItem\nfrom pydantic import BaseModel\n\n"
            "one = ThreadItem.model_validate_json(text)\ntwo = ThreadItem(**row)\n",
            "from chatkit.types import ThreadItem\nfrom pydantic import BaseModel, TypeAdapter\n\n"
            "one = TypeAdapter(ThreadItem).validate_json(text)\n"
            "two = TypeAdapter(ThreadItem).validate_python(row)\n",
            id="import-beside",
        ),
        pytest.param(
            "from chatkit.types import ThreadItem\n\nTypeAdapter = None\none = ThreadItem(**row)\n",
            "from chatkit.types import ThreadItem\n\nTypeAdapter = None\none = ThreadItem(**row)\n",
            id="name-is-taken",
        ),
        pytest.param(
            "from chatkit.types import Attachment, FileAttachment\n\n"
            "one = Attachment(type='file', id='1')\n",
            "from chatkit.types import Attachment, FileAttachment\n\n"
            "one = FileAttachment(type='file', id='1')\n",
            id="member-by-type",
        ),
        pytest.param(
            "from chatkit.types import AssistantMessageContent\n\n"
            "one = AssistantMessageContent(type='text', text='hi')\n",
            "from chatkit.types import AssistantMessageContent\n\n"
            "one = AssistantMessageContent(type='output_text', text='hi')\n",
            id="type",
        ),
        pytest.param(
            "from chatkit.types import UserMessageItem\n\n"
            'one = UserMessageItem(content=[{"type": "text", "text": "hi"}])\n',
            "from chatkit.types import UserMessageItem\n\n"
            'one = UserMessageItem(content=[{"type": "input_text", "text": "hi"}])\n',
            id="type-of-a-dict",
        ),
        pytest.param(
            "from chatkit.types import UserMessageItem\n\n"
            'one = UserMessageItem(content=[{"type": "output_text", "text": "hi"}])\n',
            "from chatkit.types import UserMessageItem\n\n"
            'one = UserMessageItem(content=[{"type": "output_text", "text": "hi"}])\n',
            id="type-of-the-other-side",
        ),
        pytest.param(
            "from chatkit.types import AssistantMessageContent, AssistantMessageItem\n\n\n"
            "def made(text: str):\n    return AssistantMessageItem(content=text)\n",
            "from chatkit.types import AssistantMessageContent, AssistantMessageItem\n\n\n"
            "def made(text: str):\n"
            "    return AssistantMessageItem(content=[AssistantMessageContent(text=text)])\n",
            id="string",
        ),
        pytest.param(
            "from chatkit.types import UserMessageItem, UserMessageTextContent\n\n"
            "one = UserMessageItem(content=['hi'])\n",
            "from chatkit.types import UserMessageItem, UserMessageTextContent\n\n"
            "one = UserMessageItem(content=[UserMessageTextContent(type=\"input_text\", text='hi')])\n",
            id="list-of-strings",
        ),
        pytest.param(
            "from chatkit.types import UserMessageItem\n\none = UserMessageItem(content='hi')\n",
            "from chatkit.types import UserMessageItem\n\none = UserMessageItem(content='hi')\n",
            id="class-is-not-at-hand",
        ),
        pytest.param(
            "from chatkit.types import UserMessageItem, UserMessageTextContent\n\n\n"
            "def made(texts: list[str]):\n    return UserMessageItem(content=texts)\n",
            "from chatkit.types import UserMessageItem, UserMessageTextContent\n\n\n"
            "def made(texts: list[str]):\n    return UserMessageItem(content=texts)\n",
            id="list-in-a-variable",
        ),
        pytest.param(
            "from chatkit.types import LockedStatus\n\none = LockedStatus(type='active')\n",
            "from chatkit.types import LockedStatus\n\none = LockedStatus(type='active')\n",
            id="type-of-another-model",
        ),
    ],
)
def test_fixes_are_what_is_sure(lint: Lint, before: str, after: str) -> None:
    text, applied = before, [None]
    while applied:
        text, applied = apply(text, lint(text, ["CKS003"]))
    assert text == after


def test_of_several_wrong_types_the_same_one_is_named_each_time(lint: Lint) -> None:
    (finding,) = lint(
        "from chatkit.types import InferenceOptions, UserMessageItem\n\n\n"
        "def make(now):\n"
        '    for kind in ("kiwi", "fig", "date", "plum", "apple", "lime", "pear", "melon"):\n'
        '        UserMessageItem(id="x", thread_id="t", created_at=now, attachments=[],\n'
        '            inference_options=InferenceOptions(), content=[{"type": kind, "text": "x"}])\n',
        ("CKS003",),
    )
    assert "'apple'" in finding.message
