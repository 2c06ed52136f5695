"""Submitting, replacing and withdrawing sealed bids.

The path touches the database only: no broker, no mail server, no cache. `received_at` is taken
by the shell after the last byte of the request had arrived and before any lock.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.db import transaction

from marketplace import keys
from marketplace.accounts.models import Organization, User
from marketplace.errors import Conflict, Invalid, NotFound, NotNow
from marketplace.ledger.record import record
from procurement import permissions
from procurement.models import SealedBid, Tender
from procurement.operations import documents, submissions
from procurement.operations.common import at_words, lock_tender
from procurement.operations.submissions import Submission
from procurement.queries import facts, terms
from procurement.rules import bidding, kit, sealing, timeline, words
from procurement.rules.bidding import BidContent, Demand
from procurement.rules.demands import demand
from procurement.rules.rulesets import ruleset

Beside = Callable[[SealedBid], None]


class LateBid(NotNow):
    """The bid arrived at or after the deadline."""

    code = "bid-late"


class BidsNotAccepted(NotNow):
    """The tender does not accept bids: it is not published, cancelled, or closed."""

    code = "bids-not-accepted"


class TooManyRevisions(NotNow):
    """The tenderer has replaced its bid as often as the rule set allows."""

    code = "too-many-revisions"


class IncompleteBid(Invalid):
    """The bid does not answer the terms; `gaps` lists every place."""

    code = "bid-incomplete"

    def __init__(self, found: list[bidding.Gap]) -> None:
        super().__init__(
            "The bid is not complete yet.",
            remedy="; ".join(f"{gap.where}: {gap.message}" for gap in found),
        )
        self.gaps = found


class SealedTooSmall(Invalid):
    """Sealed elsewhere, and padded to less than every bid of this tender is."""

    code = "sealed-too-small"


class SealedTooLarge(Invalid):
    """Sealed elsewhere, and longer than a bid may be."""

    code = "sealed-too-large"


def submit(
    *,
    tender: Tender,
    tenderer: Organization,
    content: BidContent,
    by: User,
    received_at: datetime,
    now: datetime,
    beside: Beside = submissions.nothing_beside,
) -> SealedBid:
    """Seal and record a bid, replacing an earlier revision. Returns it with its place.

    Sealing takes no lock; the writing is one transaction, shared with whoever submits at the same
    moment. `beside` is called with the bid in that transaction.
    Raises LateBid, BidsNotAccepted, TooManyRevisions, IncompleteBid, NotPermitted, Conflict, Busy.
    """
    revision = _check_may_submit(tender, tenderer, by, received_at)
    asked = _asked(tender)
    _check_content(content, asked)
    envelope = _seal(tender, tenderer, revision, content, asked)
    return _write(tender, tenderer, envelope, by, received_at, now, beside)


def submit_sealed(
    *,
    tender: Tender,
    tenderer: Organization,
    container: bytes,
    by: User,
    received_at: datetime,
    now: datetime,
    beside: Beside = submissions.nothing_beside,
) -> SealedBid:
    """Record a bid that was sealed on the tenderer's own device (tier C).

    Nobody can look inside: what it lacks is found at the opening. The same envelope once more is
    the same bid, so that whoever got no answer may send it again; not once it was withdrawn.
    Raises Conflict, SealedForAnother, MalformedEnvelope, BadHeader, SealedTooSmall,
    SealedTooLarge, and what `submit` raises.
    """
    permissions.check_user_can_bid(by, tenderer, tender)
    envelope = sealing.SealedEnvelope.from_bytes(container)
    earlier = SealedBid.objects.filter(tender=tender, tenderer=tenderer)
    if sent := earlier.filter(envelope_hash=envelope.ciphertext_hash).first():
        if sent.withdrawn_at is not None:
            raise Conflict(
                "This sealed bid was withdrawn and will never be opened.",
                where="ciphertext",
                remedy="Seal a new bid with a new kit and send that.",
            )
        with transaction.atomic():
            beside(sent)
        return sent
    revision = _check_may_submit(tender, tenderer, by, received_at)
    sealing.check_binding(envelope, _place(tender, tenderer, revision))
    _check_size(envelope, _asked(tender))
    return _write(tender, tenderer, envelope, by, received_at, now, beside)


def kit_of(tender: Tender, tenderer: Organization, by: User) -> kit.Kit:
    """What the tenderer's own device needs to seal its next bid; raises NotPermitted, NotFound."""
    permissions.check_user_can_bid(by, tenderer, tender)
    if not tender.terms or tender.is_historical:
        raise NotFound("This tender takes no bids.")
    revision = submissions.next_revision(tender, tenderer)
    return kit.Kit(terms.frozen(tender), tenderer.public_id, revision, settings.BID_MAX_BYTES)


def _check_may_submit(
    tender: Tender, tenderer: Organization, by: User, received_at: datetime
) -> int:
    """The revision that this bid will be."""
    permissions.check_user_can_bid(by, tenderer, tender)
    check_accepts(tender, received_at)
    revision = submissions.next_revision(tender, tenderer)
    _check_revisions(tender, revision)
    return revision


def _asked(tender: Tender) -> Demand:
    return _demand(tender.terms)


@lru_cache(maxsize=64)
def _demand(published: str) -> Demand:
    """Kept: thousands of bids answer the same terms in the last minutes."""
    return demand(json.loads(published))


def _write(
    tender: Tender,
    tenderer: Organization,
    envelope: sealing.SealedEnvelope,
    by: User,
    received_at: datetime,
    now: datetime,
    beside: Beside,
) -> SealedBid:
    def check(locked: Tender) -> None:
        check_accepts(locked, received_at)
        _check_unmoved(locked, tender)

    return submissions.submit(
        Submission(tender, tenderer, envelope, by, received_at, now, check, beside)
    )


def check_accepts(tender: Tender, received_at: datetime) -> None:
    """Raise LateBid or BidsNotAccepted unless a bid that arrived then may be recorded."""
    known = facts.timetable(tender)
    if timeline.accepts_bids(known, received_at):
        return
    if tender.deadline and tender.published_at and received_at >= tender.deadline:
        raise LateBid(
            f"Bids closed on {at_words(tender.deadline)}; this one arrived "
            f"{_late_by(received_at - tender.deadline)}. A late bid cannot be accepted by anybody.",
            where="deadline",
        )
    raise BidsNotAccepted("This tender does not accept bids now.", where="tender")


def _late_by(span: timedelta) -> str:
    return f"{words.after(span)} later" if span else "at that very instant, which is late"


def _check_content(content: BidContent, asked: Demand) -> None:
    documents.check_attachments(content.documents)
    found = bidding.gaps(content, asked)
    if found:
        raise IncompleteBid(found)


def _seal(
    tender: Tender, tenderer: Organization, revision: int, content: BidContent, demand: Demand
) -> sealing.SealedEnvelope:
    payload = bidding.to_bytes(content)
    if len(payload) > settings.BID_MAX_BYTES:
        raise Invalid(
            "The bid with its documents is too large.",
            where="documents",
            remedy=_smaller(),
        )
    return sealing.seal(
        payload,
        tender=tender.reference,
        terms_hash=tender.terms_hash,
        tenderer=tenderer.public_id,
        revision=revision,
        committee=_committee(tender),
        k=tender.opening_quorum,
        gate_public=keys.gate_public_bytes(),
        floor=bidding.floor(demand),
    )


def _committee(tender: Tender) -> list[bytes]:
    rows = tender.committee.order_by("position").values_list("public_key", flat=True)
    return [bytes.fromhex(key) for key in rows]


def _place(tender: Tender, tenderer: Organization, revision: int) -> sealing.Context:
    """What a bid sealed elsewhere must say of itself, to lie in the right place."""
    return sealing.Context.of(
        tender=tender.reference,
        terms_hash=tender.terms_hash,
        tenderer=tenderer.public_id,
        revision=revision,
        committee=_committee(tender),
        k=tender.opening_quorum,
        gate_public=keys.gate_public_bytes(),
        tier=kit.TIER,
    )


def _check_size(envelope: sealing.SealedEnvelope, demand: Demand) -> None:
    """Shorter than the others would show; longer than the limit would fill the record."""
    if envelope.padded_length < sealing.padded_length(0, bidding.floor(demand)):
        raise SealedTooSmall(
            "The sealed bid is shorter than all others of this tender: that would show.",
            where="ciphertext",
            remedy="Pad it to at least `floor` bytes, as the kit says, and seal again.",
        )
    if envelope.padded_length > sealing.padded_length(settings.BID_MAX_BYTES):
        raise SealedTooLarge(
            "The bid with its documents is too large.", where="ciphertext", remedy=_smaller()
        )


def _smaller() -> str:
    return f"Keep all documents together under {settings.BID_MAX_BYTES // 1_400_000} MB."


def _check_revisions(tender: Tender, revision: int) -> None:
    """Every revision is kept for ever and fills the record: there is an end to it."""
    most = ruleset(tender.jurisdiction).maximum_revisions
    if revision > most:
        raise TooManyRevisions(
            f"You have submitted {most} times in this tender; more is not possible.",
            where="tender",
            remedy="The bid that stands counts. You may still withdraw it until the deadline, "
            "but not submit another one.",
        )


def _check_unmoved(locked: Tender, read: Tender) -> None:
    if locked.terms_hash != read.terms_hash:
        raise Conflict("The tender was amended meanwhile: read it again, then submit.")


@transaction.atomic
def withdraw(
    *, tender: Tender, tenderer: Organization, by: User, received_at: datetime, now: datetime
) -> SealedBid:
    """Withdraw the bid that stands; it will never be opened. A new one may follow in time."""
    permissions.check_user_can_bid(by, tenderer, tender)
    locked = lock_tender(tender.pk)
    check_accepts(locked, received_at)
    rows = SealedBid.objects.select_for_update(of=("self",)).filter(
        tender=locked, tenderer=tenderer
    )
    bid = rows.order_by("-revision").first()
    if bid is None or bid.withdrawn_at is not None:
        raise NotFound("You have no bid in this tender to withdraw.")
    bid.withdrawn_at, bid.withdrawn_by = now, by
    bid.save(update_fields=["withdrawn_at", "withdrawn_by"])
    record(
        "BidWithdrawn",
        subject=locked.reference,
        body={"bid": bid.public_id, "tenderer": tenderer.public_id, "revision": bid.revision},
        by=by,
        now=now,
        visibility="opening",
    )
    return bid
