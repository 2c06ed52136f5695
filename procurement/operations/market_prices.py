"""Reading market prices from a file such as the World Food Programme's."""

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

from django.db import transaction

from marketplace.errors import Invalid
from marketplace.ledger.record import record
from procurement import figures
from procurement.models import MarketPrice, PriceFile
from produce.models import Commodity

NAMES: Final = Path(figures.__file__).parent / "data" / "market_names.json"
COLUMNS: Final = ("date", "admin1", "market", "commodity", "unit", "currency", "price")
BATCH: Final = 2000
MOST: Final = 100 * 2**20


@dataclass
class Reading:
    """What a file came to: how many lines, and why others were left out, counted by reason."""

    file: PriceFile
    known_before: bool = False
    left_out: dict[str, int] = field(default_factory=dict)

    def leave(self, why: str) -> None:
        self.left_out[why] = self.left_out.get(why, 0) + 1


@transaction.atomic
def read(*, content: bytes, source: str, filename: str, currency: str, now: datetime) -> Reading:
    """Keep the prices in `currency`; a file that was read before changes nothing.

    Prices of nought are gaps in the source. Raises Invalid for a file that is no such table.
    """
    if len(content) > MOST:
        raise Invalid("The file is larger than 100 MB.", remedy="Split it by year.")
    digest = hashlib.sha256(content).hexdigest()
    known = PriceFile.objects.filter(sha256=digest).first()
    if known:
        return Reading(known, known_before=True)
    made = PriceFile.objects.create(
        source=source[:200], filename=filename[:200], sha256=digest, read_at=now
    )
    reading = Reading(made)
    batch: list[MarketPrice] = []
    for price in _prices(_table(content), currency, reading):
        batch.append(price)
        if len(batch) == BATCH:
            MarketPrice.objects.bulk_create(batch)
            batch = []
    MarketPrice.objects.bulk_create(batch)
    made.save()
    record(
        "MarketPricesRead",
        subject=f"prices:{digest[:16]}",
        body={
            "filename": made.filename,
            "rows_read": made.rows_read,
            "rows_used": made.rows_used,
            "sha256": digest,
            "source": made.source,
        },
        by=None,
        now=now,
        visibility="public",
    )
    return reading


def _table(content: bytes) -> Iterator[dict[str, str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("The file is not UTF-8.", remedy="Save it as CSV in UTF-8.") from error
    if "\x00" in text:
        raise Invalid("The file holds NUL characters.", remedy="Save it as CSV in UTF-8.")
    rows = csv.DictReader(io.StringIO(text, newline=""))
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise Invalid(
            f"There is no column “{missing[0]}”.",
            where="line 1",
            remedy=f"The first line has to name: {', '.join(COLUMNS)}.",
        )
    try:
        for row in rows:
            yield {name: (row[name] or "").strip() for name in COLUMNS}
    except csv.Error as error:
        raise Invalid(f"Not a CSV table: {error}.", where=f"line {rows.line_num}") from error


def _prices(
    rows: Iterator[dict[str, str]], currency: str, reading: Reading
) -> Iterator[MarketPrice]:
    names = json.loads(NAMES.read_text())
    commodities = {row.code: row for row in Commodity.objects.all()}
    for row in rows:
        # The second line of such files names the columns in another vocabulary.
        if row["date"].startswith("#"):
            continue
        reading.file.rows_read += 1
        commodity = commodities.get(names["commodities"].get(row["commodity"], ""))
        unit = names["units"].get(row["unit"].upper(), "")
        day, price = _day(row["date"]), _price(row["price"])
        why = _fault(row, currency, commodity, unit, day, price)
        if why:
            reading.leave(why)
            continue
        assert day is not None and price is not None  # else it would have been a fault
        reading.file.rows_used += 1
        yield MarketPrice(
            file=reading.file,
            commodity=commodity,
            market=row["market"][:100],
            province=row["admin1"][:60],
            day=day,
            unit=unit,
            currency=currency,
            price=price,
        )


def _fault(
    row: dict[str, str],
    currency: str,
    commodity: Commodity | None,
    unit: str,
    day: date | None,
    price: Decimal | None,
) -> str:
    """Why a row is left out; empty for a good one."""
    if row["currency"] != currency:
        return f"in another currency than {currency}"
    if commodity is None:
        return f"no commodity of ours: {row['commodity'][:60]}"
    if not unit:
        return f"unknown unit: {row['unit'][:20]}"
    if day is None:
        return "no date"
    if price is None:
        return "no price above nought"
    return ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _price(text: str) -> Decimal | None:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() and Decimal(0) < found < Decimal(10) ** 12 else None
