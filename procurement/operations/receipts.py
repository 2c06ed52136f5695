"""What a tenderer keeps: the ledger's signed proof that the bid is in it."""

from datetime import datetime
from typing import Any

from marketplace.ledger import proofs, queries, signer
from marketplace.ledger.models import Entry
from procurement.models import SealedBid
from procurement.rules import sealing
from procurement.rules.timeline import instant

FORMAT = "musika-receipt/1"


def receipt(bid: SealedBid, *, now: datetime) -> dict[str, Any]:
    """Hashes, times and an inclusion proof under a signed checkpoint, which is signed if needed.

    The tenderer alone sees it before the opening: it says who bid.
    """
    envelope = sealing.SealedEnvelope.from_bytes(bytes(bid.envelope))
    return {
        "format": FORMAT,
        "tender": bid.tender.reference,
        "bid": bid.public_id,
        "tenderer": bid.tenderer.public_id,
        "revision": bid.revision,
        "received_at": instant(bid.received_at).isoformat(timespec="microseconds"),
        "recorded_at": instant(bid.recorded_at).isoformat(timespec="microseconds"),
        "terms_hash": bid.terms_hash,
        "header_hash": envelope.header_hash,
        "ciphertext_hash": envelope.ciphertext_hash,
        "tier": envelope.header.tier,
        "ledger": _proof(bid.sequence, now),
    }


def _proof(sequence: int, now: datetime) -> dict[str, Any]:
    signed = queries.latest_checkpoint()
    if signed is None or signed.size <= sequence:
        signed = signer.sign_checkpoint(now)
    entry = Entry.objects.get(pk=sequence)
    return {
        "sequence": sequence,
        "time": instant(entry.recorded_at).isoformat(timespec="microseconds"),
        "nonce": entry.nonce,
        "body": entry.body,
        "commitment": entry.commitment,
        "leaf": entry.leaf_hash,
        "proof": proofs.inclusion(entry, signed),
        "checkpoint": signed.note,
        "key": queries.verifier_key(),
    }
