"""Exact ranks from arrays, beside floats: numpy, pandas and scikit-criteria in one run.

    python -m benchmarks.evaluate_vector [--lots N] [--bids N] [--repeat N]

100,000 lots with 1,000,000 bids and 8 criteria: a price in cents and seven marks in tenths, each
lot with weights of its own. numpy and pandas do in floats what the exact path does in integers;
numpy only scores and ranks nobody. scikit-criteria is driven lot by lot on a sample and scaled.
Exit 1: over 5 times numpy, under 3 times pandas or 100 times scikit-criteria, or 2 GB and more.
"""

import argparse
import resource
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from procurement.rules.vector import Lots, Ranks, rank

PARTS = 8
SAMPLE = 300
NUMPY, PANDAS, SCIKIT, MEMORY = 5, 3, 100, 2_000_000


@dataclass(frozen=True)
class Floats:
    """The same lots for the peers: prices in whole currency, marks from 0 to 10."""

    values: np.ndarray
    weights: np.ndarray
    lot: np.ndarray


def instance(lots: int, bids: int, seed: int = 1) -> Lots:
    """Lots of about bids / lots bids; W · (Pmax − P) / (Pmax − Pmin) and weight · mark / 10."""
    chance = np.random.default_rng(seed)
    edges = np.sort(chance.integers(0, bids, lots - 1))
    low = chance.integers(100, 500, lots) * 10_000
    span = chance.integers(1, 5, lots) * 100_000
    starts = np.concatenate([[0], edges, [bids]]).astype(np.int64)
    sizes = np.diff(starts)
    prices = np.repeat(low, sizes) + chance.integers(0, 400, bids) * np.repeat(span // 400, sizes)
    marks = chance.integers(30, 101, (bids, PARTS - 1))
    weights = chance.integers(1, 9, (lots, PARTS)) * 5
    under = np.full((lots, PARTS), 100)
    over, under[:, 0] = weights.copy(), span
    over[:, 0] = -weights[:, 0]
    return Lots(
        starts=starts,
        values=np.column_stack([prices, marks]).astype(np.int64),
        weights_over=over.astype(np.int64),
        weights_under=under.astype(np.int64),
        base_over=(weights[:, 0] * (low + span)).astype(np.int64),
        base_under=span.astype(np.int64),
        earlier=np.arange(bids, dtype=np.int64),
        out=np.zeros(bids, dtype=bool),
        highest_first=True,
    )


def as_floats(lots: Lots) -> Floats:
    """Amounts and marks as people write them; the base is left out, since it ranks nobody."""
    units = np.array([100.0, *[10.0] * (PARTS - 1)])
    weights = lots.weights_over / lots.weights_under * units
    lot = np.repeat(np.arange(len(lots.starts) - 1), np.diff(lots.starts))
    return Floats(lots.values / units, weights, lot)


def by_numpy(floats: Floats) -> np.ndarray:
    return np.einsum("ij,ij->i", floats.values, floats.weights[floats.lot])


def by_pandas(floats: Floats) -> pd.Series:
    """As it is done with tables: each bid times the weights of its lot, summed, ranked by lot."""
    table, weights = pd.DataFrame(floats.values), pd.DataFrame(floats.weights)
    scores = (table * weights.loc[floats.lot].to_numpy()).sum(axis=1)
    return ranked_by_pandas(floats.lot, scores)


def ranked_by_pandas(lot: np.ndarray, scores: object) -> pd.Series:
    table = pd.DataFrame({"lot": lot, "score": scores})
    return table.groupby("lot")["score"].rank(method="first", ascending=False)


def by_scikit_criteria(lots: Lots, floats: Floats, count: int) -> None:
    import skcriteria
    from skcriteria.agg.simple import WeightedSumModel

    model = WeightedSumModel()
    for lot in range(count):
        rows = floats.values[lots.starts[lot] : lots.starts[lot + 1]].copy()
        if len(rows):
            rows[:, 0] = rows[:, 0].max() - rows[:, 0]
            weights = np.abs(floats.weights[lot])
            model.evaluate(skcriteria.mkdm(rows, [max] * PARTS, weights=weights))


def seconds(work: Callable[[], object], repeat: int) -> float:
    """Of the processor, the best of several runs: other work may share it. All run on one core."""
    found = []
    for _ in range(repeat):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return min(found)


def wrong(lots: Lots, exact: Ranks, ranks: np.ndarray) -> tuple[int, int]:
    """In how many lots floats rank somebody otherwise, and in how many another bid first."""
    lot = np.repeat(np.arange(len(lots.starts) - 1), np.diff(lots.starts))
    other = exact.ranks != ranks
    return len(np.unique(lot[other])), len(np.unique(lot[other & (exact.ranks == 1)]))


def main() -> int:
    options = _parser().parse_args()
    warnings.simplefilter("ignore")
    lots = instance(options.lots, options.bids)
    floats, exact = as_floats(lots), rank(lots)
    ours = seconds(lambda: rank(lots), options.repeat)
    # Before the peers' own memory: the arrays, and what ranking them needs.
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    scored = seconds(lambda: by_numpy(floats), options.repeat)
    in_tables = seconds(lambda: by_pandas(floats), options.repeat)
    only_ranked = seconds(lambda: ranked_by_pandas(floats.lot, by_numpy(floats)), options.repeat)
    count = min(SAMPLE, options.lots)
    by_scikit_criteria(lots, floats, 1)
    one_by_one = seconds(lambda: by_scikit_criteria(lots, floats, count), 1) * options.lots / count
    ranks = ranked_by_pandas(floats.lot, by_numpy(floats)).to_numpy().astype(np.int64)
    every, first = wrong(lots, exact, ranks)
    told = f"{int((~exact.fits).sum())} lots by Fractions; peak memory {memory / 1e6:.2f} GB"
    print(
        f"{options.bids:,} bids, {PARTS} criteria, {options.lots:,} lots; best of {options.repeat}"
    )
    for name, took, words in (
        ("exact scores and ranks", ours, told),
        ("numpy floats, scores only", scored, f"ours takes {ours / scored:.1f} times as long"),
        ("pandas floats, both", in_tables, _faster(in_tables / ours)),
        ("numpy scores, pandas ranks", only_ranked, _faster(only_ranked / ours)),
        (
            "scikit-criteria, by lot",
            one_by_one,
            f"{_faster(one_by_one / ours)}; {count} lots, scaled",
        ),
    ):
        print(f"{name:27} {took:9.3f} s   {words}")
    print(f"floats rank otherwise in {every} lots, and another bid first in {first}")
    held = ours <= NUMPY * scored and in_tables >= PANDAS * ours and one_by_one >= SCIKIT * ours
    return 0 if held and memory < MEMORY else 1


def _faster(times: float) -> str:
    return f"ours is {times:.1f} times as fast"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks.evaluate_vector")
    parser.add_argument("--lots", type=int, default=100_000)
    parser.add_argument("--bids", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=5)
    return parser


if __name__ == "__main__":
    sys.exit(main())
