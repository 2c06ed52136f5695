"""Two envelopes: no price before the technical stage is judged, and never that of a failure."""

import pytest

from procurement.rules.case import case_digest, from_json, terms_digest, to_json
from procurement.rules.explain import explain
from procurement.rules.reading import InvalidCase
from tests.rules import cases as make
from tests.rules.cases import bid, by_name, case, case_json, ranks, result

GOOD, BAD = make.marks("plan", "8", "9"), make.marks("plan", "5", "6")
TERMS = {
    "method": "relative_points",
    "criteria": [make.rated("plan", "60", minimum="7")],
    "price_points": make.price_points("40", "100"),
}
TECHNICAL, FINAL = TERMS | {"stage": "technical"}, TERMS | {"stage": "final"}


def _bids(a=(), b=(), c=()):
    return bid("A", *a, marks=GOOD), bid("B", *b, marks=GOOD), bid("C", *c, marks=BAD)


def test_a_technical_case_ranks_nobody_and_tells_who_passed():
    found = result(*_bids(), **TECHNICAL)
    assert {one.bid: one.qualified for one in found.bids} == {"A": True, "B": True, "C": False}
    assert ranks(found) == {"A": None, "B": None, "C": None}
    assert (found.winners, found.stage) == ((), "technical")
    assert by_name(found)["A"].technical.exact == 51
    assert {one.price for one in found.bids} == {None}
    assert found.weights == found.removals == ()


def test_no_gate_of_a_technical_case_asks_for_quantities_or_prices():
    bounds = {"reserve_price": "1", "minimum_price": "0.5"}
    found = result(*_bids(), **TECHNICAL, bounds=bounds)
    assert {gate.kind for gate in found.bids[0].gates} == {"rated"}


def test_a_final_case_ranks_those_that_passed():
    found = result(*_bids(["100"], ["80"]), **FINAL)
    assert ranks(found) == {"B": 1, "A": 2, "C": None}
    assert by_name(found)["A"].points.exact == 51 + 32
    assert by_name(found)["C"].price is None
    assert by_name(found)["C"].price_text == ""
    assert by_name(found)["A"].price_text == "100"


def test_the_price_of_a_failure_is_refused():
    with pytest.raises(InvalidCase) as refused:
        from_json(case_json(*_bids(["100"], ["80"], ["10"]), **FINAL))
    assert refused.value.message == (
        "bids[2].lines: this bid failed the technical stage; its price stays sealed"
    )


def test_any_price_is_refused_before_the_second_envelopes_are_opened():
    with pytest.raises(InvalidCase, match=r"bids\[1\].lines: a technical case holds no prices"):
        from_json(case_json(*_bids(b=["80"]), **TECHNICAL))


def test_a_bid_that_passed_and_has_no_price_offers_nothing():
    found = by_name(result(*_bids(["100"]), **FINAL))["B"]
    assert not found.qualified
    assert "coverage" in {gate.kind for gate in found.gates if not gate.passed}


def test_a_final_price_must_be_within_the_bounds():
    bounds = {"reserve_price": "90", "minimum_price": None}
    assert ranks(result(*_bids(["100"], ["80"]), **FINAL, bounds=bounds)) == {
        "B": 1,
        "A": None,
        "C": None,
    }


def test_both_stages_have_the_terms_of_one_publication():
    assert terms_digest(case(**TECHNICAL)) == terms_digest(case(**FINAL))
    assert terms_digest(case(**TECHNICAL)) != terms_digest(case(**TERMS))


def test_the_final_result_names_the_technical_case_that_it_follows():
    technical = case(*_bids(), **TECHNICAL)
    final = result(*_bids(["100"], ["80"]), **FINAL, draw_seed="ab" * 16)
    assert final.technical_digest == case_digest(technical)
    assert result(*_bids(), **TECHNICAL).technical_digest is None
    changed = bid("A", "100", marks=make.marks("plan", "9", "9"))
    other = result(changed, *_bids(["1"], ["80"])[1:], **FINAL)
    assert other.technical_digest != final.technical_digest


def test_the_stages_are_told_in_words():
    words = explain(result(*_bids(), **TECHNICAL), "A")
    assert words.startswith(
        "Bid A of Invented Farm A: passed the technical stage; its price is still sealed.\n"
        "plan = weight · mean of the marks / highest mark"
    )
    assert "C of Invented Farm C: disqualified" in explain(result(*_bids(), **TECHNICAL), "C")


def test_a_case_of_one_envelope_is_written_without_the_key():
    assert "stage" not in to_json(case(bid("A", "1")))


@pytest.mark.parametrize("method", ["lowest_price", "lowest_evaluated_price"])
def test_two_envelopes_need_a_method_by_points(method):
    with pytest.raises(InvalidCase, match=f"stage: the method {method} does not use it"):
        from_json(case_json(method=method, stage="final"))


def test_a_stage_is_technical_or_final():
    with pytest.raises(InvalidCase, match='stage: "second" is not one of: technical, final'):
        from_json(case_json(**(TERMS | {"stage": "second"})))
