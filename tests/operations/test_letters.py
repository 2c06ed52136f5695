"""What a letter says, line by line; tests/operations/test_awards.py issues real ones."""

from procurement.operations.letters import _failed, _figures

GATE = {"name": "1", "reason": "It had expired.", "passed": False}
BID = {"price": {"shown": "68711.19"}, "points": {"shown": "83.40"}, "rank": "2"}
TWO = {"currency": "USD", "bids": [{"qualified": True}, {"qualified": True}, {"qualified": False}]}


def test_a_requirement_is_named_beside_the_finding():
    assert _failed(GATE, {"1": "Tax clearance"}) == "Tax clearance: It had expired"
    assert _failed(GATE | {"reason": ""}, {"1": "Tax clearance"}) == "Tax clearance"
    assert _failed(GATE | {"name": "quantity", "reason": "offers 1 of 2 t"}, {}) == (
        "offers 1 of 2 t"
    )
    assert _failed(GATE | {"name": "coverage", "reason": ""}, {}) == "coverage"


def test_a_bid_that_was_ranked_by_points_is_told_its_points():
    assert _figures(BID | {"evaluated_price": None}, TWO) == (
        "Your price was USD 68,711.19, you earned 83.40 points, your rank 2 of 2."
    )


def test_a_bid_that_was_ranked_by_price_is_told_what_it_was_evaluated_at():
    evaluated = BID | {"points": None, "evaluated_price": {"shown": "70000.00"}}
    assert "your evaluated price USD 70,000.00, your rank 2" in _figures(evaluated, TWO)
