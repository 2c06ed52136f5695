"""Does a tender accept its 500th bid as fast as its first? Prints the ratio.

    python benchmarks/many_bids.py [BIDS]

Fills a tender, then submits its last 50 bids in turn with the first 50 of an empty tender, so that
whatever else the machine does hits both alike; each with validation, sealing, ledger entry and
commit (SQLite, synchronous=FULL). The limit is 1.2.
"""

import statistics
import sys
import time
from datetime import timedelta

from house import temporary_marketplace

LIMIT = 1.2
WINDOW = 50


def main(count: int) -> int:
    with temporary_marketplace():
        first, last = measure(count)
    ratio = statistics.median(last) / statistics.median(first)
    print(f"bids 1 to {WINDOW} of an empty tender: median {statistics.median(first) * 1000:.2f} ms")
    print(f"bids {count - WINDOW + 1} to {count}: median {statistics.median(last) * 1000:.2f} ms")
    print(f"ratio {ratio:.2f} (limit {LIMIT})")
    return 0 if ratio <= LIMIT else 1


def measure(count: int) -> tuple[list[float], list[float]]:
    """Seconds per submission: of the empty tender's first, and of the full tender's last."""
    from tests.factories import Market, tender_at

    market = Market()
    empty, full = (tender_at("open", market, prices=()) for _ in range(2))
    tenderers = [market.tenderer(f"Farmer {number}") for number in range(count)]
    for tenderer in tenderers[:-WINDOW]:
        submit(full, tenderer)
    pairs = [(submit(empty, t), submit(full, t)) for t in tenderers[-WINDOW:]]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def submit(tender, tenderer) -> float:
    """Seconds that one submission takes."""
    from procurement.operations import bids
    from tests.factories import START, offer

    user, firm = tenderer
    at, content = START + timedelta(days=1), offer(tender, "300.50")
    started = time.perf_counter()
    bids.submit(tender=tender, tenderer=firm, content=content, by=user, received_at=at, now=at)
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 500))
