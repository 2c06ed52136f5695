"""Equal bids: the published list decides, down to a draw that anyone can repeat."""

import hashlib

import pytest

from procurement.rules.ties import DrawSeedMissing, draw_key
from tests.rules.cases import bid, by_name, ranks, result

SEED = "00112233445566778899aabbccddeeff"
EIGHT, NINE = "2026-03-01T08:00:00Z", "2026-03-01T09:00:00Z"


def _drawn(*names):
    """The order of the draw, told without the product."""
    seed = bytes.fromhex(SEED)
    return sorted(names, key=lambda name: hashlib.sha256(seed + name.encode()).hexdigest())


def test_the_earlier_submission_comes_first():
    found = result(bid("a", "10", at=NINE), bid("b", "10.00", at=EIGHT))
    assert ranks(found) == {"b": 1, "a": 2}
    assert by_name(found)["a"].tie.broken_by == "earliest_submission"
    assert by_name(found)["b"].tie.broken_by == "earliest_submission"


def test_a_microsecond_earlier_is_earlier():
    early = bid("b", "10", at="2026-03-01T08:00:00.999999Z")
    assert ranks(result(bid("a", "10", at="2026-03-01T08:00:01Z"), early)) == {"b": 1, "a": 2}


def test_the_draw_follows_the_hash_of_seed_and_name():
    names = ["a", "b", "c", "d", "ç"]
    found = result(*(bid(n, "10", at=EIGHT) for n in names), draw_seed=SEED)
    assert [b.bid for b in found.bids] == _drawn(*names)
    assert {b.tie.broken_by for b in found.bids} == {"draw"}


def test_the_key_of_the_draw_is_a_known_one():
    expected = hashlib.sha256(b"\x00\x11" + "ç".encode()).hexdigest()
    assert draw_key("0011", "ç") == expected


def test_the_draw_decides_only_among_those_that_are_still_equal():
    names = ["a", "b", "c"]
    last = bid("z", "10", at=NINE)
    found = result(last, *(bid(n, "10", at=EIGHT) for n in names), draw_seed=SEED)
    assert [b.bid for b in found.bids] == [*_drawn(*names), "z"]
    assert by_name(found)["z"].tie.broken_by == "earliest_submission"
    assert [k.rule for k in by_name(found)["z"].tie.keys] == ["earliest_submission"]
    assert [k.rule for k in by_name(found)["a"].tie.keys] == ["earliest_submission", "draw"]


def test_the_order_of_the_list_is_the_rule():
    bids = [bid(n, "10", at=at) for n, at in (("a", EIGHT), ("b", NINE), ("c", NINE))]
    terms = {"tie_break": ["draw", "earliest_submission"], "draw_seed": SEED}
    assert [b.bid for b in result(*bids, **terms).bids] == _drawn("a", "b", "c")


def test_a_draw_that_is_needed_demands_its_seed():
    with pytest.raises(DrawSeedMissing, match='draw_seed: bid "a" is tied'):
        result(bid("a", "10"), bid("b", "10"))


def test_a_draw_that_is_not_needed_demands_no_seed():
    assert result(bid("a", "10"), bid("b", "11")).winners == ("a",)
    assert result(bid("a", "10", at=NINE), bid("b", "10", at=EIGHT)).winners == ("b",)


def test_bids_that_nothing_separates_share_a_rank_and_the_next_is_left_out():
    bids = [bid("a", "9"), bid("b", "10"), bid("c", "10"), bid("d", "11")]
    found = result(*bids, tie_break=["earliest_submission"])
    assert ranks(found) == {"a": 1, "b": 2, "c": 2, "d": 4}
    assert by_name(found)["b"].tie.broken_by is None
    assert {by_name(found)[n].behind.bid for n in "bc"} == {"a"}
    assert by_name(found)["d"].behind.bid == "c"


def test_the_first_of_equals_is_behind_a_cheaper_bid_by_price():
    found = by_name(result(bid("a", "9"), bid("b", "10"), bid("c", "10", at=NINE)))
    assert (found["b"].behind.bid, found["b"].behind.by) == ("a", "evaluated_price")
    assert (found["c"].behind.bid, found["c"].behind.by) == ("b", "earliest_submission")


def test_equal_first_bids_all_win_where_no_rule_separates_them():
    found = result(bid("b", "10"), bid("a", "10"), tie_break=[])
    assert found.winners == ("a", "b")
    assert [b.break_even for b in found.bids] == [None, None]


def test_each_group_of_equals_is_listed_in_its_order():
    bids = [
        bid(n, p, at=at) for n, p, at in (("a", "1", NINE), ("b", "1", EIGHT), ("c", "2", NINE))
    ]
    found = result(*bids, bid("d", "2", at=EIGHT), bid("e", "3"))
    assert [(t.group, t.value.exact, t.bids) for t in found.ties] == [
        (1, 1, ("b", "a")),
        (2, 2, ("d", "c")),
    ]
    assert [by_name(found)[n].tie.group for n in "abcd"] == [1, 1, 2, 2]
    assert by_name(found)["e"].tie is None


def test_a_disqualified_equal_is_no_part_of_the_tie():
    bounds = {"reserve_price": "10", "minimum_price": None}
    found = result(bid("a", "10"), bid("b", "11"), bid("c", "11"), bounds=bounds)
    assert found.ties == ()
