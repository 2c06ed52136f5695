"""A small ledger with the life of one tender in it, among the entries of another."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from marketplace.ledger.record import AUDITOR, OPENING, PUBLIC, record

START = datetime(2026, 3, 1, 7, tzinfo=UTC)
TENDER = "ZW-2026-0001"
EVERYTHING = frozenset({PUBLIC, OPENING, AUDITOR})

# Event, visibility, body; one minute apart.
LIFE = [
    ("TenderPublished", PUBLIC, {"title": "White maize", "tonnes": Decimal("120.50")}),
    ("EnquiryAnswered", PUBLIC, {"question": "Moisture?", "answer": "At most 12.5 %"}),
    ("BidSubmitted", OPENING, {"bidder": "a1", "digest": "11" * 32}),
    ("BidSubmitted", OPENING, {"bidder": "b2", "digest": "22" * 32}),
    ("ConflictDeclared", AUDITOR, {"evaluator": "c3"}),
    ("BidWithdrawn", OPENING, {"bidder": "a1"}),
    ("TenderClosed", PUBLIC, {"bids": 1}),
    ("BidsOpened", PUBLIC, {"read_out": [{"bidder": "b2", "price": Decimal("300")}]}),
]


def append(event, *, subject=TENDER, visibility=PUBLIC, body=None, by=None, now=START):
    with transaction.atomic():
        return record(
            event, subject=subject, body=body or {}, by=by, now=now, visibility=visibility
        )


@pytest.fixture
def tender(db):
    """The reference of a tender whose life is in the ledger, between entries of another."""
    for minute, (event, visibility, body) in enumerate(LIFE):
        now = START + timedelta(minutes=minute)
        append("DeliveryReceived", subject="ZW-2026-0002", body={"minute": minute}, now=now)
        append(event, visibility=visibility, body=body, now=now)
    return TENDER
