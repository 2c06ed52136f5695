"""Conflicts of interest: every evaluator declares once the bidders' names are known."""

from datetime import datetime

from django.db import transaction

from marketplace.accounts.models import Organization, User
from marketplace.accounts.roles import Permission
from marketplace.errors import Conflict, Invalid, NotNow
from marketplace.ledger.record import AUDITOR, record
from procurement import permissions
from procurement.models import ConflictDeclaration, Tender
from procurement.operations.common import lock_tender
from procurement.queries import judging


@transaction.atomic
def declare(
    *, tender: Tender, tenderer: Organization | None, reason: str, by: User, now: datetime
) -> ConflictDeclaration:
    """Declare to have no conflict (`tenderer` None), or with which bidder and why.

    A conflict recuses for good; "none" may be corrected to a conflict at any time.
    Raises NotNow before the opening, Conflict for a second "none" or after a conflict.
    """
    locked = lock_tender(tender.pk)
    permissions.check_user_can(by, Permission.BID_EVALUATE, locked)
    if locked.opened_at is None:
        raise NotNow("The bidders' names are not known yet: declare when the bids are open.")
    _check(locked, tenderer, reason)
    row = judging.declaration(by, locked) or ConflictDeclaration(tender=locked, evaluator=by)
    if row.tenderer_id or (row.pk and tenderer is None):
        raise Conflict("You have declared already.", code="declared-already")
    row.tenderer, row.reason, row.declared_at = tenderer, reason.strip(), now
    row.save()
    record(
        "ConflictDeclared",
        subject=locked.reference,
        body={
            "evaluator": by.public_id,
            "tenderer": tenderer.public_id if tenderer else None,
            "reason": row.reason,
            "evaluators_left": {
                str(lot.number): len(judging.panel(lot).members) for lot in locked.lots.all()
            },
        },
        by=by,
        now=now,
        visibility=AUDITOR,
    )
    return row


def _check(tender: Tender, tenderer: Organization | None, reason: str) -> None:
    if tenderer is None:
        return
    if not tender.bids.filter(tenderer=tenderer).exists():
        raise Invalid("This organisation has no bid in this tender.", where="tenderer")
    if not reason.strip():
        raise Invalid("Say what the conflict is.", where="reason")
