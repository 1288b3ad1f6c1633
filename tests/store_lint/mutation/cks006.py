"""Fields that no model has, and needed ones left out, as code gives, sets and reads them."""

from __future__ import annotations

from pydantic import ValidationError

from tests.store_lint.mutation.model import Mutations, Silent, Tree

CKS006 = Mutations("CKS006", raises=AttributeError)

_MADE = {
    "postgres": "            title=title,\n            created_at=datetime.now(timezone.utc),\n",
    "sqlite": "            id=store.generate_thread_id(user), created_at=datetime.now(timezone.utc)\n",
    "memory": '    thread = ThreadMetadata(id="thr_1", title="Parcel", created_at=now)\n',
}
_FILE = {"postgres": "src/store.py", "sqlite": "chat/main.py", "memory": "main.py"}
_AFTER = {  # where a thread that was loaded is at hand, and what it is called
    "postgres": ("        thread.title = title\n", "thread"),
    "sqlite": ("        loaded = await store.load_thread(thread.id, user)\n", "loaded"),
    "memory": ("    loaded = await store.load_thread(thread.id, context)\n", "loaded"),
}


def _given(tree: Tree, keyword: str) -> None:
    """Give one more keyword to the thread that is made."""
    made = _MADE[tree.name]
    if tree.name == "memory":
        tree.swap(made, made.replace("created_at=now", f"created_at=now, {keyword}"), file="main.py")
    elif tree.name == "sqlite":
        changed = made.rstrip("\n") + f",\n            {keyword},\n"
        tree.swap(made, changed, file=_FILE[tree.name])
    else:
        tree.swap(made, f"{made}            {keyword},\n", file=_FILE[tree.name])


def _then(tree: Tree, code: str) -> None:
    """Run a line behind the load of a thread, which stands in it as `$`."""
    line, name = _AFTER[tree.name]
    indent = line[: len(line) - len(line.lstrip())]
    added = "".join(f"{indent}{part}\n" for part in code.replace("$", name).splitlines())
    tree.swap(line, line + added, file=_FILE[tree.name])


def _model(tree: Tree) -> str:
    """What the file in which the thread is loaded calls its class."""
    return "types.ThreadMetadata" if tree.name == "sqlite" else "ThreadMetadata"


# Lost in silence


@CKS006.wrong(raises=Silent)
def keyword_that_is_no_field(tree: Tree) -> None:
    _given(tree, "updated_at=None")


@CKS006.wrong(raises=Silent)
def key_of_an_inline_dict(tree: Tree) -> None:
    _given(tree, '**{"owner": "ada"}')


@CKS006.wrong(raises=Silent)
def key_of_a_dict_with_a_name(tree: Tree) -> None:
    extra = 'extra = {"owner": "ada"}'
    _then(tree, f"{extra}\n{_model(tree)}(id=$.id, created_at=$.created_at, **extra)")


@CKS006.wrong(raises=Silent)
def copy_with_what_a_dump_drops(tree: Tree) -> None:
    _then(tree, '$.model_copy(update={"title": "x", "owner": "ada"})')


@CKS006.wrong(raises=Silent)
def validated_with_what_is_ignored(tree: Tree) -> None:
    _then(tree, f'{_model(tree)}.model_validate({{**$.model_dump(), "owner": "ada"}})')


@CKS006.wrong("postgres", raises=Silent)
def page_with_a_cursor(tree: Tree) -> None:
    tree.swap(
        "return Page(data=threads, has_more=has_more, after=threads[-1].id if has_more else None)",
        "return Page(data=threads, has_more=has_more, next_cursor=None)",
    )


@CKS006.wrong("sqlite", raises=Silent)
def misspelt_in_the_row(tree: Tree) -> None:
    tree.swap('        title=row["title"],\n', '        Title=row["title"],\n')


@CKS006.wrong("sqlite", raises=Silent)
def nested_dict(tree: Tree) -> None:
    tree.swap(
        'types.InferenceOptions(model="small")', '{"model": "small", "temperature": 1}', file=tree.main
    )


# Left out


@CKS006.wrong(("postgres", "sqlite"), raises=ValidationError)
def no_inference_options(tree: Tree) -> None:
    options = {
        "postgres": "        inference_options=InferenceOptions(),\n",
        "sqlite": '        inference_options=types.InferenceOptions(model="small"),\n',
    }
    tree.swap(options[tree.name], "", file=tree.main)


@CKS006.wrong("memory", raises=ValidationError)
def no_time(tree: Tree) -> None:
    tree.swap('title="Parcel", created_at=now', 'title="Parcel"', file=tree.main)


# Set


@CKS006.wrong(raises=ValueError)
def assignment(tree: Tree) -> None:
    _then(tree, "$.updated_at = None")


@CKS006.wrong(raises=ValueError)
def assignment_in_a_helper(tree: Tree) -> None:
    tree.append(
        f"\n\ndef touch(of: {_model(tree)}) -> None:\n    of.touched = 1\n", file=_FILE[tree.name]
    )
    if tree.name != "postgres":
        main = tree.files[_FILE[tree.name]]
        guard = '\n\nif __name__ == "__main__":\n    main()\n'
        tree.files[_FILE[tree.name]] = main.replace(guard, "") + guard
    _then(tree, "touch($)")


@CKS006.wrong(raises=ValueError)
def by_setattr(tree: Tree) -> None:
    _then(tree, 'setattr($, "owner", "ada")')


# Read


@CKS006.wrong()
def read(tree: Tree) -> None:
    _then(tree, "print($.updated_at)")


@CKS006.wrong()
def read_behind_a_name(tree: Tree) -> None:
    _then(tree, "other = $\nprint(other.updated_at)")


@CKS006.wrong()
def read_in_a_comprehension(tree: Tree) -> None:
    _then(tree, "print([one.owner for one in [$]])")


@CKS006.wrong()
def sorted_by_what_is_not_there(tree: Tree) -> None:
    _then(tree, "sorted([$], key=lambda one: one.updated_at)")


@CKS006.wrong()
def method_that_is_not_there(tree: Tree) -> None:
    _then(tree, "$.to_dict()")


@CKS006.wrong(("sqlite", "memory"))
def field_of_no_item(tree: Tree) -> None:
    if tree.name == "sqlite":
        tree.swap("print(item.type, item.thread_id", "print(item.role, item.thread_id", file=tree.main)
    else:
        tree.swap("    return item.type\n", "    return item.kind\n", file=tree.main)
        tree.swap("isinstance(item, UserMessageItem)", "isinstance(item, str)", file=tree.main)


# Harmless


@CKS006.harmless()
def keyword_that_is_a_field(tree: Tree) -> None:
    _given(tree, "allowed_image_domains=None")


@CKS006.harmless()
def key_that_is_a_field(tree: Tree) -> None:
    _given(tree, '**{"allowed_image_domains": ["example.com"]}')


@CKS006.harmless()
def copy_with_a_field(tree: Tree) -> None:
    _then(tree, '$.model_copy(update={"title": "x"})')


@CKS006.harmless()
def kept_in_the_metadata(tree: Tree) -> None:
    _then(tree, '$.metadata["updated_at"] = "now"')


@CKS006.harmless()
def private_attribute(tree: Tree) -> None:
    _then(tree, "$._seen = True\nprint($._seen)")


@CKS006.harmless()
def asked_first(tree: Tree) -> None:
    _then(tree, 'if hasattr($, "updated_at"):\n    print($.updated_at)')


@CKS006.harmless()
def read_with_a_default(tree: Tree) -> None:
    _then(tree, 'print(getattr($, "updated_at", None))')


@CKS006.harmless()
def error_is_expected(tree: Tree) -> None:
    _then(tree, "try:\n    print($.updated_at)\nexcept AttributeError:\n    print($.created_at)")


@CKS006.harmless()
def pydantic_methods(tree: Tree) -> None:
    _then(tree, "print($.model_fields_set, $.model_dump(), $.model_extra)")


@CKS006.harmless()
def class_of_its_own_with_the_same_name(tree: Tree) -> None:
    _then(
        tree,
        "class Thread:\n    pass\nmine = Thread()\nmine.updated_at = 1\nprint(mine.updated_at)",
    )


@CKS006.harmless()
def unpacked_row(tree: Tree) -> None:
    _then(tree, f"print({_model(tree)}(**$.model_dump()).title)")


@CKS006.harmless()
def subclass_with_the_field(tree: Tree) -> None:
    _then(
        tree,
        f"class Owned({_model(tree)}):\n    owner: str = 'ada'\n"
        "owned = Owned(id=$.id, created_at=$.created_at, owner='bob')\n"
        "owned.owner = 'eve'\nprint(owned.owner)",
    )
