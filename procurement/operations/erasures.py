"""Erasing a person: asked for by the person or an administrator, decided by another one.

Destroyed are the keys of his data, everything that names him or that he signs in with, and the
bodies of the ledger's entries about him as a person. What stays, and why, is
`rules.retention.RETENTION`.
"""

from datetime import datetime

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.db.models import CASCADE

from marketplace.accounts import personal
from marketplace.accounts import queries as people
from marketplace.accounts.models import Erasure, Membership, Organization, PersonalDatum, User
from marketplace.accounts.roles import SECOND_FACTOR_ROLES, Permission
from marketplace.errors import Conflict, NotFound, NotPermitted
from marketplace.ledger import erase
from marketplace.ledger.models import Entry
from marketplace.ledger.record import record
from marketplace.notify.models import Message
from procurement.models import SealedBid, Tender
from procurement.queries import facts
from procurement.rules import duties
from procurement.rules.retention import still_needed
from procurement.rules.timeline import TenderStatus

ENDED = (TenderStatus.PAID, TenderStatus.UNSUCCESSFUL, TenderStatus.CANCELLED)
NAMELESS = "Erased person"


class StillNeeded(Conflict):
    """The person has duties that are not over."""

    code = "personal-data-still-needed"


@transaction.atomic
def propose(*, user: User, by: User, now: datetime) -> Erasure:
    """Ask for the erasure of `user`: by himself, or by an administrator for him."""
    if by.pk != user.pk:
        _check_administrator(by)
    if not user.is_active and user.full_name == NAMELESS:
        raise NotFound("This person is erased already.")
    try:
        with transaction.atomic():
            row = Erasure.objects.create(user=user, proposed_by=by, proposed_at=now)
    except IntegrityError:
        raise Conflict("An erasure of this person waits already.") from None
    _recorded("ErasureProposed", row, by, now)
    return row


@transaction.atomic
def decline(*, erasure: Erasure, by: User, now: datetime) -> Erasure:
    """Leave everything as it is; whoever asked may take it back."""
    row = _waiting(erasure)
    if by.pk != row.proposed_by_id:
        _check_administrator(by)
    row.declined_by, row.declined_at = by, now
    row.save(update_fields=["declined_by", "declined_at"])
    _recorded("ErasureDeclined", row, by, now)
    return row


@transaction.atomic
def confirm(*, erasure: Erasure, by: User, now: datetime) -> Erasure:
    """Destroy what is kept of the person. Raises NotPermitted, StillNeeded, NotFound."""
    row = _waiting(erasure)
    _check_administrator(by)
    duties.check_second_person(row.proposed_by.public_id, by.public_id)
    if by.pk == row.user_id:
        raise NotPermitted("Nobody decides about his own erasure.", code="separation-of-duties")
    user = User.objects.select_for_update().get(pk=row.user_id)
    check_not_needed(user, now)
    row.confirmed_by, row.confirmed_at = by, now
    row.save(update_fields=["confirmed_by", "confirmed_at"])
    _recorded("PersonErased", row, by, now)
    subject = f"person:{user.public_id}"
    erase.erase(subject, proposed_by=row.proposed_by, by=by, reason="person erased", now=now)
    holders = [user.public_id, *_own_organisations(user)]
    PersonalDatum.objects.filter(holder__in=holders).delete()
    _forget(user, now)
    transaction.on_commit(lambda: personal.destroy(holders))
    return row


def finish_erasures() -> int:
    """Delete keys that a crash between commit and deletion left; returns how many were looked at.

    Harmless to repeat: the sweep does.
    """
    done = Erasure.objects.exclude(confirmed_at=None).values_list("user__public_id", flat=True)
    personal.destroy(done)
    return len(done)


def check_not_needed(user: User, now: datetime) -> None:
    """Raise StillNeeded with every reason why it is too early."""
    held = {m.role for m in people.current_memberships(user) if m.role in SECOND_FACTOR_ROLES}
    if reasons := still_needed(held, unfinished(user, now)):
        raise StillNeeded(
            " ".join(reasons), remedy="End the roles, and wait until the tenders have ended."
        )


def unfinished(user: User, now: datetime) -> list[str]:
    """The tenders in which the person acted, by the record, and which have not ended."""
    acted = Entry.objects.filter(body__contains=f'"by":"{user.public_id}"')
    rows = Tender.objects.filter(reference__in=acted.order_by().values("subject"))
    seated = Tender.objects.filter(committee__user=user)
    found = (rows | seated).distinct()
    return [row.reference for row in found if facts.status(row, now) not in ENDED]


def _own_organisations(user: User) -> list[str]:
    """Farms that nobody else has a role in: their contact data are his own."""
    mine = Membership.objects.filter(user=user, organization__kind=Organization.Kind.FARMER)
    others = Membership.objects.exclude(user=user).filter(revoked_at=None)
    farms = Organization.objects.filter(pk__in=mine.values("organization")).exclude(
        pk__in=others.values("organization")
    )
    # A farm that never bid was published nowhere: its name goes as well.
    unused = farms.exclude(pk__in=SealedBid.objects.values("tenderer"))
    found = list(farms.values_list("public_id", flat=True))
    unused.update(name="Erased farm", ward="", registration_number="")
    return found


def _forget(user: User, now: datetime) -> None:
    """Everything that names the person or lets him in; rows that must stay lose the name."""
    for model in (AccessAttempt, AccessFailureLog, AccessLog):
        model.objects.filter(username__iexact=user.email).delete()
    Message.objects.filter(recipient=user).delete()
    for session in Session.objects.all().iterator():
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()
    for relation in User._meta.related_objects:
        if relation.on_delete is CASCADE:
            relation.related_model._default_manager.filter(**{relation.field.name: user}).delete()
    user.memberships.filter(revoked_at=None).update(revoked_at=now)
    user.email = f"{user.public_id}@erased.invalid"
    user.full_name, user.identity_digest, user.is_active = NAMELESS, None, False
    user.session_epoch += 1
    user.set_unusable_password()
    user.save()


def _waiting(erasure: Erasure) -> Erasure:
    rows = Erasure.objects.select_for_update(of=("self",)).select_related("user", "proposed_by")
    row = rows.get(pk=erasure.pk)
    if row.confirmed_at or row.declined_at:
        raise NotFound("This has been answered already.")
    return row


def _check_administrator(by: User) -> None:
    may = people.has_permission(by, Permission.ROLE_GRANT)
    if not may or people.needs_second_factor(by):
        raise NotPermitted("Only administrators decide about personal data.")


def _recorded(event: str, row: Erasure, by: User, now: datetime) -> None:
    record(
        event,
        subject=f"erasure:{row.pk}",
        body={"person": row.user.public_id, "proposed_by": row.proposed_by.public_id},
        by=by,
        now=now,
        visibility="auditor",
    )
