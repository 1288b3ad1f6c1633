"""CKS005: parameters of the wrong type or number, in many shapes, and the same that fit."""

from __future__ import annotations

from typing import Final

import aiosqlite
import asyncpg  # pyright: ignore[reportMissingTypeStubs] - it ships none

from tests.store_lint.mutation.model import Mutations, Silent, Tree

CKS005 = Mutations("CKS005", raises=asyncpg.DataError)

_PAGE_LIST: Final = "        params: list[object] = [context.user_id]\n"
_GROW: Final = '        params.append(limit + 1)\n        query += f" ORDER BY created_at'
_TIME: Final = "                thread.created_at,\n"
_LAST: Final = "                attachment.id,\n                attachment.model_dump_json(),\n"
_LOAD: Final = (
    '                "SELECT payload FROM threads WHERE id = $1 AND user_id = $2",\n'
    "                thread_id,\n"
    "                context.user_id,\n"
)
_SQLITE_LIST: Final = "        args: list[Any] = [context]\n"
_SQLITE_GROW: Final = "        args.append(limit + 1)\n        async with"
_SQLITE_LOAD: Final = '"SELECT * FROM threads WHERE user_id = ? AND id = ?", (context, thread_id)'


def _page(tree: Tree, made: str, grown: str) -> None:
    """The list of parameters of load_threads: how it is made, and how it gets the limit."""
    if tree.name == "sqlite":
        tree.swap(
            _SQLITE_LIST, f"        {made.replace('params', 'args').replace('FIRST', 'context')}\n"
        )
        tree.swap(_SQLITE_GROW, f"        {grown.replace('params', 'args')}\n        async with")
    else:
        tree.swap(_PAGE_LIST, f"        {made.replace('FIRST', 'context.user_id')}\n")
        tree.swap(_GROW, f'        {grown}\n        query += f" ORDER BY created_at')


BOTH: Final = ("postgres", "sqlite")


# Lists that only a type checker refuses: the program runs


@CKS005.wrong(on=BOTH, raises=Silent)
def list_held_by_its_first_element(tree: Tree) -> None:
    _page(tree, "params = [FIRST]", "params.append(limit + 1)")


@CKS005.wrong(on=BOTH, raises=Silent)
def list_held_by_its_annotation(tree: Tree) -> None:
    _page(tree, "params: list[str] = [FIRST]", "params.append(limit + 1)")


@CKS005.wrong(on=BOTH, raises=Silent)
def list_made_longer_by_an_operator(tree: Tree) -> None:
    _page(tree, "params = [FIRST]", "params += [limit + 1]")


@CKS005.wrong(on=BOTH, raises=Silent)
def list_extended(tree: Tree) -> None:
    _page(tree, "params = [FIRST]", "params.extend((limit + 1,))")


@CKS005.wrong(on=BOTH, raises=Silent)
def list_inserted_into(tree: Tree) -> None:
    _page(tree, "params = [FIRST]", "params.insert(len(params), limit + 1)")


@CKS005.wrong(on=BOTH, raises=Silent)
def list_replaced_by_a_sum(tree: Tree) -> None:
    _page(tree, "params = [FIRST]", "params = params + [limit + 1]")


@CKS005.wrong(on=BOTH, raises=Silent)
def list_unpacked_with_another(tree: Tree) -> None:
    _page(tree, "params, more = [FIRST], limit + 1", "params.append(more)")


@CKS005.wrong(on=BOTH, raises=Silent)
def empty_list(tree: Tree) -> None:
    _page(tree, "params = []; params.append(FIRST)", "params.append(limit + 1)")


@CKS005.wrong(on=BOTH, raises=Silent)
def parameter_without_annotation(tree: Tree) -> None:
    tree.swap("async def load_thread(self, thread_id: str,", "async def load_thread(self, thread_id,")


# Values that the server refuses


@CKS005.wrong(on="postgres")
def limit_cast_to_text(tree: Tree) -> None:
    _page(tree, "params: list[object] = [FIRST]", "params.append(str(limit + 1))")


@CKS005.wrong(on="postgres")
def limit_formatted(tree: Tree) -> None:
    _page(tree, "params: list[object] = [FIRST]", 'params.append(f"{limit + 1}")')


@CKS005.wrong(on="postgres")
def limit_of_a_variable(tree: Tree) -> None:
    _page(tree, "params: list[object] = [FIRST]", "more = str(limit + 1)\n        params += [more]")


@CKS005.wrong(on="postgres")
def limit_spread_behind_the_list(tree: Tree) -> None:
    tree.swap(_GROW, '        query += f" ORDER BY created_at')
    tree.swap(
        '{direction}, id {direction} LIMIT ${len(params)}"',
        '{direction}, id {direction} LIMIT ${len(params) + 1}"',
    )
    tree.swap("rows = await connection.fetch(query, *params)\n        threads", (
        "rows = await connection.fetch(query, *params, str(limit + 1))\n        threads"
    ))  # fmt: skip


@CKS005.wrong(on="postgres")
def moment_as_text(tree: Tree) -> None:
    tree.swap(_TIME, "                thread.created_at.isoformat(),\n")


@CKS005.wrong(on="postgres")
def moment_through_str(tree: Tree) -> None:
    tree.swap(_TIME, "                str(thread.created_at),\n")


@CKS005.wrong(on="postgres")
def model_for_text(tree: Tree) -> None:
    tree.swap("                thread.model_dump_json(),\n", "                thread,\n")


@CKS005.wrong(on="postgres")
def dict_for_json(tree: Tree) -> None:
    """The payload becomes jsonb, and is not turned into text."""
    tree.swap("    created_at timestamptz NOT NULL,\n    payload text NOT NULL,", (
        "    created_at timestamptz NOT NULL,\n    payload jsonb NOT NULL,"
    ))  # fmt: skip
    tree.swap(
        "                thread.model_dump_json(),\n",
        '                thread.model_dump(mode="json"),\n',
    )


@CKS005.wrong(on="postgres")
def number_for_text(tree: Tree) -> None:
    tree.swap(
        _LAST, "                len(attachment.id),\n                attachment.model_dump_json(),\n"
    )


@CKS005.wrong(on="postgres")
def flag_for_text(tree: Tree) -> None:
    tree.swap(_LAST, "                attachment.id,\n                attachment.id != '',\n")


@CKS005.wrong(on="postgres")
def list_for_one_value(tree: Tree) -> None:
    tree.swap(_LOAD, (
        '                "SELECT payload FROM threads WHERE id = $1",\n                [thread_id],\n'
    ))  # fmt: skip


@CKS005.wrong(on="postgres", raises=asyncpg.AmbiguousParameterError)
def null_asked_for_first(tree: Tree) -> None:
    tree.swap(_LOAD, _LOAD.replace("id = $1 AND", "($1 IS NULL OR id = $1) AND"))


# Their number


@CKS005.wrong(on="postgres", raises=asyncpg.InterfaceError)
def one_too_few(tree: Tree) -> None:
    tree.swap(_LOAD, _LOAD.replace("                context.user_id,\n", ""))


@CKS005.wrong(on="postgres", raises=asyncpg.InterfaceError)
def one_too_many(tree: Tree) -> None:
    tree.swap(_LOAD, _LOAD.replace(" AND user_id = $2", ""))


@CKS005.wrong(on="postgres", raises=asyncpg.InterfaceError)
def handed_as_one_tuple(tree: Tree) -> None:
    tree.swap(
        _LOAD,
        _LOAD.replace("thread_id,\n                context.user_id,", "(thread_id, context.user_id),"),
    )


@CKS005.wrong(on="postgres", raises=asyncpg.IndeterminateDatatypeError)
def gap_in_the_numbers(tree: Tree) -> None:
    tree.swap(
        _LOAD,
        _LOAD.replace("$2", "$3").replace(
            ",\n                context", ", None,\n                context"
        ),
    )


@CKS005.wrong(on="sqlite", raises=aiosqlite.ProgrammingError)
def sqlite_one_too_few(tree: Tree) -> None:
    tree.swap(_SQLITE_LOAD, _SQLITE_LOAD.replace("(context, thread_id)", "(thread_id,)"))


@CKS005.wrong(on="sqlite", raises=aiosqlite.ProgrammingError)
def sqlite_name_left_out(tree: Tree) -> None:
    tree.swap(_SQLITE_LOAD, (
        '"SELECT * FROM threads WHERE user_id = :user AND id = :id", {"user": context}'
    ))  # fmt: skip


# Twins that fit


@CKS005.harmless(on=BOTH)
def list_of_objects(tree: Tree) -> None:
    _page(tree, "params: list[object] = [FIRST]", "params.extend([limit + 1])")


@CKS005.harmless(on=BOTH)
def list_of_both_types(tree: Tree) -> None:
    _page(tree, "params: list[str | int] = [FIRST]", "params += [limit + 1]")


@CKS005.harmless(on=BOTH)
def list_declared_before(tree: Tree) -> None:
    _page(tree, "params: list[object]; params = [FIRST]", "params.append(limit + 1)")


@CKS005.harmless(on=BOTH)
def list_of_mixed_elements(tree: Tree) -> None:
    _page(tree, "params = [FIRST, limit + 1][:1]", "params.append(limit + 1)")


@CKS005.harmless(on=BOTH)
def list_held_and_not_for_a_query(tree: Tree) -> None:
    _page(
        tree,
        "params: list[object] = [FIRST]\n        shown = [order]\n        shown.append(limit)",
        "params.append(limit + 1)",
    )


@CKS005.harmless(on=BOTH)
def empty_list_of_objects(tree: Tree) -> None:
    _page(tree, "params: list[object] = []; params.append(FIRST)", "params.append(limit + 1)")


@CKS005.harmless(on=BOTH)
def limit_of_another_function(tree: Tree) -> None:
    tree.append("\n\ndef one_more(limit: int) -> int:\n    return limit + 1\n")
    _page(tree, "params: list[object] = [FIRST]", "params.append(one_more(limit))")


@CKS005.harmless(on="sqlite")
def sqlite_limit_as_text(tree: Tree) -> None:
    _page(tree, "params: list[object] = [FIRST]", "params.append(str(limit + 1))")


@CKS005.harmless(on="sqlite")
def sqlite_names(tree: Tree) -> None:
    tree.swap(_SQLITE_LOAD, (
        '"SELECT * FROM threads WHERE user_id = :user AND id = :id",'
        ' {"user": context, "id": thread_id, "more": 1}'
    ))  # fmt: skip


@CKS005.harmless(on="sqlite")
def sqlite_text_that_shows_marks(tree: Tree) -> None:
    tree.swap(_SQLITE_LOAD, _SQLITE_LOAD.replace("AND id = ?", "AND id = ? AND '?' <> 'a' -- ?"))


@CKS005.harmless(on="postgres")
def limit_cast_in_the_statement(tree: Tree) -> None:
    _page(tree, "params: list[object] = [FIRST]", "params.append(str(limit + 1))")
    tree.swap(
        '{direction}, id {direction} LIMIT ${len(params)}"',
        '{direction}, id {direction} LIMIT ${len(params)}::text::int"',
    )


@CKS005.harmless(on="postgres")
def null_asked_for_last(tree: Tree) -> None:
    tree.swap(_LOAD, _LOAD.replace("id = $1 AND", "(id = $1 OR $1 IS NULL) AND"))


@CKS005.harmless(on="postgres")
def null_asked_for_with_a_type(tree: Tree) -> None:
    tree.swap(_LOAD, _LOAD.replace("id = $1 AND", "($1::text IS NULL OR id = $1) AND"))


@CKS005.harmless(on="postgres")
def moment_without_a_zone(tree: Tree) -> None:
    tree.swap(_TIME, "                thread.created_at.replace(tzinfo=None),\n")


@CKS005.harmless(on="postgres")
def text_for_json(tree: Tree) -> None:
    tree.swap("    created_at timestamptz NOT NULL,\n    payload text NOT NULL,", (
        "    created_at timestamptz NOT NULL,\n    payload jsonb NOT NULL,"
    ))  # fmt: skip


@CKS005.harmless(on="postgres")
def dict_for_json_with_a_codec(tree: Tree) -> None:
    tree.swap("    created_at timestamptz NOT NULL,\n    payload text NOT NULL,", (
        "    created_at timestamptz NOT NULL,\n    payload jsonb NOT NULL,"
    ))  # fmt: skip
    tree.swap(
        "                thread.model_dump_json(),\n",
        '                thread.model_dump(mode="json"),\n',
    )
    tree.swap("max_size=settings.pool_size)", "max_size=settings.pool_size, init=_prepare)")
    tree.swap("ThreadMetadata.model_validate_json(row[\"payload\"])\n\n    async def save_thread", (
        "ThreadMetadata.model_validate(row[\"payload\"])\n\n    async def save_thread"
    ))  # fmt: skip
    tree.swap("ThreadMetadata.model_validate_json(row[\"payload\"]) for", (
        "ThreadMetadata.model_validate(row[\"payload\"]) for"
    ))  # fmt: skip
    tree.swap("import asyncio\n", "import asyncio\nimport json\n")
    tree.append(
        "\n\nasync def _prepare(connection: asyncpg.Connection) -> None:\n"
        '    await connection.set_type_codec(\n        "jsonb", schema="pg_catalog",'
        " encoder=json.dumps, decoder=json.loads\n    )\n"
    )


@CKS005.harmless(on="postgres")
def array_of_one(tree: Tree) -> None:
    tree.swap(_LOAD, _LOAD.replace("id = $1", "id = ANY($1)").replace("thread_id", "[thread_id]"))


@CKS005.harmless(on="postgres")
def spread_tuple(tree: Tree) -> None:
    tree.swap(
        _LOAD,
        _LOAD.replace("thread_id,\n                context.user_id,", "*(thread_id, context.user_id),"),
    )
