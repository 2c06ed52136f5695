"""What every operation on a tender starts with."""

import secrets
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from marketplace.errors import NotFound
from procurement.models import Award, Lot, Tender
from procurement.queries import facts
from procurement.queries.bids import FOR_BIDDING
from procurement.rules import lifecycle, words


def new_public_id() -> str:
    return secrets.token_hex(8)


def lock_tender(tender_id: int) -> Tender:
    """The tender, its row locked until commit; raises NotFound."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("lock_tender needs a transaction around it.")
    rows = Tender.objects.select_for_update(of=("self",)).select_related("buyer")
    tender = rows.filter(pk=tender_id).first()
    if tender is None or tender.is_historical:
        raise NotFound("There is no such tender to act on.")
    return tender


def lock_tenders(tender_ids: Collection[int]) -> dict[int, Tender]:
    """The tenders that there are, locked until commit in one order, so that groups cannot cross."""
    rows = Tender.objects.select_for_update(of=("self",)).only(*FOR_BIDDING).defer("terms")
    found = rows.filter(pk__in=tender_ids).order_by("pk")
    return {tender.pk: tender for tender in found if not tender.is_historical}


def lock_lot(lot_id: int) -> Lot:
    """The lot with its tender locked; raises NotFound."""
    lot = Lot.objects.filter(pk=lot_id).first()
    if lot is None:
        raise NotFound("There is no such lot.")
    lot.tender = lock_tender(lot.tender_id)
    return lot


def check_tender_allows(operation: str, tender: Tender, now: datetime) -> None:
    lifecycle.check_allowed(operation, facts.status(tender, now))


def at_words(at: datetime | None) -> str:
    """An instant as mails and letters say it, in the service's zone; empty for none."""
    return words.instant(at, timezone.get_default_timezone()) if at else ""


def check_lot_allows(operation: str, lot: Lot, now: datetime) -> None:
    """The tender must have reached its lots (opened); then the lot's own status counts."""
    reached = lot.tender.opened_at and lot.tender.cancelled_at is None
    status = facts.lot_status(lot, now) if reached else facts.status(lot.tender, now)
    lifecycle.check_allowed(operation, status)


def check_award_allows(operation: str, award: Award, now: datetime) -> None:
    """As check_lot_allows, by how far this award has come: one part need not wait for another."""
    reached = award.lot.tender.opened_at and award.lot.tender.cancelled_at is None
    status = facts.award_status(award, now) if reached else facts.status(award.lot.tender, now)
    lifecycle.check_allowed(operation, status)
