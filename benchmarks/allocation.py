"""How long does an award take? Prints one row for each size.

    python -m benchmarks.allocation [SIZE ...] [--seconds LIMIT] [--gap PART] [--report]

The instances come from a seed: many lots with a demand, bids around a price level with transport
to the lot's depot, capacities, an owner cap and a reserved share; package bids for a few
neighbouring lots, as in a tender of school meals. Every result passes the exact checker.
"""

import argparse
import json
import random
import sys
import time
from fractions import Fraction

from procurement.rules.allocation.case import read_case
from procurement.rules.allocation.check_award import Books, form_faults, rule_faults
from procurement.rules.allocation.engine import allocate
from procurement.rules.allocation.facts import Case
from procurement.rules.allocation.model import Model
from procurement.rules.allocation.result import Result
from procurement.rules.allocation.solver import Solver

# Suppliers, where the name says it; minimum quantities, discounts and counts of suppliers as well.
FULL = {"50x50": 50, "200x200": 200, "1000x500": 500}
SIZES = {
    "50x50": (500, 0, 50),
    "200x200": (2000, 0, 200),
    "1000x500": (10_600, 0, 1000),
    "750-divisible": (750, 0, 15),
    "2000-divisible": (2000, 0, 40),
    "2000-mixed": (2000, 0, 40),
    "10000-packages": (0, 10_000, 120),
}


def instance(name: str, seed: int = 1) -> dict:
    """The case of that size as plain values."""
    bids, packages, lots = SIZES[name]
    chance = random.Random(seed)
    sellers = [f"S{n:05}" for n in range(FULL.get(name, max(20, (bids + packages) // 8)))]
    offered: dict[tuple[str, int], None] = {}
    while len(offered) < bids:
        offered[chance.choice(sellers), len(offered) % lots] = None
    return {
        "format": "musika-allocation-case/1",
        "terms_hash": "0" * 64,
        "tender": name,
        "currency": "USD",
        "unit": "t",
        "rounding": {"decimals": "2", "mode": "half-up"},
        "tie_break": "earliest_submission",
        "budget": None,
        "lots": [lot(chance, n, most="4" if name in FULL else None) for n in range(lots)],
        "depots": [],
        "owner_caps": [
            {"cap": "one owner", "lots": None, "quantity": None, "share": "0.2", "of": "demanded"}
        ],
        "reserves": [
            {
                "reserve": "smallholders",
                "group": "smallholder",
                "lots": None,
                "share": "0.3",
                "of": "awarded",
            }
        ],
        "tenderers": [tenderer(chance, name) for name in sellers],
        "bids": [
            bid(chance, n, seller, at, fixed=name == "2000-mixed" or name in FULL)
            for n, (seller, at) in enumerate(offered)
        ],
        "packages": [package(chance, n, sellers, lots) for n in range(packages)],
    }


def lot(chance: random.Random, number: int, *, most: str | None) -> dict:
    return {
        "lot": f"L{number:03}",
        "commodity": "maize",
        "quantum": "1",
        "demand": str(chance.randrange(60, 200, 10) if most else chance.randrange(200, 600, 10)),
        "unmet_penalty": "1000",
        "minimum_suppliers": "0",
        "maximum_suppliers": most,
        "depot": None,
        "deliveries": [],
    }


def tenderer(chance: random.Random, name: str) -> dict:
    small = chance.random() < 0.4
    return {
        "tenderer": name,
        "owners": [f"O{chance.randrange(100_000):05}"],
        "groups": ["smallholder"] if small else [],
        "capacity": str(chance.randrange(40, 120, 5) if small else chance.randrange(200, 800, 10)),
    }


def moment(number: int) -> str:
    return f"2026-03-01T{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}Z"


def bid(chance: random.Random, number: int, seller: str, at: int, *, fixed: bool) -> dict:
    price = chance.randrange(25_000, 40_000)
    tiers = [{"starts_at": "0", "unit_price": f"{price / 100:.2f}"}]
    if fixed and chance.random() < 0.3:
        tiers.append({"starts_at": "50", "unit_price": f"{price * 0.97 / 100:.2f}"})
    return {
        "bid": f"B{number:05}",
        "tenderer": seller,
        "lot": f"L{at:03}",
        "submitted_at": moment(number),
        "minimum": str(chance.choice([0, 0, 10, 20])) if fixed else "0",
        "maximum": str(chance.randrange(30, 150, 5)),
        "discount": "all_units",
        "tiers": tiers,
        "transport": f"{chance.randrange(500, 4000) / 100:.2f}",
        "quality": f"{chance.randrange(-1500, 1500) / 100:.2f}",
        "exclusive": None,
    }


def package(chance: random.Random, number: int, sellers: list[str], lots: int) -> dict:
    first, size = chance.randrange(lots), chance.choice([1, 1, 2, 3, 4])
    chosen = sorted({(first + step) % lots for step in range(size)})
    lines = [{"lot": f"L{n:03}", "quantity": str(chance.randrange(20, 200, 10))} for n in chosen]
    total = sum(int(line["quantity"]) for line in lines)
    unit = chance.randrange(28_000, 42_000) * (1 - 0.015 * (len(lines) - 1))
    return {
        "bid": f"P{number:05}",
        "tenderer": chance.choice(sellers),
        "submitted_at": moment(number),
        "lines": lines,
        "price": f"{unit * total / 100:.2f}",
        "transport": "0",
        "quality": "0",
        "exclusive": None,
        "requires": [],
    }


def bare_highs(case: Case, seconds: int, gap: Fraction | None) -> tuple[float, str]:
    """The same programme by HiGHS alone: no first award, no tie-break, no report."""
    started = time.perf_counter()
    model = Model(case)
    program = model.program()
    outcome = Solver(seconds, gap).solve(program, near=True)
    values = outcome.values
    kept = values is not None and program.admits(values)
    cost = f"{float(program.true_cost(program.value(values))):.2f}" if kept else "none"
    return time.perf_counter() - started, cost


def checked(case: Case, result: Result) -> float:
    """Milliseconds of the exact check of the award itself: every rule, and the cost."""
    supplied = {a.bid: {line.lot: line.quantity for line in a.lines} for a in result.awards}
    started = time.perf_counter()
    books = Books(case, supplied)
    faults = [*form_faults(case, supplied), *rule_faults(books)]
    if faults or books.cost() != result.cost.exact:
        raise SystemExit(f"the award is wrong: {faults}")
    return (time.perf_counter() - started) * 1000


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", nargs="*", default=[*SIZES])
    parser.add_argument("--seconds", type=int, default=110)
    parser.add_argument("--gap", type=Fraction, help="stop this near the least cost, as 0.0025")
    parser.add_argument("--report", action="store_true")
    options = parser.parse_args(arguments)
    print(
        f"{'case':16}{'seconds':>9}{'status':>12}{'ties':>9}{'gap':>12}{'cost':>16}{'greedy +':>14}"
        f"{'bare s':>9}{'bare cost':>16}{'check ms':>10}"
    )
    for name in options.sizes:
        case = read_case(json.dumps(instance(name)))
        started = time.perf_counter()
        result = allocate(case, time_limit=options.seconds, gap=options.gap, report=options.report)
        seconds = time.perf_counter() - started
        bare = bare_highs(case, options.seconds, options.gap)
        gap = result.gap.shown if result.gap else "none"
        print(
            f"{name:16}{seconds:9.1f}{result.status:>12}{result.tie_break:>9}{gap:>12}"
            f"{result.cost.shown:>16}{result.greedy.difference.shown:>14}"
            f"{bare[0]:9.1f}{bare[1]:>16}{checked(case, result):10.0f}",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
