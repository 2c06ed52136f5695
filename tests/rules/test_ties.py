"""Equal bids: the published list decides, down to a draw that anyone can repeat."""

import hashlib

import pytest

from procurement.rules.explain import explain
from procurement.rules.money import plain
from procurement.rules.reading import InvalidCase
from procurement.rules.ties import DrawSeedMissing, draw_key
from tests.rules import cases as make
from tests.rules.cases import bid, by_name, item, line, ranks, result

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


def test_instants_are_compared_as_instants_and_not_as_text():
    late = bid("a", "10", at="2026-03-01T08:00:00.000001Z")
    assert ranks(result(late, bid("b", "10", at=EIGHT))) == {"b": 1, "a": 2}


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


LOCALS = [make.group("women", "2"), make.group("youth", "1.5")]


def test_more_preference_points_come_first():
    bids = [
        bid("a", "10"),
        bid("b", "10", groups=[make.member("women")]),
        bid("c", "10", groups=[make.member("youth"), make.member("women")]),
        bid("d", "10", groups=[make.member("youth")]),
    ]
    found = result(*bids, groups=LOCALS, tie_break=["preference_points"])
    assert ranks(found) == {"c": 1, "b": 2, "d": 3, "a": 4}
    assert "has more preference points (3.5 against 2)" in by_name(found)["b"].behind.words


def test_the_nearer_bid_comes_first():
    bids = [bid("a", "10", distance_km="10"), bid("b", "10", distance_km="9.5")]
    found = result(*bids, tie_break=["local_before_distant"])
    assert ranks(found) == {"b": 1, "a": 2}
    assert "is nearer (9.5 km against 10 km)" in by_name(found)["a"].behind.words


SPLIT = {
    "items": [item(quantity="7") | {"quantum": "2"}],
    "tie_break": ["split_if_agreed", "earliest_submission"],
}


def _equal(name, agrees, at=EIGHT):
    return bid(name, line("1", "7"), agrees_to_split=agrees, at=at)


def test_equal_bids_that_all_agree_share_the_rank_and_the_lot():
    found = result(_equal("a", True, NINE), _equal("b", True), **SPLIT)
    assert found.winners == ("a", "b")
    assert [(p.bid, plain(p.quantity), p.why) for p in found.portions] == [
        ("b", "5", "split"),
        ("a", "2", "split"),
    ]
    assert {b.tie.broken_by for b in found.bids} == {None}
    assert "Exactly equal to b; all agreed to split." in explain(found, "a")
    assert "Bid a supplies 2 of item 1, as all equal bids agreed to split." in explain(found, "a")


def test_one_that_refuses_leaves_it_to_the_next_rule():
    found = result(_equal("a", True, NINE), _equal("b", False), _equal("c", True, NINE), **SPLIT)
    assert ranks(found) == {"b": 1, "a": 2, "c": 2}
    assert found.portions == ()
    assert by_name(found)["a"].tie.broken_by == "earliest_submission"
    assert "Exactly equal to b, c; decided by earliest_submission." in explain(found, "a")


def test_an_agreement_of_some_is_none():
    terms = SPLIT | {"tie_break": ["split_if_agreed"]}
    found = result(_equal("a", True), _equal("b", False), **terms)
    assert ranks(found) == {"a": 1, "b": 1}
    assert found.portions == ()
    assert "no published rule separates them" in explain(found, "a")


def test_only_those_that_are_still_equal_must_agree():
    terms = SPLIT | {"tie_break": ["earliest_submission", "split_if_agreed"]}
    found = result(_equal("a", True), _equal("b", True), _equal("c", False, NINE), **terms)
    assert ranks(found) == {"a": 1, "b": 1, "c": 3}
    assert [p.bid for p in found.portions] == ["a", "b"]


def test_a_split_further_down_divides_nothing():
    first = bid("f", line("0.5", "7"), agrees_to_split=True)
    found = result(first, _equal("a", True), _equal("b", True), **SPLIT)
    assert ranks(found) == {"f": 1, "a": 2, "b": 2}
    assert found.portions == ()


def test_a_lot_too_small_for_all_goes_to_the_earlier_ones():
    terms = SPLIT | {"items": [item(quantity="1") | {"quantum": "1"}]}
    bids = [bid(n, "1", agrees_to_split=True, at=at) for n, at in (("a", NINE), ("b", EIGHT))]
    assert [p.bid for p in result(*bids, **terms).portions] == ["b"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tie_break": ["local_before_distant"]}, "bids[0].distance_km: the tie-break"),
        ({"tie_break": ["preference_points"]}, "tie_break: preference_points needs groups"),
        ({"tie_break": ["split_if_agreed"]}, "items[0].quantum: split_if_agreed divides the lot"),
        (SPLIT, "bids[0].agrees_to_split: the tie-break split_if_agreed needs true or false"),
        (SPLIT | {"partial": {"minimum_share": "1"}}, "tie_break: split_if_agreed needs bids for"),
    ],
)
def test_a_rule_without_what_it_needs_is_refused(changes, message):
    with pytest.raises(InvalidCase) as refused:
        result(bid("a", line("1", "1")), **changes)
    assert message in refused.value.message


def _nonce(officer, nonce):
    commitment = hashlib.sha256(bytes.fromhex(nonce)).hexdigest()
    return {"officer": officer, "commitment": commitment, "nonce": nonce}


NONCES = [_nonce("O-2", "22" * 16), _nonce("O-1", "11" * 16)]
MADE = hashlib.sha256(b"\x11" * 16 + b"\x22" * 16).hexdigest()


def test_the_seed_is_the_hash_of_the_nonces_by_officer():
    found = result(bid("a", "1"), bid("b", "1"), draw_seed=MADE, draw_nonces=NONCES)
    assert {one.tie.broken_by for one in found.bids} == {"draw"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"draw_seed": SEED}, "draw_seed: is not the SHA-256 of the nonces"),
        ({"draw_seed": None}, "draw_seed: is not the SHA-256 of the nonces"),
        ({"draw_nonces": NONCES[:1]}, "draw_seed: is not the SHA-256 of the nonces"),
        (
            {"draw_nonces": [NONCES[0] | {"nonce": "33" * 16}]},
            "draw_nonces[0].nonce: is not the one that was committed to",
        ),
        ({"draw_nonces": [NONCES[0] | {"nonce": "33"}]}, "nonce: must be 32 to 128 hexadecimal"),
        ({"draw_nonces": [NONCES[0]] * 2}, 'draw_nonces[1]: the officer "O-2" stands here twice'),
    ],
)
def test_a_seed_that_is_not_made_of_its_nonces_is_refused(changes, message):
    with pytest.raises(InvalidCase) as refused:
        result(**({"draw_seed": MADE, "draw_nonces": NONCES} | changes))
    assert message in refused.value.message


def test_a_draw_without_its_seed_says_what_to_add():
    with pytest.raises(DrawSeedMissing) as refused:
        result(bid("a", "10"), bid("b", "10"))
    assert refused.value.message == (
        'draw_seed: bid "a" is tied and only the draw can decide; the seed is missing'
    )
    assert (refused.value.where, refused.value.remedy) == (
        "draw_seed",
        "Add the seed that the openers committed to.",
    )


def test_no_distance_at_all_is_the_nearest():
    bids = [bid("a", "10", distance_km="0.5"), bid("b", "10", distance_km="0")]
    assert ranks(result(*bids, tie_break=["local_before_distant"])) == {"b": 1, "a": 2}
