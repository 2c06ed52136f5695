"""Three libraries as oracles: scikit-criteria, pymcdm and bid-evaluation find the same points.

They reckon in floats, so their points are compared within 1e-9 of the exact ones. Where the exact
points of two bids are equal, floats may set one before the other: the last tests show that.
"""

import json
import random
import warnings
from fractions import Fraction
from pathlib import Path

import numpy
import pandas
import pytest
from bid_evaluation import Evaluator

from procurement.rules.case import from_json
from procurement.rules.evaluation import evaluate
from tests.rules.cases import bid, by_name, case_json, marks, price_points, quality, rated, result

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import skcriteria
    from pymcdm.methods import WSM
    from pymcdm.normalizations import linear_normalization
    from skcriteria.agg.simple import WeightedSumModel

# pymcdm wants weights that sum to one; ours sum to the points that there are.
pytestmark = pytest.mark.filterwarnings("ignore:Weights should be positive")

VECTOR = Path(__file__).parents[1] / "vectors" / "evaluation" / "floats-rank-the-later-first.json"
WEIGHTS = {"taste": 30.0, "plan": 25.0, "staff": 15.0}
PRICE = 30.0
NEAR = 1e-9


def by_scikit_criteria(prices, found, weights, price_part):
    matrix = numpy.column_stack([price_part(prices), found / 10])
    data = skcriteria.mkdm(matrix, [max] * matrix.shape[1], weights=weights)
    return WeightedSumModel().evaluate(data).e_.score


def by_pymcdm(prices, found, weights, _price_part):
    """Its linear normalisation divides by the best bid's mark, not by the highest there is."""
    own = numpy.array([weights[0], *(weights[1:] * found.max(axis=0) / 10)])
    kinds = numpy.array([-1, *[1] * found.shape[1]])
    return WSM(linear_normalization)(numpy.column_stack([prices, found]), own, kinds)


def by_bid_evaluation(prices, found, weights, formula=None):
    own = Evaluator(normalize_weights=False)
    if formula:
        own.formula("price", weights[0] / 100, formula)
    else:
        own.min_ratio("price", weights[0] / 100)
    for n, weight in enumerate(weights[1:]):
        own.direct(f"mark{n}", weight / 100, input_scale=10)
    table = {"price": prices} | {f"mark{n}": found[:, n] for n in range(found.shape[1])}
    told = own.evaluate(pandas.DataFrame(table)).sort_index()
    return told["final_score"].to_numpy()


PEERS = (by_scikit_criteria, by_pymcdm, by_bid_evaluation)


def lowest_by_price(prices):
    return prices.min() / prices


def rated_case(method, prices, found, bounds=(None, None)):
    names = list(WEIGHTS)
    bids = [
        bid(
            f"b{n:02}",
            price,
            marks=[one for name, mark in zip(names, row, strict=True) for one in marks(name, mark)],
        )
        for n, (price, row) in enumerate(zip(prices, found, strict=True))
    ]
    return case_json(
        *bids,
        method=method,
        criteria=[rated(name, str(int(weight))) for name, weight in WEIGHTS.items()],
        price_points=price_points("30", "100", *bounds),
        draw_seed="5e" * 16,
    )


def drawn(seed, count=8):
    chance = random.Random(seed)
    prices = [f"{chance.randrange(20000, 39999) / 100:.2f}" for _ in range(count)]
    return prices, [[f"{chance.randrange(10, 100) / 10}" for _ in WEIGHTS] for _ in prices]


def floats(prices, found):
    return numpy.array([float(p) for p in prices]), numpy.array(
        [[float(m) for m in r] for r in found]
    )


def exact_points(case):
    told = by_name(evaluate(from_json(case)))
    return [told[one["bid"]].points.exact for one in case["bids"]]


ALL_WEIGHTS = numpy.array([PRICE, *WEIGHTS.values()])


@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize("seed", range(8))
def test_points_relative_to_the_lowest_price_are_those_of_the_peers(peer, seed):
    prices, found = drawn(seed)
    exact = exact_points(rated_case("relative_points", prices, found))
    arguments = () if peer is by_bid_evaluation else (lowest_by_price,)
    theirs = peer(*floats(prices, found), ALL_WEIGHTS, *arguments)
    assert theirs == pytest.approx([float(value) for value in exact], abs=NEAR, rel=NEAR)


@pytest.mark.parametrize("seed", range(4))
def test_points_by_distance_from_the_lowest_are_those_of_bid_evaluation(seed):
    prices, found = drawn(seed)
    exact = exact_points(rated_case("relative_points_linear", prices, found))
    formula = "100 * clip(1 - (value - low) / low, 0, 1)".replace(
        "low", str(min(map(float, prices)))
    )
    theirs = by_bid_evaluation(*floats(prices, found), ALL_WEIGHTS, formula)
    assert theirs == pytest.approx([float(value) for value in exact], abs=NEAR, rel=NEAR)


@pytest.mark.parametrize("seed", range(4))
def test_points_between_two_published_prices_are_those_of_scikit_criteria(seed):
    prices, found = drawn(seed)
    exact = exact_points(rated_case("fixed_bounds_points", prices, found, ("220", "380")))

    def between(values):
        return numpy.clip((380 - values) / (380 - 220), 0, 1)

    theirs = by_scikit_criteria(*floats(prices, found), ALL_WEIGHTS, between)
    assert theirs == pytest.approx([float(value) for value in exact], abs=NEAR, rel=NEAR)


@pytest.mark.parametrize("seed", range(4))
def test_ranks_are_those_of_the_peers_where_no_two_bids_are_level(seed):
    prices, found = drawn(seed)
    case = rated_case("relative_points", prices, found)
    assert len(set(exact_points(case))) == len(prices)
    told = by_name(evaluate(from_json(case)))
    for peer in PEERS:
        arguments = () if peer is by_bid_evaluation else (lowest_by_price,)
        theirs = peer(*floats(prices, found), ALL_WEIGHTS, *arguments)
        order = [f"b{n:02}" for n in numpy.argsort(-theirs)]
        assert [told[name].rank for name in order] == list(range(1, len(prices) + 1))


@pytest.mark.parametrize("seed", range(4))
def test_the_price_by_quality_is_that_of_a_ratio_in_floats(seed):
    """No peer has Prozorro's formula; the ratio of a price to a coefficient is theirs in pieces."""
    chance = random.Random(seed)
    values = [("0.1", "0.15")[chance.randrange(2)] for _ in range(6)]
    prices = [str(chance.randrange(900, 1100)) for _ in values]
    bids = [
        bid(f"b{n}", price, responses=[("q", v)])
        for n, (price, v) in enumerate(zip(prices, values, strict=True))
    ]
    found = by_name(
        result(*bids, method="price_per_quality", criteria=[quality("q", "0.1", "0.15")])
    )
    for n, (price, v) in enumerate(zip(prices, values, strict=True)):
        own = float(price) / (1 + float(v) / (1 - 0.15))
        assert float(found[f"b{n}"].evaluated_price.exact) == pytest.approx(own, abs=NEAR, rel=NEAR)


@pytest.fixture(scope="module")
def level():
    """Two bids of exactly 75.85 points, the earlier one first: a golden vector."""
    return json.loads(VECTOR.read_text(encoding="utf-8"))["case"]


def _read(case):
    prices = [one["lines"][0]["unit_price"] for one in case["bids"]]
    found = [[mark["mark"] for mark in one["marks"]] for one in case["bids"]]
    return floats(prices, found)


def test_the_two_bids_are_level_and_the_earlier_comes_first(level):
    assert exact_points(level) == [Fraction("75.85")] * 2
    told = by_name(evaluate(from_json(level)))
    assert (told["earlier"].rank, told["later"].rank) == (1, 2)


@pytest.mark.parametrize("peer", PEERS)
def test_every_peer_ranks_the_later_of_two_level_bids_first(level, peer):
    """Their answer: 75.85 against 75.85000000000001 points, so that the later bid would win."""
    arguments = () if peer is by_bid_evaluation else (lowest_by_price,)
    earlier, later = peer(*_read(level), ALL_WEIGHTS, *arguments)
    assert later > earlier
    assert later == pytest.approx(earlier, abs=NEAR)
