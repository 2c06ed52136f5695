"""Where a load stands, and what may follow there."""

from datetime import UTC, datetime

import pytest

from procurement.rules import loads
from procurement.rules.loads import LoadFacts, LoadNotThere, LoadStatus

AT = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
WAY = (
    ({}, LoadStatus.BOOKED),
    ({"arrived_at": AT}, LoadStatus.ARRIVED),
    ({"is_weighed": True}, LoadStatus.WEIGHED),
    ({"is_sampled": True}, LoadStatus.SAMPLED),
    ({"conforms": True}, LoadStatus.CONFORMS),
    ({"agreed_at": AT}, LoadStatus.AGREED),
    ({"received_at": AT}, LoadStatus.RECEIVED),
)


def test_each_fact_brings_a_load_one_step_on():
    facts = {}
    for more, status in WAY:
        facts |= more
        assert loads.status(LoadFacts(**facts)) is status


def test_a_test_that_fails_leads_to_no_agreement():
    failed = loads.status(LoadFacts(arrived_at=AT, is_sampled=True, conforms=False))
    assert failed is LoadStatus.FAILS
    assert not loads.is_allowed("deliveries.agree", failed)
    assert loads.is_allowed("inspections.again", failed)


@pytest.mark.parametrize("operation", loads.ALLOWED)
def test_nothing_follows_what_was_received(operation):
    assert not loads.is_allowed(operation, LoadStatus.RECEIVED)


def test_every_status_has_words_and_says_what_comes_next():
    for status in LoadStatus:
        for operation in loads.ALLOWED:
            if not loads.is_allowed(operation, status):
                with pytest.raises(LoadNotThere) as refused:
                    loads.check_allowed(operation, status)
                assert refused.value.remedy


def test_goods_are_not_received_before_the_farmer_agreed():
    assert loads.ALLOWED["deliveries.accept"] == {LoadStatus.AGREED}
