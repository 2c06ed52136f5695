"""Bids sealed on the tenderer's own device: nobody looked inside before the opening."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.errors import Conflict
from marketplace.ledger.models import Entry
from procurement.models import SealedBid
from procurement.operations import bids, openings, receipts
from procurement.rules import bidding, kit, sealing
from procurement.rules.bidding import Attachment
from tests.factories import DEADLINE, PASSPHRASE, START, Market, offer, tender_at

pytestmark = pytest.mark.django_db
LATER = START + timedelta(days=1)


@pytest.fixture
def market():
    return Market()


@pytest.fixture
def tender(market):
    return tender_at("open", market, prices=())


def kit_of(tender, market, who=0):
    user, firm = market.tenderers[who]
    # As it travels: what arrives on the device was JSON.
    return kit.from_data(json.loads(json.dumps(bids.kit_of(tender, firm, user).to_data())))


def send(tender, market, container, who=0, at=LATER):
    user, firm = market.tenderers[who]
    return bids.submit_sealed(
        tender=tender, tenderer=firm, container=container, by=user, received_at=at, now=at
    )


def sealed(tender, market, payload, who=0, /, **changes):
    """Any payload at all in an envelope that fits its place."""
    told = kit_of(tender, market, who)
    committee = told.terms["committee"]
    fields = {
        "tender": tender.reference,
        "terms_hash": tender.terms_hash,
        "tenderer": told.tenderer,
        "revision": told.revision,
        "committee": [bytes.fromhex(key) for key in committee["public_keys"]],
        "k": committee["quorum"],
        "gate_public": bytes.fromhex(committee["gate"]),
        "tier": "C",
        "floor": told.floor,
    }
    return sealing.seal(payload, **{**fields, **changes}).to_bytes()


def release(tender, market, seat):
    now = DEADLINE + timedelta(minutes=2)
    openings.release(tender=tender, passphrase=PASSPHRASE, by=market.openers[seat][0], now=now)


def test_a_bid_sealed_elsewhere_is_recorded_and_opened(tender, market):
    envelope = kit_of(tender, market).seal(offer(tender, "311.5"))
    bid = send(tender, market, envelope.to_bytes())
    assert receipts.receipt(bid, now=LATER)["tier"] == "C"
    assert json.loads(Entry.objects.get(pk=bid.sequence).body)["tier"] == "C"
    for seat in range(2):
        release(tender, market, seat)
    assert [str(line.unit_price) for line in tender.bids.get().lines.all()] == ["311.5"]


def test_a_replacement_has_the_next_revision(tender, market):
    for price in ("311", "310"):
        send(tender, market, kit_of(tender, market).seal(offer(tender, price)).to_bytes())
    assert list(SealedBid.objects.values_list("revision", flat=True)) == [1, 2]


def test_the_same_envelope_twice_is_one_bid(tender, market):
    """Whoever lost the connection sends it again and finds the receipt, after the deadline too."""
    container = kit_of(tender, market).seal(offer(tender, "311")).to_bytes()
    first = send(tender, market, container)
    assert send(tender, market, container) == first
    assert send(tender, market, container, at=DEADLINE) == first
    assert SealedBid.objects.count() == 1


def test_two_envelopes_for_one_place_are_one_bid_and_a_refusal(tender, market):
    told = kit_of(tender, market)
    send(tender, market, told.seal(offer(tender, "311")).to_bytes())
    with pytest.raises(sealing.SealedForAnother) as refused:
        send(tender, market, told.seal(offer(tender, "311")).to_bytes())
    assert refused.value.where == "revision"


def test_the_deadline_holds_for_them_too(tender, market):
    container = kit_of(tender, market).seal(offer(tender, "311")).to_bytes()
    with pytest.raises(bids.LateBid):
        send(tender, market, container, at=DEADLINE)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tender", "ZW-2026-000999"),
        ("terms_hash", "0" * 64),
        ("tenderer", "somebody"),
        ("revision", 2),
        ("envelope", "financial"),
        ("k", 3),
        ("tier", "S"),
    ],
)
def test_an_envelope_for_another_place_is_refused(tender, market, field, value):
    with pytest.raises(sealing.SealedForAnother) as refused:
        send(tender, market, sealed(tender, market, b"{}", **{field: value}))
    assert refused.value.where == field and not SealedBid.objects.exists()


def test_an_envelope_to_a_committee_of_strangers_is_refused(tender, market):
    strangers = [sealing.generate_opener_key().public for _ in range(3)]
    with pytest.raises(sealing.SealedForAnother) as refused:
        send(tender, market, sealed(tender, market, b"{}", committee=strangers))
    assert refused.value.where == "committee_hash"


def test_an_envelope_of_another_tenderer_cannot_be_sent_as_ones_own(tender, market):
    with pytest.raises(sealing.SealedForAnother):
        send(tender, market, sealed(tender, market, b"{}", 1), who=0)


def test_an_envelope_shorter_than_the_others_is_refused(market, monkeypatch):
    tender = tender_at("open", market, prices=())
    monkeypatch.setattr(bidding, "floor", lambda demand: 8192)
    with pytest.raises(bids.SealedTooSmall):
        send(tender, market, sealed(tender, market, b"{}", floor=4096))
    assert send(tender, market, sealed(tender, market, b"{}", floor=8192)).revision == 1


def test_an_envelope_longer_than_a_bid_may_be_is_refused(tender, market, settings):
    settings.BID_MAX_BYTES = 10_000
    with pytest.raises(bids.SealedTooLarge):
        send(tender, market, sealed(tender, market, b" " * 20_000))


@pytest.mark.parametrize("cut", [b"", b"{}", b"[]", b"\x00", b"{" * 50_000])
def test_what_is_no_envelope_is_refused(tender, market, cut):
    with pytest.raises(sealing.SealingError):
        send(tender, market, cut)


def _document(**changes):
    plain = Attachment("Paper", "paper.txt", "text/plain", b"We pay our taxes.")
    return replace(plain, **changes)


def _said(tender, **changes):
    return {**json.loads(bidding.to_bytes(offer(tender, "1"))), **changes}


def _row(tender, key, **changes):
    row = _said(tender)[key][0]
    return _said(tender, **{key: [{**row, **changes}]})


VALUE = {"lot": 1, "item": 1, "parameter": "moisture", "value": "twelve"}
# What a tenderer's device may put inside: each is told at the opening, and none stops it.
HOSTILE = {
    "nothing": lambda t: b"",
    "noise": lambda t: bytes(range(256)),
    "no object": lambda t: b"[1]",
    "deep": lambda t: b"[" * 100_000,
    "huge number": lambda t: b'{"format": ' + b"9" * 5000 + b"}",
    "unknown field with a zero byte": lambda t: {"format": bidding.FORMAT, "\0" * 9: 1},
    "price with half a pair": lambda t: _row(t, "lines", unit_price="\ud800"),
    "price of a megabyte": lambda t: _row(t, "lines", unit_price="9" * 1_000_000),
    "price without end": lambda t: _row(t, "lines", unit_price="Infinity"),
    "price not a number": lambda t: _row(t, "lines", unit_price="NaN"),
    "price far too small": lambda t: _row(t, "lines", unit_price="1e-999999999"),
    "price of nothing": lambda t: _row(t, "lines", unit_price="0"),
    "price below nothing": lambda t: _row(t, "lines", unit_price="-5"),
    "lot unknown": lambda t: _row(t, "lines", lot=77),
    "lot true": lambda t: _row(t, "lines", lot=True),
    "total that breaks": lambda t: _row(t, "lines", stated_total={"a": 1}),
    "line twice": lambda t: _said(t, lines=_said(t)["lines"] * 2),
    "part of the quantity": lambda t: _row(t, "lines", quantity="1"),
    "value with a zero byte": lambda t: _said(t, declared=[{**VALUE, "value": "a\0b"}]),
    "value that nobody asked": lambda t: _said(t, declared=[VALUE]),
    "option unknown": lambda t: _said(t, responses=[{"lot": 1, "criterion": 1, "option": 9}]),
    "document with a zero byte": lambda t: replace(
        offer(t, "1"), documents=(_document(title="a\0"),)
    ),
    "document of another type": lambda t: replace(
        offer(t, "1"), documents=(_document(media_type="application/pdf"),)
    ),
    "document of no type": lambda t: replace(
        offer(t, "1"), documents=(_document(filename="paper.exe"),)
    ),
    "documents without number": lambda t: replace(offer(t, "1"), documents=(_document(),) * 51),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_is_inside_the_opening_goes_on(market, name):
    tender = tender_at("open", market, prices=("310",))
    inside = HOSTILE[name](tender)
    if isinstance(inside, bidding.BidContent):
        inside = bidding.to_bytes(inside)
    elif isinstance(inside, dict):
        inside = json.dumps(inside).encode()
    send(tender, market, sealed(tender, market, inside, 1), who=1)
    for seat in range(2):
        release(tender, market, seat)
    good, bad = (tender.bids.get(tenderer=market.tenderers[who][1]) for who in (0, 1))
    assert not good.failure and good.lines.exists()
    assert bad.failure.isprintable() and len(bad.failure) <= 400 and bad.failure
    assert not bad.lines.exists() and bad.dek


def test_a_document_with_a_path_for_a_name_stays_a_name(market):
    tender = tender_at("open", market, prices=())
    inside = replace(offer(tender, "1"), documents=(_document(filename="../../etc/paper.txt"),) * 2)
    send(tender, market, sealed(tender, market, bidding.to_bytes(inside)))
    for seat in range(2):
        release(tender, market, seat)
    files = [document.file.name for document in tender.bids.get().documents.all()]
    assert len(files) == 2 and all(name.startswith("bids/") and ".." not in name for name in files)


def test_a_withdrawn_envelope_sent_again_is_not_called_received(tender, market):
    """Its receipt would be believed, and nothing would be opened."""
    container = kit_of(tender, market).seal(offer(tender, "311")).to_bytes()
    send(tender, market, container)
    user, firm = market.tenderers[0]
    bids.withdraw(tender=tender, tenderer=firm, by=user, received_at=LATER, now=LATER)
    with pytest.raises(Conflict):
        send(tender, market, container)
