"""Submitting, replacing and withdrawing sealed bids.

The path touches the database only: no broker, no mail server, no cache. `received_at` is taken
by the shell after the last byte of the request had arrived and before any lock.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from marketplace import keys
from marketplace.accounts.models import Organization, User
from marketplace.errors import Conflict, Invalid, NotFound, NotNow
from marketplace.ledger.record import record
from marketplace.notify import outbox
from procurement import permissions
from procurement.models import BidDraft, SealedBid, Tender
from procurement.operations import documents
from procurement.operations.common import at_words, lock_tender, new_public_id
from procurement.queries import facts, terms
from procurement.rules import bidding, sealing, timeline, words
from procurement.rules.bidding import BidContent, Demand
from procurement.rules.rulesets import ruleset
from procurement.rules.timeline import instant


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


def submit(
    *,
    tender: Tender,
    tenderer: Organization,
    content: BidContent,
    by: User,
    received_at: datetime,
    now: datetime,
) -> SealedBid:
    """Seal and record a bid, replacing an earlier revision. Returns it with its place.

    Raises LateBid, BidsNotAccepted, TooManyRevisions, IncompleteBid, NotPermitted, Conflict.
    """
    permissions.check_user_can_bid(by, tenderer, tender)
    check_accepts(tender, received_at)
    _check_revisions(tender, _next_revision(tender, tenderer))
    demand = terms.demand(terms.frozen(tender))
    _check_content(content, demand)
    envelope = _seal(tender, tenderer, content, demand)
    with transaction.atomic():
        locked = lock_tender(tender.pk)
        check_accepts(locked, received_at)
        _check_unmoved(locked, tender, envelope)
        return _record(locked, tenderer, envelope, by, received_at, now)


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


def _check_content(content: BidContent, demand: Demand) -> None:
    for document in content.documents:
        if documents.checked(document.filename, document.content).media_type != document.media_type:
            raise bidding.BadBid(
                f"“{document.title}” is not of the type {document.media_type}.", where="documents"
            )
    found = bidding.gaps(content, demand)
    if found:
        raise IncompleteBid(found)


def _seal(
    tender: Tender, tenderer: Organization, content: BidContent, demand: Demand
) -> sealing.SealedEnvelope:
    payload = bidding.to_bytes(content)
    if len(payload) > settings.BID_MAX_BYTES:
        raise Invalid(
            "The bid with its documents is too large.",
            where="documents",
            remedy=f"Keep all documents together under {settings.BID_MAX_BYTES // 1_400_000} MB.",
        )
    committee = tender.committee.order_by("position").values_list("public_key", flat=True)
    return sealing.seal(
        payload,
        tender=tender.reference,
        terms_hash=tender.terms_hash,
        tenderer=tenderer.public_id,
        revision=_next_revision(tender, tenderer),
        committee=[bytes.fromhex(key) for key in committee],
        k=tender.opening_quorum,
        gate_public=keys.gate_public_bytes(),
        floor=bidding.floor(demand),
    )


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


def _next_revision(tender: Tender, tenderer: Organization) -> int:
    rows = SealedBid.objects.filter(tender=tender, tenderer=tenderer)
    latest = rows.aggregate(latest=Max("revision"))["latest"]
    return int(latest or 0) + 1


def _check_unmoved(locked: Tender, read: Tender, envelope: sealing.SealedEnvelope) -> None:
    if locked.terms_hash != read.terms_hash:
        raise Conflict("The tender was amended meanwhile: read it again, then submit.")


def _record(
    tender: Tender,
    tenderer: Organization,
    envelope: sealing.SealedEnvelope,
    by: User,
    received_at: datetime,
    now: datetime,
) -> SealedBid:
    header = envelope.header
    if header.revision != _next_revision(tender, tenderer):
        raise Conflict(
            "Another bid of yours arrived at the same moment.",
            remedy="Look at your receipt, then submit again if that one is not the right one.",
        )
    raw = envelope.to_bytes()
    bid = SealedBid(
        public_id=new_public_id(),
        tender=tender,
        tenderer=tenderer,
        revision=header.revision,
        submitted_by=by,
        received_at=received_at,
        recorded_at=max(now, received_at),
        terms_hash=tender.terms_hash,
        envelope=raw,
        envelope_hash=envelope.ciphertext_hash,
    )
    entry = record(
        "BidSubmitted" if header.revision == 1 else "BidReplaced",
        subject=tender.reference,
        body=_submission_body(bid, envelope),
        by=by,
        now=now,
        visibility="opening",
    )
    bid.sequence = entry.sequence
    bid.save()
    BidDraft.objects.filter(tender=tender, tenderer=tenderer).delete()
    _send_receipt(bid, by, now)
    return bid


def _submission_body(bid: SealedBid, envelope: sealing.SealedEnvelope) -> dict[str, object]:
    return {
        "bid": bid.public_id,
        "tenderer": bid.tenderer.public_id,
        "revision": bid.revision,
        "received_at": instant(bid.received_at).isoformat(timespec="microseconds"),
        "terms_hash": bid.terms_hash,
        "header_hash": envelope.header_hash,
        "ciphertext_hash": envelope.ciphertext_hash,
        "tier": "S",
    }


def _send_receipt(bid: SealedBid, by: User, now: datetime) -> None:
    outbox.queue(
        f"receipt:{bid.public_id}",
        [by],
        subject=f"Receipt: your sealed bid for {bid.tender.reference}",
        body=(
            f"{bid.tender.title}\n\nReceived on {at_words(bid.received_at)}, "
            f"revision {bid.revision}, entry {bid.sequence} of the record.\n"
            f"Seal {bid.envelope_hash}\n\n"
            f"{settings.SITE_URL}/receipts/{bid.public_id}/\n\n"
            "Nobody can read your bid before the opening. You may replace or withdraw it until "
            f"{at_words(bid.tender.deadline)}."
        ),
        now=now,
    )


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
