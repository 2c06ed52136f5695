"""The audit room: one timeline, proved; two entries compared; nobody else inside."""

import pytest

from marketplace.ledger import signer
from marketplace.ledger.models import Entry
from procurement.operations import looks
from procurement.rules.comparing import Difference, differences
from tests.factories import AFTER, tender_at


def test_only_what_differs_is_told_by_its_path():
    one = {"a": 1, "b": {"c": [1, 2]}, "gone": "x", "same": []}
    other = {"a": 1, "b": {"c": [1, 3]}, "new": None, "same": []}
    assert differences(one, other) == [
        Difference("b.c[2]", "2", "3"),
        Difference("gone", "x", None),
        Difference("new", None, ""),
    ]


@pytest.mark.django_db
def test_the_room_tells_who_did_and_who_looked_with_proofs(at, market, signed_in):
    tender = tender_at("standstill", market)
    bid = tender.bids.first()
    looks.note(tender=tender, bid=bid, what="bid_findings", by=market.evaluator, now=AFTER)
    signer.sign_checkpoint(AFTER)
    at(AFTER)
    desk, path = signed_in(market.auditor), f"/audit/tenders/{tender.reference}/"
    page = desk.get(path).content.decode()
    assert "Somebody looked: findings on the bid" in page and "Eva Evaluator" in page
    assert page.count('tag--leaf">proved') == Entry.objects.filter(subject=tender.reference).count()
    assert "not signed yet" not in page
    one, other = Entry.objects.filter(event="OpenerAppointed").order_by("sequence")[:2]
    both = desk.get(f"{path}?one={one.sequence}&other={other.sequence}").content.decode()
    assert "Olive Opener" in both and "What differs" in both
    stranger = desk.get(f"{path}?one={one.sequence}&other=999999").content.decode()
    assert "What differs" not in stranger
    for user in (market.officer, market.tenderers[0][0]):
        assert signed_in(user).get(path).status_code == 404


@pytest.mark.django_db
def test_before_the_opening_the_room_tells_nothing_of_bids(at, market, signed_in):
    tender = tender_at("closed", market)
    at(AFTER)
    page = signed_in(market.auditor).get(f"/audit/tenders/{tender.reference}/").content.decode()
    assert "The tender was closed for bids" in page
    assert "A sealed bid was received" not in page


@pytest.mark.django_db
def test_before_the_opening_the_room_of_a_tender_with_bids_is_as_long_as_one_without(
    at, market, signed_in
):
    """Proofs differ, so that the test of the count leaves this page out; its lines do not."""
    tenders = [tender_at("closed", market), tender_at("closed", market, prices=())]
    at(AFTER)
    desk = signed_in(market.auditor)
    pages = [desk.get(f"/audit/tenders/{t.reference}/").content.decode() for t in tenders]
    with_bids, without = ([page.count(tag) for tag in ("<li", "<time", "<tr")] for page in pages)
    assert with_bids == without and with_bids[0]
