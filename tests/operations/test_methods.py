"""The officer chooses the method of a lot; what is published is what the engine will use."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from marketplace.errors import Invalid
from marketplace.ledger.models import Entry
from procurement.operations import tenders
from procurement.queries import terms
from procurement.queries.contents import content as stored
from procurement.rules import case as cases
from procurement.rules.method_parts import PointsContent
from procurement.rules.published import case_terms
from tests.factories import START, Market, content, publish, tender_at
from tests.method_lots import DAYS, DOMESTIC, FIXED, LINEAR, LOTS, MARGIN, RELATIVE, TASTE

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    return Market()


def places(market, lot):
    """Where the check before publication finds something to mend in the lot."""
    said = content(lots=(lot,))
    tender = tenders.draft(buyer=market.buyer, content=said, by=market.officer, now=START)
    found = tenders.problems(tender, START)
    return [p.where.removeprefix("lots[0].") for p in found if p.where.startswith("lots[0]")]


def published(market):
    return publish(tender_at("draft", market, lots=LOTS), market)


@pytest.mark.parametrize("lot", LOTS, ids=lambda lot: lot.evaluation_method)
def test_a_lot_reads_back_as_it_was_drafted_and_can_be_published(market, lot):
    said = content(lots=(lot,))
    tender = tenders.draft(buyer=market.buyer, content=said, by=market.officer, now=START)
    assert stored(tender) == said
    assert places(market, lot) == []


def test_the_published_case_holds_every_part(market):
    tender = published(market)
    margin, fixed, relative, _ = (
        cases.from_json(case_terms(terms.frozen(tender), tender.terms_hash, number))
        for number in (1, 2, 3, 4)
    )
    assert margin.preference.components == ("2", "addition-1")
    assert [c.per for c in margin.components] == ["unit", "lot"]
    assert margin.tie_break[0] == "preference_points"
    assert (fixed.price_points.lowest, fixed.minimum_points) == (20000, 8)
    assert {c.criterion: c.rating.minimum for c in fixed.criteria if c.rating} == {"3": 4}
    assert (relative.rounding.mode, relative.tie_break) == ("half-even", ("draw",))


def test_the_ledger_commits_to_the_margin(market):
    tender = published(market)
    body = json.loads(Entry.objects.get(event="TenderPublished").body)
    data = terms.frozen(tender)
    data["lots"][0]["preference"]["margin"] = "0.11"
    altered = cases.terms_digest(cases.from_json(case_terms(data, tender.terms_hash, 1)))
    assert body["evaluation_terms"]["1"] != altered


@pytest.mark.parametrize(
    ("lot", "place"),
    [
        (replace(FIXED, points=None), "points"),
        (replace(FIXED, points=replace(FIXED.points, weight=Decimal(50))), "points.total"),
        (replace(FIXED, points=replace(FIXED.points, highest=None)), "points.lowest"),
        (replace(FIXED, points=replace(FIXED.points, lowest=Decimal(70000))), "points.lowest"),
        (replace(FIXED, points=replace(FIXED.points, minimum=Decimal(41))), "minimum_points"),
        (replace(MARGIN, preference=replace(DOMESTIC, margin=Decimal(1))), "preference.margin"),
        (replace(MARGIN, components=(), criteria=()), "preference.base"),
        (replace(MARGIN, preference=None), "tie_break"),
        (replace(MARGIN, evaluation_method="lowest_price"), "evaluation_method"),
        (replace(LINEAR, criteria=(replace(DAYS, options=()),)), "criteria[0].options"),
        (replace(RELATIVE, criteria=(replace(TASTE, rating=None),)), "criteria[0].rating"),
        (replace(RELATIVE, evaluation_method="lowest_price"), "criteria"),
    ],
)
def test_an_incomplete_method_is_refused_with_its_place(market, lot, place):
    assert place in places(market, lot)


def test_the_engine_itself_names_the_criterion_that_it_refuses(market):
    high = replace(TASTE, rating=replace(TASTE.rating, minimum=Decimal(11)))
    assert places(market, replace(RELATIVE, criteria=(high,))) == ["criteria[0].rating.minimum"]


def test_points_stay_in_a_draft_while_another_method_is_tried(market):
    tried = replace(FIXED, evaluation_method="lowest_price", criteria=())
    assert places(market, tried) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"tie_break": ("earliest_submission",)},
        {"preference": replace(DOMESTIC, base="weight")},
        {"preference": replace(DOMESTIC, title=" ")},
        {"components": (replace(MARGIN.components[0], per="day"),)},
        {"points": PointsContent(Decimal(1)), "tie_break": ("dice",)},
    ],
)
def test_a_word_that_is_not_ours_is_refused_at_once(market, wrong):
    said = content(lots=(replace(MARGIN, **wrong),))
    with pytest.raises(Invalid) as refused:
        tenders.draft(buyer=market.buyer, content=said, by=market.officer, now=START)
    assert refused.value.where.startswith("lots[0].")
