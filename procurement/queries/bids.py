"""Sealed bids: which stand, and the receipt of one."""

from django.db.models import Exists, OuterRef, QuerySet

from marketplace.accounts.models import Organization
from procurement.models import SealedBid, Tender


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
