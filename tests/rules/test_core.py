"""Edges of the engine's core on which nothing else stands: found by planting defects in it.

`python -m benchmarks.mutants` plants them; docs/reference/evidence.md tells of those that stay.
"""

from dataclasses import replace
from fractions import Fraction

import pytest

from procurement.rules.case import from_json
from procurement.rules.evaluation import evaluate
from procurement.rules.reading import InvalidCase
from tests.rules.cases import bid, case, case_json, item, points, price_points, ranks, result


def test_a_case_that_was_built_by_hand_cannot_ask_for_nothing():
    whole = case(bid("a", "10"))
    nothing = replace(whole, items=(replace(whole.items[0], quantity=Fraction(0)),))
    with pytest.raises(InvalidCase, match=r"items\[0\].quantity: must be above zero"):
        evaluate(nothing)


def scored(minimum):
    return case_json(
        bid("a", "10", responses=[("days", "10")]),
        method="relative_points",
        criteria=[points("days", "10", "5")],
        price_points=price_points("90", "100"),
        minimum_points=minimum,
    )


def test_the_minimum_of_points_may_be_all_that_there_are():
    assert ranks(evaluate(from_json(scored("10")))) == {"a": 1}
    with pytest.raises(InvalidCase, match="minimum_points: is more than all criteria"):
        from_json(scored("10.01"))


def test_a_step_may_be_the_whole_quantity_and_not_more():
    assert result(bid("a", "10"), items=[item() | {"quantum": "1"}]).winners == ("a",)
    with pytest.raises(InvalidCase, match="quantum: is above the quantity"):
        result(bid("a", "10"), items=[item() | {"quantum": "1.01"}])
