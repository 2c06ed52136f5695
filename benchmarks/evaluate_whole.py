"""From the database to stored results with working and digests: how many bids a second?

    python -m benchmarks.evaluate_whole [--lots 400] [--bids 50] [--workers 2]

Makes an empty SQLite marketplace (synchronous=FULL), fills it with tenders of 50 lots, each of a
gate, two criteria by points and 50 bids, and evaluates them through the operation that the page
calls, each lot in its own transaction and with its entry in the ledger. First some of them in this
process, with the share of each step; then the rest by the command's own workers, and all of them
once more from what is stored. The issue's size is --lots 20000. Also: how long one lot of five bids
takes by itself. Exit 1: one lot of five takes 1 ms or more, or a worker's memory grew by a fifth.
"""

import argparse
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from multiprocessing import active_children
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from house import temporary_marketplace

LOTS_A_TENDER = 50
PROFILED = 100
SINGLE_LIMIT = 0.001
GROWTH = 1.2


def main() -> int:
    options = _parser().parse_args()
    with temporary_marketplace():
        single = single_lot()
        print(f"one lot of 5 bids, points: {single * 1000:.2f} ms of the processor (limit 1)")
        began = time.perf_counter()
        lots = fill(options.lots, options.bids)
        print(f"{len(lots)} lots with {options.bids} bids each, made in {_since(began):.0f} s")
        grew = profiled(lots[:PROFILED])
        rest(lots[PROFILED:], options.workers)
    return 0 if single < SINGLE_LIMIT and grew < GROWTH else 1


def single_lot() -> float:
    """Seconds of the processor for evaluate() on one lot of five bids, the best of many."""
    from procurement.rules.case import from_json
    from procurement.rules.evaluation import evaluate
    from tests.rules.cases import bid, case_json, gate, points, price_points

    bids = [
        bid(f"B-{n}", str(300 + 7 * n), responses=[("days", "10")], gates=[("tax", True, "", "")])
        for n in range(5)
    ]
    terms = {"criteria": [gate("tax"), points("days", "10", "5")]}
    terms["price_points"] = price_points("90", "100", "200", "400")
    case = from_json(case_json(*bids, method="fixed_bounds_points", **terms))
    found = []
    for _ in range(300):
        began = time.process_time()
        evaluate(case)
        found.append(time.process_time() - began)
    return min(found)


def fill(count: int, bids: int) -> list[int]:
    """Tenders that stand at their evaluation; what tenderers sent is written straight to rows."""
    from procurement.models import Lot
    from tests.factories import AFTER, Market, declare, organization, tender_at
    from tests.method_lots import DAYS, FIXED, GATE

    # Nothing is rated, so that no marks are needed.
    second = replace(DAYS, title="Days of storage")
    terms = replace(FIXED.points, total=Decimal(80), minimum=None)
    lot = replace(FIXED, criteria=(GATE, DAYS, second), points=terms)
    market = Market()
    firms = [organization(f"Farm {n}", "company") for n in range(bids)]
    for first in range(0, count, LOTS_A_TENDER):
        size = min(LOTS_A_TENDER, count - first)
        made = [replace(lot, title=f"Lot {n}") for n in range(size)]
        tender = tender_at("closed", market, prices=(), lots=tuple(made))
        tender.opened_at = AFTER
        tender.draw_seed = "5e" * 16
        tender.save()
        declare(tender, market.evaluator)
        write_bids(tender, firms, market.evaluator, AFTER)
    return list(Lot.objects.order_by("id").values_list("id", flat=True))


def write_bids(tender, firms, evaluator, now) -> None:
    from procurement.models import Bid, BidLine, GateDecision, RequirementResponse

    bids = Bid.objects.bulk_create(
        Bid(
            public_id=f"B{tender.pk:06}{n:06}"[:16],
            tender=tender,
            tenderer=firm,
            submitted_at=now,
            opened_at=now,
        )
        for n, firm in enumerate(firms)
    )
    lines, gates, answers = [], [], []
    for lot in tender.lots.prefetch_related("items", "criteria__options"):
        item, (gate, *criteria) = lot.items.get(), lot.criteria.all()
        for n, bid in enumerate(bids):
            price = Decimal(200 + (n * 37 + lot.number * 11) % 400)
            lines.append(BidLine(bid=bid, item=item, unit_price=price, quantity=item.quantity))
            gates.append(
                GateDecision(
                    bid=bid, criterion=gate, passed=True, decided_by=evaluator, decided_at=now
                )
            )
            for place, criterion in enumerate(criteria):
                option = criterion.options.all()[(n + place) % 2]
                answers.append(RequirementResponse(bid=bid, option=option))
    for rows in (lines, gates, answers):
        type(rows[0]).objects.bulk_create(rows, batch_size=2000)


def profiled(lots: list[int]) -> float:
    """Evaluate some lots here; print the share of each step, and by how much the memory grew."""
    from procurement.operations import many_evaluations
    from tests.factories import AFTER

    half = len(lots) // 2
    with watched() as took:
        clock, began, bids = time.perf_counter(), time.process_time(), 0
        for place, lot in enumerate(lots):
            bids += _good(many_evaluations.evaluate(lot, AFTER)).bids
            if place == half:
                before = _memory()
        whole, passed = time.process_time() - began, _since(clock)
    print(f"one process, seconds of the processor: {bids / whole:.0f} bids a second,")
    print(
        f"{whole / len(lots) * 1000:.0f} ms a lot; {bids / passed:.0f} bids a second by the clock"
    )
    for name, seconds in took.most_common():
        print(f"  {name:32} {seconds / whole:4.0%}")
    print(f"  {'locks, checks, commit':32} {1 - took.total() / whole:4.0%}")
    grew = _memory() / before
    print(f"memory after the last lot: {grew:.2f} times that after half of them")
    return grew


@contextmanager
def watched() -> Iterator[Counter]:
    """How long each step of an evaluation took, by replacing the functions that make them."""
    from procurement.operations import evaluations
    from procurement.rules.result import Result

    took: Counter = Counter()
    steps = {
        "case": (evaluations.cases, "case", "case from rows"),
        "read": (evaluations, "list", "reading the bids"),
        "evaluate": (evaluations, "evaluate_case", "evaluate: digests, scores, words"),
        "case text": (evaluations, "to_json", "case and result as text"),
        "result text": (Result, "to_json", "case and result as text"),
        "write": (evaluations, "canonical", "case and result as text"),
        "lines": (evaluations, "write_lines", "a line for each bid"),
        "record": (evaluations, "record", "ledger entry"),
        "terms": (evaluations, "published_digest", "digest of the published terms"),
    }
    kept = [(place, name, getattr(place, name, None)) for place, name, _ in steps.values()]
    for place, name, words in steps.values():
        setattr(place, name, _timed(getattr(place, name, list), words, took))
    try:
        yield took
    finally:
        for place, name, before in kept:
            delattr(place, name) if before is None else setattr(place, name, before)


def _timed(work: Callable, words: str, took: Counter) -> Callable:
    def run(*arguments, **named):
        began = time.process_time()
        try:
            return work(*arguments, **named)
        finally:
            took[words] += time.process_time() - began

    return run


def rest(lots: list[int], workers: int) -> None:
    """The others as the command does them, and then all of those again from what is stored."""
    from procurement.management.evaluations import run
    from tests.factories import AFTER

    most = 0
    for check, words in ((False, "evaluated"), (True, "evaluated again and compared")):
        began, bids = time.perf_counter(), 0
        for done in run(lots, AFTER, check=check, workers=workers):
            bids += _good(done).bids
            most = max([most, *(_memory(child.pid) for child in active_children())])
        rate = bids / _since(began)
        print(f"{workers} workers: {len(lots)} lots {words}, {rate:.0f} bids a second")
    print(f"memory: {_memory() / 1e6:.0f} MB here, at most {most / 1e6:.0f} MB in a worker")


def _good(done):
    if done.problem:
        raise SystemExit(f"{done.lot}: {done.problem}")
    return done


def _memory(process: int | str = "self") -> int:
    """Bytes in memory now. A peak would be that of filling the database."""
    try:
        pages = Path(f"/proc/{process}/statm").read_text().split()[1]
    except OSError:  # It has ended.
        return 0
    return int(pages) * resource.getpagesize()


def _since(began: float) -> float:
    return time.perf_counter() - began


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks.evaluate_whole")
    parser.add_argument("--lots", type=int, default=400)
    parser.add_argument("--bids", type=int, default=50)
    parser.add_argument("--workers", type=int, default=2)
    return parser


if __name__ == "__main__":
    sys.exit(main())
