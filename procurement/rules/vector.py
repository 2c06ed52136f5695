"""Exact scores and ranks of very many lots at once, from arrays of whole numbers.

For whoever ranks a whole history again: 100,000 lots in a fraction of a second, with the ranks that
the engine finds for each of them. It covers what is a weighted sum: the score of a bid is

    base + Σ weight · value

with the base and the weights of its lot as exact fractions. Points between two published prices,
points by distance from the lowest price, and evaluated prices are such sums. Each lot's fractions
are brought to one denominator, so that its scores are whole numbers and comparing them is exact.
A lot whose numbers might not fit 64 bits is reckoned with Fractions instead; nothing overflows
unseen. Floats only bound how large a sum can become, never decide.

numpy is allowed here: the arithmetic is that of integers, and nothing of the product is needed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]

# Far enough below 2^63 that the bound, a sum of floats, may be wrong by more than it can be.
FITS: Final = 2.0**62
# Bits of a whole number that is not below zero.
ROOM: Final = 63
BLOCK: Final = 1 << 15
WIDE: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Lots:
    """Many lots, the bids of each standing together.

    Bids of lot i are rows starts[i] to starts[i + 1]. Fractions are given as `over` and `under`
    (above zero), one row a lot. `earlier`: the tie-break key of each bid, the smaller first; bids
    with one score and one key share a rank. `out`: disqualified, without a rank.
    """

    starts: Whole
    values: Whole
    weights_over: Whole
    weights_under: Whole
    base_over: Whole
    base_under: Whole
    earlier: Whole
    out: NDArray[np.bool_]
    highest_first: bool


@dataclass(frozen=True, slots=True)
class Ranks:
    """Ranks by row, 0 for a bid that is out; the score is scaled / scale of its lot.

    `exact` holds the scores of the lots that do not fit 64 bits; `fits` says which do.
    """

    lots: Lots
    ranks: Whole
    scaled: Whole
    scales: Whole
    fits: NDArray[np.bool_]
    exact: dict[int, Fraction]

    def score(self, row: int) -> Fraction:
        """The exact score of one bid."""
        lot = int(np.searchsorted(self.lots.starts, row, side="right")) - 1
        if not self.fits[lot]:
            return self.exact[row]
        return Fraction(int(self.scaled[row]), int(self.scales[lot]))


def rank(lots: Lots) -> Ranks:
    """Exact scores and ranks. Raises ValueError when the arrays do not fit together."""
    _check(lots)
    scales, fits = _scales(lots)
    weights, base, fits = _whole_terms(lots, scales, fits)
    scaled = _scores(lots, weights, base)
    ranks = _ranked(lots, scaled)
    exact: dict[int, Fraction] = {}
    for lot in np.flatnonzero(~fits):
        _by_fractions(lots, int(lot), ranks, exact)
    return Ranks(lots, ranks, scaled, scales, fits, exact)


def _check(lots: Lots) -> None:
    bids, parts = lots.values.shape
    count = len(lots.starts) - 1
    shapes = {
        "weights_over": (lots.weights_over.shape, (count, parts)),
        "weights_under": (lots.weights_under.shape, (count, parts)),
        "base_over": (lots.base_over.shape, (count,)),
        "base_under": (lots.base_under.shape, (count,)),
        "earlier": (lots.earlier.shape, (bids,)),
        "out": (lots.out.shape, (bids,)),
    }
    for name, (found, needed) in shapes.items():
        if found != needed:
            raise ValueError(f"{name}: its shape is {found}, needed is {needed}")
    edges = lots.starts
    if edges[0] != 0 or edges[-1] != bids or bool((np.diff(edges) < 0).any()):
        raise ValueError(f"starts: must rise from 0 to the number of bids, {bids}")
    if bool((lots.weights_under < 1).any() or (lots.base_under < 1).any()):
        raise ValueError("weights_under, base_under: must be above zero")


def _scales(lots: Lots) -> tuple[Whole, NDArray[np.bool_]]:
    """The least common denominator of each lot, and whether it is small enough."""
    scale = lots.base_under.copy()
    fits = np.ones(len(scale), dtype=bool)
    for part in lots.weights_under.T:
        factor = part // np.gcd(scale, part)
        small = scale.astype(np.float64) * factor < FITS
        fits &= small
        scale *= np.where(small, factor, 1)
    return scale, fits


def _whole_terms(
    lots: Lots, scales: Whole, fits: NDArray[np.bool_]
) -> tuple[Whole, Whole, NDArray[np.bool_]]:
    """Weights and bases times their lot's scale; what sums could be too large for does not fit."""
    factors, base_factor = scales[:, None] // lots.weights_under, scales // lots.base_under
    weights, base = lots.weights_over, lots.base_over
    largest = _peaks(weights) * _peaks(factors) @ _peaks(lots.values)
    if largest + _peaks(base[:, None])[0] * _peaks(base_factor[:, None])[0] >= FITS:
        fits = fits & _small(lots, _size(weights) * factors, _size(base) * base_factor)
    if not fits.all():
        # What does not fit is zero here, so that nothing overflows, and reckoned by itself later.
        weights, base = weights * fits[:, None], base * fits
    return weights * factors, base * base_factor, fits


def _small(
    lots: Lots, weights: NDArray[np.float64], base: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Which lots' sums stay small: by the largest values of all bids, or else by their own."""
    most = weights @ _peaks(lots.values) + base
    for lot in np.flatnonzero(most >= FITS):
        rows = lots.values[lots.starts[lot] : lots.starts[lot + 1]]
        most[lot] = weights[lot] @ _peaks(rows) + base[lot]
    return (most < FITS) & (weights.max(axis=1, initial=0) < FITS)


def _size(values: Whole) -> NDArray[np.float64]:
    """Absolute values as floats; of the smallest integer too, which has none in 64 bits."""
    return np.abs(values.astype(np.float64))


def _peaks(values: Whole) -> NDArray[np.float64]:
    """The largest size in each column. Rows are laid side by side: long rows are read faster."""
    bids, parts = values.shape
    wide = bids // WIDE * WIDE
    tables = (values[:wide].reshape(-1, WIDE * parts), values[wide:].reshape(-1, parts))
    found = np.zeros(parts)
    for table in tables:
        if len(table):
            ends = np.stack([table.max(axis=0), table.min(axis=0)]).reshape(-1, parts)
            found = np.maximum(found, _size(ends).max(axis=0))
    return found


def _scores(lots: Lots, weights: Whole, base: Whole) -> Whole:
    """base + Σ weight · value, block by block so that the numbers stay near the processor."""
    scores = np.empty(len(lots.values), dtype=np.int64)
    for first, last in _blocks(lots.starts):
        rows = slice(int(lots.starts[first]), int(lots.starts[last]))
        sizes = np.diff(lots.starts[first : last + 1])
        own = np.repeat(weights[first:last], sizes, axis=0)
        np.einsum("ij,ij->i", lots.values[rows], own, out=scores[rows])
        scores[rows] += np.repeat(base[first:last], sizes)
    return scores


def _blocks(starts: Whole) -> Iterator[tuple[int, int]]:
    """Runs of whole lots with about so many bids, one lot at the least."""
    first, count = 0, len(starts) - 1
    while first < count:
        last = int(np.searchsorted(starts, starts[first] + BLOCK, side="right")) - 1
        last = min(max(last, first + 1), count)
        yield first, last
        first = last


def _ranked(lots: Lots, scores: Whole) -> Whole:
    """Ranks by score and key, block by block; 0 for who is out."""
    ranks = np.empty(len(scores), dtype=np.int64)
    for first, last in _blocks(lots.starts):
        rows = slice(int(lots.starts[first]), int(lots.starts[last]))
        starts = lots.starts[first : last + 1] - lots.starts[first]
        keys = -scores[rows] if lots.highest_first else scores[rows]
        ranks[rows] = _ranked_block(starts, keys, lots.earlier[rows], lots.out[rows])
    ranks[lots.out] = 0
    return ranks


def _ranked_block(starts: Whole, keys: Whole, earlier: Whole, out: NDArray[np.bool_]) -> Whole:
    """One more than the bids before in the lot; equal in score and key: the same rank."""
    sizes = np.diff(starts)
    lot, begins = np.repeat(np.arange(len(sizes)), sizes), np.repeat(starts[:-1], sizes)
    order, level = _order(lot, begins, keys, earlier, out)
    places = np.arange(len(order))
    # Most bids have a score of their own; only of the others are the keys compared.
    shared = level[earlier[order[level]] == earlier[order[level - 1]]]
    if len(shared):
        places[shared] = 0
        places = np.maximum.accumulate(places)
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = places - begins + 1
    return ranks


def _order(
    lot: Whole, begins: Whole, keys: Whole, earlier: Whole, out: NDArray[np.bool_]
) -> tuple[Whole, Whole]:
    """The rows of a block by lot, whether they are out, score and key; and which are level.

    Level: with the row before in this order, in lot and score.

    Bids mostly stand as they arrived. Then, where there is room, lot, score and place are written
    into one number each: numbers that carry their place sort many times faster than places do.
    """
    places = np.arange(len(keys)) - begins
    least, most = int(keys.min(initial=0)), int(keys.max(initial=0))
    low = int(places.max(initial=0)).bit_length()
    middle = (most - least + 1).bit_length()
    falls = (earlier[1:] < earlier[:-1]) & (lot[1:] == lot[:-1])
    if falls.any() or len(begins).bit_length() + middle + low > ROOM:
        order = np.lexsort((earlier, keys, out, lot))
        same = (keys[order][1:] == keys[order][:-1]) & (lot[1:] == lot[:-1])
        return order, np.flatnonzero(same) + 1
    if out.any():
        keys = np.where(out, most + 1, keys)
    packed = (((lot << middle) | (keys - least)) << low) | places
    packed.sort()
    order = begins + (packed & ((1 << low) - 1))
    packed >>= low
    return order, np.flatnonzero(packed[1:] == packed[:-1]) + 1


def _by_fractions(lots: Lots, lot: int, ranks: Whole, exact: dict[int, Fraction]) -> None:
    """One lot whose numbers are too large, bid by bid."""
    rows = range(int(lots.starts[lot]), int(lots.starts[lot + 1]))
    base = Fraction(int(lots.base_over[lot]), int(lots.base_under[lot]))
    weights = [_fraction(lots, lot, part) for part in range(lots.values.shape[1])]
    for row in rows:
        own = zip(weights, lots.values[row].tolist(), strict=True)
        exact[row] = base + sum((weight * value for weight, value in own), Fraction(0))
    sign = -1 if lots.highest_first else 1
    keys: dict[int, Any] = {
        row: (sign * exact[row], int(lots.earlier[row])) for row in rows if not lots.out[row]
    }
    for row, key in keys.items():
        ranks[row] = 1 + sum(other < key for other in keys.values())


def _fraction(lots: Lots, lot: int, part: int) -> Fraction:
    return Fraction(int(lots.weights_over[lot, part]), int(lots.weights_under[lot, part]))
