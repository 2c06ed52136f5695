"""Findings on a whole lot: all or none, each with its entry in the ledger."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.ledger.models import Entry
from procurement.models import GateDecision
from procurement.operations import evaluations
from procurement.operations.evaluations import GateFinding
from tests.factories import AFTER, Market, tender_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    return Market()


@pytest.fixture
def opened(market):
    return tender_at("opened", market)


def findings(tender, reason="No certificate."):
    gate = tender.lots.get().criteria.get(kind="gate")
    first, *others = tender.bids.order_by("id")
    return [GateFinding(first, gate, False, reason), *(GateFinding(b, gate, True) for b in others)]


def decide(market, found):
    return evaluations.decide_lot(findings=found, by=market.evaluator, now=AFTER)


def test_findings_on_a_lot_are_recorded_one_entry_each(market, opened):
    decide(market, findings(opened))
    assert GateDecision.objects.filter(passed=True).count() == 2
    assert Entry.objects.filter(event="GateDecided").count() == 3


def test_a_finding_without_its_reason_keeps_all_the_others_out(market, opened):
    with pytest.raises(Invalid):
        decide(market, findings(opened, reason=" ")[::-1])
    assert not GateDecision.objects.exists()
    assert not Entry.objects.filter(event="GateDecided").exists()


def test_a_later_finding_takes_the_place_of_an_earlier_one(market, opened):
    decide(market, findings(opened))
    first = findings(opened)[0]
    decide(market, [GateFinding(first.bid, first.gate, True)])
    assert GateDecision.objects.count() == 3
    assert GateDecision.objects.get(bid=first.bid).passed


def test_two_findings_on_one_gate_of_one_bid_are_refused_whole(market, opened):
    twice = findings(opened) + findings(opened)[:1]
    with pytest.raises(Invalid) as refused:
        decide(market, twice)
    assert refused.value.where == "findings[3]"
    assert not GateDecision.objects.exists()


def test_a_gate_of_another_lot_is_refused(market, opened):
    elsewhere = tender_at("opened", market)
    gate = elsewhere.lots.get().criteria.get(kind="gate")
    with pytest.raises(NotFound):
        decide(market, [*findings(opened), GateFinding(opened.bids.first(), gate, True)])


def test_a_confirmed_lot_takes_no_more_findings(market):
    evaluated = tender_at("evaluated", market)
    with pytest.raises((Conflict, Invalid)):
        decide(market, findings(evaluated))


def test_three_findings_cost_no_more_queries_than_one(market, opened):
    found = findings(opened)
    costs = []
    for some in (found[:1], found):
        market.evaluator.__dict__.pop("_current_memberships", None)
        with CaptureQueriesContext(connection) as asked:
            decide(market, some)
        # How many nodes of the record's tree are read depends on the tree's size alone.
        costs.append(sum('"ledger_node"' not in query["sql"] for query in asked))
    assert costs[1] <= costs[0]
