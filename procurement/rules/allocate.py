"""Allocate a case on the command line: python -m procurement.rules.allocate CASE.json

Needs nothing but Python, this package and the solver HiGHS (highspy); --check needs no solver.
Exit 0: allocated, or the result is right; 2: bad input, or a wrong result, with lines on stderr.
"""

import argparse
import csv
import io
import json
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from marketplace.errors import MusikaError
from procurement.rules import reading
from procurement.rules.allocation.case import read_case
from procurement.rules.allocation.check import check
from procurement.rules.allocation.engine import allocate
from procurement.rules.allocation.facts import Case
from procurement.rules.allocation.result import Awarded, Result
from procurement.rules.allocation.words import explain, lines_words, status_words
from procurement.rules.money import number, plain

CSV_COLUMNS = (
    *("bid", "tenderer", "kind", "lot", "quantity"),
    *("bid_price", "bid_transport", "bid_quality", "bid_cost", "why_no_more"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code."""
    options = _parser().parse_args(arguments)
    try:
        case = read_case(_read(options.case))
        if options.check:
            return _check(case, options.check)
        text = _answer(case, options)
    except (MusikaError, OSError) as error:
        print(f"allocate: {_one_line(error)}", file=sys.stderr)
        return 2
    # The same bytes on every machine, whatever its locale and line ends.
    sys.stdout.buffer.write(text.encode("utf-8"))
    sys.stdout.buffer.flush()
    return 0


def _answer(case: Case, options: argparse.Namespace) -> str:
    if options.explain:
        known = any(t.tenderer == options.explain for t in case.tenderers)
        ask = {options.explain} if known else set()
        result = allocate(
            case, time_limit=options.time_limit, gap=options.gap, report=False, ask=ask
        )
        return explain(result, options.explain)
    result = allocate(
        case, time_limit=options.time_limit, gap=options.gap, report=not options.no_report
    )
    return FORMATS[options.format](result)


def _check(case: Case, name: str) -> int:
    faults = check(case, reading.parse(_read(name)))
    for fault in faults:
        print(f"allocate: {' '.join(fault.split())}", file=sys.stderr)
    if not faults:
        print("The result is right: every rule is kept, and every total is exact.")
    return 2 if faults else 0


def as_json_text(result: Result) -> str:
    """The result as indented JSON; numbers are strings."""
    return json.dumps(result.to_json(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def as_text(result: Result) -> str:
    """The award as a few lines of plain text."""
    money = result.currency
    lines = [
        f"Tender {result.tender}: cost {result.cost.shown} {money}, to pay {result.paid.shown}",
        status_words(result),
        *(_award_line(award, result) for award in result.awards),
        *_lot_lines(result),
        f"Cheapest first would cost {result.greedy.difference.shown} {money} more.",
        *_report_lines(result),
        *(f"Bid {r.bid} ({r.tenderer}): {r.words}" for r in result.reasons),
        *(f"{t.tenderer}: {t.change.words}" for t in result.tenderers if t.change),
        f"Case {result.case_digest}",
        f"Terms {result.terms_digest}",
    ]
    return "\n".join(lines) + "\n"


def _award_line(award: Awarded, result: Result) -> str:
    lines = lines_words(award.lines, result.unit)
    return f"  {award.bid} ({award.tenderer}): {lines}, cost {award.cost.shown}"


def _lot_lines(result: Result) -> list[str]:
    return [
        f"Lot {lot.lot}: {plain(lot.awarded)} of {plain(lot.demand)} {result.unit} awarded"
        + (f", {plain(lot.unmet)} unmet ({lot.penalty.shown}). {lot.why}" if lot.unmet else "")
        for lot in result.lots
    ]


def _report_lines(result: Result) -> list[str]:
    lines = [
        f"The rule {policy.policy} costs {policy.cost.shown} {result.currency}."
        if policy.cost
        else f"What the rule {policy.policy} costs is not known: the solver was stopped."
        for policy in result.policies
    ]
    other = result.runner_up
    if other is not None:
        suppliers = ", ".join(other.suppliers) or "nobody"
        proven = "" if other.proven else " (not proven)"
        lines.append(f"Runner-up{proven}: {suppliers}, {other.difference.shown} more.")
    return lines


def as_csv(result: Result) -> str:
    """One row for each bid and lot awarded, then one for each bid that gets nothing.

    The amounts are the whole bid's; a package repeats them in each of its rows.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    writer.writerows([_harmless(cell) for cell in row] for row in _rows(result))
    return out.getvalue()


def _rows(result: Result) -> list[list[str]]:
    why = {reason.bid: reason for reason in result.reasons}
    rows = []
    for award in result.awards:
        amounts = [a.shown for a in (award.price, award.transport, award.quality, award.cost)]
        reason = why.pop(award.bid, None)
        for line in award.lines:
            head = [award.bid, award.tenderer, award.kind, line.lot, plain(line.quantity)]
            rows.append([*head, *amounts, reason.words if reason else ""])
    rows += [[r.bid, r.tenderer, "", "", "0", "", "", "", "", r.words] for r in why.values()]
    return rows


def _harmless(cell: str) -> str:
    # A spreadsheet would run a name that begins like a formula; an amount may be below zero.
    if cell.startswith("-") and cell[1:].replace(".", "", 1).isdigit():
        return cell
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t")) else cell


FORMATS = {"json": as_json_text, "text": as_text, "csv": as_csv}


def _read(name: str) -> bytes:
    return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()


def _one_line(error: Exception) -> str:
    message = error.message if isinstance(error, MusikaError) else str(error)
    remedy = getattr(error, "remedy", None)
    return " ".join(f"{message}. {remedy}".split() if remedy else message.split())


def _seconds(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= 86_400:
        raise argparse.ArgumentTypeError("write whole seconds from 1 to 86400")
    return int(text)


def _part(text: str) -> Fraction:
    try:
        part = number(text)
    except MusikaError as error:
        raise argparse.ArgumentTypeError(error.message) from error
    if not 0 < part < 1:
        raise argparse.ArgumentTypeError("write a part of one, for instance 0.0025 for 0.25 %")
    return part


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="allocate", description="Award lots at least cost.")
    parser.add_argument("case", help="the case as JSON; - reads standard input")
    parser.add_argument("--explain", metavar="TENDERER", help="tell in words how it stands")
    parser.add_argument("--format", choices=sorted(FORMATS), default="json")
    parser.add_argument("--time-limit", type=_seconds, metavar="SECONDS", help="of solving in all")
    parser.add_argument("--gap", type=_part, metavar="PART", help="stop this near the least cost")
    parser.add_argument("--no-report", action="store_true", help="the award only: no policies")
    parser.add_argument("--check", metavar="RESULT", help="check this result instead")
    return parser


if __name__ == "__main__":
    sys.exit(main())
