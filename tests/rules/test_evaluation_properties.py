"""What must hold for every case, searched for a counter-example; and the literal twin."""

import copy
from fractions import Fraction

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from procurement.rules.case import from_json
from procurement.rules.evaluation import evaluate
from procurement.rules.money import plain
from tests.reference import evaluation_twin as twin
from tests.rules.cases import bid, case_json, gate, item, limit, line, quality, ranks

TIMES = ["2026-03-01T08:00:00Z", "2026-03-01T08:00:00.000001Z", "2026-03-01T09:30:00Z"]
UNIT_PRICES = st.sampled_from(["0.1", "0.2", "0.3", "0.15", "1", "1.01", "2.675", "0.000001", "90"])
VALUES = ["0", "0.1", "0.15"]
TESTS = [
    {"test": "below_mean_of_others", "threshold": "0.4"},
    {"test": "below_next", "threshold": "0.3"},
    {"test": "below_mean_minus_deviations", "threshold": "1"},
]
few = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


METHODS = {
    "lowest_price": [],
    "price_per_quality": [quality("q1", *VALUES), quality("q2", *VALUES)],
}
POINTS = [quality(name, *VALUES) | {"kind": "points"} for name in ("q1", "q2")]
RELATIVE = ["relative_points", "relative_points_linear"]
ABSOLUTE = [*METHODS, "fixed_bounds_points"]


@st.composite
def bids(draw, name, with_answers):
    quantity = draw(st.sampled_from(["3", "3", "3", "2", "4"]))
    lines = [line(draw(UNIT_PRICES), quantity, "1"), line(draw(UNIT_PRICES), "7", "2")]
    answers = [(c, draw(st.sampled_from(VALUES))) for c in ("q1", "q2")] if with_answers else []
    return bid(
        name,
        *(lines if draw(st.integers(0, 9)) else lines[:1]),
        at=draw(st.sampled_from(TIMES)),
        declared=draw(st.sampled_from([[("1", "m", "13.5")]] * 4 + [[("1", "m", "13.6")], []])),
        responses=answers if draw(st.integers(0, 9)) else answers[:1],
        gates=[("registered", draw(st.integers(0, 9)) > 0, "Not registered", "")],
    )


@st.composite
def cases(draw, methods=(*ABSOLUTE, *RELATIVE)):
    method = draw(st.sampled_from(methods))
    names = draw(st.lists(st.text("abcé", min_size=1, max_size=3), max_size=7, unique=True))
    bounds = {"reserve_price": draw(st.sampled_from([None, "8"])), "minimum_price": None}
    bounds["minimum_price"] = draw(st.sampled_from([None, "1"]))
    return case_json(
        *[draw(bids(name, method != "lowest_price")) for name in names],
        method=method,
        criteria=[gate(), *METHODS.get(method, POINTS)],
        items=[item("1", "3", [limit("m", "maximum", maximum="13.5")]), item("2", "7")],
        bounds=bounds,
        partial=draw(st.sampled_from([None, {"minimum_share": "0.5"}])),
        abnormally_low=TESTS,
        tie_break=draw(st.permutations(["earliest_submission", "draw"]))[: draw(st.integers(0, 2))],
        draw_seed="5e" * 16,
        price_points=_price_points(method),
    )


def _price_points(method):
    if method in METHODS:
        return None
    bounds = (None, None) if method in RELATIVE else ("1", "9")
    return {"weight": "0.5", "total": "0.8", "lowest": bounds[0], "highest": bounds[1]}


def _evaluated(value):
    return evaluate(from_json(value))


@few
@given(cases())
def test_the_literal_twin_agrees_on_ranks_prices_and_flags(value):
    found = _evaluated(value)
    assert ranks(found) == twin.ranks(value)
    raw = {entry["bid"]: entry for entry in value["bids"]}
    low = twin.low_tests(value)
    for entry in found.bids:
        assert entry.price.exact == twin.price(value, raw[entry.bid])
        if entry.qualified:
            told = -entry.points.exact if entry.points else entry.evaluated_price.exact
            assert told == twin.value(value, raw[entry.bid])
            assert {flag.test for flag in entry.flags} == low[entry.bid]


@few
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_never_matters(value, source):
    shuffled = copy.deepcopy(value)
    for entry in (shuffled, *shuffled["bids"], *shuffled["items"], *shuffled["criteria"]):
        for key, inner in entry.items():
            if isinstance(inner, list) and key != "tie_break":
                source.shuffle(inner)
    assert _evaluated(shuffled).to_bytes() == _evaluated(value).to_bytes()


@few
@given(cases(), st.sampled_from(["0.001", "2", "13.5", "362"]))
def test_another_currency_never_changes_a_rank(value, rate):
    scaled = copy.deepcopy(value)
    places = [(entry, "unit_price") for bid in scaled["bids"] for entry in bid["lines"]]
    places += [(scaled["bounds"], key) for key in ("reserve_price", "minimum_price")]
    places += [(scaled["price_points"], k) for k in ("lowest", "highest") if value["price_points"]]
    for holder, key in places:
        if holder[key] is not None:
            holder[key] = plain(Fraction(holder[key]) * Fraction(rate))
    assert ranks(_evaluated(scaled)) == ranks(_evaluated(value))


@few
@given(cases(), st.data())
def test_a_bid_that_is_worse_in_one_thing_and_better_in_none_never_outranks(value, data):
    good = [entry for entry in value["bids"] if twin.qualified(value, entry)]
    assume(good)
    worse = copy.deepcopy(data.draw(st.sampled_from(good)))
    model, worse["bid"] = worse["bid"], "dominated"
    changed = data.draw(st.sampled_from(worse["lines"]))
    changed["unit_price"] = plain(Fraction(changed["unit_price"]) + Fraction("0.000001"))
    worse["submitted_at"] = TIMES[0] if value["method"] in METHODS else TIMES[-1]
    if value["method"] not in METHODS:
        value["tie_break"] = []
    value["bids"].append(worse)
    found = ranks(_evaluated(value))
    # Beyond the bounds of points a worse price may earn as little, so that the two may be level.
    assert found["dominated"] is None or found[model] <= found["dominated"]


@few
@given(cases(ABSOLUTE))
def test_bids_that_leave_never_change_the_order_of_those_that_stay(value):
    order = [entry.bid for entry in _evaluated(value).bids if entry.qualified]
    for leaver in [entry["bid"] for entry in value["bids"]]:
        rest = {**value, "bids": [entry for entry in value["bids"] if entry["bid"] != leaver]}
        left = [entry.bid for entry in _evaluated(rest).bids if entry.qualified]
        assert left == [name for name in order if name != leaver]


@few
@given(cases())
def test_a_disqualified_bid_leaves_no_trace_in_the_others(value):
    found = _evaluated(value)
    failed = {entry.bid for entry in found.bids if not entry.qualified}
    kept = [entry for entry in value["bids"] if entry["bid"] not in failed]
    alone = _evaluated({**value, "bids": kept})
    assert alone.bids == tuple(entry for entry in found.bids if entry.qualified)


@few
@given(cases(RELATIVE))
def test_the_losers_that_decide_a_relative_method_are_exactly_those_named(value):
    found = _evaluated(value)
    deciding = {}
    for entry in found.bids:
        without = twin.winners_without(value, entry.bid)
        if entry.qualified and entry.bid not in found.winners and without != set(found.winners):
            deciding[entry.bid] = without
    assert {removal.bid: set(removal.winners) for removal in found.removals} == deciding


@few
@given(cases())
def test_what_is_shown_never_decides(value):
    coarse = {**value, "rounding": {"decimals": "0", "mode": "truncate"}}
    assert ranks(_evaluated(coarse)) == ranks(_evaluated(value))


@few
@given(cases(list(METHODS)))
def test_the_break_even_price_is_exactly_that_of_a_tie_with_the_first(value):
    found = _evaluated(value)
    for entry in found.bids:
        if entry.break_even is not None:
            scale = entry.price.exact / entry.evaluated_price.exact
            assert entry.break_even.price.exact == found.bids[0].evaluated_price.exact * scale
            assert entry.break_even.price.exact <= entry.price.exact
