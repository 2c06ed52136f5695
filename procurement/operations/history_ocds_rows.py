"""The rows of past tenders that came as open data: in bulk, all of a batch or none.

Organisations are new ones of this import's source, found again by source and name alone: whatever
a file says, it cannot name, change or join an organisation that is registered here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from marketplace.accounts.models import Organization
from marketplace.ledger.canonical import number as plain
from marketplace.ledger.record import PendingEntry, record_many
from procurement.models import (
    Award,
    Bid,
    BidLine,
    ImportBatch,
    Item,
    Lot,
    OcdsSource,
    RecordedOutcome,
    Tender,
)
from procurement.ocds.past import PastAward, PastBid, PastProcess
from procurement.ocds.values import digest, dumps
from procurement.operations.history_rows import EVENT
from procurement.queries import search
from procurement.rules.history.replay import organization_id
from procurement.rules.history.tenders import public_id, reference
from procurement.rules.published import canonical_terms, terms_hash
from produce.models import Commodity

BUYER, COMPANY = Organization.Kind.BUYER, Organization.Kind.COMPANY
MOST_NAME: Final = 200
Release = dict[str, Any]


@dataclass
class Coming:
    """One process on its way into the database."""

    past: PastProcess
    release: Release
    tender: Tender
    lots: list[Lot]
    items: dict[tuple[int, int], Item]
    bids: dict[str, Bid]

    @property
    def text(self) -> str:
        return dumps(self.release)


def write(batch: ImportBatch, pairs: Sequence[tuple[PastProcess, Release]], now: datetime) -> None:
    """Write these processes with all that hangs on them, and their ledger entries."""
    known = _organizations(batch.source, [past for past, _ in pairs], now)
    coming = [_tender(batch, past, release, known, now) for past, release in pairs]
    Tender.objects.bulk_create(one.tender for one in coming)
    _lots(coming)
    _bids(coming, batch.source, known)
    _awards(coming, batch.source, known)
    OcdsSource.objects.bulk_create(
        OcdsSource(ocid=c.past.ocid, tender=c.tender, text=c.text, digest=digest(c.text))
        for c in coming
    )
    search.index_many((one.tender, _search_text(one)) for one in coming)
    record_many(_entry(batch, one, now) for one in coming)


def _cut(text: str, most: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 1].rstrip() + "…"


def _organizations(
    source: str, pasts: Sequence[PastProcess], now: datetime
) -> dict[tuple[str, str], Organization]:
    wanted = {(BUYER.value, _cut(past.buyer, MOST_NAME)) for past in pasts}
    wanted |= {(COMPANY.value, _cut(b.tenderer, MOST_NAME)) for p in pasts for b in p.bids}
    wanted |= {(COMPANY.value, _cut(a.supplier, MOST_NAME)) for p in pasts for a in p.awards}
    made = {
        pair: Organization(
            public_id=organization_id(source, *pair),
            kind=pair[0],
            buyer_kind=Organization.BuyerKind.OTHER if pair[0] == BUYER else "",
            name=pair[1],
            created_at=now,
            historical_source=source,
        )
        for pair in sorted(wanted)
    }
    ids = {row.public_id for row in made.values()}
    rows = Organization.objects.filter(public_id__in=ids, historical_source=source)
    there = {(row.kind, row.name): row for row in rows}
    Organization.objects.bulk_create(row for pair, row in made.items() if pair not in there)
    return made | there


def _tender(
    batch: ImportBatch,
    past: PastProcess,
    release: Release,
    known: dict[tuple[str, str], Organization],
    now: datetime,
) -> Coming:
    text = canonical_terms({"format": "musika-ocds-terms/1", "ocid": past.ocid})
    cancelled = {}
    if past.cancelled:
        why = "Marked as cancelled in the imported data."
        cancelled = {"cancelled_at": past.at, "cancelled_reason": why}
    tender = Tender(
        reference=reference(batch.source, (past.ocid,)),
        buyer=known[BUYER.value, _cut(past.buyer, MOST_NAME)],
        title=_cut(past.title, 200),
        description=past.description,
        jurisdiction="",
        currency=past.currency,
        created_at=now,
        deadline=past.at,
        published_at=past.at,
        closed_at=past.at,
        opened_at=past.at,
        terms=text,
        terms_hash=terms_hash(text),
        historical_batch=batch,
        **cancelled,
    )
    return Coming(past, release, tender, [], {}, {})


def _lots(coming: Sequence[Coming]) -> None:
    codes = {i.commodity for c in coming for lot in c.past.lots for i in lot.items} - {""}
    commodities = {c.code: c for c in Commodity.objects.filter(code__in=codes)}
    for one in coming:
        for number, past in enumerate(one.past.lots, 1):
            lot = Lot(tender=one.tender, number=number, title=_cut(past.title, 200))
            if past.unsuccessful:
                lot.unsuccessful_at = one.past.at
                lot.unsuccessful_reason = "The imported data record no award."
            one.lots.append(lot)
    Lot.objects.bulk_create(lot for one in coming for lot in one.lots)
    for one in coming:
        for n, past in enumerate(one.past.lots):
            for m, item in enumerate(past.items):
                one.items[n, m] = Item(
                    lot=one.lots[n],
                    number=m + 1,
                    commodity=commodities.get(item.commodity),
                    description=_cut(item.description, 300),
                    quantity=item.quantity,
                    unit=_cut(item.unit, 16),
                    province=_cut(item.province, 60),
                )
    Item.objects.bulk_create(item for one in coming for item in one.items.values())


def _bids(
    coming: Sequence[Coming], source: str, known: dict[tuple[str, str], Organization]
) -> None:
    for one in coming:
        for bid in _with_suppliers(one.past):
            name = _cut(bid.tenderer, MOST_NAME)
            one.bids[name] = Bid(
                public_id=public_id("bid", source, one.past.ocid, name),
                tender=one.tender,
                tenderer=known[COMPANY.value, name],
                submitted_at=bid.submitted_at,
                opened_at=one.past.at,
                failure=bid.failure,
            )
    Bid.objects.bulk_create(bid for one in coming for bid in one.bids.values())
    BidLine.objects.bulk_create(
        BidLine(
            bid=one.bids[_cut(bid.tenderer, MOST_NAME)],
            item=one.items[line.lot, line.item],
            unit_price=line.unit_price,
            quantity=line.quantity,
        )
        for one in coming
        for bid in one.past.bids
        for line in bid.lines
    )


def _with_suppliers(past: PastProcess) -> Iterable[PastBid]:
    """The bids, and one without prices for a supplier of whom no bid is told."""
    known = {_cut(bid.tenderer, MOST_NAME) for bid in past.bids}
    yield from past.bids
    for name in sorted({_cut(award.supplier, MOST_NAME) for award in past.awards} - known):
        yield PastBid(name, None, "The imported data tell of the award and not of the bid.", ())


def _awards(
    coming: Sequence[Coming], source: str, known: dict[tuple[str, str], Organization]
) -> None:
    rows, outcomes = [], []
    for one in coming:
        of_lot: dict[int, list[PastAward]] = {}
        for award in one.past.awards:
            of_lot.setdefault(award.lot, []).append(award)
        for n, lot in enumerate(one.lots):
            found = _each_once(of_lot.get(n, []))
            rows += [_award(one, lot, award, len(found) > 1, known) for award in found]
            outcomes.append(_outcome(one, lot, found))
    Award.objects.bulk_create(rows)
    RecordedOutcome.objects.bulk_create(outcomes)


def _each_once(awards: Sequence[PastAward]) -> list[PastAward]:
    """A supplier has one award of a lot here; several are added up."""
    found: dict[str, PastAward] = {}
    for award in awards:
        name = _cut(award.supplier, MOST_NAME)
        there = found.get(name)
        price = award.price + (there.price if there else Decimal(0))
        found[name] = PastAward(award.lot, name, price, award.currency, award.date, award.reason)
    return list(found.values())


def _award(
    one: Coming,
    lot: Lot,
    award: PastAward,
    is_part: bool,
    known: dict[tuple[str, str], Organization],
) -> Award:
    return Award(
        lot=lot,
        bid=one.bids[award.supplier],
        supplier=known[COMPANY.value, award.supplier],
        price=award.price,
        currency=award.currency,
        is_part=is_part,
        reason=award.reason,
        recommended_at=award.date,
        decided_at=award.date,
    )


def _outcome(one: Coming, lot: Lot, found: Sequence[PastAward]) -> RecordedOutcome:
    return RecordedOutcome(
        lot=lot,
        winner=one.bids[found[0].supplier] if len(found) == 1 else None,
        no_winner=not found,
        explanation="Imported as open data; it was not evaluated again here.",
    )


def _search_text(one: Coming) -> str:
    goods = [item.description for item in one.items.values()]
    parts = (one.tender.reference, one.past.ocid, one.tender.title, one.tender.description)
    return " ".join(part for part in (*parts, one.tender.buyer.name, *goods) if part)


def _entry(batch: ImportBatch, one: Coming, now: datetime) -> PendingEntry:
    """What was imported: its digest, and the prices, so that they can be checked offline."""
    names = {bid.tenderer.name: bid for bid in one.bids.values()}
    lines = {_cut(bid.tenderer, MOST_NAME): bid.lines for bid in one.past.bids}
    body = {
        "source": batch.source,
        "ocid": one.past.ocid,
        "file_sha256": batch.sha256,
        "ocds_sha256": digest(one.text),
        "bids": [
            {
                "bid": bid.public_id,
                "tenderer": name,
                "unit_price": None,
                "lines": [
                    {
                        "lot": line.lot + 1,
                        "item": line.item + 1,
                        "unit_price": plain(line.unit_price),
                        "quantity": plain(line.quantity),
                    }
                    for line in lines.get(name, ())
                ],
            }
            for name, bid in names.items()
        ],
    }
    return PendingEntry(EVENT, one.tender.reference, body, None, now)
