"""How long does an import of past tenders take, with its replay, and how much memory?

    python benchmarks/import_history.py [FILE MAPPING]

Without a file it makes one of 1,565 tenders and 6,013 bids. Imports into an empty SQLite database
(synchronous=FULL), prints seconds and the peak of resident memory. Limits: 20 s and 300 MB.
"""

import csv
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from house import temporary_marketplace

SECONDS, MEGABYTES = 20, 300
TENDERS, BIDS = 1565, 6013
MAPPING = """
format = "musika-history-mapping/1"
source = "invented"
[tender]
key = ["tender"]
title = { template = "Maize, depot {tender}" }
buyer = { text = "Invented Grain Board" }
currency = { text = "USD" }
reserve_price = "reserve"
minimum_price = "minimum"
[date]
column = "date"
format = "%Y-%m-%d"
[bid]
tenderer = "tenderer"
amount = "bid"
winner = { column = "won", values = ["1"] }
"""


def main(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory() as folder, temporary_marketplace():
        file, mapping = arguments or invented(Path(folder))
        seconds, status = measure(file, mapping)
    # Kilobytes on Linux.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\n{seconds:.1f} s (limit {SECONDS}), peak memory {peak:.0f} MB (limit {MEGABYTES})")
    return 0 if status == 0 and seconds <= SECONDS and peak <= MEGABYTES else 1


def measure(file: str, mapping: str) -> tuple[float, int]:
    """Seconds that the import takes, and its exit status."""
    from procurement.management.history import main as import_history

    started = time.perf_counter()
    status = import_history([file, "--mapping", mapping])
    return time.perf_counter() - started, status


def invented(folder: Path) -> tuple[str, str]:
    """A file of the real one's size: the same numbers of tenders, bids and firms."""
    chance = random.Random(9)
    sizes = [1] * TENDERS
    for _ in range(BIDS - TENDERS):
        sizes[chance.randrange(TENDERS)] += 1
    with (folder / "history.csv").open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("tender", "date", "tenderer", "reserve", "minimum", "bid", "won"))
        for number, size in enumerate(sizes):
            writer.writerows(_tender(chance, number, size))
    (folder / "mapping.toml").write_text(MAPPING)
    return str(folder / "history.csv"), str(folder / "mapping.toml")


def _tender(chance: random.Random, number: int, size: int) -> list[tuple[object, ...]]:
    reserve = chance.randrange(1_000_000, 90_000_000, 1000)
    bids = [reserve * chance.randrange(800, 1000) // 1000 for _ in range(size)]
    firms = chance.sample(range(270), size)
    date = f"20{7 + number % 8:02}-{1 + number % 12:02}-{1 + number % 28:02}"
    return [
        (number, date, f"Invented Firm {firm}", reserve, reserve * 7 // 10, bid, int(i == won))
        for won in [bids.index(min(bids))]
        for i, (firm, bid) in enumerate(zip(firms, bids, strict=True))
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
