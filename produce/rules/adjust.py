"""Reckon a price adjustment on the command line: python -m produce.rules.adjust CASE.json

Needs nothing but Python and this package. Exit 0: reckoned (a rejection is an answer too);
2: bad input, one line on stderr.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from marketplace.errors import MusikaError
from produce.rules.adjustment import adjust
from produce.rules.adjustmentcase import read_case
from produce.rules.adjustmentfacts import Adjustment
from produce.rules.adjustmentwords import money


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code."""
    options = _parser().parse_args(arguments)
    try:
        found = adjust(*read_case(_read(options.case), _name(options.case)))
    except (MusikaError, OSError, UnicodeDecodeError) as error:
        print(f"adjust: {_one_line(error)}", file=sys.stderr)
        return 2
    # The same bytes on every machine, whatever its locale and line ends.
    sys.stdout.buffer.write(FORMATS[options.format](found).encode("utf-8"))
    sys.stdout.buffer.flush()
    return 0


def as_json_text(found: Adjustment) -> str:
    """The result as indented JSON; numbers are strings."""
    return json.dumps(found.to_json(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def as_text(found: Adjustment) -> str:
    """Outcome, reasons, working and payments as a few lines of plain text."""
    lines = [f"Schedule {found.schedule}, {found.edition}: {found.outcome}"]
    lines += [f"  because: {reason}" for reason in found.reasons]
    lines += [f"  {step.what}: {step.formula} = {step.value}" for step in found.working]
    paid = " and ".join(money(amount) for amount in found.payments)
    return "\n".join([*lines, f"Paid: {paid or 'nothing'}"]) + "\n"


FORMATS = {"json": as_json_text, "text": as_text}


def _read(name: str) -> str:
    data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    return data.decode("utf-8")


def _name(name: str) -> str:
    return "case" if name == "-" else Path(name).name


def _one_line(error: Exception) -> str:
    message = error.message if isinstance(error, MusikaError) else str(error)
    return " ".join(message.split())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="adjust", description="Reckon what one load is paid.")
    parser.add_argument("case", help="the case as JSON; - reads standard input")
    parser.add_argument("--format", choices=sorted(FORMATS), default="json")
    return parser


if __name__ == "__main__":
    sys.exit(main())
