"""The opening committee: who sits on it, and each opener's own key for this tender alone."""

import hashlib
import hmac
from datetime import datetime

from django.conf import settings
from django.db import transaction

from marketplace.accounts import queries as people
from marketplace.accounts.models import Organization, User
from marketplace.accounts.roles import Permission
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.ledger.record import AUDITOR, PUBLIC, record
from marketplace.notify import outbox
from procurement import permissions
from procurement.models import CommitteeMember, Tender
from procurement.operations.common import at_words, check_tender_allows, lock_tender
from procurement.queries import facts
from procurement.rules import duties, sealing

MIN_PASSPHRASE = 12
MAX_SEATS = 10


@transaction.atomic
def appoint(
    *, tender: Tender, opener: User, organization: Organization, by: User, now: datetime
) -> CommitteeMember:
    """Give `opener` a seat for `organization` on the committee of a draft."""
    locked = lock_tender(tender.pk)
    permissions.check_role(by, Permission.TENDER_DRAFT, locked.buyer)
    permissions.check_second_factor(by)
    check_tender_allows("tenders.edit", locked, now)
    if not people.has_permission(opener, Permission.BID_OPEN, organization):
        raise Invalid(
            f"{opener.full_name} is not an opener for {organization.name}.", where="opener"
        )
    duties.check(duties.Duty.OPEN, opener.public_id, facts.acts(locked))
    locked.drafters.add(by)
    return _seat(locked, opener, organization, by, now)


def _seat(
    tender: Tender, opener: User, organization: Organization, by: User, now: datetime
) -> CommitteeMember:
    if tender.committee.filter(user=opener).exists():
        raise Conflict(f"{opener.full_name} already has a seat.", where="opener")
    taken = tender.committee.count()
    if taken >= MAX_SEATS:
        raise Invalid(f"A committee has at most {MAX_SEATS} seats.", where="opener")
    member = CommitteeMember.objects.create(
        tender=tender,
        user=opener,
        organization=organization,
        position=taken + 1,
        appointed_by=by,
        appointed_at=now,
    )
    record(
        "OpenerAppointed",
        subject=tender.reference,
        body={"opener": opener.public_id, "position": member.position},
        by=by,
        now=now,
        visibility="auditor",
    )
    outbox.queue(
        f"appointed:{tender.reference}:{member.pk}",
        [opener],
        subject=f"You are to open the bids of {tender.reference}",
        body=f"{tender.title}\n\nSign in and set your passphrase for this tender. "
        "Nobody else ever sees it, and nobody can recover it for you."
        + (f"\n\nBids close on {at_words(tender.deadline)}." if tender.deadline else ""),
        now=now,
    )
    return member


@transaction.atomic
def dismiss(*, member: CommitteeMember, by: User, now: datetime) -> Tender:
    """Take an opener off the committee of a draft, enrolled or not; the seats after move up.

    Of a published tender nobody goes: bids are sealed to the keys of its committee.
    Raises NotFound, NotPermitted, OperationNotAllowed.
    """
    locked = lock_tender(member.tender_id)
    permissions.check_role(by, Permission.TENDER_DRAFT, locked.buyer)
    permissions.check_second_factor(by)
    check_tender_allows("tenders.edit", locked, now)
    gone = locked.committee.select_related("user").filter(pk=member.pk).first()
    if gone is None:
        raise NotFound("There is no such seat.")
    gone.delete()
    for later in locked.committee.filter(position__gt=gone.position).order_by("position"):
        later.position -= 1
        later.save(update_fields=["position"])
    locked.drafters.add(by)
    _record_dismissal(locked, gone, member.pk, by, now)
    return locked


def _record_dismissal(
    tender: Tender, gone: CommitteeMember, gone_pk: int, by: User, now: datetime
) -> None:
    seats = tender.committee.order_by("position").values_list("user__public_id", flat=True)
    body = {"opener": gone.user.public_id, "position": gone.position, "seats": list(seats)}
    # As public as the enrolment that it undoes.
    seen = PUBLIC if gone.enrolled_at else AUDITOR
    record("OpenerDismissed", subject=tender.reference, body=body, by=by, now=now, visibility=seen)
    outbox.queue(
        f"dismissed:{tender.reference}:{gone_pk}",
        [gone.user],
        subject=f"You no longer open the bids of {tender.reference}",
        body=f"{tender.title}\n\nYour seat on the opening committee was taken back. "
        "You need do nothing more, and the passphrase, if you had set one, opens nothing.",
        now=now,
    )


@transaction.atomic
def enrol(*, tender: Tender, passphrase: str, by: User, now: datetime) -> CommitteeMember:
    """Make the opener's key pair; the private key is kept only under `passphrase`."""
    locked = lock_tender(tender.pk)
    permissions.check_second_factor(by)
    check_tender_allows("tenders.edit", locked, now)
    member = member_of(locked, by)
    if member.enrolled_at is not None:
        raise Conflict("You have set your passphrase for this tender already.")
    if len(passphrase) < MIN_PASSPHRASE:
        raise Invalid(
            f"Use at least {MIN_PASSPHRASE} characters; four unrelated words are good.",
            where="passphrase",
        )
    _make_keys(member, passphrase, now)
    record(
        "OpenerEnrolled",
        subject=locked.reference,
        body={
            "opener": by.public_id,
            "position": member.position,
            "public_key": member.public_key,
            "draw_commitment": member.draw_commitment,
        },
        by=by,
        now=now,
    )
    return member


def _make_keys(member: CommitteeMember, passphrase: str, now: datetime) -> None:
    key = sealing.generate_opener_key()
    member.public_key = key.public.hex()
    member.locked_private_key = sealing.lock_private_key(key.private, passphrase, cost=lock_cost())
    member.draw_commitment = hashlib.sha256(draw_nonce(key.private)).hexdigest()
    member.enrolled_at = now
    member.save()


def lock_cost() -> sealing.LockCost:
    """What it costs to try a passphrase: strong unless this installation is a demo or a test."""
    if settings.OPENER_LOCK_COST is None:
        return sealing.DEFAULT_COST
    return sealing.LockCost(*settings.OPENER_LOCK_COST)


def draw_nonce(private_key: bytes) -> bytes:
    """The opener's share of the tie-break draw: fixed by the key, so committed with it."""
    return hmac.new(private_key, b"musika-draw/1", hashlib.sha256).digest()


def member_of(tender: Tender, user: User) -> CommitteeMember:
    member = tender.committee.filter(user=user).select_for_update(of=("self",)).first()
    if member is None:
        raise NotFound("You have no seat on this tender's opening committee.")
    return member
