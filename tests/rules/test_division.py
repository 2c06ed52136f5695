"""What keeps divided lots from publication, and bids for them from submission."""

from dataclasses import replace
from decimal import Decimal

import pytest

from procurement.rules.allocation import case as cases
from procurement.rules.allocation.published import (
    Judged,
    allocation_digest,
    allocation_terms,
    whole_case,
)
from procurement.rules.bid_parts import Divided, PartOffer, part_gaps
from procurement.rules.bidding import BidContent, from_bytes, to_bytes
from procurement.rules.biddraft import Draft, as_bid, from_bid
from procurement.rules.biddraft import from_bytes as draft_from_bytes
from procurement.rules.biddraft import to_bytes as draft_to_bytes
from procurement.rules.content import CriterionContent
from procurement.rules.division import SharingContent, division_problems, sharing_problems
from procurement.rules.method_parts import ComponentContent, PreferenceContent
from tests.divided import DIVISION, SHARING, lot

D = Decimal
TERMS = {
    "tender": "T-1",
    "currency": "USD",
    "lots": [
        {
            "lot": 1,
            "rounding": {"mode": "half-up", "decimals": 2},
            "items": [{"commodity": "MAIZE", "quantity": "100", "unit": "t"}],
            "division": {
                "quantum": "5",
                "unmet_penalty": "500",
                "minimum_suppliers": 1,
                "maximum_suppliers": None,
            },
        },
        {"lot": 2, "items": []},
    ],
    "sharing": {
        "budget": None,
        "cap_share": "0.6",
        "cap_of": "demanded",
        "reserve_group": "",
        "reserve_share": None,
        "reserve_of": "demanded",
        "tie_break": "earliest_submission",
    },
}


def places(problems):
    return {place for place, _ in problems}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"division": replace(DIVISION, quantum=D(0))}, "division.quantum"),
        ({"division": replace(DIVISION, quantum=D(30))}, "division.quantum"),
        ({"division": replace(DIVISION, quantum=D("0.00001"))}, "division.quantum"),
        ({"division": replace(DIVISION, unmet_penalty=None)}, "division.unmet_penalty"),
        ({"division": replace(DIVISION, maximum_suppliers=0)}, "division.maximum_suppliers"),
        ({"items": ()}, "division"),
        ({"evaluation_method": "price_per_quality"}, "evaluation_method"),
        ({"preference": PreferenceContent("Local", D("0.1"))}, "preference"),
        ({"components": (ComponentContent("Test", "lot"),)}, "components"),
        ({"criteria": (CriterionContent("Bags", "money"),)}, "criteria"),
    ],
)
def test_what_a_divided_lot_lacks_is_told_with_its_place(changes, place):
    assert place in places(division_problems(lot(**changes)))


def test_a_whole_division_has_no_problem_and_a_whole_lot_none_of_these():
    assert not [*division_problems(lot()), *sharing_problems(SHARING, [lot()])]
    undivided = replace(lot(), division=None, evaluation_method="price_per_quality")
    assert not [
        *division_problems(undivided),
        *sharing_problems(SharingContent(D(-1)), [undivided]),
    ]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"budget": D(0)}, "sharing.budget"),
        ({"cap_share": D("1.1")}, "sharing.cap_share"),
        ({"reserve_share": None}, "sharing.reserve_share"),
        ({"reserve_group": ""}, "sharing.reserve_group"),
        ({"reserve_share": D(0)}, "sharing.reserve_share"),
    ],
)
def test_what_the_common_rules_lack_is_told_with_its_place(changes, place):
    assert place in places(sharing_problems(replace(SHARING, **changes), [lot()]))


def test_divided_lots_of_one_tender_have_one_unit_and_one_rounding():
    items = (replace(lot().items[0], unit="kg"),)
    found = list(sharing_problems(None, [lot(), lot(items=items, rounding="half-even")]))
    assert len(found) == 2


ASKED = {1: Divided(D(100), D(5)), 3: Divided(D(40), D(20))}


@pytest.mark.parametrize(
    ("parts", "capacity", "said"),
    [
        ([], None, "Say the least and the most"),
        ([(1, 60, 50)], None, "above the most"),
        ([(1, 0, 101)], None, "above what is asked"),
        ([(1, 0, 4)], None, "in steps of 5"),
        ([(1, 6, 9)], None, "none lies from 6 to 9"),
        ([(1, 0, 50), (1, 0, 60)], None, "named twice"),
        ([(1, 0, 50), (2, 0, 50)], None, "awarded whole"),
        ([(1, 0, 50), (3, 0, 20)], None, "Give a price for the lot too"),
        ([(1, 10, 50)], 9, "capacity is below"),
        ([(1, 0, 50)], 0, "capacity is below"),
    ],
)
def test_what_a_bid_for_a_divided_lot_lacks_is_told_plainly(parts, capacity, said):
    offers = [PartOffer(n, D(low), D(high)) for n, low, high in parts]
    given = None if capacity is None else D(capacity)
    assert said in str(list(part_gaps(offers, given, ASKED, {1, 2})))


@pytest.mark.parametrize("part", [(0, 100), (5, 5), (10, 50), (100, 100)])
def test_a_range_that_holds_a_step_is_taken(part):
    offers = [PartOffer(1, *map(D, part))]
    assert not list(part_gaps(offers, D(100), ASKED, {1}))


def test_a_bid_keeps_its_parts_and_one_without_has_the_bytes_it_always_had():
    bid = BidContent(parts=(PartOffer(1, D("0"), D("60")),), capacity=D("70"))
    assert from_bytes(to_bytes(bid)) == bid
    assert b"parts" not in to_bytes(BidContent()) and b"capacity" not in to_bytes(BidContent())


def test_a_draft_keeps_quantities_on_pages_and_in_programs():
    draft = Draft(lots=(1,), quantities={(1, "maximum"): "60"}, capacity="70", version=3)
    assert draft_from_bytes(draft_to_bytes(draft), 3) == draft
    read = from_bid(as_bid(draft))
    assert read.quantities[1, "maximum"] == "60" and read.capacity == "70"


def test_only_divided_lots_are_in_the_case_and_nothing_else_changes_its_digest():
    raw = allocation_terms(TERMS, "0" * 64)
    assert [row["lot"] for row in raw["lots"]] == ["1"]
    other = {**TERMS, "title": "Another", "lots": TERMS["lots"][:1]}
    assert allocation_digest(other, "0" * 64) == allocation_digest(TERMS, "0" * 64)
    assert allocation_terms({"lots": [{"lot": 1}]}, "0" * 64) is None


@pytest.mark.parametrize(
    ("part", "key", "value"),
    [("division", "quantum", "10"), ("division", "unmet_penalty", "1")],
)
def test_another_rule_is_another_digest(part, key, value):
    first = {**TERMS["lots"][0], part: {**TERMS["lots"][0][part], key: value}}
    changed = {**TERMS, "lots": [first]}
    assert allocation_digest(changed, "0" * 64) != allocation_digest(TERMS, "0" * 64)


def judged():
    rows = [
        {
            "bid": name,
            "tenderer": f"firm-{name}",
            "submitted_at": "2026-03-01T08:00:00Z",
            "lines": [{"item": "1", "unit_price": price, "quantity": "100"}],
            "additions": [{"component": "addition-1", "item": "1", "amount": "2.5", "reason": ""}],
        }
        for name, price in (("A", "300"), ("B", "310"), ("C", "290"))
    ]
    return [Judged(1, rows, [{"bid": n, "qualified": n != "C"} for n in "ABC"])]


def test_the_case_takes_qualified_bids_with_what_evaluators_added():
    part = {"parts": [{"lot": 1, "minimum": "0", "maximum": "60"}], "capacity": None}
    offers = dict.fromkeys("ABC", part)
    rules = allocation_terms(TERMS, "0" * 64)
    case = cases.from_json(whole_case(rules, judged(), offers, {"firm-A": ["women"]}, ["B-L1"]))
    [bid] = case.bids
    assert (bid.bid, bid.tiers[0].unit_price, bid.quality) == ("A-L1", 300, D("2.5"))
    assert case.tenderers[0].groups == ("women",)
