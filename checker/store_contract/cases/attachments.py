"""Attachments: saved twice, kept from other tenants, found again for the clean-up (C22, C39 to C41)."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING

from chatkit.store import NotFoundError

from store_contract.case import house, upstream
from store_contract.expect import BrokenError, expect, expect_error, expect_same
from store_contract.reading import ids
from store_contract.samples import a_question, a_thread, an_attachment, in_thread

if TYPE_CHECKING:
    from store_contract.bench import Bench


@upstream("attachments")
async def C39_save_attachment_is_an_upsert(bench: Bench) -> None:
    """Saving an attachment that exists replaces it, `thread_id` among it.

    Why: server.py, `ChatKitServer._process_new_thread_item_respond` saves each attachment again
        once its message has a thread; docs/release.md, 1.6.0 says that `Store.save_attachment` is
        an upsert.
    Mend: `INSERT ... ON CONFLICT ... DO UPDATE` of every column.
    """
    attachment = an_attachment()
    await bench.store.save_attachment(attachment, context=bench.ours)
    sent = attachment.model_copy(update={"thread_id": "thr_1", "metadata": None, "name": "sent.txt"})
    await bench.store.save_attachment(sent, context=bench.ours)
    loaded = await bench.store.load_attachment(attachment.id, context=bench.ours)
    expect_same(loaded, sent, "an attachment that was saved again")


@upstream("attachments")
async def C40_unknown_attachments_are_not_found(bench: Bench) -> None:
    """`load_attachment` of an unknown or deleted id raises `chatkit.store.NotFoundError`.

    Why: server.py, `ChatKitServer._build_user_message_item` calls `model_copy` on what it gets.
    Mend: raise `NotFoundError` from `chatkit.store`; return no None.
    """
    attachment = an_attachment()
    await bench.store.save_attachment(attachment, context=bench.ours)
    await bench.store.delete_attachment(attachment.id, context=bench.ours)
    for attachment_id, what in ((attachment.id, "a deleted"), ("atc_unknown", "an unknown")):
        async with expect_error(NotFoundError, f"load_attachment of {what} attachment"):
            await bench.store.load_attachment(attachment_id, context=bench.ours)


@upstream("attachments")
async def C22_deleting_no_attachment_does_nothing(bench: Bench) -> None:
    """Deleting an unknown attachment, or one twice, raises nothing and leaves the others.

    Why: server.py, `ChatKitServer._process_non_streaming` deletes the record after the blob; when
        that answer is lost the client asks again.
    Mend: ignore that no row was hit.
    """
    kept, gone = an_attachment(), an_attachment()
    for attachment in (kept, gone):
        await bench.store.save_attachment(attachment, context=bench.ours)
    for attachment_id in (gone.id, gone.id, "atc_unknown"):
        await bench.store.delete_attachment(attachment_id, context=bench.ours)
    loaded = await bench.store.load_attachment(kept.id, context=bench.ours)
    expect_same(loaded, kept, "an attachment after others were deleted")


@upstream("attachments", "tenants")
async def C40_foreign_attachments_are_not_read(bench: Bench) -> None:
    """`load_attachment` of another tenant's attachment raises `NotFoundError`.

    Why: docs/guides/accept-rich-user-input.md, "Enforce attachment access control": ChatKit
        protects neither metadata nor bytes; server.py, `ChatKitServer._build_user_message_item`
        loads whatever id the client sends.
    Mend: put the tenant from the context into the WHERE.
    """
    attachment = an_attachment()
    await bench.store.save_attachment(attachment, context=bench.ours)
    async with expect_error(NotFoundError, "load_attachment of another tenant's attachment"):
        await bench.store.load_attachment(attachment.id, context=bench.theirs)


@upstream("attachments", "tenants")
async def C40_foreign_attachments_are_not_changed(bench: Bench) -> None:
    """Saving or deleting an attachment of another tenant's id leaves the other's as it was.

    Why: docs/guides/accept-rich-user-input.md, "Enforce attachment access control" has every
        create, read and delete authorized by the context.
    Mend: put the tenant into the key, and into the WHERE of the DELETE.
    """
    ours = an_attachment()
    await bench.store.save_attachment(ours, context=bench.ours)
    with contextlib.suppress(Exception):  # a refusal is as good
        await bench.store.save_attachment(an_attachment("theirs.txt", ours.id), context=bench.theirs)
    await bench.store.delete_attachment(ours.id, context=bench.theirs)
    try:
        loaded = await bench.store.load_attachment(ours.id, context=bench.ours)
    except NotFoundError:
        raise BrokenError(
            "another tenant's save_attachment or delete_attachment took ours away"
        ) from None
    expect_same(loaded, ours, "our attachment after another tenant saved and deleted one of its id")


@house("attachments")
async def C41_orphaned_attachments_can_be_listed(bench: Bench) -> None:
    """`orphaned_attachments` lists what belongs to a deleted thread and what was never sent, for
    one tenant.

    Why: the blob is elsewhere, and when the record is gone nobody knows that it can be deleted.
    Mend: keep attachments when their thread is deleted, and list those without a live thread,
        oldest first.
    """
    store = bench.store
    listing = bench.method("orphaned_attachments", "orphaned_attachments(context, older_than=, limit=)")
    live, doomed = a_thread(), a_thread(seconds=1)
    never_sent, of_live, of_doomed = (an_attachment(name) for name in ("never", "live", "doomed"))
    for thread in (live, doomed):
        await store.save_thread(thread, context=bench.ours)
    await store.save_attachment(never_sent, context=bench.ours)
    for thread, attachment in ((live, of_live), (doomed, of_doomed)):
        await store.save_attachment(attachment, context=bench.ours)
        sent = attachment.model_copy(update={"thread_id": thread.id})
        await store.save_attachment(sent, context=bench.ours)
        await store.add_thread_item(
            thread.id, in_thread(a_question(attachments=[sent]), thread.id), context=bench.ours
        )
    await store.delete_thread(doomed.id, context=bench.ours)
    await asyncio.sleep(0.01)  # a clock may tick in milliseconds
    found = await listing(bench.ours, older_than=timedelta(0), limit=10)
    expect(
        sorted(ids(found)) == sorted([never_sent.id, of_doomed.id]),
        f"orphaned_attachments lists {[one.name for one in found]}, not 'never' and 'doomed'",
    )
    expect(
        len(await listing(bench.ours, older_than=timedelta(0), limit=1)) == 1,
        "limit=1 did not give one",
    )
    young = ids(await listing(bench.ours, older_than=timedelta(days=1), limit=10))
    expect(never_sent.id not in young, "an attachment of this moment counts as older than a day")
    if not bench.lacks("tenants"):
        theirs = await listing(bench.theirs, older_than=timedelta(0), limit=10)
        expect(not theirs, "orphaned_attachments lists another tenant's attachments")
    await store.delete_attachment(never_sent.id, context=bench.ours)
    left = ids(await listing(bench.ours, older_than=timedelta(0), limit=10))
    expect(left == [of_doomed.id], "an attachment that was cleaned up is still listed")
