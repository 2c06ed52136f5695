"""What CLOSE says of the sealed bids: all of them in one digest that tells nobody how many.

    digest = SHA-256("musika-close/1" || 0x0A || nonce || canonical list)

`nonce` is 32 random bytes, kept until the opening, which publishes it with the list. The list
holds an object {"ciphertext_hash", "sequence"} for each standing bid, in order of the sequence.
Between close and opening a count of the bids would still help a cartel (it says how many to pay
off before the awards); after the opening nobody can have added or removed one. Pure: the offline
verifier repeats it.
"""

import hashlib
from collections.abc import Iterable
from typing import Final

from procurement.rules.canonical import canonical

DOMAIN: Final = b"musika-close/1\n"
NONCE_BYTES: Final = 32

Listed = list[dict[str, int | str]]


def listed(bids: Iterable[tuple[int, str]]) -> Listed:
    """The list in its one order, from (ledger sequence, ciphertext hash) of each standing bid."""
    return [{"sequence": s, "ciphertext_hash": h} for s, h in sorted(bids)]


def digest(bids: Iterable[tuple[int, str]], nonce: bytes) -> str:
    """The digest that CLOSE publishes, 64 hexadecimal digits. ValueError: not 32 bytes."""
    if len(nonce) != NONCE_BYTES:
        raise ValueError(f"A nonce has {NONCE_BYTES} bytes, not {len(nonce)}.")
    return hashlib.sha256(DOMAIN + nonce + canonical(listed(bids))).hexdigest()
