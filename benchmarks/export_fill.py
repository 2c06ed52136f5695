"""Opened tenders in bulk, for benchmarks/export_rows.py."""

from datetime import UTC, datetime, timedelta

from marketplace.accounts.models import Organization, User
from marketplace.ledger.record import PendingEntry, record_many
from procurement.models import Bid, BidLine, Item, Lot, SealedBid, Tender
from produce.models import Commodity
from produce.operations import catalogue

START = datetime(2024, 1, 1, 8, tzinfo=UTC)
CHUNK = 200  # tenders at a time


def fill(rows: int, *, bids: int, lines: int) -> None:
    """`rows` lines of goods, in tenders of so many bids with so many lines."""
    catalogue.load(now=START)
    people = [
        User.objects.create_user(f"{n}@example.org", None, full_name=n, date_joined=START)
        for n in ("drafter", "publisher")
    ]
    firms = [
        Organization(name=f"Firm {n:04}, “Fields & Sons”", kind="company", created_at=START)
        for n in range(1000)
    ]
    Organization.objects.bulk_create(firms)
    buyers = [
        Organization(name=f"Board {n:02}", kind="buyer", buyer_kind="other", created_at=START)
        for n in range(50)
    ]
    Organization.objects.bulk_create(buyers)
    commodities = list(Commodity.objects.all())
    total, done = rows // (bids * lines), 0
    while done < total:
        part = range(done, min(done + CHUNK, total))
        _chunk(part, buyers, firms, commodities, people, bids, lines)
        done = part.stop


def _chunk(part, buyers, firms, commodities, people, bids, lines) -> None:
    tenders = Tender.objects.bulk_create(_tender(n, buyers, people) for n in part)
    lots = Lot.objects.bulk_create(Lot(tender=t, number=1, title="Lot") for t in tenders)
    items = Item.objects.bulk_create(
        Item(
            lot=lot,
            number=n + 1,
            commodity=commodities[(lot.pk + n) % len(commodities)],
            description=f"Line {n + 1} of goods, in 50 kg bags, delivered",
            quantity="100.5",
            unit="t",
        )
        for lot in lots
        for n in range(lines)
    )
    goods = {lot.pk: [] for lot in lots}
    for item in items:
        goods[item.lot_id].append(item)
    submitted = record_many(
        PendingEntry(
            *("BidSubmitted", t.reference, {"bid": f"{n}"}, None, t.created_at),
            visibility="opening",
        )
        for t in tenders
        for n in range(bids)
    )
    record_many(PendingEntry("BidsOpened", t.reference, {}, None, t.opened_at) for t in tenders)
    pairs = [(t, n) for t in tenders for n in range(bids)]
    sealed = SealedBid.objects.bulk_create(
        SealedBid(
            public_id=f"{entry.sequence:016x}",
            tender=t,
            tenderer=firms[(t.pk * 7 + n) % len(firms)],
            revision=1,
            submitted_by=people[0],
            received_at=t.created_at,
            recorded_at=t.created_at,
            terms_hash="0" * 64,
            envelope=b"sealed",
            envelope_hash="0" * 64,
            sequence=entry.sequence,
        )
        for (t, n), entry in zip(pairs, submitted, strict=True)
    )
    opened = Bid.objects.bulk_create(
        Bid(
            public_id=f"b{row.sequence:015x}",
            tender=row.tender,
            tenderer=row.tenderer,
            sealed_bid=row,
            submitted_at=row.received_at,
            opened_at=row.tender.opened_at,
        )
        for row in sealed
    )
    lot_of = {lot.tender_id: lot.pk for lot in lots}
    BidLine.objects.bulk_create(
        BidLine(
            bid=bid,
            item=item,
            unit_price=f"{200 + (bid.pk * 37 + item.pk) % 30000 / 100:.2f}",
            quantity="100.5",
        )
        for bid in opened
        for item in goods[lot_of[bid.tender_id]]
    )


def _tender(n: int, buyers: list[Organization], people: list[User]) -> Tender:
    at = START + timedelta(minutes=n)
    return Tender(
        reference=f"MUS-2024-{n:06}",
        buyer=buyers[n % len(buyers)],
        title=f"White maize for depot {n}",
        currency="USD",
        created_at=at,
        created_by=people[0],
        published_by=people[1],
        published_at=at,
        terms_hash="0" * 64,
        deadline=at + timedelta(days=20),
        closed_at=at + timedelta(days=20),
        opened_at=at + timedelta(days=20, hours=1),
    )
