"""Sealed bids: nobody reads a bid before k openers and the gate act together.

`seal` makes an envelope, `release_share` and `release_gate` take its parts out, `open_envelope`
puts them together, `decrypt_with_dek` lets an auditor repeat it offline. The bytes are described
in docs/reference/sealing.md, the reasons in docs/adr/0001-sealed-bids.md.
"""

from procurement.rules.sealing.draft import draft_context, protect, reveal
from procurement.rules.sealing.envelope import SealedEnvelope, check_binding
from procurement.rules.sealing.errors import (
    BadCommittee,
    BadHeader,
    BadKey,
    CiphertextUnreadable,
    DealMismatch,
    DekMismatch,
    DraftUnreadable,
    GateMismatch,
    GateUnreadable,
    MalformedEnvelope,
    MalformedKeyFile,
    PayloadTooLarge,
    SealedForAnother,
    SealingError,
    ShareMismatch,
    ShareUnreadable,
    TooFewShares,
    UnknownOpener,
    WrongPassphrase,
)
from procurement.rules.sealing.header import Context, Header, committee_hash
from procurement.rules.sealing.keys import OpenerKey, generate_opener_key, public_of
from procurement.rules.sealing.lock import (
    DEFAULT_COST,
    LockCost,
    lock_private_key,
    unlock_private_key,
)
from procurement.rules.sealing.opening import (
    Opened,
    decrypt_with_dek,
    open_envelope,
    release_gate,
    release_share,
)
from procurement.rules.sealing.padding import padded_length
from procurement.rules.sealing.sealer import seal

__all__ = [
    "DEFAULT_COST",
    "BadCommittee",
    "BadHeader",
    "BadKey",
    "CiphertextUnreadable",
    "Context",
    "DealMismatch",
    "DekMismatch",
    "DraftUnreadable",
    "GateMismatch",
    "GateUnreadable",
    "Header",
    "LockCost",
    "MalformedEnvelope",
    "MalformedKeyFile",
    "Opened",
    "OpenerKey",
    "PayloadTooLarge",
    "SealedEnvelope",
    "SealedForAnother",
    "SealingError",
    "ShareMismatch",
    "ShareUnreadable",
    "TooFewShares",
    "UnknownOpener",
    "WrongPassphrase",
    "check_binding",
    "committee_hash",
    "decrypt_with_dek",
    "draft_context",
    "generate_opener_key",
    "lock_private_key",
    "open_envelope",
    "padded_length",
    "protect",
    "public_of",
    "release_gate",
    "release_share",
    "reveal",
    "seal",
    "unlock_private_key",
]
