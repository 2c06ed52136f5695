"""Evaluate a case on the command line: python -m procurement.rules.evaluate CASE.json

Needs nothing but Python and this package. Exit 0: evaluated; 2: bad input, one line on stderr.
"""

import argparse
import csv
import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from marketplace.errors import MusikaError
from procurement.rules.case import read_case
from procurement.rules.evaluation import evaluate
from procurement.rules.explain import explain, gate_words, portion_words, result_words
from procurement.rules.money import plain
from procurement.rules.optional_facts import TECHNICAL
from procurement.rules.result import BidResult, Result

CSV_COLUMNS = (
    *("rank", "bid", "tenderer", "qualified", "price", "evaluated_price"),
    *("evaluated_price_exact", "points", "points_exact", "technical"),
    *("behind", "behind_by", "reasons", "flags", "portions"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code."""
    options = _parser().parse_args(arguments)
    try:
        result = evaluate(read_case(_read(options.case)), options.expect_terms)
        render = FORMATS[options.format]
        text = explain(result, options.explain) if options.explain else render(result)
    except (MusikaError, OSError) as error:
        print(f"evaluate: {_one_line(error)}", file=sys.stderr)
        return 2
    # The same bytes on every machine, whatever its locale and line ends.
    sys.stdout.buffer.write(text.encode("utf-8"))
    sys.stdout.buffer.flush()
    return 0


def as_json_text(result: Result) -> str:
    """The result as indented JSON; numbers are strings."""
    return json.dumps(result.to_json(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def as_text(result: Result) -> str:
    """The ranking as a few lines of plain text."""
    head = [
        f"Tender {result.tender}, lot {result.lot}: {result.method}, in {result.currency}",
        _outcome(result),
    ]
    tail = [*result_words(result), f"Case {result.case_digest}", f"Terms {result.terms_digest}"]
    return "\n".join([*head, *(_text_line(bid) for bid in result.bids), *tail]) + "\n"


def _outcome(result: Result) -> str:
    if result.stage != TECHNICAL:
        return f"Winner: {', '.join(result.winners) or 'none'}"
    passed = ", ".join(bid.bid for bid in result.bids if bid.qualified)
    return f"Technical stage, prices sealed. Passed: {passed or 'none'}"


def _text_line(bid: BidResult) -> str:
    value = bid.evaluated_price or bid.points
    if value is None and bid.qualified:
        points = f": {bid.technical.shown} points before the price" if bid.technical else ""
        return f"  passed  {bid.bid} ({bid.tenderer}){points}"
    if value is None:
        return f"  –  {bid.bid} ({bid.tenderer}): {'; '.join(_reasons(bid))}"
    why = f" {bid.behind.words}" if bid.behind else ""
    return f"  {bid.rank}  {bid.bid} ({bid.tenderer}): {value.shown}.{why}"


def as_csv(result: Result) -> str:
    """One row a bid, for spreadsheets."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    writer.writerows([_harmless(cell) for cell in _row(result, bid)] for bid in result.bids)
    return out.getvalue()


def _row(result: Result, bid: BidResult) -> list[str]:
    evaluated, points = bid.evaluated_price, bid.points
    own = [portion_words(one) for one in result.portions if one.bid == bid.bid]
    return [
        str(bid.rank or ""),
        bid.bid,
        bid.tenderer,
        "yes" if bid.qualified else "no",
        bid.price.shown if bid.price else "",
        evaluated.shown if evaluated else "",
        plain(evaluated.exact) if evaluated else "",
        points.shown if points else "",
        plain(points.exact) if points else "",
        plain(bid.technical.exact) if bid.technical else "",
        bid.behind.bid if bid.behind else "",
        bid.behind.by if bid.behind else "",
        "; ".join(_reasons(bid)),
        "; ".join(flag.words for flag in bid.flags),
        " ".join(own),
    ]


def _reasons(bid: BidResult) -> list[str]:
    return [gate_words(gate) for gate in bid.gates if not gate.passed]


def _harmless(cell: str) -> str:
    # A spreadsheet would run a name that begins like a formula.
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t")) else cell


FORMATS = {"json": as_json_text, "text": as_text, "csv": as_csv}


def _read(name: str) -> bytes:
    return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()


def _one_line(error: Exception) -> str:
    message = error.message if isinstance(error, MusikaError) else str(error)
    return " ".join(message.split())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="evaluate", description="Evaluate one lot's case.")
    parser.add_argument("case", help="the case as JSON; - reads standard input")
    parser.add_argument("--explain", metavar="BID", help="tell in words how this bid stands")
    parser.add_argument("--format", choices=sorted(FORMATS), default="json")
    parser.add_argument("--expect-terms", metavar="DIGEST", help="refuse other published terms")
    return parser


if __name__ == "__main__":
    sys.exit(main())
