"""Indicators over 100,000 generated compiled releases, beside ocdscardinal's reading of them.

    python -m benchmarks.indicators [--processes 100000]

Prints seconds and the peak of memory of each. The Python package of ocdscardinal only counts
fields (`coverage`); its indicators are a program of their own, which is run too if `ocdscardinal`
is on the path.
"""

import argparse
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.rules.indicators import process


def write(path: Path, count: int) -> None:
    draw = random.Random(7)
    with path.open("w") as out:
        for number in range(count):
            out.write(json.dumps(process(number, draw), separators=(",", ":")) + "\n")


def timed(title: str, command: list[str]) -> None:
    before = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True)
    took = time.perf_counter() - before
    if done.returncode:
        sys.exit(done.stderr)
    # The highest of all children so far, in KB: run the smaller ones first.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"{title}: {took:.1f} s, peak so far {peak} MB")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.indicators")
    parser.add_argument("--processes", type=int, default=100_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "releases.jsonl"
        write(path, asked.processes)
        print(f"{asked.processes} compiled releases, {path.stat().st_size // 2**20} MB")
        count = f"import ocdscardinal; ocdscardinal.coverage({str(path)!r})"
        timed("ocdscardinal.coverage (counts fields)", [sys.executable, "-c", count])
        program = shutil.which("ocdscardinal")
        if program:
            timed("ocdscardinal indicators", [program, "indicators", str(path)])
        else:
            print("ocdscardinal indicators: skipped, the program is not installed")
        own = [sys.executable, "-m", "procurement.rules.indicators", str(path), "--format", "csv"]
        timed("procurement.rules.indicators (all that need a release)", own)


if __name__ == "__main__":
    main()
