"""Sealed bids: which stand, and the receipt of one."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from marketplace.accounts.models import Organization
from marketplace.ledger import queries as ledger
from procurement.models import SealedBid, Tender
from procurement.rules import sealing
from procurement.rules.timeline import instant


def standing(tender: Tender) -> QuerySet[SealedBid]:
    """The bids to open: the last revision of each tenderer, unless it was withdrawn."""
    later = SealedBid.objects.filter(
        tender=tender, tenderer=OuterRef("tenderer"), revision__gt=OuterRef("revision")
    )
    rows = SealedBid.objects.filter(~Exists(later), tender=tender, withdrawn_at=None)
    return rows.select_related("tenderer").order_by("sequence")


def standing_of(tender: Tender, tenderer: Organization) -> SealedBid | None:
    """The bid of `tenderer` that stands in `tender`, or None."""
    return standing(tender).filter(tenderer=tenderer).first()


def receipt(bid: SealedBid, now: datetime) -> dict[str, Any]:
    """What a tenderer keeps: hashes, times, and the ledger's proof that the bid is in it."""
    envelope = sealing.SealedEnvelope.from_bytes(bytes(bid.envelope))
    return {
        "format": "musika-receipt/1",
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
        "ledger": ledger.proof(bid.sequence, now=now),
    }
