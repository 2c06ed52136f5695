"""python -m procurement.rules.indicators FILE.jsonl [--format json|csv|text]."""

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from marketplace.errors import MusikaError
from procurement.rules.indicators import formats
from procurement.rules.indicators.catalogue import CATALOGUE
from procurement.rules.indicators.engine import examine
from procurement.rules.indicators.thresholds import load

FORMATS = {"json": formats.as_json, "csv": formats.as_csv, "text": formats.as_text}


def releases(path: Path, refused: list[str]) -> Iterator[dict[str, Any]]:
    """One compiled release a line; a line that is none is counted and named, never fatal."""
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                found = json.loads(line, parse_float=Decimal)
            except (ValueError, RecursionError) as error:
                refused.append(f"line {number}: {error}")
                continue
            if isinstance(found, dict):
                yield found
            else:
                refused.append(f"line {number}: not an object")


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m procurement.rules.indicators")
    parser.add_argument("file", type=Path, help="compiled releases, one a line")
    parser.add_argument("--format", choices=FORMATS, default="text")
    parser.add_argument("--rules", default="zw", help="whose thresholds")
    parser.add_argument("--on", type=date.fromisoformat, default=date.max, help="YYYY-MM-DD")
    parser.add_argument("--only", nargs="*", default=(), choices=sorted(CATALOGUE), metavar="CODE")
    asked = parser.parse_args(argv)
    refused: list[str] = []
    try:
        report = examine(
            releases(asked.file, refused), load(asked.rules, asked.on), only=asked.only
        )
    except (OSError, MusikaError) as error:
        print(error, file=sys.stderr)
        return 2
    sys.stdout.write(FORMATS[asked.format](report))
    for line in refused:
        print(f"Left out, {line}", file=sys.stderr)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
