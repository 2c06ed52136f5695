"""The screens on real sealed bids with cartel labels: precision and recall of each.

    python -m benchmarks.screens tsuchiura_bids.csv

The file (columns year, month, day, pid, bidder_id, bid, is_cartel, auction_cartelized) is not part
of the project. Two rows a screen: with the threshold of the product, which was taken from the
literature before these data were seen, on all auctions; and with the threshold that has the best F1
on the auctions before 2012 (train), measured on those from 2012 on (test). Flagging everything is
the row to beat: its precision is the base rate.
"""

import argparse
import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path

from procurement.rules.indicators import distribution
from procurement.rules.indicators.engine import examine
from procurement.rules.indicators.thresholds import Thresholds, load

SPLIT = 2012
Case = tuple[Fraction, bool]


@dataclass(frozen=True)
class Auction:
    year: int
    bids: tuple[tuple[int, str], ...]
    is_cartel: bool

    @property
    def amounts(self) -> list[int]:
        return sorted(amount for amount, _ in self.bids)


def read(path: Path) -> tuple[list[Auction], dict[str, bool]]:
    """The auctions, and which bidders are labelled."""
    found: dict[tuple[str, ...], list[dict[str, str]]] = {}
    members: dict[str, bool] = {}
    with path.open(newline="") as lines:
        for row in csv.DictReader(lines):
            key = tuple(row[name] for name in ("year", "month", "day", "pid"))
            found.setdefault(key, []).append(row)
            members[row["bidder_id"]] = row["is_cartel"] == "1"
    return [_auction(rows) for rows in found.values()], members


def _auction(rows: list[dict[str, str]]) -> Auction:
    # A few rows tell of an invited firm that did not bid.
    bids = tuple((int(float(row["bid"])), row["bidder_id"]) for row in rows if row["bid"])
    return Auction(int(rows[0]["year"]), bids, rows[0]["auction_cartelized"] == "1")


def told(flagged: Iterable[tuple[bool, bool]]) -> str:
    """Of (flagged, labelled) pairs: how many, precision, recall, F1."""
    rows = list(flagged)
    hits = sum(flag and label for flag, label in rows)
    flags, labels = sum(flag for flag, _ in rows), sum(label for _, label in rows)
    precision = hits / flags if flags else float("nan")
    recall = hits / labels if labels else float("nan")
    return f"{len(rows)} | {labels / len(rows):.3f} | {flags} | {precision:.3f} | {recall:.3f}"


def best(train: list[Case], low: bool) -> Fraction:
    """The threshold with the highest F1, of the values that occur."""
    labels = sum(label for _, label in train)
    ordered = sorted(train, key=lambda case: case[0], reverse=not low)
    hits, top, found = 0, -1.0, ordered[0][0]
    for flags, (value, label) in enumerate(ordered, 1):
        hits += label
        score = 2 * hits / (flags + labels)
        if score > top:
            top, found = score, value
    return found


def one_tender(
    name: str,
    auctions: list[Auction],
    screen: Callable[[list[int]], Fraction | None],
    limit: Fraction,
    low: bool,
) -> None:
    cases = [(a.year, screen(a.amounts), a.is_cartel) for a in auctions if len(a.bids) >= 4]
    known = [(year, value, label) for year, value, label in cases if value is not None]

    def flags(value: Fraction, at: Fraction, strict: bool) -> bool:
        return value <= at if low else value > at if strict else value >= at

    default = ((flags(v, limit, True), label) for _, v, label in known)
    print(f"| {name}, of the product | all | {float(limit):.4f} | {told(default)} |")
    tuned = best([(v, label) for year, v, label in known if year < SPLIT], low)
    test = ((flags(v, tuned, False), label) for year, v, label in known if year >= SPLIT)
    print(f"| {name}, tuned before {SPLIT} | from {SPLIT} | {float(tuned):.4f} | {told(test)} |")


def release(number: int, auction: Auction) -> dict[str, object]:
    details = [
        {
            "status": "valid",
            "tenderers": [{"id": bidder}],
            "value": {"amount": amount, "currency": "JPY"},
        }
        for amount, bidder in auction.bids
    ]
    return {"ocid": str(number), "bids": {"details": details}}


def missing_bids(
    auctions: list[Auction], members: dict[str, bool], rules: Thresholds, name: str
) -> None:
    rows = [release(number, auction) for number, auction in enumerate(auctions)]
    flagged = {flag.subject for flag in examine(rows, rules, only=["M004"]).flags}
    counts: dict[str, int] = {}
    for auction in auctions:
        lowest = auction.amounts[0]
        for amount, bidder in auction.bids:
            if len(auction.bids) > 1 and amount - lowest <= rules.gap_far * lowest:
                counts[bidder] = counts.get(bidder, 0) + 1
    judged = [bidder for bidder, count in counts.items() if count >= rules.gap_pairs]
    pairs = ((bidder in flagged, members[bidder]) for bidder in judged)
    if judged:
        print(f"| {name} | all | {rules.gap_pairs} bids | {told(pairs)} |")
    else:
        print(f"| {name} | all | {rules.gap_pairs} bids | nobody could be judged | | | | |")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.screens")
    parser.add_argument("file", type=Path)
    auctions, members = read(parser.parse_args().file)
    rules = load("zw", date(2026, 1, 1))
    print("| screen | auctions | threshold | judged | base rate | flagged | precision | recall |")
    print("|---|---|---|---|---|---|---|---|")
    enough = [a for a in auctions if len(a.bids) >= 4]
    everything = told((True, a.is_cartel) for a in enough)
    print(f"| flag everything | all | – | {everything} |")
    squared = rules.variation**2, rules.relative_distance**2
    one_tender("M001", enough, distribution.variation_squared, squared[0], True)
    one_tender("M002", enough, distribution.distance_squared, squared[1], False)
    one_tender("M003", enough, distribution.kurtosis, rules.kurtosis, False)
    missing_bids(auctions, members, rules, "M004 (bidders)")
    fewer = Thresholds(**{**vars(rules), "gap_pairs": 30, "gap_near": Fraction(1, 500)})
    missing_bids(auctions, members, fewer, "M004, within 0.2 % and from 30 bids (bidders)")


if __name__ == "__main__":
    main()
