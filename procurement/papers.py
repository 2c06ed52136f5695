"""Official papers of a tender: receipt, award letter, minutes of the opening.

Each is made from what is recorded, and the same record gives the same bytes.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from marketplace.ledger.short import short
from marketplace.papers.paper import Facts, Paper, Rows, Words
from procurement.models import AwardLetter, Bid, BidLine, CommitteeMember, SealedBid, Tender
from procurement.queries import opened
from procurement.queries.opened import ReadLot
from procurement.rules import words


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def instant(at: datetime | None) -> str:
    return words.instant(at, _zone()) if at else "–"


def short_form(proof: Mapping[str, Any]) -> str:
    """The short form of a receipt, from its part `ledger`."""
    return short(proof["sequence"], proof["leaf"])


def check_address(code: str) -> str:
    return f"{settings.SITE_URL}/r/{code}/"


def receipt(bid: SealedBid, said: Mapping[str, Any]) -> Paper:
    """The receipt of a sealed bid; `said` is receipt.json (operations.receipts)."""
    tender, code = bid.tender, short_form(said["ledger"])
    return Paper(
        title="Receipt of a sealed bid",
        issuer=tender.buyer.name,
        reference=tender.reference,
        dated=bid.recorded_at,
        date_words=instant(bid.recorded_at),
        blocks=(
            Facts(
                (
                    ("Tender", f"{tender.reference}: {tender.title}"),
                    ("Tenderer", bid.tenderer.name),
                    ("Submitted by", bid.submitted_by.full_name if bid.submitted_by else "–"),
                    ("Revision", str(bid.revision)),
                    ("Received", instant(bid.received_at)),
                    ("Recorded", instant(bid.recorded_at)),
                    ("Bids close", instant(tender.deadline)),
                    ("Entry in the record", f"{said['ledger']['sequence']:,}"),
                )
            ),
            Facts(_hashes(said), exact=True),
            Words(RECEIPT_SAYS, heading="What this paper is worth"),
        ),
        code=check_address(code),
        code_words="Check this receipt without us seeing your bid:",
    )


RECEIPT_SAYS = (
    "Your bid was received in time and is sealed: nobody can read it before the opening committee "
    "acts together after the deadline. You may replace or withdraw it until bids close.",
    "Keep receipt.json as well. With that file you can prove to anyone, without this service, that "
    "your bid is in the record.",
)


def _hashes(said: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return (
        ("Seal (SHA-256)", said["ciphertext_hash"]),
        ("Header (SHA-256)", said["header_hash"]),
        ("Terms (SHA-256)", said["terms_hash"]),
        ("Leaf (SHA-256)", said["ledger"]["leaf"]),
        ("Bid", said["bid"]),
    )


def letter(row: AwardLetter) -> Paper:
    """What the buyer wrote to one bidder after the decision."""
    lot = row.award.lot
    head, *rest = row.text.split("\n\n")
    return Paper(
        title=row.get_kind_display() if row.kind == "award" else "Notice to a bidder",
        issuer=lot.tender.buyer.name,
        reference=f"{lot.tender.reference}, lot {lot.number}",
        dated=row.issued_at,
        date_words=instant(row.issued_at),
        blocks=(
            Facts((("To", row.bid.tenderer.name), ("About", head.replace("\n", " · ")))),
            Words(tuple(rest)),
        ),
        code=f"{settings.SITE_URL}/tenders/{lot.tender.reference}/lots/{lot.number}/result/",
        code_words="The whole result with its working:",
    )


def minutes(tender: Tender) -> Paper:
    """The minutes of an opening: who acted, what was read out, what could not be opened."""
    members = list(tender.committee.select_related("user", "organization").order_by("position"))
    bids = opened.opened_bids(tender)
    assert tender.opened_at is not None
    return Paper(
        title="Minutes of the bid opening",
        issuer=tender.buyer.name,
        reference=tender.reference,
        dated=tender.opened_at,
        date_words=instant(tender.opened_at),
        blocks=(
            Facts(
                (
                    ("Tender", tender.title),
                    ("Bids closed", instant(tender.deadline)),
                    ("Close recorded", instant(tender.closed_at)),
                    ("Opened", instant(tender.opened_at)),
                    ("Openers needed", f"{tender.opening_quorum} of {len(members)}"),
                )
            ),
            _committee(members),
            *(_read_out(tender, lot) for lot in opened.read_out(tender, bids)),
            *_unreadable(bids),
        ),
        code=f"{settings.SITE_URL}/tenders/{tender.reference}/opening/",
        code_words="The opening with the record that proves it:",
    )


def _committee(members: list[CommitteeMember]) -> Rows:
    rows = tuple((m.organization.name, instant(m.acted_at)) for m in members)
    return Rows("The opening committee", ("Opener of", "Acted"), rows)


def _read_out(tender: Tender, found: ReadLot) -> Rows:
    rows = tuple(
        (
            one.bid.tenderer.name,
            "; ".join(_line(line, tender.currency) for line in one.lines),
            words.money(one.total, tender.currency),
        )
        for one in found.bids
    )
    heading = f"Lot {found.lot.number}: {found.lot.title}"
    nothing = (("No bid for this lot", "–", "–"),)
    return Rows(heading, ("Tenderer", "Price by quantity", "Total"), rows or nothing, (2,))


def _line(line: BidLine, currency: str) -> str:
    return (
        f"{words.money(line.unit_price, currency)} × {words.amount(line.quantity, line.item.unit)}"
    )


def _unreadable(bids: Sequence[Bid]) -> Iterator[Rows]:
    if told := tuple((bid.tenderer.name, bid.failure) for bid in bids if bid.failure):
        yield Rows("Could not be opened", ("Tenderer", "Why"), told)
