"""How long does an award take? Prints one row for each size.

    python -m benchmarks.allocation [SIZE ...] [--seconds LIMIT] [--report]

The instances come from a seed: many lots with a demand, bids around a price level with transport
to the lot's depot, capacities, an owner cap and a reserved share; package bids for a few
neighbouring lots, as in a tender of school meals. Every result passes the exact checker.
"""

import argparse
import json
import random
import sys
import time

from procurement.rules.allocation.case import read_case
from procurement.rules.allocation.engine import allocate

SIZES = {
    "750-divisible": (750, 0, 15),
    "2000-divisible": (2000, 0, 40),
    "2000-mixed": (2000, 0, 40),
    "10000-packages": (0, 10_000, 120),
}


def instance(name: str, seed: int = 1) -> dict:
    """The case of that size as plain values."""
    bids, packages, lots = SIZES[name]
    chance = random.Random(seed)
    sellers = [f"S{n:05}" for n in range(max(20, (bids + packages) // 8))]
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
        "lots": [lot(chance, n) for n in range(lots)],
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
            bid(chance, n, seller, at, fixed=name == "2000-mixed")
            for n, (seller, at) in enumerate(offered)
        ],
        "packages": [package(chance, n, sellers, lots) for n in range(packages)],
    }


def lot(chance: random.Random, number: int) -> dict:
    return {
        "lot": f"L{number:03}",
        "commodity": "maize",
        "quantum": "1",
        "demand": str(chance.randrange(200, 600, 10)),
        "unmet_penalty": "1000",
        "minimum_suppliers": "0",
        "maximum_suppliers": None,
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


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", nargs="*", default=[*SIZES])
    parser.add_argument("--seconds", type=int, default=110)
    parser.add_argument("--report", action="store_true")
    options = parser.parse_args(arguments)
    print(
        f"{'case':16}{'seconds':>9}{'status':>12}{'ties':>9}{'gap':>12}{'cost':>16}{'greedy +':>14}"
    )
    for name in options.sizes:
        case = read_case(json.dumps(instance(name)))
        started = time.perf_counter()
        result = allocate(case, time_limit=options.seconds, report=options.report)
        seconds = time.perf_counter() - started
        gap = result.gap.shown if result.gap else "none"
        print(
            f"{name:16}{seconds:9.1f}{result.status:>12}{result.tie_break:>9}{gap:>12}"
            f"{result.cost.shown:>16}{result.greedy.difference.shown:>14}",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
