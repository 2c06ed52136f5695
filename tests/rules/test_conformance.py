"""Gates: limits belong to what passes, and silence is a failure."""

import pytest

from procurement.rules.conformance import conforms
from procurement.rules.facts import Limit
from procurement.rules.money import number
from tests.rules.cases import (
    bid,
    by_name,
    failures,
    gate,
    item,
    limit,
    line,
    quality,
    ranks,
    result,
)


def _limit(kind, minimum=None, maximum=None, equals=None):
    return Limit(
        parameter="moisture",
        name="Moisture",
        unit="%",
        kind=kind,
        minimum=None if minimum is None else number(minimum),
        maximum=None if maximum is None else number(maximum),
        equals=equals,
        source="EAS 2",
    )


@pytest.mark.parametrize(
    ("demand", "value", "passes"),
    [
        (_limit("maximum", maximum="13.5"), "13.5", True),
        (_limit("maximum", maximum="13.5"), "13.500000000000000001", False),
        (_limit("maximum", maximum="13.5"), "-1", True),
        (_limit("minimum", minimum="8"), "8", True),
        (_limit("minimum", minimum="8"), "7.999999999999999999", False),
        (_limit("range", minimum="8", maximum="12"), "8", True),
        (_limit("range", minimum="8", maximum="12"), "12", True),
        (_limit("range", minimum="8", maximum="12"), "7.9", False),
        (_limit("range", minimum="8", maximum="12"), "12.1", False),
        (_limit("equals", equals="white"), "white", True),
        (_limit("equals", equals="white"), "White", False),
        (_limit("equals", equals="0"), "0.00", True),
        (_limit("equals", equals="0"), "none", False),
    ],
)
def test_a_limit_belongs_to_what_passes(demand, value, passes):
    assert conforms(demand, value)[0] is passes


@pytest.mark.parametrize(
    ("demand", "reason"),
    [
        (_limit("maximum", maximum="13.5"), "Moisture: 14 % does not meet at most 13.5 %"),
        (_limit("minimum", minimum="15"), "Moisture: 14 % does not meet at least 15 %"),
        (_limit("range", minimum="8", maximum="12"), "Moisture: 14 % does not meet 8 to 12 %"),
        (_limit("equals", equals="13"), "Moisture: 14 % does not meet exactly 13 %"),
        (_limit("maximum", maximum="14"), "Moisture: 14 % meets at most 14 %"),
    ],
)
def test_the_reason_names_the_value_and_the_demand(demand, reason):
    assert conforms(demand, "14")[1] == reason


def test_a_missing_declaration_is_a_failure_with_its_reason():
    demanded = [item(specification=[limit("moisture", "maximum", maximum="13.5")])]
    found = result(bid("a", "1"), items=demanded).bids[0]
    assert not found.qualified
    failed = next(g for g in found.gates if not g.passed)
    assert failed.reason == "Moisture: no value was declared; at most 13.5 % is required"
    assert (failed.kind, failed.name, failed.item, failed.source) == (
        "specification",
        "moisture",
        "1",
        "EAS 2",
    )


def test_each_item_is_held_to_its_own_limits():
    demanded = [
        item("1", specification=[limit("moisture", "maximum", maximum="13.5")]),
        item("2", specification=[limit("moisture", "maximum", maximum="12")]),
    ]
    declared = [("1", "moisture", "13"), ("2", "moisture", "13")]
    offer = bid("a", line("1", item="1"), line("1", item="2"), declared=declared)
    found = result(offer, items=demanded).bids[0]
    assert [(g.item, g.passed) for g in found.gates if g.kind == "specification"] == [
        ("1", True),
        ("2", False),
    ]


def test_a_bid_that_leaves_an_item_out_is_disqualified():
    found = result(bid("a", "1"), items=[item("1"), item("2")]).bids[0]
    assert failures(found) == [("coverage", "quantity")]
    assert found.gates[1].reason == "offers nothing of 2; 1 t are asked for"


@pytest.mark.parametrize(
    ("quantity", "partial", "passes"),
    [
        ("100", None, True),
        ("99.999", None, False),
        ("100.001", None, False),
        ("40", {"minimum_share": "0.4"}, True),
        ("39.999", {"minimum_share": "0.4"}, False),
        ("100", {"minimum_share": "0.4"}, True),
        ("100.001", {"minimum_share": "0.4"}, False),
    ],
)
def test_the_full_quantity_is_due_unless_the_terms_allow_less(quantity, partial, passes):
    found = result(bid("a", line("1", quantity)), items=[item(quantity="100")], partial=partial)
    assert found.bids[0].qualified is passes


def test_the_evaluators_finding_disqualifies_with_their_reason():
    refused = bid("a", "1", gates=[("registered", False, "The registration lapsed in May.", "")])
    admitted = bid("b", "2", gates=[("registered", True, "", "register of 3 June")])
    found = by_name(result(refused, admitted, criteria=[gate()]))
    assert failures(found["a"]) == [("criterion", "registered")]
    assert found["a"].gates[-1].reason == "The registration lapsed in May."
    assert found["a"].gates[-1].source == "section 28"
    assert found["b"].gates[-1].source == "register of 3 June"
    assert found["b"].rank == 1


def test_a_bid_without_an_answer_to_a_quality_criterion_is_disqualified():
    terms = {"method": "price_per_quality", "criteria": [quality("grade", "0", "0.1")]}
    found = result(bid("a", "1"), bid("b", "9", responses=[("grade", "0")]), **terms)
    assert ranks(found) == {"a": None, "b": 1}
    assert by_name(found)["a"].gates[-1].reason == "Grade: no answer was given"
    assert by_name(found)["b"].gates[-1].reason == "Grade: worth 0"


@pytest.mark.parametrize(
    ("price", "failed"),
    [
        ("80", []),
        ("79.999999", [("bound", "minimum_price")]),
        ("100", []),
        ("100.000001", [("bound", "reserve_price")]),
    ],
)
def test_a_price_equal_to_a_bound_stands(price, failed):
    bounds = {"reserve_price": "100", "minimum_price": "80"}
    assert failures(result(bid("a", price), bounds=bounds).bids[0]) == failed


def test_a_disqualified_bid_is_priced_but_not_ranked():
    bounds = {"reserve_price": "100", "minimum_price": None}
    found = result(bid("a", "101"), bounds=bounds)
    assert found.winners == ()
    assert found.bids[0].price.shown == "101.00"
    assert (found.bids[0].rank, found.bids[0].evaluated_price, found.bids[0].behind) == (
        None,
        None,
        None,
    )


def test_every_failure_is_told_and_not_only_the_first():
    demanded = [item(specification=[limit("moisture", "maximum", maximum="13.5")])]
    offer = bid("a", "101", gates=[("registered", False, "Lapsed.", "")])
    bounds = {"reserve_price": "100", "minimum_price": None}
    found = result(offer, items=demanded, criteria=[gate()], bounds=bounds).bids[0]
    assert failures(found) == [
        ("specification", "moisture"),
        ("criterion", "registered"),
        ("bound", "reserve_price"),
    ]
