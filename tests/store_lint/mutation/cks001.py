"""CKS001: abstract methods that are missing, in many shapes, and what only looks so."""

from __future__ import annotations

import re
from typing import Final

from tests.store_lint.mutation.model import Mutations, Tree

CKS001 = Mutations("CKS001", raises=TypeError)

_METHOD: Final = "    async def delete_thread_item(self, thread_id, item_id, context):\n        pass\n"
_FUNCTION: Final = "\n\nasync def _delete(self, thread_id, item_id, context):\n    pass\n"


def _base(tree: Tree) -> str:
    """What the store derives from, as it is written."""
    return _head(tree)[1]


def _head(tree: Tree) -> re.Match[str]:
    found = re.search(rf"^class {tree.cls}\((Store\[.*\])\):\n", tree.files[tree.store], re.MULTILINE)
    assert found is not None
    return found


def _derive(tree: Tree, bases: str, *, before: str = "", body: str = "") -> None:
    """Give the store other bases, code in front of it and more in its body."""
    new = f"{before}class {tree.cls}({bases}):\n{body}"
    tree.swap(_head(tree)[0], new)


# Methods left out


@CKS001.wrong()
def one_left_out(tree: Tree) -> None:
    tree.drop_method("delete_thread_item")


@CKS001.wrong()
def three_left_out(tree: Tree) -> None:
    for name in ("save_attachment", "load_attachment", "delete_attachment"):
        tree.drop_method(name)


@CKS001.wrong()
def misspelt(tree: Tree) -> None:
    tree.swap("async def load_threads(", "async def list_threads(")


@CKS001.wrong()
def made_private(tree: Tree) -> None:
    tree.swap("async def delete_attachment(", "async def _delete_attachment(")


@CKS001.wrong()
def only_annotated(tree: Tree) -> None:
    tree.drop_method("delete_thread_item")
    _derive(tree, _base(tree), body="    delete_thread_item: object\n\n")


@CKS001.wrong()
def only_for_type_checkers(tree: Tree) -> None:
    tree.drop_method("delete_thread_item")
    method = "        async def delete_thread_item(self, *args): ...\n\n"
    before = "from typing import TYPE_CHECKING\n\n\n"
    _derive(tree, _base(tree), before=before, body=f"    if TYPE_CHECKING:\n\n{method}")


@CKS001.wrong()
def assigned_too_late(tree: Tree) -> None:
    tree.drop_method("delete_thread_item")
    tree.append(f"{_FUNCTION}\n\n{tree.cls}.delete_thread_item = _delete\n")


@CKS001.wrong()
def assigned_to_instances(tree: Tree) -> None:
    tree.drop_method("delete_thread_item")
    tree.append("\n    def _late(self):\n        self.delete_thread_item = self.save_item\n")


# Bases


@CKS001.wrong()
def base_under_another_name(tree: Tree) -> None:
    tree.drop_method("load_item")
    base = _base(tree).replace("Store[", "Threads[")
    _derive(tree, base, before="Threads = Store\n\n\n")


@CKS001.wrong()
def base_of_a_module(tree: Tree) -> None:
    tree.drop_method("save_thread")
    base = _base(tree).replace("Store[", "chatkit.store.Store[")
    _derive(tree, base, before="import chatkit.store  # noqa: E402\n\n\n")


@CKS001.wrong()
def base_from_the_server(tree: Tree) -> None:
    tree.drop_method("delete_thread")
    base = _base(tree).replace("Store[", "ServerStore[")
    _derive(tree, base, before="from chatkit.server import Store as ServerStore  # noqa: E402\n\n\n")


@CKS001.wrong()
def base_without_a_context(tree: Tree) -> None:
    tree.drop_method("delete_thread")
    _derive(tree, "Store")


@CKS001.wrong()
def mixin_behind_the_store(tree: Tree) -> None:
    tree.drop_method("delete_thread_item")
    _derive(tree, f"{_base(tree)}, Deletes", before=f"class Deletes:\n{_METHOD}\n\n")


@CKS001.wrong()
def attachment_store_beside_it(tree: Tree) -> None:
    before = (
        "from chatkit.store import AttachmentStore\n\n\nclass Files(AttachmentStore):\n    pass\n\n\n"
    )
    _derive(tree, _base(tree), before=before)
    module = tree.store.removesuffix(".py").replace("/", ".")
    tree.swap(
        "asyncio.run(",
        f"__import__('{module}', fromlist=['x']).Files()\n    asyncio.run(",
        file=tree.main,
    )


@CKS001.wrong("memory")
def base_in_another_file(tree: Tree) -> None:
    base = "from chatkit.store import Store\n\n\nclass Threads(Store[dict[str, str]]):\n    pass\n"
    tree.add("base.py", base)
    tree.drop_method("load_threads")
    _derive(tree, "Threads", before="from base import Threads  # noqa: E402\n\n\n")


@CKS001.wrong("memory")
def base_handed_on_by_a_package(tree: Tree) -> None:
    base = "from chatkit.store import Store\n\n\nclass Threads(Store[dict[str, str]]):\n    pass\n"
    tree.add("bases/threads.py", base)
    tree.add("bases/__init__.py", "from .threads import *\n")
    tree.drop_method("load_threads")
    _derive(tree, "bases.Threads", before="import bases  # noqa: E402\n\n\n")


# The class statement


@CKS001.wrong()
def abstract_and_made_all_the_same(tree: Tree) -> None:
    body = "    @abstractmethod\n    def audit(self): ...\n\n"
    _derive(tree, f"{_base(tree)}, ABC", before="from abc import ABC, abstractmethod\n\n\n", body=body)


@CKS001.wrong()
def decorated_plainly(tree: Tree) -> None:
    tree.drop_method("save_item")
    before = "from typing import final\n\n\ndef known(cls):\n    return cls\n\n\n@final\n@known\n"
    _derive(tree, _base(tree), before=before)


@CKS001.wrong()
def of_a_singleton_metaclass(tree: Tree) -> None:
    tree.drop_method("save_item")
    before = (
        "from abc import ABCMeta\n\n\nclass Once(ABCMeta):\n"
        "    def __call__(cls, *args):\n        return super().__call__(*args)\n\n\n"
    )
    _derive(tree, f"{_base(tree)}, metaclass=Once", before=before)


@CKS001.wrong()
def derived_class_lacks_what_its_base_asks_for(tree: Tree) -> None:
    before = (
        f"from abc import abstractmethod\n\n\nclass Audited({_base(tree)}):\n"
        "    @abstractmethod\n    def audit(self): ...\n\n\n"
    )
    _derive(tree, "Audited", before=before)


# Harmless


@CKS001.harmless()
def method_in_a_mixin(tree: Tree) -> None:
    tree.drop_method("delete_thread_item")
    _derive(tree, f"Deletes, {_base(tree)}", before=f"class Deletes:\n{_METHOD}\n\n")


@CKS001.harmless()
def method_in_a_base(tree: Tree) -> None:
    tree.drop_method("delete_thread_item")
    _derive(tree, "Deletes", before=f"class Deletes({_base(tree)}):\n{_METHOD}\n\n")


@CKS001.harmless("memory")
def method_in_another_file(tree: Tree) -> None:
    tree.add("deletes.py", f"class Deletes:\n{_METHOD}")
    tree.drop_method("delete_thread_item")
    _derive(tree, f"deletes.Deletes, {_base(tree)}", before="import deletes  # noqa: E402\n\n\n")


@CKS001.harmless()
def method_assigned(tree: Tree) -> None:
    tree.drop_method("delete_thread_item")
    body = "    delete_thread_item = _delete\n\n"
    _derive(tree, _base(tree), before=f"{_FUNCTION.lstrip()}\n\n", body=body)


@CKS001.harmless()
def method_put_into_the_namespace(tree: Tree) -> None:
    tree.drop_method("delete_thread_item")
    body = "    vars()['delete_' + 'thread_item'] = _delete\n\n"
    _derive(tree, _base(tree), before=f"{_FUNCTION.lstrip()}\n\n", body=body)


@CKS001.harmless()
def method_under_a_condition(tree: Tree) -> None:
    tree.drop_method("delete_thread_item")
    inner = _METHOD.replace("    ", "        ")
    body = f"    if sys.version_info >= (3, 8):\n\n{inner}\n    else:\n\n{inner}\n"
    _derive(tree, _base(tree), before="import sys  # noqa: E402\n\n\n", body=body)


@CKS001.harmless()
def base_class_that_nobody_makes(tree: Tree) -> None:
    tree.append(f"\n\nclass BaseThreads({_base(tree)}):\n    pass\n")


@CKS001.harmless()
def abstract_class_with_a_complete_one(tree: Tree) -> None:
    tree.append(
        f"\n\nfrom abc import ABC, abstractmethod  # noqa: E402\n\n\nclass Audited({tree.cls}, ABC):\n"
        "    @abstractmethod\n    def audit(self): ...\n\n\n"
        "class Logged(Audited):\n    def audit(self):\n        return None\n"
    )


@CKS001.harmless()
def class_that_must_fail(tree: Tree) -> None:
    tree.append(
        f"\n\nimport contextlib  # noqa: E402\n\n\nclass Partial({_base(tree)}):\n    pass\n\n\n"
        "with contextlib.suppress(TypeError):\n    Partial()\n"
    )


@CKS001.harmless()
def class_of_that_name_from_elsewhere(tree: Tree) -> None:
    tree.append("\n\nclass AttachmentStore:\n    pass\n\n\nclass Files(AttachmentStore):\n    pass\n")


@CKS001.harmless()
def decorator_that_completes(tree: Tree) -> None:
    tree.append(
        "\n\nimport functools  # noqa: E402\n\nregister = getattr(functools, 'lru_cache')\n\n\n"
        f"@register\nclass Partial({_base(tree)}):\n    pass\n"
    )


@CKS001.harmless()
def made_concrete_by_hand(tree: Tree) -> None:
    tree.append(
        f"\n\nclass Partial({_base(tree)}):\n    pass\n\n\n"
        "Partial.__abstractmethods__ = frozenset()\nPartial()\n"
    )


@CKS001.harmless()
def base_under_another_name_and_complete(tree: Tree) -> None:
    base = _base(tree).replace("Store[", "Threads[")
    _derive(
        tree,
        base,
        before="import chatkit.store as _store  # noqa: E402\n\nThreads = _store.Store\n\n\n",
    )
