"""A report as JSON, CSV or text."""

import csv
import io
import json
from decimal import Decimal
from fractions import Fraction

from procurement.rules.indicators.catalogue import CATALOGUE
from procurement.rules.indicators.facts import Flag, Report

COLUMNS = ("code", "title", "group", "subject", "value", "parties", "evidence")
# A spreadsheet would take these for the beginning of a formula.
RISKY = ("=", "+", "-", "@", "\t", "\r")


def value_text(value: Fraction) -> str:
    """Exact where a decimal is, else six decimals."""
    told = Decimal(value.numerator) / Decimal(value.denominator)
    return f"{told:f}" if Fraction(told) == value else f"{told:.6f}"


def as_json(report: Report) -> str:
    """Numbers as texts, so that nobody rounds them."""
    return json.dumps(
        {
            "processes": report.processes,
            "rates": {
                code: {"flagged": rate.flagged, "examined": rate.examined}
                for code, rate in report.rates.items()
            },
            "flags": [_row(flag) for flag in report.flags],
        },
        ensure_ascii=False,
        indent=1,
    )


def _row(flag: Flag) -> dict[str, object]:
    return {
        "code": flag.code,
        "group": flag.group,
        "subject": flag.subject,
        "value": value_text(flag.value),
        "parties": list(flag.parties),
        "evidence": [list(pair) for pair in flag.evidence],
    }


def as_csv(report: Report) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for flag in report.flags:
        told = "; ".join(f"{name}: {value}" for name, value in flag.evidence)
        about = CATALOGUE[flag.code]
        cells = [flag.code, about.title, flag.group, flag.subject, value_text(flag.value)]
        writer.writerow([_safe(cell) for cell in [*cells, " ".join(flag.parties), told]])
    return out.getvalue()


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(RISKY) else cell


def as_text(report: Report) -> str:
    lines = [f"{report.processes} processes"]
    for code, rate in report.rates.items():
        lines.append(f"{code}  {rate.flagged:>7} of {rate.examined:<7} {CATALOGUE[code].title}")
    for flag in report.flags:
        told = "; ".join(f"{name}: {value}" for name, value in flag.evidence)
        lines.append(f"{flag.code}  {flag.group} {flag.subject}: {told}")
    return "\n".join([*lines, "A flag is a question, not a finding."]) + "\n"
