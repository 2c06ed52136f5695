"""The blinded leaf: what the tree holds of an entry. Pure: standard library only.

    commitment = SHA-256("agri-log/1 body\\n" || nonce || body)
    leaf       = "agri-log/1\\n" sequence "\\n" time "\\n" commitment "\\n"

`nonce` is 32 random bytes, `body` the canonical JSON in UTF-8, `sequence` plain decimal, `time`
as `canonical.instant` writes it, `commitment` 64 lower-case hexadecimal digits. The leaf says
when something was recorded and nothing of what: the body is released apart from it, and may be
erased, without touching the tree. Who, what and about what are in the body, so that the
commitment binds them.
"""

import hashlib
from datetime import datetime

from marketplace.ledger import canonical, merkle

FORMAT = "agri-log/1"
DOMAIN = b"agri-log/1 body\n"
# Keys of every body that `record` itself writes; a caller may not use them.
RESERVED = ("at", "by", "event", "previous", "subject", "visibility")


def commitment(nonce: bytes, body: str) -> str:
    """The blinded digest of a body, in hexadecimal; the nonce is 32 bytes."""
    if len(nonce) != 32:
        raise ValueError(f"A nonce has 32 bytes, not {len(nonce)}.")
    return hashlib.sha256(DOMAIN + nonce + body.encode()).hexdigest()


def leaf(sequence: int, recorded_at: datetime, commitment_hex: str) -> bytes:
    """The exact bytes of the leaf, about 110."""
    time = canonical.instant(recorded_at)
    return f"{FORMAT}\n{sequence}\n{time}\n{commitment_hex}\n".encode("ascii")


def leaf_hash(sequence: int, recorded_at: datetime, commitment_hex: str) -> bytes:
    return merkle.leaf_hash(leaf(sequence, recorded_at, commitment_hex))
