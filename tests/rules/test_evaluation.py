"""The whole result: its order, its words, and its refusal of other rules."""

import pytest

from procurement.rules.case import case_digest, terms_digest
from procurement.rules.evaluation import OtherTerms, evaluate
from procurement.rules.explain import NoSuchBid, explain
from procurement.rules.reading import InvalidCase
from tests.rules.cases import bid, by_name, case, gate, item, line, quality, ranks, result


def test_ranked_bids_come_first_and_disqualified_ones_last_by_name():
    bounds = {"reserve_price": "20", "minimum_price": None}
    names = {"d": "99", "c": "10", "b": "98", "a": "11"}
    found = result(*(bid(n, p) for n, p in names.items()), bounds=bounds)
    assert [b.bid for b in found.bids] == ["c", "a", "b", "d"]
    assert found.winners == ("c",)


def test_a_lot_without_bids_has_an_empty_result():
    found = result()
    assert (found.winners, found.bids, found.ties) == ((), (), ())


def test_the_result_names_the_case_and_the_terms_that_it_is_of():
    found = case(bid("a", "1"))
    outcome = evaluate(found)
    assert outcome.case_digest == case_digest(found)
    assert outcome.terms_digest == terms_digest(found)


def test_terms_as_published_are_accepted():
    published = terms_digest(case())
    assert evaluate(case(bid("a", "1")), expected_terms=published).winners == ("a",)


def test_other_terms_than_the_published_ones_are_refused():
    published = terms_digest(case())
    changed = case(bid("a", "1"), rounding={"decimals": "0", "mode": "half-up"})
    with pytest.raises(OtherTerms, match=f"published was {published}") as refused:
        evaluate(changed, expected_terms=published)
    assert refused.value.code == "other-terms"


def test_a_case_that_was_built_by_hand_is_checked_as_well():
    found = case(bid("a", "1"), bid("b", "1"))
    object.__setattr__(found.bids[1], "bid", "a")
    with pytest.raises(InvalidCase, match=r"bids\[1\]: the bid \"a\" stands here twice"):
        evaluate(found)


def test_the_words_say_what_put_a_bid_behind_the_one_above_it():
    found = by_name(result(bid("a", "10"), bid("b", "10.50"), bid("c", "12")))
    assert found["a"].behind is None
    assert found["b"].behind.words == ("Evaluated at 10.50 USD, bid a at 10.00 USD: 0.5 USD more.")
    assert (found["c"].behind.bid, found["c"].behind.by) == ("b", "evaluated_price")
    assert found["c"].behind.difference.shown == "1.50"


def test_the_words_tell_how_a_tie_was_broken():
    late = bid("b", "10", at="2026-03-01T09:00:00Z")
    found = by_name(result(bid("a", "10"), late))["b"]
    assert found.behind.by == "earliest_submission"
    assert found.behind.words == (
        "Equal to bid a at exactly 10 USD; bid a was submitted earlier"
        " (2026-03-01T08:00:00.000000Z before 2026-03-01T09:00:00.000000Z)."
    )
    assert found.break_even.words == (
        "It is level with the first at a price of 10 USD; any lower price would have led."
    )


def test_the_break_even_price_reminds_of_the_minimum_price():
    bounds = {"reserve_price": None, "minimum_price": "10"}
    found = by_name(result(bid("a", "10"), bid("b", "11"), bounds=bounds))["b"]
    assert found.break_even.words == (
        "It would have equalled the first at a price of 10 USD; any lower price would have led,"
        " if not below the minimum price of 10 USD."
    )


def test_an_explanation_tells_the_whole_story_of_a_bid():
    offer = bid("b", line("1.10", "100", stated_total="100"))
    terms = {"items": [item(quantity="100")]}
    found = result(bid("a", line("1", "100")), offer, **terms)
    assert explain(found, "b").splitlines() == [
        "Bid b of Invented Farm b: rank 2 of 2.",
        "Corrected 1: 1.1 × 100 is 110 USD, not 100; the unit price prevails.",
        "line 1 = unit price × quantity [unit price 1.1, quantity 100] = 110",
        "price = sum of the lines [line 1 110] = 110",
        "evaluated price = price [price 110] = 110",
        "Evaluated at 110.00 USD, bid a at 100.00 USD: 10 USD more.",
        "It would have equalled the first at a price of 100 USD; any lower price would have led.",
    ]


def test_an_explanation_of_a_disqualified_bid_gives_every_reason():
    offer = bid("a", "1", gates=[("registered", False, "The registration lapsed", "")])
    text = explain(result(offer, criteria=[gate()]), "a")
    assert text.startswith(
        "Bid a of Invented Farm a: disqualified.\n"
        "Disqualified: The registration lapsed (section 28).\n"
    )


def test_an_explanation_writes_unending_numbers_both_ways():
    criteria = [quality("q", "0", "0.3")]
    offer = bid("a", "1000", responses=[("q", "0.3")])
    text = explain(result(offer, method="price_per_quality", criteria=criteria), "a")
    assert "= 10/7 = 1.4285714285…" in text
    assert "evaluated price = price / coefficient [price 1000, coefficient 10/7] = 700" in text


def test_an_explanation_names_equals_and_flags():
    tests = [{"test": "below_mean_of_others", "threshold": "0.4"}]
    bids = [bid("a", "10"), bid("b", "10"), bid("c", "99")]
    found = result(*bids, tie_break=[], abnormally_low=tests)
    text = explain(found, "a")
    assert "rank 1 of 3, shared." in text
    assert "Exactly equal to b; no published rule separates them." in text
    assert "Ask the tenderer about the price: 10 is" in text


def test_an_unknown_bid_cannot_be_explained():
    with pytest.raises(NoSuchBid, match='there is no bid "x"; there are: a'):
        explain(result(bid("a", "1")), "x")


def test_a_disqualified_bid_changes_nothing_for_the_others():
    bounds = {"reserve_price": "20", "minimum_price": None}
    others = [bid("a", "10"), bid("b", "11")]
    with_it = by_name(result(*others, bid("x", "21"), bounds=bounds))
    without = by_name(result(*others, bounds=bounds))
    assert [with_it[n] for n in "ab"] == [without[n] for n in "ab"]


def test_five_hundred_equal_bids_are_ranked_without_fuss():
    found = result(*(bid(f"b{n:03}", "10") for n in range(500)), tie_break=[])
    assert set(ranks(found).values()) == {1}
    assert len(found.ties[0].bids) == 500
