"""Encrypted payloads are read by their row and their key only."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from reference_stores.encryption import AESGCMCodec
from reference_stores.shared import UnreadablePayloadError
from reference_stores.sqlite import SQLiteStore
from tests.reference_stores.samples import ALICE, BOB, answer, attachment, tenant, thread

if TYPE_CHECKING:
    from pathlib import Path

OLD, NEW = (AESGCM.generate_key(256) for _ in range(2))


def encrypted(path: Path, codec: AESGCMCodec | None) -> SQLiteStore[Any]:
    return SQLiteStore(path, tenant=tenant, codec=codec)


async def test_nothing_that_was_said_is_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    async with encrypted(path, AESGCMCodec({"k": OLD}, current="k")) as store:
        await store.save_thread(thread(title="secret title", metadata={"secret": 1}), ALICE)
        await store.add_thread_item("thr_1", answer("m1", "secret answer"), ALICE)
        await store.save_attachment(attachment(), ALICE)
        assert (await store.load_thread("thr_1", ALICE)).title == "secret title"
        assert await store.load_item("thr_1", "m1", ALICE) == answer("m1", "secret answer")
        assert await store.load_attachment("atc_1", ALICE) == attachment()
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"thr_1" in stored
    for said in (b"secret", b"plan.pdf", b"output_text"):
        assert said not in stored


async def test_a_payload_that_was_moved_does_not_decrypt(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    async with encrypted(path, AESGCMCodec({"k": OLD}, current="k")) as store:
        for context in (ALICE, BOB):
            for name in ("thr_1", "thr_2"):
                await store.save_thread(thread(name), context)
                for item in ("m1", "m2"):
                    await store.add_thread_item(name, answer(item, f"{context} {name} {item}"), context)
        moves = {
            "another item's": ("alice", "thr_1", "m2"),
            "another thread's": ("alice", "thr_2", "m1"),
            "another tenant's": ("bob", "thr_1", "m1"),
        }
        for move, source in moves.items():
            with closing(sqlite3.connect(path)) as connection:
                connection.execute(
                    """
                    UPDATE chatkit_items SET payload = (
                        SELECT payload FROM chatkit_items WHERE (tenant, thread_id, id) = (?, ?, ?)
                    ) WHERE (tenant, thread_id, id) = ('alice', 'thr_1', 'm1')
                    """,
                    source,
                )
                connection.commit()
            with pytest.raises(UnreadablePayloadError, match="codec"):
                await store.load_item("thr_1", "m1", ALICE)
            assert await store.load_item("thr_1", "m2", ALICE), move


async def test_keys_are_rotated_without_rewriting(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    async with encrypted(path, AESGCMCodec({"old": OLD}, current="old")) as store:
        await store.save_thread(thread("thr_1"), ALICE)
    async with encrypted(path, AESGCMCodec({"old": OLD, "new": NEW}, current="new")) as store:
        await store.save_thread(thread("thr_2"), ALICE)
        assert len((await store.load_threads(10, None, "asc", ALICE)).data) == 2
    async with encrypted(path, AESGCMCodec({"new": NEW}, current="new")) as store:
        assert await store.load_thread("thr_2", ALICE)
        with pytest.raises(UnreadablePayloadError) as failure:
            await store.load_thread("thr_1", ALICE)
        assert "'old'" in str(failure.value.__cause__)


async def test_with_the_wrong_key_or_without_codec_nothing_is_read(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    async with encrypted(path, AESGCMCodec({"k": OLD}, current="k")) as store:
        await store.save_thread(thread("thr_1"), ALICE)
    async with encrypted(path, None) as store:
        await store.save_thread(thread("thr_2"), ALICE)
    for codec, unreadable in (
        (AESGCMCodec({"k": NEW}, current="k"), ("thr_1", "thr_2")),
        (AESGCMCodec({"k": OLD}, current="k"), ("thr_2",)),
        (None, ("thr_1",)),
    ):
        async with encrypted(path, codec) as store:
            for name in unreadable:
                with pytest.raises(UnreadablePayloadError):
                    await store.load_thread(name, ALICE)


@pytest.mark.parametrize(
    "stored", ["", "v1", "v1:", "v1:k:", "v1:k:####", "v1:k:YWJj", "v2:k:YWJj", "{}"]
)
def test_rubbish_is_a_value_error(stored: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        AESGCMCodec({"k": OLD}, current="k").decode(stored, bound_to=b"row")


def test_keys_are_checked_when_the_codec_is_made() -> None:
    with pytest.raises(ValueError, match="no key 'new'"):
        AESGCMCodec({"old": OLD}, current="new")
    with pytest.raises(ValueError, match="colon"):
        AESGCMCodec({"a:b": OLD}, current="a:b")
    with pytest.raises(ValueError, match="bit"):
        AESGCMCodec({"k": b"short"}, current="k")
