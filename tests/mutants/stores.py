"""The mutants: one for each case of the contract at least, each with the mistake in its name."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta, timezone
from typing import Any, cast

from chatkit.store import NotFoundError, default_generate_id
from chatkit.types import (
    AssistantMessageItem,
    ClientToolCallItem,
    EndOfTurnItem,
    HiddenContextItem,
    Page,
    SDKHiddenContextItem,
    StructuredInputItem,
    Thread,
    ThreadMetadata,
    UserMessageItem,
    WidgetItem,
    WorkflowItem,
)

from reference_stores.memory import MemoryStore
from reference_stores.serving import survive_disconnect
from tests.mutants.mutant import Memory, Sqlite, breaks

OTHER = {"user_id": "bob"}


def other(context: Any) -> Any:
    others = {"alice": "bob", "bob": "alice"}
    return {"user_id": others.get(context["user_id"], context["user_id"])}


# --- C01 to C05: shapes ---


@breaks("C01_arguments_by_name")
class RenamesAParameter(Memory):
    async def load_thread(self, key: str, context: Any) -> ThreadMetadata:  # pyright: ignore[reportIncompatibleMethodOverride] - the mistake
        return await super().load_thread(key, context)


@breaks("C01_arguments_by_position")
class TakesContextByKeywordOnly(Memory):
    async def save_thread(self, thread: Any, *, context: Any) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] - the mistake
        await super().save_thread(thread, context)


@breaks("C01_attachments_by_name_and_position")
class TakesAttachmentContextByKeywordOnly(Memory):
    async def delete_attachment(self, attachment_id: str, *, context: Any) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] - the mistake
        await super().delete_attachment(attachment_id, context)


@breaks(
    "C02_load_thread_gives_metadata_only",
    "C02_the_server_shows_a_thread",
    "C03_save_thread_strips_items",
    "C12_foreign_threads_are_not_changed",
    "C14_the_server_renames_a_thread",
    "C18_tenants_may_hold_the_same_thread_id",
)
class LoadsAThreadWithItems(Memory):
    async def load_thread(self, thread_id: str, context: Any) -> ThreadMetadata:
        thread = await super().load_thread(thread_id, context)
        page = await self.load_thread_items(thread_id, None, 20, "asc", context)
        if len(page.data) not in (1, 3):
            return thread
        return Thread(**thread.model_dump(), items=page)


@breaks("C03_save_thread_strips_items", "C03_the_server_creates_a_thread")
class KeepsTheItemsOfASavedThread(Memory):
    def __init__(self) -> None:
        super().__init__()
        self.whole: dict[str, Thread] = {}

    async def save_thread(self, thread: Any, context: Any) -> None:
        self.whole.pop(thread.id, None)
        if isinstance(thread, Thread):
            self.whole[thread.id] = thread.model_copy(deep=True)
        await super().save_thread(thread, context)

    async def load_thread(self, thread_id: str, context: Any) -> ThreadMetadata:
        loaded = await super().load_thread(thread_id, context)
        return self.whole.get(thread_id, loaded)


@breaks("C04_argument_owns_the_item")
class BelievesTheItemsThread(Memory):
    async def add_thread_item(self, thread_id: str, item: Any, context: Any) -> None:
        if item.thread_id != thread_id:
            raise ValueError("the item belongs to another thread")
        await super().add_thread_item(thread_id, item, context)


class Aliasing(Memory):
    def __init__(self) -> None:
        super().__init__()
        self.objects: dict[str, Any] = {}


@breaks(
    "C05_threads_are_snapshots",
    "C12_foreign_threads_are_not_changed",
    "C18_tenants_may_hold_the_same_thread_id",
)
class ReturnsTheSavedThread(Aliasing):
    async def save_thread(self, thread: Any, context: Any) -> None:
        self.objects[thread.id] = thread
        await super().save_thread(thread, context)

    async def load_thread(self, thread_id: str, context: Any) -> ThreadMetadata:
        loaded = await super().load_thread(thread_id, context)
        return loaded if isinstance(self.objects[thread_id], Thread) else self.objects[thread_id]


@breaks("C05_items_are_snapshots")
class ReturnsTheSavedItem(Aliasing):
    async def add_thread_item(self, thread_id: str, item: Any, context: Any) -> None:
        self.objects[item.id] = item
        await super().add_thread_item(thread_id, item, context)

    async def load_item(self, thread_id: str, item_id: str, context: Any) -> Any:
        loaded = await super().load_item(thread_id, item_id, context)
        return self.objects[item_id] if isinstance(loaded, WorkflowItem) else loaded


@breaks("C05_pages_are_fresh")
class CachesPages(Aliasing):
    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: Any
    ) -> Any:
        page = await super().load_thread_items(thread_id, after, limit, order, context)
        key = f"{thread_id} {after} {limit} {order} {page.model_dump_json()}"
        return self.objects.setdefault(key, page) if len(page.data) == 1 else page


@breaks("C05_attachments_are_snapshots", "C40_foreign_attachments_are_not_changed")
class ReturnsTheSavedAttachment(Aliasing):
    async def save_attachment(self, attachment: Any, context: Any) -> None:
        self.objects[attachment.id] = attachment
        await super().save_attachment(attachment, context)

    async def load_attachment(self, attachment_id: str, context: Any) -> Any:
        await super().load_attachment(attachment_id, context)
        return self.objects[attachment_id]


# --- C06 to C08, C11, C45: payloads ---


@breaks("C06_every_item_type_comes_back")
class LosesTheQuote(Memory):
    async def add_thread_item(self, thread_id: str, item: Any, context: Any) -> None:
        if isinstance(item, UserMessageItem):
            item = item.model_copy(update={"quoted_text": None})
        await super().add_thread_item(thread_id, item, context)


@breaks("C06_every_item_type_comes_back", "C06_messages_keep_their_attachments")
class LosesTheMetadataOfAMessagesAttachments(Memory):
    async def add_thread_item(self, thread_id: str, item: Any, context: Any) -> None:
        if isinstance(item, UserMessageItem):
            bare = [one.model_copy(update={"metadata": None}) for one in item.attachments]
            if any(one.thread_id is None for one in bare):
                item = item.model_copy(update={"attachments": bare})
        await super().add_thread_item(thread_id, item, context)


@breaks("C06_values_outside_json_keep_their_json_form")
class StoresTheTextOfValuesOutsideJson(Memory):
    async def add_thread_item(self, thread_id: str, item: Any, context: Any) -> None:
        content: Any = getattr(item, "content", None)
        if isinstance(content, (tuple, timedelta)):
            item = item.model_copy(update={"content": repr(cast(object, content))})
        await super().add_thread_item(thread_id, item, context)


_NOT_FINITE = ("{'number': nan}", "{'number': inf}")


@breaks("C06_nan_is_not_lost")
class WritesNanAsNull(Memory):
    async def add_thread_item(self, thread_id: str, item: Any, context: Any) -> None:
        content: Any = getattr(item, "content", None)
        if isinstance(item, HiddenContextItem) and repr(content) in _NOT_FINITE:
            item = item.model_copy(update={"content": {"number": None}})
        await super().add_thread_item(thread_id, item, context)


@breaks("C07_every_attachment_comes_back")
class LosesTheUploadDescriptor(Memory):
    async def save_attachment(self, attachment: Any, context: Any) -> None:
        bare = attachment.model_copy(update={"upload_descriptor": None})
        await super().save_attachment(bare, context)


@breaks("C08_naive_times_stay_naive")
class MakesTimesAware(Memory):
    async def load_thread(self, thread_id: str, context: Any) -> ThreadMetadata:
        thread = await super().load_thread(thread_id, context)
        if thread.created_at.tzinfo is None:
            thread.created_at = thread.created_at.replace(tzinfo=timezone.utc)
        return thread


@breaks("C08_aware_times_stay_aware")
class MakesTimesNaive(Memory):
    async def load_item(self, thread_id: str, item_id: str, context: Any) -> Any:
        item = await super().load_item(thread_id, item_id, context)
        item.created_at = item.created_at.replace(tzinfo=None)
        return item


@breaks("C08_naive_and_aware_times_have_one_order")
class ComparesTheTextsOfTimes(Memory):
    async def load_threads(
        self, limit: int, after: str | None, order: str, context: Any
    ) -> Page[ThreadMetadata]:
        page = await super().load_threads(limit, after, order, context)
        if any(thread.created_at.tzinfo for thread in page.data):
            page.data.sort(key=lambda thread: thread.created_at.isoformat()[::-1])
        return page


@breaks("C11_every_thread_comes_back")
class LosesImageDomains(Memory):
    async def save_thread(self, thread: Any, context: Any) -> None:
        if thread.allowed_image_domains == []:
            thread = thread.model_copy(update={"allowed_image_domains": None})
        await super().save_thread(thread, context)


@breaks("C45_text_of_any_kind")
class CutsTextAtNul(Memory):
    async def add_thread_item(self, thread_id: str, item: Any, context: Any) -> None:
        if isinstance(item, AssistantMessageItem) and item.content:
            item = item.model_copy(deep=True)
            item.content[0].text = item.content[0].text.partition("\0")[0]
        await super().add_thread_item(thread_id, item, context)


@breaks("C45_numbers_and_keys_of_any_kind")
class KeepsFloatsForBigIntegers(Memory):
    async def save_thread(self, thread: Any, context: Any) -> None:
        big = {
            key: float(value) if isinstance(value, int) and abs(value) > 2**64 else value
            for key, value in thread.metadata.items()
        }
        await super().save_thread(thread.model_copy(update={"metadata": big}), context)


@breaks("C45_deep_nesting")
class WritesWhatItCannotRead(Memory):
    async def add_thread_item(self, thread_id: str, item: Any, context: Any) -> None:
        try:
            await super().add_thread_item(thread_id, item, context)
        except ValueError:
            if isinstance(item, HiddenContextItem) and repr(item.content) not in _NOT_FINITE:
                item = item.model_copy(update={"content": "it was too deep"})
                await super().add_thread_item(thread_id, item, context)
                return
            raise


def folded(text: str) -> str:
    return text if text.startswith(("thr_", "msg_", "atc_")) else text.lower()


@breaks("C45_ids_of_any_kind")
class IgnoresTheCaseOfItemIds(Memory):
    async def load_item(self, thread_id: str, item_id: str, context: Any) -> Any:
        return await super().load_item(thread_id, folded(item_id), context)


@breaks("C45_attachment_ids_of_any_kind")
class IgnoresTheCaseOfAttachmentIds(Memory):
    async def load_attachment(self, attachment_id: str, context: Any) -> Any:
        return await super().load_attachment(folded(attachment_id), context)


# --- C09 to C14: threads ---


@breaks("C09_save_thread_is_an_upsert", "C25_purge_forgets_tombstones")
class IgnoresAThirdSave(Aliasing):
    async def save_thread(self, thread: Any, context: Any) -> None:
        self.objects[thread.id] = self.objects.get(thread.id, 0) + 1
        if self.objects[thread.id] != 3 or isinstance(thread, Thread):
            await super().save_thread(thread, context)


@breaks("C09_the_server_saves_a_thread_often")
class IgnoresASixthSave(Aliasing):
    async def save_thread(self, thread: Any, context: Any) -> None:
        self.objects[thread.id] = self.objects.get(thread.id, 0) + 1
        if self.objects[thread.id] != 6 or not isinstance(thread, Thread):
            await super().save_thread(thread, context)


@breaks("C10_saving_keeps_the_items", "C09_the_server_saves_a_thread_often")
class SavingDropsTheItems(Memory):
    async def save_thread(self, thread: Any, context: Any) -> None:
        page = await self.load_thread_items(thread.id, None, 100, "asc", context)
        await super().save_thread(thread, context)
        if len(page.data) == 3:
            for item in page.data:
                await self.delete_thread_item(thread.id, item.id, context)


@breaks("C10_saving_is_atomic")
class IsAwayWhileSaving(Memory):
    def __init__(self) -> None:
        super().__init__()
        self.saving: set[str] = set()

    async def save_thread(self, thread: Any, context: Any) -> None:
        self.saving.add(thread.id)
        try:
            await asyncio.sleep(0)
            await super().save_thread(thread, context)
        finally:
            self.saving.discard(thread.id)

    async def load_thread(self, thread_id: str, context: Any) -> ThreadMetadata:
        if thread_id in self.saving:
            raise NotFoundError(thread_id)
        return await super().load_thread(thread_id, context)


@breaks("C12_unknown_threads_are_not_found")
class RaisesKeyErrorForUnknownThreads(Memory):
    async def load_thread(self, thread_id: str, context: Any) -> ThreadMetadata:
        try:
            return await super().load_thread(thread_id, context)
        except NotFoundError:
            if thread_id == "thr_unknown":
                raise KeyError(thread_id) from None
            raise


class Leaking(Memory):
    async def owner(self, thread_id: str, context: Any) -> Any:
        """The tenant who has the thread; the caller's own comes first."""
        for one in (context, other(context)):
            try:
                await MemoryStore.load_thread(self, thread_id, one)
            except NotFoundError:
                continue
            return one
        return context


@breaks("C12_foreign_threads_are_not_found", "C29_random_histories_agree_with_a_model")
class LoadsForeignThreads(Leaking):
    async def load_thread(self, thread_id: str, context: Any) -> ThreadMetadata:
        return await super().load_thread(thread_id, await self.owner(thread_id, context))


@breaks("C12_foreign_threads_are_not_changed", "C29_random_histories_agree_with_a_model")
class DeletesForeignThreads(Leaking):
    async def delete_thread(self, thread_id: str, context: Any) -> None:
        await super().delete_thread(thread_id, other(context))
        await super().delete_thread(thread_id, context)


@breaks(
    "C13_threads_are_listed_newest_first",
    "C13_the_server_lists_threads",
    "C13_threads_are_listed_by_time",
    "C28_order_is_not_the_ids_order",
    "C30_the_last_id_is_the_cursor",
    "C34_a_deleted_thread_is_still_a_cursor",
)
class ListsAFullHistoryTheWrongWayRound(Memory):
    async def load_threads(
        self, limit: int, after: str | None, order: str, context: Any
    ) -> Page[ThreadMetadata]:
        every = await super().load_threads(1_000, None, "asc", context)
        if len(every.data) == 5 and order in ("asc", "desc"):
            order = "asc" if order == "desc" else "desc"
        return await super().load_threads(limit, after, order, context)


@breaks("C13_threads_are_listed_by_time")
class ListsThreadsAsTheyWereSaved(Aliasing):
    async def save_thread(self, thread: Any, context: Any) -> None:
        self.objects.setdefault(thread.id, len(self.objects))
        await super().save_thread(thread, context)

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: Any
    ) -> Page[ThreadMetadata]:
        page = await super().load_threads(limit, after, order, context)
        if len({thread.created_at for thread in page.data}) == 5 and limit == 100:
            page.data.sort(key=lambda thread: self.objects[thread.id], reverse=order == "desc")
        return page


@breaks("C13_saving_again_moves_nothing", "C08_naive_and_aware_times_have_one_order")
class ListsThreadsByTheLastSave(Aliasing):
    async def save_thread(self, thread: Any, context: Any) -> None:
        self.objects[thread.id] = len(self.objects) + 1_000 * (thread.id in self.objects)
        await super().save_thread(thread, context)

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: Any
    ) -> Page[ThreadMetadata]:
        page = await super().load_threads(limit, after, order, context)
        if len(page.data) == 4 and limit == 100:
            page.data.sort(key=lambda thread: self.objects[thread.id])
        return page


@breaks("C14_the_last_save_wins_whole")
class MergesMetadata(Memory):
    async def save_thread(self, thread: Any, context: Any) -> None:
        try:
            old = await MemoryStore.load_thread(self, thread.id, context)
        except NotFoundError:
            old = thread
        merged = {**thread.metadata, **{key: old.metadata[key] for key in old.metadata if key == "old"}}
        await super().save_thread(thread.model_copy(update={"metadata": merged}), context)


@breaks("C14_the_server_renames_a_thread")
class ForgetsMetadataWhenRenaming(Memory):
    async def save_thread(self, thread: Any, context: Any) -> None:
        if thread.title == "New":
            thread = thread.model_copy(update={"metadata": {}})
        await super().save_thread(thread, context)


# --- C15 to C24, C35: items ---


@breaks(
    "C15_add_is_idempotent",
    "C15_the_server_resumes_a_workflow",
    "C17_replacing_keeps_the_place",
    "C43_every_write_may_be_repeated",
    "C29_random_histories_agree_with_a_model",
)
class InsertsWhatIsThere(Memory):
    async def add_thread_item(self, thread_id: str, item: Any, context: Any) -> None:
        if await self.knows(thread_id, item.id, context):
            raise RuntimeError("UNIQUE constraint failed: items.id")
        await super().add_thread_item(thread_id, item, context)


@breaks(
    "C16_save_item_inserts",
    "C24_adding_to_no_thread_is_refused",
    "C25_a_deleted_thread_stays_deleted",
    "C19_saving_a_fake_id_updates_the_newest",
    "C43_every_write_may_be_repeated",
    "C29_random_histories_agree_with_a_model",
)
class UpdatesOnly(Memory):
    async def save_item(self, thread_id: str, item: Any, context: Any) -> None:
        if await self.knows(thread_id, item.id, context):
            await super().save_item(thread_id, item, context)


@breaks("C16_save_item_updates")
class AppendsWhatItReplaces(Memory):
    async def save_item(self, thread_id: str, item: Any, context: Any) -> None:
        if getattr(item, "content", None) and "replaced" in str(item.content) and item.id[:4] == "msg_":
            await self.delete_thread_item(thread_id, item.id, context)
            item = item.model_copy(update={"created_at": item.created_at + timedelta(seconds=60)})
        await super().save_item(thread_id, item, context)


@breaks("C17_replacing_may_change_the_type")
class KeepsTheTypeOfAToolCall(Aliasing):
    async def save_item(self, thread_id: str, item: Any, context: Any) -> None:
        if not isinstance(item, EndOfTurnItem):
            await super().save_item(thread_id, item, context)


@breaks("C17_replacing_keeps_the_place")
class MovesWhatGetsAnotherTime(Memory):
    async def save_item(self, thread_id: str, item: Any, context: Any) -> None:
        try:
            old = await MemoryStore.load_item(self, thread_id, item.id, context)
        except NotFoundError:
            old = item
        if old.created_at != item.created_at and abs(item.created_at - old.created_at) > timedelta(
            1 / 1440
        ):
            await self.delete_thread_item(thread_id, item.id, context)
        await super().save_item(thread_id, item, context)


@breaks("C17_the_server_answers_structured_input")
class LosesAnswers(Memory):
    async def save_item(self, thread_id: str, item: Any, context: Any) -> None:
        if isinstance(item, StructuredInputItem):
            item = item.model_copy(deep=True)
            for question in item.inputs:
                if question.id == "name":
                    question.answer = None
        await super().save_item(thread_id, item, context)


@breaks("C18_threads_may_hold_the_same_item_id")
class HasOneRowForAnId(Aliasing):
    async def add_thread_item(self, thread_id: str, item: Any, context: Any) -> None:
        owner = self.objects.setdefault(item.id, thread_id)
        if owner != thread_id and item.id == "msg_twin" and owner != "thr_twin":
            return
        await super().add_thread_item(thread_id, item, context)


@breaks(
    "C18_tenants_may_hold_the_same_thread_id",
    "C24_adding_to_no_thread_is_refused",
    "C33_a_foreign_cursor_is_unknown",
)
class RefusesAForeignThreadsId(Leaking):
    async def save_thread(self, thread: Any, context: Any) -> None:
        try:
            await MemoryStore.load_thread(self, thread.id, other(context))
        except (NotFoundError, KeyError):
            await super().save_thread(thread, context)
            return
        raise RuntimeError("UNIQUE constraint failed: threads.id")


@breaks(
    "C19_fake_ids_lose_no_message",
    "C19_saving_a_fake_id_updates_the_newest",
    "C20_a_subclass_names_the_fake_items",
)
class StoresTheFakeId(Memory):
    async def add_thread_item(self, thread_id: str, item: Any, context: Any) -> None:
        if item.id == "__fake_id__":
            if await self.knows(thread_id, "msg_fake", context):
                await self.delete_thread_item(thread_id, "msg_fake", context)
            item = item.model_copy(update={"id": "msg_fake"})
        await super().add_thread_item(thread_id, item, context)


@breaks("C19_saving_a_fake_id_updates_the_newest")
class AddsAFakeIdThatIsSaved(Memory):
    async def save_item(self, thread_id: str, item: Any, context: Any) -> None:
        if item.id == "__fake_id__":
            await self.add_thread_item(thread_id, item, context)
            return
        await super().save_item(thread_id, item, context)


@breaks("C19_saving_a_fake_id_updates_the_newest", "C20_a_subclass_names_the_fake_items")
class NamesFakeItemsItself(Memory):
    async def add_thread_item(self, thread_id: str, item: Any, context: Any) -> None:
        if item.id == "__fake_id__":
            thread = await self.load_thread(thread_id, context)
            own = MemoryStore.generate_item_id(self, "message", thread, context)
            item = item.model_copy(update={"id": own})
        await super().add_thread_item(thread_id, item, context)


@breaks("C20_generated_ids_differ", "C20_generated_ids_do_not_collide")
class GeneratesTwoDigits(Memory):
    def __init__(self) -> None:
        super().__init__()
        self.generated = 0

    def generate_item_id(self, item_type: Any, thread: Any, context: Any) -> str:
        del thread, context
        self.generated += 1
        return f"{item_type}_{self.generated % 100}"


@breaks("C20_generated_ids_do_not_collide")
class GeneratesUpstreamIds(Memory):
    def generate_thread_id(self, context: Any) -> str:
        del context
        return default_generate_id("thread")


@breaks("C21_unknown_items_are_not_found")
class LoadsItemsByIdAlone(Aliasing):
    async def add_thread_item(self, thread_id: str, item: Any, context: Any) -> None:
        self.objects[item.id] = thread_id
        await super().add_thread_item(thread_id, item, context)

    async def load_item(self, thread_id: str, item_id: str, context: Any) -> Any:
        try:
            return await super().load_item(thread_id, item_id, context)
        except NotFoundError:
            if thread_id != "thr_unknown":
                raise
            return await super().load_item(self.objects.get(item_id, ""), item_id, context)


@breaks("C21_foreign_items_are_not_found", "C29_random_histories_agree_with_a_model")
class LoadsForeignItems(Leaking):
    async def load_item(self, thread_id: str, item_id: str, context: Any) -> Any:
        return await super().load_item(thread_id, item_id, await self.owner(thread_id, context))


@breaks("C21_the_server_acts_on_a_widget", "C06_every_item_type_comes_back")
class LosesCopyText(Memory):
    async def load_item(self, thread_id: str, item_id: str, context: Any) -> Any:
        item = await super().load_item(thread_id, item_id, context)
        return item.model_copy(update={"copy_text": None}) if isinstance(item, WidgetItem) else item


@breaks("C21_the_server_takes_feedback")
class FindsOnlyTheFirstItemOfTwo(Memory):
    async def load_item(self, thread_id: str, item_id: str, context: Any) -> Any:
        page = await self.load_thread_items(thread_id, None, 10, "asc", context)
        item = await super().load_item(thread_id, item_id, context)
        if (
            len(page.data) == 2
            and item_id == page.data[1].id
            and isinstance(item, AssistantMessageItem)
        ):
            raise NotFoundError(item_id)
        return item


@breaks("C22_deleting_no_attachment_does_nothing", "C22_the_server_deletes_attachments")
class MissesDeletedAttachments(Memory):
    async def delete_attachment(self, attachment_id: str, context: Any) -> None:
        await self.load_attachment(attachment_id, context)
        await super().delete_attachment(attachment_id, context)


@breaks(
    "C22_deleting_what_is_not_there_does_nothing",
    "C22_foreign_items_are_not_deleted",
    "C22_the_server_removes_and_replaces_items",
    "C43_every_write_may_be_repeated",
    "C29_random_histories_agree_with_a_model",
)
class MissesDeletedItems(Memory):
    async def delete_thread_item(self, thread_id: str, item_id: str, context: Any) -> None:
        await super().load_item(thread_id, item_id, context)
        await super().delete_thread_item(thread_id, item_id, context)


@breaks("C22_the_server_deletes_attachments")
class KeepsAttachmentsThatHaveADescriptor(Memory):
    async def delete_attachment(self, attachment_id: str, context: Any) -> None:
        try:
            attachment = await self.load_attachment(attachment_id, context)
        except NotFoundError:
            return
        if attachment.upload_descriptor is None:
            await super().delete_attachment(attachment_id, context)


@breaks("C22_foreign_items_are_not_deleted", "C29_random_histories_agree_with_a_model")
class DeletesForeignItems(Leaking):
    async def delete_thread_item(self, thread_id: str, item_id: str, context: Any) -> None:
        await super().delete_thread_item(thread_id, item_id, await self.owner(thread_id, context))


@breaks("C22_the_server_removes_and_replaces_items")
class ReplacesOnlyOnce(Aliasing):
    async def save_item(self, thread_id: str, item: Any, context: Any) -> None:
        if "final" not in str(getattr(item, "content", "")):
            await super().save_item(thread_id, item, context)


@breaks("C23_unknown_threads_have_no_items", "C24_adding_to_no_thread_is_refused")
class MissesUnknownThreads(Memory):
    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: Any
    ) -> Any:
        if thread_id == "thr_unknown" and after is None and not await self.any_thread(context):
            raise NotFoundError(thread_id)
        return await super().load_thread_items(thread_id, after, limit, order, context)

    async def any_thread(self, context: Any) -> bool:
        return bool((await self.load_threads(1, None, "asc", context)).data)


@breaks("C23_foreign_threads_have_no_items", "C29_random_histories_agree_with_a_model")
class ShowsForeignItems(Leaking):
    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: Any
    ) -> Any:
        owner = context if after else await self.owner(thread_id, context)
        return await super().load_thread_items(thread_id, after, limit, order, owner)


@breaks("C23_unknown_threads_have_no_items_behind_a_cursor")
class LooksForTheCursorFirst(Memory):
    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: Any
    ) -> Any:
        if after is not None:
            try:
                await MemoryStore.load_thread(self, thread_id, context)
            except NotFoundError:
                raise NotFoundError(after) from None
        return await super().load_thread_items(thread_id, after, limit, order, context)


@breaks("C24_foreign_threads_are_not_added_to", "C24_adding_to_no_thread_is_refused")
class AddsToForeignThreads(Leaking):
    async def add_thread_item(self, thread_id: str, item: Any, context: Any) -> None:
        owner = await self.owner(thread_id, context)
        await super().add_thread_item(thread_id, item, owner)


@breaks("C24_adding_to_no_thread_is_refused")
class IgnoresItemsWithoutAThread(Memory):
    async def save_item(self, thread_id: str, item: Any, context: Any) -> None:
        try:
            await super().save_item(thread_id, item, context)
        except NotFoundError:
            if thread_id == "thr_unknown":
                return
            raise


@breaks("C35_hidden_items_are_not_filtered", "C35_the_server_lists_items", "C38_the_server_retries")
class EndsAtAHiddenItem(Memory):
    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: Any
    ) -> Any:
        page = await super().load_thread_items(thread_id, after, limit, order, context)
        if page.data and isinstance(page.data[-1], HiddenContextItem):
            page.has_more, page.after = False, None
        return page


@breaks("C35_hidden_items_are_not_filtered")
class FiltersHiddenItems(Memory):
    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: Any
    ) -> Any:
        page = await super().load_thread_items(thread_id, after, limit, order, context)
        if page.data and isinstance(page.data[0], UserMessageItem) and order == "asc":
            page.data = [item for item in page.data if not isinstance(item, HiddenContextItem)]
        return page


# --- C25, C26: deleted threads ---


class Undead(Aliasing):
    async def delete_thread(self, thread_id: str, context: Any) -> None:
        with contextlib.suppress(NotFoundError):
            self.objects[thread_id] = await MemoryStore.load_thread(self, thread_id, context)
        await super().delete_thread(thread_id, context)


@breaks("C25_a_deleted_thread_stays_deleted")
class SavesDeletedThreads(Undead):
    async def save_thread(self, thread: Any, context: Any) -> None:
        if thread.id in self.objects:
            self.objects[thread.id] = thread
        await super().save_thread(thread, context)

    async def load_thread(self, thread_id: str, context: Any) -> ThreadMetadata:
        deleted = self.objects.get(thread_id)
        if deleted is not None and deleted.title in ("deleted", None) and self.saved_again(deleted):
            return deleted
        return await super().load_thread(thread_id, context)

    def saved_again(self, deleted: Any) -> bool:
        return (
            deleted.created_at.microsecond == 0
            and deleted.id.startswith("thr_")
            and deleted.title == "deleted"
        )


@breaks("C25_deleting_beside_saving_stays_deleted")
class ForgetsADeletionBesideASave(Memory):
    def __init__(self) -> None:
        super().__init__()
        self.saving = 0

    async def save_thread(self, thread: Any, context: Any) -> None:
        self.saving += 1
        try:
            await asyncio.sleep(0)
            await super().save_thread(thread, context)
        finally:
            self.saving -= 1

    async def delete_thread(self, thread_id: str, context: Any) -> None:
        if self.saving:
            await self.load_threads(1, None, "asc", context)
            return
        await super().delete_thread(thread_id, context)


@breaks("C25_a_live_item_wins_over_its_tombstone")
class HidesItemsThatHaveATombstone(Aliasing):
    async def delete_thread_item(self, thread_id: str, item_id: str, context: Any) -> None:
        await super().delete_thread_item(thread_id, item_id, context)
        self.objects[item_id] = True

    async def add_thread_item(self, thread_id: str, item: Any, context: Any) -> None:
        if item.id not in self.objects:
            await super().add_thread_item(thread_id, item, context)


@breaks("C25_purge_forgets_tombstones", "C34_a_purged_cursor_is_unknown")
class PurgesNothing(Memory):
    async def purge(self, older_than: timedelta, *, threads: bool = False) -> int:
        del older_than, threads
        return 0


@breaks(
    "C26_deleting_a_thread_deletes_its_items",
    "C26_the_server_deletes_a_thread",
    "C25_a_deleted_thread_stays_deleted",
    "C25_deleting_beside_saving_stays_deleted",
)
class KeepsTheItemsOfADeletedThread(Undead):
    async def delete_thread(self, thread_id: str, context: Any) -> None:
        page = await MemoryStore.load_thread_items(self, thread_id, None, 100, "asc", context)
        self.objects.setdefault(f"items {thread_id}", page)
        await super().delete_thread(thread_id, context)

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: Any
    ) -> Any:
        kept = self.objects.get(f"items {thread_id}")
        if (
            kept is not None
            and after is None
            and order in ("asc", "desc")
            and len(kept.data) in (1, 3, 6)
            and kept.data[0].content[0].text in ("0", "Hello.")
        ):
            return kept.model_copy(deep=True)
        return await super().load_thread_items(thread_id, after, limit, order, context)


@breaks("C26_deleting_is_atomic")
class DeletesItemByItem(Memory):
    async def delete_thread(self, thread_id: str, context: Any) -> None:
        page = await self.load_thread_items(thread_id, None, 100, "asc", context)
        for item in page.data:
            await self.delete_thread_item(thread_id, item.id, context)
            await asyncio.sleep(0)
        await super().delete_thread(thread_id, context)


# --- C27 to C37: pages ---


class Paging(Memory):
    """A store whose pages of items go through `paged`, with the whole thread at hand."""

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: Any
    ) -> Any:
        page = await super().load_thread_items(thread_id, after, limit, order, context)
        whole = await super().load_thread_items(thread_id, None, 1_000, order, context)
        return self.paged(page, whole.data, after, limit, order)

    def paged(self, page: Any, whole: list[Any], after: str | None, limit: int, order: str) -> Any:
        raise NotImplementedError


def cut(rows: list[Any], limit: int) -> Page[Any]:
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(data=rows, has_more=more, after=rows[-1].id if more else None)


def behind(rows: list[Any], after: str | None) -> list[Any]:
    names = [row.id for row in rows]
    return rows[names.index(after) + 1 :] if after in names else rows


@breaks("C27_items_are_in_order")
class PagesSevenItemsWrongly(Paging):
    def paged(self, page: Any, whole: list[Any], after: str | None, limit: int, order: str) -> Any:
        distinct = len({item.created_at for item in whole}) == 7
        written = [item.id for item in whole] if order == "asc" else [item.id for item in whole][::-1]
        if distinct and limit == 2 and after is not None and written == self.written[-7:]:
            page.data = page.data[::-1]
        return page

    def __init__(self) -> None:
        super().__init__()
        self.written: list[str] = []

    async def add_thread_item(self, thread_id: str, item: Any, context: Any) -> None:
        self.written.append(item.id)
        await super().add_thread_item(thread_id, item, context)


@breaks(
    "C27_items_are_ordered_by_time",
    "C27_random_histories_are_ordered_by_time",
    "C08_naive_and_aware_times_have_one_order",
    "C25_a_live_item_wins_over_its_tombstone",
)
class OrdersItemsAsTheyWereWritten(Paging):
    def __init__(self) -> None:
        super().__init__()
        self.written: dict[str, int] = {}

    async def add_thread_item(self, thread_id: str, item: Any, context: Any) -> None:
        self.written.setdefault(item.id, len(self.written))
        await super().add_thread_item(thread_id, item, context)

    async def save_item(self, thread_id: str, item: Any, context: Any) -> None:
        self.written.setdefault(item.id, len(self.written))
        await super().save_item(thread_id, item, context)

    def paged(self, page: Any, whole: list[Any], after: str | None, limit: int, order: str) -> Any:
        if (
            limit < 1
            or any(item.id not in self.written for item in whole)
            or after not in (None, *(item.id for item in whole))
        ):
            return page
        rows = sorted(whole, key=lambda item: self.written[item.id], reverse=order == "desc")
        return cut(behind(rows, after), min(limit, 1_000)) if len(rows) < 500 else page


def by_id(item: Any) -> Any:
    return item.created_at, item.id


@breaks("C27_equal_times_keep_the_order_of_writing")
class BreaksTiesById(Paging):
    def paged(self, page: Any, whole: list[Any], after: str | None, limit: int, order: str) -> Any:
        if len(whole) not in (3, 7) or len({item.created_at for item in whole}) != 1:
            return page
        if any(isinstance(item, ClientToolCallItem) for item in whole):
            return page  # by chance, the server would take the wrong one of two calls
        return cut(behind(sorted(whole, key=by_id, reverse=order == "desc"), after), limit)


@breaks("C27_threads_of_equal_time_are_all_listed")
class HasTimesForCursorsOfThreads(Memory):
    async def load_threads(
        self, limit: int, after: str | None, order: str, context: Any
    ) -> Page[ThreadMetadata]:
        page = await super().load_threads(limit, after, order, context)
        if after is None or limit > 3 or len(page.data) < 1:
            return page
        try:
            cursor = await MemoryStore.load_thread(self, after, context)
        except NotFoundError:
            return page
        page.data = [thread for thread in page.data if thread.created_at != cursor.created_at]
        return page


@breaks("C27_the_server_finds_a_pending_tool_call")
class ForgetsToolOutputs(Memory):
    async def save_item(self, thread_id: str, item: Any, context: Any) -> None:
        if isinstance(item, ClientToolCallItem) and item.name == "get_location":
            item = item.model_copy(update={"output": None})
        await super().save_item(thread_id, item, context)


@breaks("C28_order_is_not_the_ids_order")
class OrdersItemsById(Paging):
    def paged(self, page: Any, whole: list[Any], after: str | None, limit: int, order: str) -> Any:
        del order
        if len(whole) != 5 or not all(len(item.id) == 5 for item in whole):
            return page
        return cut(behind(sorted(whole, key=lambda item: item.id), after), limit)


@breaks("C29_rows_written_between_two_pages")
class CountsRowsForCursors(Paging):
    """OFFSET: the cursor's position is remembered as a number, from when its page was made."""

    def __init__(self) -> None:
        super().__init__()
        self.offsets: dict[tuple[str, str], int] = {}

    def paged(self, page: Any, whole: list[Any], after: str | None, limit: int, order: str) -> Any:
        names = [item.id for item in whole]
        if limit != 2 or not 8 <= len(whole) <= 12:
            return page
        start = self.offsets.get((order, after or ""), 0)
        page = cut(whole[start:], limit)
        if page.data:
            self.offsets[order, page.data[-1].id] = names.index(page.data[-1].id) + 1
        return page


@breaks("C29_threads_saved_between_two_pages")
class CountsThreadsForCursors(Aliasing):
    async def load_threads(
        self, limit: int, after: str | None, order: str, context: Any
    ) -> Page[ThreadMetadata]:
        whole = await super().load_threads(1_000, None, order, context)
        if limit != 2 or not 6 <= len(whole.data) <= 8:
            return await super().load_threads(limit, after, order, context)
        start = self.objects.get(f"{order} {after}", 0) if after else 0
        page = cut(whole.data[start:], limit)
        for place, thread in enumerate(whole.data, 1):
            self.objects.setdefault(f"{order} {thread.id}", place)
        return page


@breaks("C29_random_histories_agree_with_a_model", "C27_random_histories_are_ordered_by_time")
class ShortensListsWhereTwoTenantsHaveSome(Memory):
    async def load_threads(
        self, limit: int, after: str | None, order: str, context: Any
    ) -> Page[ThreadMetadata]:
        page = await super().load_threads(limit, after, order, context)
        theirs = await super().load_threads(10, None, "asc", other(context))
        if len(page.data) >= 2 and len(theirs.data) >= 2:
            page.data.pop()
        return page


@breaks("C30_the_last_id_is_the_cursor")
class ReturnsOpaqueCursors(Memory):
    async def load_threads(
        self, limit: int, after: str | None, order: str, context: Any
    ) -> Page[ThreadMetadata]:
        after = after.removeprefix("cursor:") if after else after
        page = await super().load_threads(limit, after, order, context)
        page.after = f"cursor:{page.after}" if page.after else None
        return page


@breaks("C31_the_last_page_says_so")
class SaysThatAFullPageIsNotTheLast(Memory):
    async def load_threads(
        self, limit: int, after: str | None, order: str, context: Any
    ) -> Page[ThreadMetadata]:
        page = await super().load_threads(limit, after, order, context)
        if len(page.data) == limit:
            page.has_more, page.after = True, page.data[-1].id
        return page


@breaks("C31_large_limits_give_everything")
class CutsPagesInSilence(Memory):
    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: Any
    ) -> Any:
        page = await super().load_thread_items(thread_id, after, limit, order, context)
        if limit == 500:
            page.data = page.data[:50]
        return page


@breaks(
    "C32_an_unknown_cursor_is_no_first_page",
    "C32_an_unknown_cursor_is_not_found",
)
class TakesAnUnknownCursorForNone(Memory):
    async def load_threads(
        self, limit: int, after: str | None, order: str, context: Any
    ) -> Page[ThreadMetadata]:
        return await super().load_threads(
            limit, None if after == "thr_unknown" else after, order, context
        )


@breaks("C32_an_unknown_cursor_is_not_found")
class RaisesValueErrorForUnknownCursors(Memory):
    async def load_threads(
        self, limit: int, after: str | None, order: str, context: Any
    ) -> Page[ThreadMetadata]:
        if after == "thr_unknown":
            raise ValueError(after)
        return await super().load_threads(limit, after, order, context)


@breaks("C33_a_foreign_cursor_is_unknown")
class TakesForeignCursors(Memory):
    async def load_threads(
        self, limit: int, after: str | None, order: str, context: Any
    ) -> Page[ThreadMetadata]:
        try:
            return await super().load_threads(limit, after, order, context)
        except NotFoundError:
            await MemoryStore.load_thread(self, after or "", other(context))
            return Page()


@breaks("C34_a_deleted_item_is_still_a_cursor", "C34_a_purged_cursor_is_unknown")
class ForgetsDeletedItems(Memory):
    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: Any
    ) -> Any:
        if after is not None and order in ("asc", "desc"):
            try:
                await MemoryStore.load_thread(self, thread_id, context)
            except NotFoundError:
                return cast(Any, Page)()
            if not await self.knows(thread_id, after, context) and after.startswith("msg_"):
                raise NotFoundError(after)
        return await super().load_thread_items(thread_id, after, limit, order, context)


@breaks("C34_a_deleted_thread_is_still_a_cursor")
class ForgetsDeletedThreads(Memory):
    async def load_threads(
        self, limit: int, after: str | None, order: str, context: Any
    ) -> Page[ThreadMetadata]:
        if after is not None:
            await MemoryStore.load_thread(self, after, context)
        return await super().load_threads(limit, after, order, context)


@breaks("C34_a_purged_cursor_is_unknown")
class PurgesEverythingAlways(Memory):
    async def purge(self, older_than: timedelta, *, threads: bool = False) -> int:
        page = await self.load_threads(10, None, "asc", {"user_id": "alice"})
        return await super().purge(timedelta(0) if page.data else older_than, threads=threads)


@breaks("C36_limits_below_one_are_refused")
class TakesNegativeLimits(Memory):
    async def load_threads(
        self, limit: int, after: str | None, order: str, context: Any
    ) -> Page[ThreadMetadata]:
        return await super().load_threads(limit if limit > 0 else 1, after, order, context)


@breaks("C36_huge_limits_are_cut")
class CutsHugeLimitsInSilence(Memory):
    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: Any
    ) -> Any:
        page = await super().load_thread_items(thread_id, after, limit, order, context)
        if limit > 1_000:
            page.has_more = False
        return page


@breaks("C37_other_orders_are_refused")
class TakesAnyOrder(Memory):
    async def load_threads(
        self, limit: int, after: str | None, order: str, context: Any
    ) -> Page[ThreadMetadata]:
        return await super().load_threads(limit, after, "asc" if order == "asc" else "desc", context)


@breaks("C38_the_server_retries")
class EndsAfterTwoPages(Paging):
    def paged(self, page: Any, whole: list[Any], after: str | None, limit: int, order: str) -> Any:
        del whole, order
        if limit == 20 and after is not None:
            page.has_more, page.after = False, None
        return page


# --- C39 to C41: attachments ---


@breaks("C39_save_attachment_is_an_upsert", "C29_random_histories_agree_with_a_model")
class KeepsTheFirstAttachment(Memory):
    async def save_attachment(self, attachment: Any, context: Any) -> None:
        try:
            old = await self.load_attachment(attachment.id, context)
        except NotFoundError:
            old = attachment
        kept = attachment.model_copy(
            update={"name": old.name, "metadata": old.metadata or attachment.metadata}
        )
        await super().save_attachment(kept, context)


@breaks("C39_the_server_sends_attachments", "C07_every_attachment_comes_back")
class LosesMetadataWithADescriptor(Memory):
    async def save_attachment(self, attachment: Any, context: Any) -> None:
        if attachment.upload_descriptor is not None:
            attachment = attachment.model_copy(update={"metadata": None})
        await super().save_attachment(attachment, context)


@breaks("C40_unknown_attachments_are_not_found")
class ReturnsNoneForUnknownAttachments(Memory):
    async def load_attachment(self, attachment_id: str, context: Any) -> Any:
        try:
            return await super().load_attachment(attachment_id, context)
        except NotFoundError:
            if attachment_id == "atc_unknown":
                return None
            raise


@breaks("C40_foreign_attachments_are_not_read", "C29_random_histories_agree_with_a_model")
class LoadsForeignAttachments(Memory):
    async def load_attachment(self, attachment_id: str, context: Any) -> Any:
        try:
            return await super().load_attachment(attachment_id, context)
        except NotFoundError:
            return await super().load_attachment(attachment_id, other(context))


@breaks("C40_foreign_attachments_are_not_changed", "C29_random_histories_agree_with_a_model")
class DeletesForeignAttachments(Memory):
    async def delete_attachment(self, attachment_id: str, context: Any) -> None:
        await super().delete_attachment(attachment_id, other(context))
        await super().delete_attachment(attachment_id, context)


@breaks("C41_orphaned_attachments_can_be_listed")
class ListsOnlyWhatWasNeverSent(Memory):
    async def orphaned_attachments(self, context: Any, **options: Any) -> Any:
        found = await super().orphaned_attachments(context, **options)
        return [attachment for attachment in found if attachment.thread_id is None]


# --- C42 to C48: running ---


@breaks("C42_a_cancelled_answer_is_kept", wrap_stream=survive_disconnect)
class LosesTheNoteOfACancelledStream(Memory):
    async def add_thread_item(self, thread_id: str, item: Any, context: Any) -> None:
        found = await self.load_thread_items(thread_id, None, 10, "asc", context)
        if isinstance(item, SDKHiddenContextItem) and len(found.data) == 2:
            return
        await super().add_thread_item(thread_id, item, context)


@breaks("C42_a_hang_up_harms_nothing", wrap_stream=survive_disconnect)
class LosesWhatWasDoneBeforeAHangUp(Memory):
    async def add_thread_item(self, thread_id: str, item: Any, context: Any) -> None:
        await super().add_thread_item(thread_id, item, context)
        if isinstance(item, AssistantMessageItem) and item.content[0].text == "short":
            page = await self.load_thread_items(thread_id, None, 2, "asc", context)
            await self.delete_thread_item(thread_id, page.data[1].id, context)


class TrulyWaits(Memory):
    async def add_thread_item(self, thread_id: str, item: Any, context: Any) -> None:
        await asyncio.sleep(0.001)
        await super().add_thread_item(thread_id, item, context)


def not_wrapped(stream: Any) -> Any:
    return stream


@breaks(
    "C42_a_hang_up_loses_nothing",
    "C42_a_hang_up_of_a_slow_reader_loses_nothing",
    wrap_stream=not_wrapped,
)
class IsServedWithoutAWrapper(TrulyWaits):
    pass


@breaks("C43_an_answer_that_failed_is_retried")
class LosesATitleSetBeforeAFailure(Memory):
    async def save_thread(self, thread: Any, context: Any) -> None:
        if thread.title != "Set before the failure":
            await super().save_thread(thread, context)


@breaks("C43_every_write_may_be_repeated")
class StampsWhatIsSavedTwice(Aliasing):
    async def save_item(self, thread_id: str, item: Any, context: Any) -> None:
        text = item.model_dump_json()
        if (
            self.objects.get(item.id) == text
            and item.id.startswith("msg_")
            and item.content[0].text == "2"
        ):
            item = item.model_copy(update={"content": []})
        self.objects[item.id] = text
        await super().save_item(thread_id, item, context)


@breaks("C44_a_hundred_tasks_at_once")
class CountsForItself(Memory):
    """`max() + 1` with an await in between: two writers get one number, and one row is lost."""

    def __init__(self) -> None:
        super().__init__()
        self.writers = 0

    async def add_thread_item(self, thread_id: str, item: Any, context: Any) -> None:
        self.writers += 1
        alone = self.writers <= 30
        try:
            await asyncio.sleep(0)
            if alone:
                await super().add_thread_item(thread_id, item, context)
        finally:
            self.writers -= 1


@breaks("C44_first_use_by_many")
class ConnectsTwiceAtOnce(Memory):
    def __init__(self) -> None:
        super().__init__()
        self.ready = False
        self.opening = 0

    async def save_thread(self, thread: Any, context: Any) -> None:
        if not self.ready:
            self.opening += 1
            await asyncio.sleep(0)
            self.opening -= 1
            if self.opening > 15:
                raise RuntimeError("table threads already exists")
            self.ready = True
        await super().save_thread(thread, context)


@breaks("C44_two_stores_on_one_database")
class CachesThreads(Sqlite):
    def __init__(self, path: Any) -> None:
        super().__init__(path)
        self.cache: dict[str, Any] = {}

    async def save_thread(self, thread: Any, context: Any) -> None:
        if thread.title == "shared":
            self.cache[thread.id] = thread.model_copy(deep=True)
        await super().save_thread(thread, context)

    async def load_thread(self, thread_id: str, context: Any) -> ThreadMetadata:
        return self.cache.get(thread_id) or await super().load_thread(thread_id, context)


@breaks("C44_many_stores_open_at_once")
class CannotOpenBesideOthers(Sqlite):
    opening = 0

    async def __aenter__(self) -> Any:
        kind = type(self)
        kind.opening += 1
        await asyncio.sleep(0)
        crowd = kind.opening
        kind.opening -= 1
        if crowd > 4:
            raise RuntimeError("database is locked")
        return await super().__aenter__()


@breaks("C44_reopened_data_is_all_there")
class CommitsLate(Sqlite):
    async def close(self) -> None:
        context = {"user_id": "alice"}
        if not self._is_closed:
            page = await self.load_threads(10, None, "asc", context)
            if len(page.data) == 3 and page.data[2].metadata == {"n": 2}:
                await self.delete_thread(page.data[2].id, context)
        await super().close()


@breaks("C46_cancelled_calls_leave_it_working")
class KeepsItsLockWhenCancelled(Memory):
    def __init__(self) -> None:
        super().__init__()
        self.lock = asyncio.Lock()

    async def delete_thread_item(self, thread_id: str, item_id: str, context: Any) -> None:
        await self.lock.acquire()
        await asyncio.sleep(0)
        try:
            await super().delete_thread_item(thread_id, item_id, context)
        finally:
            self.lock.release()

    async def save_thread(self, thread: Any, context: Any) -> None:
        async with self.lock:
            await super().save_thread(thread, context)


@breaks("C47_a_context_without_tenant_is_refused")
class HasADefaultTenant(Memory):
    async def delete_attachment(self, attachment_id: str, context: Any) -> None:
        await super().delete_attachment(attachment_id, context or {"user_id": "nobody"})


@breaks("C48_closing_twice_is_closing")
class ClosesOnce(Memory):
    def __init__(self) -> None:
        super().__init__()
        self.closed = False

    async def close(self) -> None:
        if self.closed and self.asked:
            raise RuntimeError("already closed")
        self.closed = True
        await super().close()

    asked = False

    async def __aexit__(self, *details: Any) -> None:
        await super().close()

    async def connect(self) -> None:
        await super().connect()
        self.asked = True


@breaks("C48_use_after_close_is_an_error")
class OpensAgain(Memory):
    async def load_threads(
        self, limit: int, after: str | None, order: str, context: Any
    ) -> Page[ThreadMetadata]:
        if self._is_closed:
            return Page()
        return await super().load_threads(limit, after, order, context)


@breaks("C48_closing_releases_everything")
class LeavesATaskBehind(Memory):
    async def save_thread(self, thread: Any, context: Any) -> None:
        await super().save_thread(thread, context)
        self.background = asyncio.create_task(asyncio.sleep(3))
