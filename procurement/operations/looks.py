"""Writing down a look at bids: one insert, before the answer leaves."""

from datetime import datetime

from django.db import DatabaseError, transaction

from marketplace.accounts import queries as people
from marketplace.accounts.models import Membership, Organization, User
from marketplace.accounts.roles import PERMISSIONS, Permission, Role
from marketplace.errors import MusikaError
from procurement.models import Bid, Look, Tender


class LookNotRecorded(MusikaError):
    """What is not written down is not shown."""

    code = "look-not-recorded"


def seat_of(user: User, tender: Tender | None) -> Membership | None:
    """The role in which `user` looks: in the buyer, else as an auditor; None: as anybody may.

    Without a tender all are shown, those of his own buyer among them.
    """
    rows = people.current_memberships(user)
    inside = (m for m in rows if _buys(m.organization, tender))
    auditing = (m for m in rows if Permission.HISTORY_READ in PERMISSIONS[Role(m.role)])
    return next(inside, None) or next(auditing, None)


def _buys(organization: Organization, tender: Tender | None) -> bool:
    if tender is None:
        return organization.kind == Organization.Kind.BUYER
    return organization.pk == tender.buyer_id


def note(*, tender: Tender | None, bid: Bid | None, what: str, by: User, now: datetime) -> bool:
    """Write the look down if `by` looks in office; returns whether he does.

    Raises LookNotRecorded when the database takes no row: then nothing may be shown.
    """
    seat = seat_of(by, tender)
    if seat is None:
        return False
    try:
        with transaction.atomic():
            Look.objects.create(
                tender=tender,
                bid=bid,
                user=by,
                organization=seat.organization,
                role=seat.role,
                what=what[:60],
                at=now,
            )
    except DatabaseError as error:
        raise LookNotRecorded(
            "This cannot be shown now, because the look could not be written down.",
            remedy="Try again in a minute.",
        ) from error
    return True
