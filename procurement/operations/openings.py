"""Closing and opening: k officers act, every standing bid is decrypted, checked and read out.

Shares of the first k-1 officers are stored in the clear: they are released only after CLOSE, are
useless without the k-th and the gate, and are to be published anyway.
"""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from marketplace import keys
from marketplace.accounts.models import User
from marketplace.errors import Conflict, Invalid, NotNow
from marketplace.ledger.queries import entries_for
from marketplace.ledger.record import record
from marketplace.notify import outbox
from marketplace.notify.kinds import Kind
from procurement import permissions
from procurement.models import (
    Bid,
    BidDocument,
    CommitteeMember,
    ReleasedShare,
    SealedBid,
    Tender,
)
from procurement.operations import documents, readout
from procurement.operations.committees import draw_nonce, member_of
from procurement.operations.common import at_words, check_tender_allows, lock_tender, new_public_id
from procurement.queries import outages, terms
from procurement.queries.bids import standing
from procurement.rules import bidding, closing, sealing, timeline
from procurement.rules.bidding import BidContent, Demand
from procurement.rules.demands import demand

LONGEST_REASON = 400


@transaction.atomic
def close(*, tender: Tender, now: datetime) -> Tender:
    """Record CLOSE once the deadline and the drain time have passed; harmless to repeat.

    The sweep does this, and so does the first officer who acts when the sweep has not.
    """
    locked = lock_tender(tender.pk)
    if locked.closed_at is not None:
        return locked
    _check_may_close(locked, now)
    nonce = secrets.token_bytes(closing.NONCE_BYTES)
    locked.closed_at, locked.close_nonce = now, nonce.hex()
    locked.save(update_fields=["closed_at", "close_nonce"])
    record(
        "TenderClosed",
        subject=locked.reference,
        body={
            "deadline": timeline.instant(locked.deadline).isoformat(),  # type: ignore[arg-type]
            "bids_digest": closing.digest(_hashes(locked), nonce),
        },
        by=None,
        now=now,
    )
    return locked


def _check_may_close(tender: Tender, now: datetime) -> None:
    found = outages.closing(tender)
    if timeline.may_close(found, now):
        return
    if found.held_until is not None and tender.deadline is not None and now >= tender.deadline:
        raise NotNow(
            "The service was down before the deadline: the buyer may still give more time.",
            remedy=f"Without it bids can be opened from {at_words(found.held_until)}.",
        )
    raise NotNow("The deadline and the time for bids in flight have not passed yet.")


def _hashes(tender: Tender) -> list[tuple[int, str]]:
    return list(standing(tender).values_list("sequence", "envelope_hash"))


@transaction.atomic
def release(*, tender: Tender, passphrase: str, by: User, now: datetime) -> Tender:
    """An opener releases the shares of every bid; the k-th one's act opens them all.

    Raises WrongPassphrase, NotPermitted, NotNow, Conflict.
    """
    locked = lock_tender(tender.pk)
    permissions.check_user_can_open(by, locked)
    if locked.closed_at is None:
        locked = close(tender=locked, now=now)
    check_tender_allows("openings.open", locked, now)
    member = member_of(locked, by)
    if member.acted_at is not None:
        raise Conflict("You have acted already; the other openers are awaited.")
    _check_gate_unchanged(locked)
    _check_bids_unchanged(locked)
    private_key = sealing.unlock_private_key(member.locked_private_key, passphrase)
    _release_shares(locked, member, private_key, now)
    record(
        "OpenerActed",
        subject=locked.reference,
        body={"opener": by.public_id, "position": member.position, "draw_nonce": member.draw_nonce},
        by=by,
        now=now,
    )
    acted = list(locked.committee.exclude(acted_at=None).order_by("position"))
    if _may_open(locked, len(acted)):
        _open(locked, acted, now)
    return locked


def _check_gate_unchanged(tender: Tender) -> None:
    """Refuse the act if the gate key is lost, rather than publish every bid as unreadable."""
    committee = terms.frozen(tender)["committee"]
    if committee["gate"] != keys.gate_public_bytes().hex():
        raise Conflict(
            "The gate key of this installation is not the one with which the tender was published.",
            code="gate-key-changed",
            remedy="Restore gate.key from its own backup, then act again. Nothing was opened.",
        )


def _check_bids_unchanged(tender: Tender) -> None:
    """Refuse the act if the sealed bids are not those of CLOSE: nothing is opened over a fraud."""
    entry = entries_for(tender.reference).filter(event="TenderClosed").get()
    nonce = bytes.fromhex(tender.close_nonce)
    if closing.digest(_hashes(tender), nonce) != json.loads(entry.body)["bids_digest"]:
        raise Conflict(
            "The sealed bids are not the ones that were there when the tender closed.",
            code="bids-changed-since-close",
            remedy="Nothing was opened. Tell the auditor; the operator must restore the database.",
        )


def _may_open(tender: Tender, acted: int) -> bool:
    """With k shares of every bid; a bid short of one waits until every opener has acted."""
    if acted < tender.opening_quorum:
        return False
    if acted == tender.committee.count():
        return True
    shares = standing(tender).annotate(released=Count("released_shares"))
    return not shares.filter(released__lt=tender.opening_quorum).exists()


def _release_shares(
    tender: Tender, member: CommitteeMember, private_key: bytes, now: datetime
) -> None:
    rows = []
    for bid in standing(tender):
        share = _share(bid, member.position, private_key)
        if share is not None:
            rows.append(ReleasedShare(member=member, sealed_bid=bid, share=share.hex()))
    ReleasedShare.objects.bulk_create(rows)
    member.acted_at = now
    member.draw_nonce = draw_nonce(private_key).hex()
    member.save(update_fields=["acted_at", "draw_nonce"])


def _share(bid: SealedBid, position: int, private_key: bytes) -> bytes | None:
    """None for a share that does not open: the opening then says so, and drops nothing."""
    try:
        envelope = sealing.SealedEnvelope.from_bytes(bytes(bid.envelope))
        return sealing.release_share(envelope, position, private_key)
    except sealing.SealingError:
        return None


def _open(tender: Tender, acted: list[CommitteeMember], now: datetime) -> None:
    under = _under(tender)
    sealed = standing(tender).prefetch_related("released_shares__member")
    opened = [_open_one(under, bid, now) for bid in sealed]
    readout.with_lines(opened)
    nonces = b"".join(bytes.fromhex(member.draw_nonce) for member in acted)
    tender.draw_seed = hashlib.sha256(nonces).hexdigest()
    tender.opened_at = now
    tender.save(update_fields=["draw_seed", "opened_at"])
    record(
        "BidsOpened",
        subject=tender.reference,
        body={
            "draw_seed": tender.draw_seed,
            "openers": [member.position for member in acted],
            "bids": [readout.line(bid) for bid in opened],
            "closed": {"nonce": tender.close_nonce, "bids": closing.listed(_hashes(tender))},
        },
        by=None,
        now=now,
    )
    _tell(tender, opened, now)


@dataclass(frozen=True)
class _Under:
    """What every bid of a tender is opened under; read once an opening, however many bids."""

    tender: Tender
    names: readout.Names
    demand: Demand
    committee: Sequence[bytes]


def _under(tender: Tender) -> _Under:
    public = tender.committee.order_by("position").values_list("public_key", flat=True)
    return _Under(
        tender=tender,
        names=readout.names(tender),
        demand=demand(terms.frozen(tender)),
        committee=[bytes.fromhex(key) for key in public],
    )


def _open_one(under: _Under, sealed: SealedBid, now: datetime) -> Bid:
    """One bid, readable; or the same bid with the reason why it is not."""
    bid = Bid(
        public_id=new_public_id(),
        tender=under.tender,
        tenderer=sealed.tenderer,
        sealed_bid=sealed,
        submitted_at=sealed.received_at,
        opened_at=now,
    )
    content: BidContent | None = None
    try:
        opened = _decrypt(under, sealed)
        bid.dek = opened.dek.hex()
        content = _answering(under.demand, bidding.from_bytes(opened.payload))
    except Invalid as error:
        bid.failure = _told(f"{error.code}: {error.message}")
    bid.capacity = content.capacity if content is not None else None
    bid.save()
    if content is not None:
        readout.write(bid, content, under.names)
        _keep_documents(bid, content)
    return bid


def _told(reason: str) -> str:
    """The reason may quote the bid: no more of it than a person reads, nothing unprintable."""
    return "".join(letter if letter.isprintable() else "?" for letter in reason[:LONGEST_REASON])


def _answering(asked: Demand, content: BidContent) -> BidContent:
    """The content, if it answers the terms; whoever sealed it may not have asked us before."""
    documents.check_attachments(content.documents)
    found = bidding.gaps(content, asked)
    if found:
        raise bidding.BadBid(f"{found[0].where}: {found[0].message}", where=found[0].where)
    return content


def _decrypt(under: _Under, sealed: SealedBid) -> sealing.Opened:
    envelope = sealing.SealedEnvelope.from_bytes(bytes(sealed.envelope))
    sealing.check_binding(envelope, _expected(under, sealed, envelope))
    rows = sealed.released_shares.all()
    shares = {row.member.position: bytes.fromhex(row.share) for row in rows}
    gate = sealing.release_gate(envelope, keys.gate_private_key())
    return sealing.open_envelope(envelope, shares, gate)


def _expected(
    under: _Under, sealed: SealedBid, envelope: sealing.SealedEnvelope
) -> sealing.Context:
    """What the header must say, from our own facts rather than from the envelope."""
    return sealing.Context.of(
        tender=under.tender.reference,
        terms_hash=sealed.terms_hash,
        envelope="single",
        tenderer=sealed.tenderer.public_id,
        revision=sealed.revision,
        k=under.tender.opening_quorum,
        committee=under.committee,
        gate_public=keys.gate_public_bytes(),
        tier=envelope.header.tier,
    )


def _keep_documents(bid: Bid, content: BidContent) -> None:
    for document in content.documents:
        BidDocument.objects.create(
            bid=bid,
            title=document.title,
            filename=document.filename,
            media_type=document.media_type,
            size=len(document.content),
            sha256=document.sha256,
            file=ContentFile(document.content, name=document.sha256),
        )


def _tell(tender: Tender, opened: list[Bid], now: datetime) -> None:
    people = User.objects.filter(
        pk__in=[bid.sealed_bid.submitted_by_id for bid in opened if bid.sealed_bid]
    )
    outbox.queue(
        f"opened:{tender.reference}",
        people,
        subject=lambda: _("The bids of %(tender)s are open") % {"tender": tender.reference},
        body=f"{tender.title}\n\n{len(opened)} {'bid was' if len(opened) == 1 else 'bids were'} "
        f"opened and read out on {at_words(now)}. "
        "You can read the prices on the tender's page.",
        kind=Kind.OPENING,
        now=now,
    )
