"""Payloads that only the application can read: an example of a codec, ready to use.

    codec = AESGCMCodec({"2026-11": AESGCM.generate_key(256)}, current="2026-11")
    store = SQLiteStore("chat.db", tenant=..., codec=codec)

What is said, titles and metadata are encrypted. Ids, tenants, times and sizes are not: the database
needs them to find, order and separate. Keep the keys in a secret manager: without them nothing is
readable, which is also a way to delete.
"""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Final

from reference_stores.shared import MissingDriverError

try:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
except ImportError as error:
    raise MissingDriverError("cryptography", extra="encryption") from error

if TYPE_CHECKING:
    from collections.abc import Mapping

_VERSION: Final = "v1"
_NONCE_BYTES: Final = 12
"""As NIST SP 800-38D recommends; random ones are safe for 2**32 payloads of a key."""


class AESGCMCodec:
    """AES-GCM, with a key for new payloads and older keys for what they have encrypted.

    Stored is `v1:<name of the key>:<base64 of nonce and ciphertext>`. The name and the row that the
    payload belongs to are authenticated: in another row it does not decrypt.

    Args:
        keys: keys of 16, 24 or 32 bytes by name. To rotate, add one and make it `current`; drop an old
            one when nothing is left that it has encrypted.
        current: the name of the key for new payloads.
    """

    def __init__(self, keys: Mapping[str, bytes], *, current: str) -> None:
        if current not in keys:
            raise ValueError(f"there is no key {current!r}")
        if any(":" in name for name in keys):
            raise ValueError("the name of a key must not contain a colon")
        self._ciphers = {name: AESGCM(secret) for name, secret in keys.items()}
        self._current = current

    def encode(self, payload: str, *, bound_to: bytes) -> str:
        """`payload`, encrypted for one row."""
        head = f"{_VERSION}:{self._current}:"
        nonce = os.urandom(_NONCE_BYTES)
        cipher = self._ciphers[self._current]
        sealed = cipher.encrypt(nonce, payload.encode(), head.encode() + bound_to)
        return head + b64encode(nonce + sealed).decode()

    def decode(self, stored: str, *, bound_to: bytes) -> str:
        """What `encode` was given for this row.

        Raises:
            ValueError: it was written without this codec, with a key that is not there, or for
                another row, or was changed since.
        """
        version, _, rest = stored.partition(":")
        name, _, sealed = rest.partition(":")
        if version != _VERSION:
            raise ValueError(f"not encrypted by {type(self).__name__}")
        if name not in self._ciphers:
            raise ValueError(f"encrypted with the key {name!r}, which is not there")
        data = b64decode(sealed, validate=True)
        nonce, ciphertext = data[:_NONCE_BYTES], data[_NONCE_BYTES:]
        head = f"{version}:{name}:".encode()
        try:
            plain = self._ciphers[name].decrypt(nonce, ciphertext, head + bound_to)
        except InvalidTag:
            raise ValueError("changed, or moved from another row") from None
        return plain.decode()
