"""The exact path over arrays finds what the literal twin finds, on every lot.

MUSIKA_VECTOR_LOTS=5000 tries so many of them; without it, as many as take some seconds.
"""

import os
import random
from dataclasses import fields
from fractions import Fraction

import numpy as np
import pytest

from procurement.rules.case import from_json
from procurement.rules.evaluation import evaluate
from procurement.rules.rank_arrays import main
from procurement.rules.vector import Lots, rank
from tests.reference import evaluation_twin as twin
from tests.rules.cases import bid, case_json, gate, marks, price_points, rated

LOTS = int(os.environ.get("MUSIKA_VECTOR_LOTS", "600"))
ARRIVALS = [f"2026-03-01T08:00:0{n}Z" for n in range(2)]
HIGHEST = ("10", "7")
LARGE = 10**15


def one_case(chance):
    """Points between two prices and of two marks; coarse numbers make ties, large ones overflow."""
    unit = chance.choice([1, 1, 1, LARGE])
    low, high = 100 * unit, (100 + chance.choice([7, 50, 300])) * unit
    count = chance.randrange(0, 6)
    at = chance.sample(ARRIVALS * 3, count)
    return case_json(
        *[
            bid(
                f"b{n}",
                str(low + chance.randrange(0, 4) * (high - low) // 7),
                at=at[n],
                gates=[("registered", chance.randrange(8) > 0, "Not registered", "")],
                marks=[
                    *marks("taste", str(chance.randrange(6, 8))),
                    *marks("plan", str(chance.randrange(6, 8))),
                ],
            )
            for n in range(count)
        ],
        method="fixed_bounds_points",
        criteria=[
            gate(),
            rated("taste", str(chance.choice([30, 40])), highest=HIGHEST[0]),
            rated("plan", "30", highest=HIGHEST[1]),
        ],
        price_points=price_points("30", None, str(low), str(high)),
        tie_break=["earliest_submission"],
    )


def whole(case):
    weights = [Fraction(c["rating"]["weight"]) for c in case["criteria"] if c.get("rating")]
    case["price_points"]["total"] = str(30 + sum(weights))
    return case


@pytest.fixture(scope="module")
def cases():
    chance = random.Random(7)
    return [whole(one_case(chance)) for _ in range(LOTS)]


def terms_of(case):
    """W · Pmax / (Pmax − Pmin), and the weights: −W / (Pmax − Pmin), weight / highest mark."""
    low, high = (Fraction(case["price_points"][key]) for key in ("lowest", "highest"))
    rules = [c["rating"] for c in case["criteria"] if c.get("rating")]
    own = [Fraction(rule["weight"]) / Fraction(rule["highest_mark"]) for rule in rules]
    return 30 * high / (high - low), [-30 / (high - low), *own]


def arrays(cases, highest_first=True):
    terms = [terms_of(case) for case in cases]
    bids = [one for case in cases for one in case["bids"]]

    def table(values, width):
        return np.array(values, dtype=np.int64).reshape(-1, width)

    return Lots(
        starts=np.cumsum([0, *(len(case["bids"]) for case in cases)]),
        values=table([values_of(one) for one in bids], 3),
        weights_over=table([[w.numerator for w in weights] for _, weights in terms], 3),
        weights_under=table([[w.denominator for w in weights] for _, weights in terms], 3),
        base_over=np.array([base.numerator for base, _ in terms], dtype=np.int64),
        base_under=np.array([base.denominator for base, _ in terms], dtype=np.int64),
        earlier=np.array([ARRIVALS.index(one["submitted_at"]) for one in bids], dtype=np.int64),
        out=np.array([not one["gates"][0]["passed"] for one in bids], dtype=bool),
        highest_first=highest_first,
    )


def values_of(one):
    return [int(one["lines"][0]["unit_price"]), *(int(mark["mark"]) for mark in one["marks"])]


@pytest.fixture(scope="module")
def expected(cases):
    """What the twin says of each lot; it takes its time, so it is asked once."""
    return [twin.ranks(case) for case in cases]


def test_ranks_and_scores_are_those_of_the_literal_twin_on_every_lot(cases, expected):
    lots = arrays(cases)
    found = rank(lots)
    assert 0 < (~found.fits).sum() < LOTS / 2
    for number, case in enumerate(cases):
        for row, one in enumerate(case["bids"], int(lots.starts[number])):
            place = expected[number][one["bid"]]
            assert found.ranks[row] == (place or 0), case
            if place:
                assert found.score(row) == twin.points(case, one)


def test_there_are_shared_ranks_and_ties_among_them(cases, expected):
    """Else the test above would show little."""
    placed = [[place for place in own.values() if place] for own in expected]
    assert sum(len(set(own)) < len(own) for own in placed) > LOTS / 50
    assert sum(bool(evaluate(from_json(case)).ties) for case in cases) > LOTS / 20


@pytest.mark.parametrize("arranged", [sorted, lambda bids, key: bids[::-1]])
def test_the_order_in_which_bids_stand_makes_no_difference(cases, expected, arranged):
    """Rows in order of arrival take the quick way, others the slow one."""
    many = [
        {**case, "bids": arranged(case["bids"], key=lambda bid: bid["submitted_at"])}
        for case in cases
    ]
    names = [(number, one["bid"]) for number, case in enumerate(many) for one in case["bids"]]
    told = dict(zip(names, rank(arrays(many)).ranks.tolist(), strict=True))
    assert told == {
        (number, name): place or 0
        for number, own in enumerate(expected)
        for name, place in own.items()
    }


def plain_lots(values, weights=(1,), under=None, **changes):
    values = np.array(values, dtype=np.int64).reshape(-1, len(weights))
    count = len(values)
    given = {
        "starts": np.array([0, count]),
        "values": values,
        "weights_over": np.array([weights], dtype=np.int64),
        "weights_under": np.array([under or [1] * len(weights)], dtype=np.int64),
        "base_over": np.zeros(1, dtype=np.int64),
        "base_under": np.ones(1, dtype=np.int64),
        "earlier": np.arange(count),
        "out": np.zeros(count, dtype=bool),
        "highest_first": False,
    }
    return Lots(**(given | changes))


def test_the_lowest_comes_first_where_it_should():
    assert rank(plain_lots([30, 10, 20])).ranks.tolist() == [3, 1, 2]


def test_equal_score_and_equal_key_share_a_rank_and_leave_out_the_next():
    found = rank(plain_lots([10, 10, 10, 20], earlier=np.array([5, 5, 6, 0])))
    assert found.ranks.tolist() == [1, 1, 3, 4]


def test_who_is_out_has_no_rank_and_takes_none():
    found = rank(plain_lots([10, 20, 20], out=np.array([True, False, False])))
    assert found.ranks.tolist() == [0, 1, 2]


@pytest.mark.parametrize("largest", [2**61, 2**62, 2**63 - 1])
def test_sums_that_pass_64_bits_are_reckoned_with_fractions(largest):
    found = rank(plain_lots([[largest, 1], [largest, 2], [largest - 1, 1]], weights=(3, 1)))
    assert not found.fits[0]
    assert found.ranks.tolist() == [2, 3, 1]
    assert found.score(1) == 3 * largest + 2


def test_the_smallest_whole_number_has_a_size_too():
    found = rank(plain_lots([-(2**63), -(2**63) + 1]))
    assert found.ranks.tolist() == [1, 2]
    assert found.score(0) == -(2**63)


def test_denominators_without_a_common_one_in_64_bits_are_reckoned_with_fractions():
    primes = [2**31 - 1, 2**29 - 3, 2**17 - 1]
    found = rank(plain_lots([[1, 1, 1], [1, 1, 2]], weights=(1, 1, 1), under=primes))
    assert not found.fits[0]
    assert found.score(0) == sum(Fraction(1, prime) for prime in primes)
    assert found.ranks.tolist() == [1, 2]


def test_keys_too_wide_to_carry_their_place_are_sorted_all_the_same():
    wide = [2**60, -(2**60), 0, 2**60]
    assert rank(plain_lots(wide)).ranks.tolist() == [3, 1, 2, 4]
    assert rank(plain_lots(wide)).fits.all()


def test_lots_without_bids_are_passed_over():
    ones = np.ones((3, 1), dtype=np.int64)
    lots = plain_lots(
        [7],
        starts=np.array([0, 0, 1, 1]),
        weights_over=ones,
        weights_under=ones,
        base_over=np.array([1, 2, 3]),
        base_under=np.array([1, 1, 2]),
    )
    found = rank(lots)
    assert found.ranks.tolist() == [1]
    assert found.score(0) == 9


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"starts": np.array([0, 2])}, "starts"),
        ({"starts": np.array([1, 3])}, "starts"),
        ({"earlier": np.arange(2)}, "earlier"),
        ({"base_under": np.zeros(1, dtype=np.int64)}, "above zero"),
        ({"out": np.zeros(4, dtype=bool)}, "out"),
    ],
)
def test_arrays_that_do_not_fit_together_are_refused(changes, words):
    with pytest.raises(ValueError, match=words):
        rank(plain_lots([1, 2, 3], **changes))


def written(path, **changes):
    lots = plain_lots([[30, 1], [10, 2], [10, 2]], weights=(1, 1), under=[1, 3])
    given = {field.name: getattr(lots, field.name) for field in fields(Lots)} | changes
    np.savez(path, **{name: array for name, array in given.items() if array is not None})
    return str(path)


def test_the_command_writes_ranks_and_exact_scores(tmp_path, capsys):
    assert main([written(tmp_path / "lots.npz")]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert rows == ["row,lot,rank,score", "0,0,3,91/3", "1,0,1,32/3", "2,0,2,32/3"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"earlier": None}, "earlier: is not in the file"),
        ({"values": np.array([[1.5, 2.0]] * 3)}, "values: holds float64"),
        ({"starts": np.array([0, 2])}, "starts: must rise from 0"),
    ],
)
def test_the_command_refuses_other_arrays_in_one_line(tmp_path, capsys, changes, words):
    assert main([written(tmp_path / "lots.npz", **changes)]) == 2
    error = capsys.readouterr().err
    assert words in error and error.count("\n") == 1
