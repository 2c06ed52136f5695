"""Reading the confirmations of a bank or a mobile money service: a CSV file with a head."""

import csv
import hashlib
import io
import re
from datetime import date
from decimal import Decimal

from marketplace.errors import Invalid
from procurement.rules.paying import Line

COLUMNS = ("reference", "amount", "currency", "date", "text")
LONGEST_FILE = 2_000_000
MOST_LINES = 5_000
AMOUNT = re.compile(r"[0-9]{1,15}(\.[0-9]{1,2})?")


class BadBankFile(Invalid):
    """The file, or one of its lines, cannot be read."""

    code = "bad-bank-file"


def read(content: bytes) -> list[Line]:
    """Every line, or none: a file with one bad line is refused with all its faults named.

    Columns: reference, amount (1234.50), currency (ISO 4217), date (2026-05-31); text is optional.
    """
    rows = _rows(content)
    found, faults = [], []
    for number, row in enumerate(rows, start=2):
        try:
            found.append(_line(row))
        except ValueError as fault:
            faults.append(f"line {number}: {fault}")
    if faults:
        more = f" (and {len(faults) - 5} more)" if len(faults) > 5 else ""
        raise BadBankFile(
            f"Nothing was taken: {'; '.join(faults[:5])}{more}.",
            where="file",
            remedy="Mend these lines and send the whole file again: lines are taken only once.",
        )
    return found


def _rows(content: bytes) -> list[dict[str, str]]:
    if len(content) > LONGEST_FILE:
        raise BadBankFile("The file is larger than 2 MB.", where="file", remedy="Split it.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadBankFile(
            "The file is not UTF-8 text.", where="file", remedy="Save it as CSV, UTF-8."
        ) from None
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [name for name in COLUMNS[:4] if name not in (reader.fieldnames or ())]
    if missing:
        raise BadBankFile(
            f"The head lacks: {', '.join(missing)}.",
            where="file",
            remedy=f"The first line names the columns: {','.join(COLUMNS)}.",
        )
    rows = [row for row in reader if any(row.values())]
    if not rows or len(rows) > MOST_LINES:
        raise BadBankFile(f"A file has 1 to {MOST_LINES} lines.", where="file")
    return rows


def _line(row: dict[str, str]) -> Line:
    given = {name: (row.get(name) or "").strip() for name in COLUMNS}
    if not AMOUNT.fullmatch(given["amount"]) or not Decimal(given["amount"]):
        raise ValueError(f"“{given['amount']}” is no amount like 1234.50")
    if not re.fullmatch(r"[A-Z]{3}", given["currency"]):
        raise ValueError(f"“{given['currency']}” is no currency like USD")
    try:
        day = date.fromisoformat(given["date"])
    except ValueError:
        raise ValueError(f"“{given['date']}” is no day like 2026-05-31") from None
    return Line(
        given["reference"][:140],
        given["text"][:300],
        Decimal(given["amount"]),
        given["currency"],
        day,
    )


def digest(line: Line) -> str:
    """The same line gives the same digest, whichever file it came in."""
    told = (
        line.reference,
        line.text,
        f"{line.amount:.2f}",
        line.currency,
        line.paid_on.isoformat(),
    )
    return hashlib.sha256("\n".join(("musika-confirmation/1", *told)).encode()).hexdigest()
