"""Bid drafts at rest, before anything is submitted: one server key, one sub-key per row.

This keeps drafts out of a stolen database or backup. The server can read them: it must, to show
the form again. Form: 0x01 || nonce (12) || AES-256-GCM of the padded draft || tag (16).
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from procurement.rules.sealing.encoding import canonical, label
from procurement.rules.sealing.errors import BadKey, DraftUnreadable
from procurement.rules.sealing.padding import pad, unpad

VERSION = b"\x01"
NONCE = 12
KEY = 32


def draft_context(*, tender: str, organisation: str) -> bytes:
    """The row that a draft belongs to, as bytes that no other row can have (ASCII identifiers)."""
    return canonical({"organisation": organisation, "tender": tender})


def protect(plaintext: bytes, key32: bytes, context: bytes) -> bytes:
    """Encrypt a draft under the draft key (32 bytes) for one row; raises PayloadTooLarge, BadKey.

    Padded like a bid, so that the length of the row says nothing about the prices in it.
    """
    nonce = secrets.token_bytes(NONCE)
    body = _cipher(key32, context).encrypt(nonce, pad(plaintext), VERSION + context)
    return VERSION + nonce + body


def reveal(protected: bytes, key32: bytes, context: bytes) -> bytes:
    """Undo `protect`; raises DraftUnreadable if altered, cut or moved to another row, or BadKey."""
    cipher = _cipher(key32, context)
    nonce, body = protected[1 : 1 + NONCE], protected[1 + NONCE :]
    try:
        if protected[:1] != VERSION or len(nonce) != NONCE:
            raise ValueError("not a protected draft")
        return unpad(cipher.decrypt(nonce, body, VERSION + context))
    except (InvalidTag, ValueError) as error:
        raise DraftUnreadable(
            "The saved draft cannot be read.",
            where="draft",
            remedy="Restore the draft key of this installation, or begin the draft again.",
        ) from error


def _cipher(key32: bytes, context: bytes) -> AESGCM:
    if len(key32) != KEY:
        raise BadKey(
            f"A draft key has {KEY} bytes, not {len(key32)}.",
            where="draft key",
            remedy="Use the key file that `musika keys` made.",
        )
    return AESGCM(HKDF(SHA256(), KEY, salt=None, info=label("draft") + context).derive(key32))
