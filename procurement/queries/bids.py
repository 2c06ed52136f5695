"""Sealed bids: which stand, and the receipt of one."""

from django.db.models import Exists, OuterRef, QuerySet

from marketplace.accounts.models import Membership, Organization, User
from marketplace.accounts.roles import PERMISSIONS, Permission
from procurement.models import SealedBid, Tender

# What is asked of a tender by a bid that comes in; the rest of the row is not read.
FOR_BIDDING = (
    "reference", "buyer", "title", "jurisdiction", "enquiry_deadline", "deadline",
    "opening_quorum", "published_at", "terms", "terms_hash", "closed_at", "opened_at",
    "cancelled_at", "historical_batch",
)  # fmt: skip


def standing(tender: Tender) -> QuerySet[SealedBid]:
    """The bids to open: the last revision of each tenderer, unless it was withdrawn."""
    later = SealedBid.objects.filter(
        tender=tender, tenderer=OuterRef("tenderer"), revision__gt=OuterRef("revision")
    )
    rows = SealedBid.objects.filter(~Exists(later), tender=tender, withdrawn_at=None)
    return rows.select_related("tenderer").order_by("sequence")


def holders(tender: Tender) -> QuerySet[User]:
    """Who may act for a tenderer whose bid stands, each person once; for mail about the tender."""
    carrying = [role for role, granted in PERMISSIONS.items() if Permission.BID_SUBMIT in granted]
    tenderers = standing(tender).order_by().values("tenderer")
    seats = Membership.objects.filter(
        organization__in=tenderers, role__in=carrying, revoked_at=None
    )
    return User.objects.filter(pk__in=seats.values("user"), is_active=True)


def standing_of(tender: Tender, tenderer: Organization) -> SealedBid | None:
    """The bid of `tenderer` that stands in `tender`, or None."""
    return standing(tender).filter(tenderer=tenderer).first()
