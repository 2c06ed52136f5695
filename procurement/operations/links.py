"""What the accounting officer found out about a flag."""

from datetime import datetime

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.accounts.roles import Permission
from marketplace.errors import Invalid, NotFound
from marketplace.ledger.record import record
from procurement import permissions
from procurement.models import LinkAnswer, Tender
from procurement.operations.common import lock_tender
from procurement.queries import links


@transaction.atomic
def answer(
    *, tender: Tender, key: str, state: str, reason: str, by: User, now: datetime
) -> LinkAnswer:
    """Say that a flag is explained, or confirmed, and why; a later answer takes its place.

    Raises NotPermitted, NotFound (no such flag now), Invalid.
    """
    locked = lock_tender(tender.pk)
    permissions.check_role(by, Permission.AWARD_DECIDE, locked.buyer)
    permissions.check_second_factor(by)
    permissions.check_no_stake(by, locked)
    link = next((row for row in links.found(locked) if row.key == key), None)
    if link is None:
        raise NotFound("There is no such flag.")
    if state not in LinkAnswer.State.values:
        raise Invalid("Explained or confirmed?", where="state")
    if not reason.strip():
        raise Invalid("Say what you found out, and from whom.", where="reason")
    row = LinkAnswer.objects.create(
        tender=locked,
        key=key,
        state=state,
        reason=reason.strip(),
        answered_by=by,
        answered_at=now,
    )
    record(
        "LinkAnswered",
        subject=locked.reference,
        body={
            "kind": link.kind,
            "parties": sorted((link.one.party, link.other.party)),
            "reason": row.reason,
            "state": state,
        },
        by=by,
        now=now,
        visibility="auditor",
    )
    return row
