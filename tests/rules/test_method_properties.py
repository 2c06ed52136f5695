"""The optional parts of a case, searched for a counter-example; and the literal twins."""

import copy
from fractions import Fraction

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from procurement.rules.case import from_json, to_json
from procurement.rules.evaluation import evaluate
from procurement.rules.money import plain
from tests.reference import evaluation_twin as twin
from tests.reference import portions_twin
from tests.rules import cases as make
from tests.rules.cases import bid, case_json, item, line, ranks

few = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PRICES = st.sampled_from(["10", "10.5", "11", "12", "0.3", "12.000001"])
TIMES = ["2026-03-01T08:00:00Z", "2026-03-01T09:30:00Z"]
BANDS = (("7", "10"), ("14", "5"), ("30", "0"), (None, None))
COSTS = (("7", "0"), ("14", "0.5"), (None, "2"))
ITEMS = [item("1", "3") | {"quantum": "1"}, item("2", "7") | {"quantum": "0.5"}]
GROUPS = [make.group("domestic", "2"), make.group("small", "1")]
RULES = [
    make.matching("half", "domestic", "0.2", "0.5"),
    make.matching("quarter", "small", "0.15", "0.25", "all_within"),
]
TIES = ["preference_points", "local_before_distant", "split_if_agreed", "earliest_submission"]


@st.composite
def bids(draw, name):
    """A bid with every optional part that does not belong to one method alone."""
    groups = draw(st.sampled_from([[], ["domestic"], ["small"], ["domestic", "small"]]))
    return bid(
        name,
        line(draw(PRICES), "3", "1"),
        line(draw(PRICES), "7", "2"),
        at=draw(st.sampled_from(TIMES)),
        currency=draw(st.sampled_from([None, None, "ZWG"])),
        groups=[make.member(one) for one in groups],
        agrees_to_split=draw(st.booleans()),
        distance_km=draw(st.sampled_from(["3", "3.5"])),
    )


@st.composite
def common(draw, most=5):
    names = draw(st.lists(st.text("abcé", min_size=1, max_size=2), max_size=most, unique=True))
    return [draw(bids(name)) for name in names], {
        "items": ITEMS,
        "groups": GROUPS,
        "rates": [make.rate("ZWG", "7", "3")],
        "tie_break": [*draw(st.permutations(TIES))[: draw(st.integers(0, 4))], "draw"],
        "draw_seed": "5e" * 16,
    }


@st.composite
def evaluated_cases(draw):
    found, terms = draw(common())
    answers = st.sampled_from(["7", "7.5", "14", "15"]).map(Fraction)
    for entry in found:
        additions = [make.addition("scope", draw(st.sampled_from(["0", "4"])))]
        additions += [make.addition("haul", draw(st.sampled_from(["0", "1"])), n) for n in "12"]
        additions += [make.addition("fee", "0.5", n) for n in "12"]
        entry["additions"] = additions
        entry["responses"] = [make.response("days", draw(answers)), make.response("pack", "0.1")]
    base = draw(st.sampled_from(["price", "price_and_components", "offer"]))
    listed = ["scope", "days"] if base == "price_and_components" else []
    way = draw(st.sampled_from(["added_to_others", "deducted_from_group"]))
    return case_json(
        *found,
        method="lowest_evaluated_price",
        components=[
            make.component("scope"),
            make.component("haul", "unit"),
            make.component("fee", "line"),
        ],
        criteria=[
            make.table("days", "money", *COSTS, edge=draw(st.sampled_from(["lower", "upper"]))),
            make.money("pack", "0", "0.1", per_unit_of="2"),
        ],
        preference=draw(st.sampled_from([None, make.preference("0.15", base, listed, way)])),
        matching=draw(st.sampled_from([[], RULES])),
        **terms,
    )


@st.composite
def rated_cases(draw, minima=True):
    found, terms = draw(common())
    combine = draw(st.sampled_from(["mean", "median", "trimmed_mean"]))
    mark = st.sampled_from(["0", "4", "5", "7.5", "10"])
    for entry in found:
        entry["responses"] = [
            make.response("days", Fraction(draw(st.sampled_from(["7", "14", "15", "31"])))),
            make.response("grade", draw(st.sampled_from(["5", "0"]))),
        ]
        count = draw(st.sampled_from([4])) if combine == "median" else 3
        entry["marks"] = make.marks("taste", *(draw(mark) for _ in range(count)))
    method = draw(st.sampled_from(["fixed_bounds_points", "relative_points"]))
    bounds = ("20", "130") if method == "fixed_bounds_points" else (None, None)
    least = draw(st.sampled_from([None, "4"])) if minima else None
    return case_json(
        *found,
        method=method,
        criteria=[
            make.table("days", "points", *BANDS),
            make.points("grade", "5", "0"),
            make.rated("taste", "30", combine, minimum=least),
        ],
        price_points=make.price_points("55", "100", *bounds),
        minimum_points=draw(st.sampled_from([None, "12"])) if minima else None,
        stage=draw(st.sampled_from([None, "final"])),
        **terms,
    )


def _sealed(value):
    """The case as the second envelopes allow it: no price of a bid that failed the first."""
    if value.get("stage") == "final":
        for entry in value["bids"]:
            if not twin.technically_qualified(value, entry):
                entry["lines"] = []
    return value


def _evaluated(value):
    return evaluate(from_json(value))


any_case = st.one_of(evaluated_cases(), rated_cases().map(_sealed))


@few
@given(any_case)
def test_the_literal_twin_agrees_on_ranks_prices_and_values(value):
    found = _evaluated(value)
    assert ranks(found) == twin.ranks(value)
    raw = {entry["bid"]: entry for entry in value["bids"]}
    for entry in found.bids:
        if entry.price is not None:
            assert entry.price.exact == twin.price(value, raw[entry.bid])
        if entry.technical is not None:
            assert entry.technical.exact == twin.technical(value, raw[entry.bid])
        if entry.qualified:
            told = -entry.points.exact if entry.points else entry.evaluated_price.exact
            assert told == twin.value(value, raw[entry.bid])


@few
@given(any_case, st.randoms(use_true_random=False))
def test_the_order_of_the_input_never_matters(value, source):
    shuffled = copy.deepcopy(value)
    for entry in (shuffled, *shuffled["bids"]):
        for key, inner in entry.items():
            if isinstance(inner, list) and key != "tie_break":
                source.shuffle(inner)
    assert _evaluated(shuffled).to_bytes() == _evaluated(value).to_bytes()


@few
@given(any_case)
def test_reading_what_was_written_gives_the_same_case(value):
    assert from_json(to_json(from_json(value))) == from_json(value)


@few
@given(any_case, st.data())
def test_a_cheaper_bid_never_ranks_worse(value, data):
    before = ranks(_evaluated(value))
    placed = [entry for entry in value["bids"] if before[entry["bid"]] is not None]
    assume(placed)
    cheaper = data.draw(st.sampled_from(placed))["bid"]
    changed = copy.deepcopy(value)
    for entry in changed["bids"]:
        if entry["bid"] == cheaper:
            entry["lines"][0]["unit_price"] = "0.2"
    assert ranks(_evaluated(changed))[cheaper] <= before[cheaper]


@few
@given(rated_cases(), st.data())
def test_a_higher_mark_never_ranks_worse(value, data):
    _sealed(value)
    before = ranks(_evaluated(value))
    placed = [entry for entry in value["bids"] if before[entry["bid"]] is not None]
    assume(placed)
    better = data.draw(st.sampled_from(placed))
    data.draw(st.sampled_from(better["marks"]))["mark"] = "10"
    assert ranks(_evaluated(value))[better["bid"]] <= before[better["bid"]]


@few
@given(evaluated_cases())
def test_bids_that_leave_never_change_the_order_of_those_that_stay(value):
    value["matching"] = []
    value["tie_break"] = [rule for rule in value["tie_break"] if rule != "split_if_agreed"]
    order = [entry.bid for entry in _evaluated(value).bids]
    for leaver in order:
        rest = {**value, "bids": [entry for entry in value["bids"] if entry["bid"] != leaver]}
        left = [entry.bid for entry in _evaluated(rest).bids]
        assert left == [name for name in order if name != leaver]


@few
@given(evaluated_cases())
def test_the_break_even_price_is_level_with_the_first_and_the_next_with_the_bid_above(value):
    found = _evaluated(value)
    raw = {entry["bid"]: entry for entry in value["bids"]}
    values = {entry.bid: entry.evaluated_price.exact for entry in found.bids}
    for entry in found.bids:
        told = [(entry.break_even.price, found.winners[0])] if entry.break_even else []
        if entry.behind and entry.behind.price:
            told.append((entry.behind.price, entry.behind.bid))
        for price, other in told:
            # A price in the currency of the lot on one line; nothing on the other.
            level = {**raw[entry.bid], "currency": None}
            level["lines"] = [line(str(price.exact / 3), "3", "1"), line("0", "7", "2")]
            assert twin.value(value, level) == values[other]


@few
@given(evaluated_cases(), st.data())
def test_the_twin_invites_and_divides_alike(value, data):
    value["matching"] = RULES
    while invited := [
        key for key, agrees in portions_twin.invited(value).items() if agrees is None
    ]:
        assert _evaluated(value).portions == ()
        rule, name = invited[0]
        entry = next(entry for entry in value["bids"] if entry["bid"] == name)
        entry.setdefault("answers", []).append(make.answer(rule, data.draw(st.booleans())))
    found = _evaluated(value)
    words = {"agreed": True, "declined": False}
    told = {(one.matching, one.bid): words[one.answer] for one in found.invitations}
    assert told == portions_twin.invited(value)
    if len(found.winners) == 1:
        given_out = {(one.bid, one.item, one.why): one.quantity for one in found.portions}
        assert given_out == portions_twin.portions(value)
        for one in ITEMS:
            quantities = [p.quantity for p in found.portions if p.item == one["item"]]
            assert sum(quantities) == Fraction(one["quantity"])


@few
@given(rated_cases(minima=False).map(_sealed))
def test_the_first_bid_stays_first_exactly_within_the_ranges_of_the_weights(value):
    found = _evaluated(value)
    for one in found.weights:
        first = found.winners[0]
        for end in (one.lowest.exact, one.highest.exact):
            assert first in _most_points(value, one.part, end)
        for end, step, named in ((one.lowest, -1, one.below), (one.highest, 1, one.above)):
            beyond = end.exact + step * Fraction(1, 10**12)
            if 0 < beyond < 100:
                assert first not in _most_points(value, one.part, beyond)
                assert set(_most_points(value, one.part, beyond)) <= set(named)


def _most_points(value, part, weight):
    changed = twin.with_weight(value, part, weight)
    good = [entry for entry in value["bids"] if twin.qualified(value, entry)]
    earned = {entry["bid"]: twin.points(changed, entry) for entry in good}
    return [name for name, own in earned.items() if own == max(earned.values())]


@few
@given(rated_cases())
def test_the_technical_result_is_the_same_whatever_the_prices(value):
    value["stage"] = "final"
    _sealed(value)
    final = _evaluated(value)
    early = copy.deepcopy(value) | {"stage": "technical"}
    for entry in early["bids"]:
        entry |= {"lines": [], "agrees_to_split": None, "currency": None}
    technical = _evaluated(early)
    # Rates and seed are no part of what is published, nor of the technical case.
    bare = early | {"draw_seed": None, "rates": [make.rate("ZWG", None, None)]}
    assert final.technical_digest == _evaluated(bare).case_digest
    assert {b.bid: (b.qualified, b.technical) for b in technical.bids} == {
        b.bid: (b.qualified, b.technical) for b in final.bids
    }
    assert technical.terms_digest == final.terms_digest
    assert {b.rank for b in technical.bids} <= {None}


@few
@given(any_case, st.sampled_from(["half-up", "half-even", "truncate"]))
def test_what_is_shown_never_decides(value, mode):
    coarse = {**value, "rounding": {"decimals": "0", "mode": mode}}
    assert ranks(_evaluated(coarse)) == ranks(_evaluated(value))


@few
@given(any_case)
def test_the_parts_of_a_difference_add_up_to_it(value):
    for entry in _evaluated(value).bids:
        if entry.behind and entry.behind.parts:
            gap = sum(part.value for part in entry.behind.parts)
            assert abs(gap) == entry.behind.difference.exact
            assert plain(entry.behind.difference.exact) == plain(abs(gap))
