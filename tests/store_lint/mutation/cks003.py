"""CKS003: chatkit names, unions and contents that chatkit does not take, and their harmless twins."""

from __future__ import annotations

from typing import Final

from pydantic import ValidationError

from tests.store_lint.mutation.model import Mutations, Silent, Tree

CKS003 = Mutations("CKS003", raises=ImportError)

_ITEM: Final = 'id="1", thread_id="t", created_at=datetime.now(timezone.utc)'
_TYPES: Final = """
from chatkit.types import AssistantMessageContent, AssistantMessageItem, InferenceOptions
from chatkit.types import ThreadItem, UserMessageItem, UserMessageTextContent
"""


def _with(tree: Tree, code: str) -> None:
    """Code at the end of the main module, which has chatkit's names at hand and is run."""
    tree.append(_TYPES + code, file=tree.main)


def _user(content: str) -> str:
    return f"UserMessageItem({_ITEM}, content={content}, inference_options=InferenceOptions())"


def _assistant(content: str) -> str:
    return f"AssistantMessageItem({_ITEM}, content={content})"


# Names


@CKS003.wrong()
def name_that_no_release_has(tree: Tree) -> None:
    tree.append("\nfrom chatkit.types import MessageContentPart as Part\n", file=tree.main)


@CKS003.wrong()
def name_beside_right_ones(tree: Tree) -> None:
    tree.append(
        "\nfrom chatkit.types import (\n    Page,\n    ThreadInfo,\n    ThreadMetadata,\n)\n",
        file=tree.store,
    )


@CKS003.wrong("memory")
def store_from_types(tree: Tree) -> None:
    tree.swap(
        "from chatkit.store import NotFoundError, Store", "from chatkit.store import NotFoundError"
    )
    tree.swap("import Attachment, Page,", "import Attachment, Page, Store,")


@CKS003.wrong("postgres", findings=2)
def store_from_the_client(tree: Tree) -> None:
    tree.swap("from chatkit.store import", "from openai.resources.beta.chatkit import")


@CKS003.wrong(("memory", "postgres"))
def module_that_is_not_there(tree: Tree) -> None:
    tree.swap("from chatkit.types import", "from chatkit.models import")


@CKS003.wrong("sqlite")
def distribution_for_package(tree: Tree) -> None:
    tree.swap("from chatkit.types import Page", "from openai_chatkit.types import Page")


@CKS003.wrong("sqlite", raises=AttributeError)
def attribute_of_the_module(tree: Tree) -> None:
    tree.swap("types.AssistantMessageContent(", "types.AssistantContent(", file=tree.main)


@CKS003.wrong()
def name_in_a_helper(tree: Tree) -> None:
    tree.append(
        "\n\ndef part(text):\n    from chatkit.types import TextContent\n\n"
        '    return TextContent(text=text)\n\n\npart("hi")\n',
        file=tree.main,
    )


@CKS003.wrong(raises=NameError)
def name_after_a_star(tree: Tree) -> None:
    tree.add("starred.py", "from chatkit.types import *\n\npart = MessageContentPart(text='hi')\n")
    tree.append("\nimport starred\n", file=tree.main)


@CKS003.wrong(raises=RuntimeError)
def fallback_that_gives_up(tree: Tree) -> None:
    tree.append(
        "\ntry:\n    from chatkit.types import MessageContentPart\n"
        'except ImportError as error:\n    raise RuntimeError("install chatkit") from error\n',
        file=tree.main,
    )


# Unions


@CKS003.wrong(raises=TypeError)
def union_called(tree: Tree) -> None:
    _with(tree, '\nThreadItem(**{"id": "1", "type": "end_of_turn"})\n')


@CKS003.wrong("sqlite", raises=TypeError)
def union_called_for_an_adapter(tree: Tree) -> None:
    tree.swap("return _ITEM.validate_json(row", "return types.ThreadItem(**dict(row))", count=1)
    tree.swap('return types.ThreadItem(**dict(row))["data"])', "return types.ThreadItem(**dict(row))")


@CKS003.wrong("postgres", raises=AttributeError, runs=False)
def union_asked_for_a_model_s_method(tree: Tree) -> None:
    tree.swap("ATTACHMENT.validate_json(", "Attachment.model_validate_json(")


@CKS003.wrong("memory", raises=TypeError)
def union_in_isinstance(tree: Tree) -> None:
    tree.swap(
        "isinstance(item, UserMessageItem)", "isinstance(item, (str, ThreadItem))", file=tree.main
    )


@CKS003.wrong(raises=TypeError)
def union_as_a_pattern(tree: Tree) -> None:
    _with(tree, "\nmatch 1:\n    case ThreadItem():\n        pass\n")


@CKS003.wrong(raises=TypeError)
def union_as_a_base(tree: Tree) -> None:
    _with(tree, "\n\nclass Mine(ThreadItem):\n    pass\n")


# Contents


@CKS003.wrong(("memory",), raises=ValidationError)
def string_for_content(tree: Tree) -> None:
    tree.swap(
        "[AssistantMessageContent(text=settings.welcome)]", "f'{settings.welcome}!'", file=tree.main
    )


@CKS003.wrong("sqlite", raises=ValidationError)
def user_content_through_a_variable(tree: Tree) -> None:
    tree.swap(
        'types.AssistantMessageContent(text="On its way.", annotations=[])',
        'types.UserMessageTextContent(text="On its way.")',
        file=tree.main,
    )


@CKS003.wrong("postgres", raises=ValidationError)
def assistant_content_in_a_user_message(tree: Tree) -> None:
    tree.swap("    UserMessageTextContent,\n", "    AssistantMessageContent,\n", file=tree.main)
    tree.swap("[UserMessageTextContent(", "[AssistantMessageContent(", file=tree.main)


@CKS003.wrong(raises=ValidationError)
def appended_content(tree: Tree) -> None:
    _with(
        tree,
        '\nparts = []\nfor text in ("a", "b"):\n    parts.append(AssistantMessageContent(text=text))\n'
        f"{_user('parts')}\n",
    )


@CKS003.wrong(raises=ValidationError)
def content_of_a_helper(tree: Tree) -> None:
    _with(
        tree,
        "\n\ndef made(text):\n    return [UserMessageTextContent(text=text)]\n\n\n"
        f"{_assistant('made(str(1))')}\n",
    )


@CKS003.wrong(raises=ValidationError)
def wrong_type_of_a_dict(tree: Tree) -> None:
    _with(tree, "\n{}\n".format(_assistant('[{"type": "text", "text": "hi"}]')))


@CKS003.wrong(raises=ValidationError)
def wrong_type_of_a_content(tree: Tree) -> None:
    _with(tree, '\nAssistantMessageContent(type="text", text="hi")\n')


@CKS003.wrong("memory", raises=Silent)
def content_assigned(tree: Tree) -> None:
    tree.swap(
        "await store.save_item(thread.id, asked, context)",
        'asked.content = "Where is it?"\n    await store.save_item(thread.id, asked, context)',
        file=tree.main,
    )


# Twins


@CKS003.harmless()
def name_with_a_fallback(tree: Tree) -> None:
    tree.append(
        "\ntry:\n    from chatkit.types import MessageContentPart\n"
        "except ImportError:\n    MessageContentPart = None\n",
        file=tree.main,
    )


@CKS003.harmless()
def name_asked_for(tree: Tree) -> None:
    tree.append(
        '\nimport chatkit.types as kinds\n\nif hasattr(kinds, "Parts"):\n    kinds.Parts()\n'
        'Parts = getattr(kinds, "Parts", None)\n',
        file=tree.main,
    )


@CKS003.harmless()
def name_of_another_release(tree: Tree) -> None:
    tree.append(
        "\nfrom importlib.metadata import version\n\n"
        'if version("openai-chatkit").startswith("99."):\n    from chatkit.types import Future\n',
        file=tree.main,
    )


@CKS003.harmless()
def own_class_of_that_name(tree: Tree) -> None:
    tree.add(
        "orm.py",
        "class ThreadItem:\n    def __init__(self, **row):\n        self.row = row\n\n"
        "    @classmethod\n    def model_validate(cls, row):\n        return cls(**row)\n",
    )
    tree.append(
        "\nfrom orm import ThreadItem as Row\n\n"
        'row = Row(id="1")\nassert isinstance(Row.model_validate({}), Row)\n',
        file=tree.main,
    )


@CKS003.harmless()
def reexport_of_another_module(tree: Tree) -> None:
    tree.append("\nfrom chatkit.server import ThreadMetadata as Metadata\n", file=tree.main)


@CKS003.harmless()
def star_of_types(tree: Tree) -> None:
    tree.add("starred.py", "from chatkit.types import *\n\nEMPTY: Page = Page(data=[])\n")
    tree.append("\nimport starred\n\nprint(starred.EMPTY.has_more)\n", file=tree.main)


@CKS003.harmless()
def union_in_an_adapter(tree: Tree) -> None:
    _with(
        tree,
        "\nfrom pydantic import TypeAdapter\n\nadapter = TypeAdapter(list[ThreadItem])\n"
        "adapter.validate_python([])\n",
    )


@CKS003.harmless()
def plain_union_in_isinstance(tree: Tree) -> None:
    _with(
        tree,
        "\nfrom chatkit.types import ThreadItemUpdate\n\n"
        "assert not isinstance(1, ThreadItemUpdate)\n"
        "assert not isinstance(1, (UserMessageItem, AssistantMessageItem))\n",
    )


@CKS003.harmless()
def name_of_a_union_bound_anew(tree: Tree) -> None:
    _with(
        tree,
        "\nfrom pydantic import TypeAdapter\n\n\ndef made(ThreadItem):\n    return ThreadItem(1)\n\n\n"
        "made(str)\n",
    )


@CKS003.harmless()
def dict_of_the_right_shape(tree: Tree) -> None:
    _with(
        tree,
        "\n{}\n{}\n".format(
            _assistant('[{"text": "hi"}]'), _user('({"type": "input_text", "text": "hi"},)')
        ),
    )


@CKS003.harmless()
def content_by_role(tree: Tree) -> None:
    """The branches that choose the content and the item go together."""
    _with(
        tree,
        "\n\ndef made(role, text):\n"
        '    if role == "user":\n        parts = [UserMessageTextContent(text=text)]\n'
        "    else:\n        parts = [AssistantMessageContent(text=text)]\n"
        f'    if role == "user":\n        return {_user("parts")}\n'
        f"    return {_assistant('parts')}\n\n\n"
        'for role in ("user", "assistant"):\n    made(role, "hi")\n',
    )


@CKS003.harmless()
def string_made_a_content(tree: Tree) -> None:
    _with(
        tree,
        "\n\ndef made(content):\n    if isinstance(content, str):\n"
        "        content = [UserMessageTextContent(text=content)]\n"
        f"    return {_user('content')}\n\n\nmade('hi')\nmade([])\n",
    )


@CKS003.harmless()
def content_of_a_subclass(tree: Tree) -> None:
    _with(
        tree,
        "\n\nclass Marked(UserMessageTextContent):\n    mark: int = 0\n\n\n"
        f"{_user('[Marked(text=str(1))]')}\n",
    )


@CKS003.harmless()
def content_without_validation(tree: Tree) -> None:
    _with(tree, '\nUserMessageItem.model_construct(id="1", content="hi")\n')
