"""Writing a sealed bid down: its row, its entry in the record, the word to the tenderer."""

from datetime import datetime

from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext as _

from marketplace.accounts.models import Organization, User
from marketplace.errors import Conflict
from marketplace.ledger import short
from marketplace.ledger.record import record
from marketplace.notify import outbox
from marketplace.notify.kinds import Kind
from procurement.models import BidDraft, SealedBid, Tender
from procurement.operations.common import at_words, new_public_id
from procurement.rules import sealing
from procurement.rules.timeline import instant


def next_revision(tender: Tender, tenderer: Organization) -> int:
    """The number that the tenderer's next bid will have, 1 for the first."""
    rows = SealedBid.objects.filter(tender=tender, tenderer=tenderer)
    latest = rows.aggregate(latest=Max("revision"))["latest"]
    return int(latest or 0) + 1


def write(
    tender: Tender,
    tenderer: Organization,
    envelope: sealing.SealedEnvelope,
    by: User,
    received_at: datetime,
    now: datetime,
) -> SealedBid:
    """Within the caller's transaction, with the tender locked; raises Conflict.

    The envelope was checked against its place; only the revision can have moved meanwhile.
    """
    if envelope.header.revision != next_revision(tender, tenderer):
        raise Conflict(
            "Another bid of yours arrived at the same moment.",
            remedy="Look at your receipt, then submit again if that one is not the right one.",
        )
    bid = SealedBid(
        public_id=new_public_id(),
        tender=tender,
        tenderer=tenderer,
        revision=envelope.header.revision,
        submitted_by=by,
        received_at=received_at,
        recorded_at=max(now, received_at),
        terms_hash=tender.terms_hash,
        envelope=envelope.to_bytes(),
        envelope_hash=envelope.ciphertext_hash,
    )
    entry = record(
        "BidSubmitted" if bid.revision == 1 else "BidReplaced",
        subject=tender.reference,
        body=_body(bid, envelope),
        by=by,
        now=now,
        visibility="opening",
    )
    bid.sequence = entry.sequence
    bid.save()
    BidDraft.objects.filter(tender=tender, tenderer=tenderer).delete()
    _send_receipt(bid, short.short(entry.sequence, entry.leaf_hash), by, now)
    return bid


def _body(bid: SealedBid, envelope: sealing.SealedEnvelope) -> dict[str, object]:
    return {
        "bid": bid.public_id,
        "tenderer": bid.tenderer.public_id,
        "revision": bid.revision,
        "received_at": instant(bid.received_at).isoformat(timespec="microseconds"),
        "terms_hash": bid.terms_hash,
        "header_hash": envelope.header_hash,
        "ciphertext_hash": envelope.ciphertext_hash,
        "tier": envelope.header.tier,
    }


def _send_receipt(bid: SealedBid, code: str, by: User, now: datetime) -> None:
    told = {
        "tender": bid.tender.reference,
        "title": bid.tender.title,
        "at": at_words(bid.received_at),
        "revision": bid.revision,
        "entry": bid.sequence,
        "seal": bid.envelope_hash,
        "code": code,
        "address": f"{settings.SITE_URL}/receipts/{bid.public_id}/",
        "until": at_words(bid.tender.deadline),
        "check": f"{settings.SITE_URL}/r/",
    }
    outbox.queue(
        f"receipt:{bid.public_id}",
        [by],
        subject=lambda: _("Receipt: your sealed bid for %(tender)s") % told,
        body=lambda: (
            _(
                "%(title)s\n\nReceived on %(at)s, revision %(revision)s, entry %(entry)s of the "
                "record.\nShort form %(code)s\nSeal %(seal)s\n\n%(address)s\n\n"
                "Nobody can read your bid before the opening. You may replace or withdraw it until "
                "%(until)s."
            )
            % told
        ),
        sms=lambda: (
            _("%(tender)s: your sealed bid is in. Receipt %(code)s. Check: %(check)s") % told
        ),
        kind=Kind.RECEIPT,
        now=now,
    )
