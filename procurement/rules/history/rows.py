"""One row of the file as facts, or the reason why it cannot be."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Context, Decimal, Inexact
from typing import Final, TypeVar

from procurement.rules.history import dates, numbers
from procurement.rules.history.errors import Refusal, RowRefused
from procurement.rules.history.mapping import KEEP, Mapping, Mark, Source
from procurement.rules.history.table import Key, Record
from procurement.rules.money import MAX_DECIMALS

MOST_NAME: Final = 200
# What ExactDecimalField holds.
MOST_DIGITS_OF_A_TOTAL: Final = 60
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# Wide enough for any product of two numbers that were accepted; anything inexact would raise.
_EXACT: Final = Context(prec=80, traps=[Inexact])
_Read = TypeVar("_Read")


def total(price: Decimal, quantity: Decimal) -> Decimal:
    """The exact product, without trailing zeros."""
    return _EXACT.multiply(price, quantity).normalize(_EXACT)


@dataclass(frozen=True, slots=True, kw_only=True)
class TenderFacts:
    """What a row says about its tender. Bounds are for the whole quantity, in the currency."""

    title: str
    description: str
    buyer: str
    currency: str
    province: str
    commodity: str
    at: datetime
    reserve_price: Decimal | None
    minimum_price: Decimal | None
    quantity: Decimal
    unit: str
    no_winner: bool
    cancelled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BidFacts:
    """What a row says about a bid; `unit_price` is None where the file gives no amount."""

    row: int
    tenderer: str
    unit_price: Decimal | None
    remark: str
    disqualified: bool
    winner: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row that can be used."""

    number: int
    tender: TenderFacts
    bid: BidFacts


class Reader:
    """Reads the rows of one file by its mapping. `now`: nothing past happened after it."""

    def __init__(self, mapping: Mapping, header: tuple[str, ...], now: datetime) -> None:
        self._mapping, self._header, self._now = mapping, header, now
        pivot, offset = mapping.date.two_digit_years_from, mapping.date.utc_offset
        self._calendar = dates.Calendar(pivot, dates.zone(offset))

    def read(self, record: Record, key: Key) -> Row | Refusal:
        """The facts of a row, or why there are none; never raises for what the file says."""
        try:
            return self._row(record, key)
        except RowRefused as error:
            return Refusal(
                row=record.number,
                column=error.column,
                value=error.value[:200],
                why=error.why,
                remedy=error.remedy,
                tender=" ".join(key),
            )

    def says_winner(self, record: Record) -> bool:
        """Whether even a refused row is marked as the winner's."""
        mark = self._mapping.bid.winner
        return mark is not None and mark.is_set(self._named(record))

    def _named(self, record: Record) -> dict[str, str]:
        cells = record.cells + [""] * (len(self._header) - len(record.cells))
        return dict(zip(self._header, cells, strict=False))

    def _row(self, record: Record, key: Key) -> Row:
        if len(record.cells) != len(self._header):
            raise RowRefused(
                "(all)",
                f"{len(record.cells)} cells",
                f"the row has {len(record.cells)} cells and the header has {len(self._header)}",
                "Check the row's delimiters and quotation marks.",
            )
        row = self._named(record)
        for name, part in zip(self._mapping.tender.key, key, strict=True):
            if not part:
                raise RowRefused(name, "", "is empty, so the row belongs to no tender", _FILL)
        tender = self._tender(row)
        bid = self._bid(row, record.number)
        if bid.unit_price is not None:
            self._check_total(bid.unit_price, tender.quantity, row)
        return Row(number=record.number, tender=tender, bid=bid)

    def _tender(self, row: dict[str, str]) -> TenderFacts:
        tender, bid = self._mapping.tender, self._mapping.bid
        quantity = self._number(bid.quantity, row) or Decimal(1)
        reserve = self._bound(tender.reserve_price, row, quantity)
        minimum = self._bound(tender.minimum_price, row, quantity)
        if reserve is not None and minimum is not None and minimum > reserve:
            assert tender.minimum_price is not None
            raise RowRefused(
                tender.minimum_price.shown,
                tender.minimum_price.value(row),
                f"the minimum price is above the reserve price ({reserve:f})",
                "Correct one of the two.",
            )
        return TenderFacts(
            title=_text(tender.title, row, needed=True),
            description=_text(tender.description, row),
            buyer=_name(tender.buyer, row),
            currency=_currency(tender.currency, row),
            province=_text(tender.province, row)[:60],
            commodity=_text(tender.commodity, row),
            at=self._date(row),
            reserve_price=reserve,
            minimum_price=minimum,
            quantity=quantity,
            unit=_unit(bid.unit, row),
            no_winner=_is_set(tender.no_winner, row),
            cancelled=_is_set(tender.cancelled, row),
        )

    def _bid(self, row: dict[str, str], number: int) -> BidFacts:
        bid = self._mapping.bid
        return BidFacts(
            row=number,
            tenderer=_name(bid.tenderer, row),
            unit_price=self._price(row),
            remark=_text(bid.remark, row),
            disqualified=_is_set(bid.disqualified, row),
            winner=_is_set(bid.winner, row),
        )

    def _price(self, row: dict[str, str]) -> Decimal | None:
        bid = self._mapping.bid
        source = bid.amount or bid.unit_price
        assert source is not None
        price = self._number(source, row)
        if price is None and bid.without_amount != KEEP:
            raise RowRefused(
                source.shown,
                "",
                "the bid has no amount",
                'Fill it in, or write without_amount = "keep" under [bid] in the mapping to import '
                "such bids as ones that could not be read.",
            )
        return price

    def _check_total(self, price: Decimal, quantity: Decimal, row: dict[str, str]) -> None:
        source = self._mapping.bid.unit_price
        if source is not None and len(f"{total(price, quantity):f}") > MOST_DIGITS_OF_A_TOTAL:
            raise RowRefused(
                source.shown,
                source.value(row),
                f"times the quantity has more than {MOST_DIGITS_OF_A_TOTAL} digits",
                "Correct the price or the quantity.",
            )

    def _number(self, source: Source | None, row: dict[str, str]) -> Decimal | None:
        """The number, None where the cell is empty or nothing is mapped."""
        if source is None or not source.value(row):
            return None
        shape = self._mapping.file
        return _try(source, row, numbers.remedy(shape), lambda text: numbers.amount(text, shape))

    def _bound(
        self, source: Source | None, row: dict[str, str], quantity: Decimal
    ) -> Decimal | None:
        bound = self._number(source, row)
        if bound is None or self._mapping.tender.bounds_are == "totals":
            return bound
        whole = total(bound, quantity)
        if -int(whole.as_tuple().exponent) > MAX_DECIMALS:
            assert source is not None
            raise RowRefused(
                source.shown,
                source.value(row),
                f"times the quantity has more than {MAX_DECIMALS} decimals",
                "Give the bound for the whole quantity.",
            )
        return whole

    def _date(self, row: dict[str, str]) -> datetime:
        found = self._mapping.date
        if found.column:
            text, column = row[found.column].strip(), found.column
            remedy = f"Write it as {found.format}, or change date.format in the mapping."
        else:
            text, column = "-".join(self._parts(row)), ", ".join(self._part_columns())
            remedy = _DATE
        try:
            at = self._instant(row, text)
        except ValueError as error:
            raise RowRefused(column, text, str(error), remedy) from error
        if at > self._now:
            raise RowRefused(column, text, "is in the future", _DATE)
        return at

    def _instant(self, row: dict[str, str], text: str) -> datetime:
        found = self._mapping.date
        if found.column:
            return dates.read(text, found.format, self._calendar)
        year, month, day = self._parts(row)
        return dates.build(year, month, day, self._calendar)

    def _parts(self, row: dict[str, str]) -> list[str]:
        found = self._mapping.date
        return [s.value(row) for s in (found.year, found.month, found.day) if s is not None]

    def _part_columns(self) -> list[str]:
        found = self._mapping.date
        sources = (found.year, found.month, found.day)
        return [name for source in sources if source is not None for name in source.columns]


_FILL: Final = "Fill it in, or leave the row out."
_DATE: Final = "Correct the date, or leave the row out."


def _try(source: Source, row: dict[str, str], remedy: str, read: Callable[[str], _Read]) -> _Read:
    text = source.value(row)
    try:
        return read(text)
    except ValueError as error:
        raise RowRefused(source.shown, text, str(error), remedy) from error


def _is_set(mark: Mark | None, row: dict[str, str]) -> bool:
    return mark is not None and mark.is_set(row)


def _text(source: Source | None, row: dict[str, str], needed: bool = False) -> str:
    """The text in one line, control characters refused."""
    if source is None:
        return ""
    found = " ".join(source.value(row).split())
    if needed and not found:
        raise RowRefused(source.shown, "", "is empty", _FILL)
    if _CONTROL.search(found):
        raise RowRefused(source.shown, found, "holds a control character", "Remove it.")
    return found


def _name(source: Source, row: dict[str, str]) -> str:
    found = _text(source, row, needed=True)
    if len(found) > MOST_NAME:
        why = f"is a name of {len(found)} characters; at most {MOST_NAME} are possible"
        raise RowRefused(source.shown, found, why, "Shorten it.")
    return found


def _currency(source: Source, row: dict[str, str]) -> str:
    found = _text(source, row, needed=True)
    if not re.fullmatch("[A-Z]{3}", found):
        why = "is not a currency code of three capital letters"
        raise RowRefused(source.shown, found, why, "Write for instance USD, as in ISO 4217.")
    return found


def _unit(source: Source | None, row: dict[str, str]) -> str:
    found = _text(source, row) or "each"
    if len(found) > 16:
        assert source is not None
        raise RowRefused(source.shown, found, "is longer than 16 characters", "Abbreviate it.")
    return found
