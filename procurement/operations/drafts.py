"""What a tenderer has typed so far: saved as it is typed, unreadable without the draft key."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from marketplace.accounts.models import Organization, User
from marketplace.errors import Conflict, Invalid
from procurement import permissions
from procurement.models import BidDraft, Tender
from procurement.operations.common import check_tender_allows, lock_tender
from procurement.queries import drafts


@transaction.atomic
def save(
    *,
    tender: Tender,
    tenderer: Organization,
    data: bytes,
    version: int | None = None,
    by: User,
    now: datetime,
) -> BidDraft:
    """Keep `data` (any bytes the shell wants back) as the draft; returns it with its version.

    With `version` the save is refused as Conflict if another device saved in between.
    """
    locked = lock_tender(tender.pk)
    permissions.check_user_can_bid(by, tenderer, tender)
    check_tender_allows("bids.draft", locked, now)
    if len(data) > settings.BID_MAX_BYTES:
        raise Invalid("The draft is too large: send smaller documents.", where="documents")
    row = BidDraft.objects.filter(tender=locked, tenderer=tenderer).first()
    if row is None:
        row = BidDraft(tender=locked, tenderer=tenderer, version=0)
    elif version is not None and version != row.version:
        raise Conflict(
            "This draft was saved from another device meanwhile.",
            code="draft-changed",
            remedy="Your change is not saved yet: save once more to put it in place, "
            "or load the draft again.",
        )
    row.ciphertext = drafts.protect(data, locked, tenderer)
    row.version += 1
    row.updated_at, row.updated_by = now, by
    row.save()
    return row


@transaction.atomic
def discard(*, tender: Tender, tenderer: Organization, by: User, now: datetime) -> None:
    """Drop the draft; a draft is nobody's business, so no ledger entry."""
    permissions.check_user_can_bid(by, tenderer, tender)
    BidDraft.objects.filter(tender=tender, tenderer=tenderer).delete()
