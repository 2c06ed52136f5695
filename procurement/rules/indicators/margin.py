"""The distance of the winner to the second: what R024 and R058 both ask about.

Ratio: (lowest valid bid of another tenderer - winning bid) / winning bid. Only where one award to
one supplier stands, none is pending, and no valid bid is below the winning one: otherwise price
alone did not decide.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from procurement.rules.indicators.currency import MainCurrency, compares_prices
from procurement.rules.indicators.facts import OCID, Evidence, Flag
from procurement.rules.indicators.fences import Fences, fences
from procurement.rules.indicators.process import Process
from procurement.rules.indicators.thresholds import Thresholds


@dataclass(slots=True)
class Margin:
    ocid: str
    ratio: Fraction
    winner: str
    second: str
    won_at: Decimal
    second_at: Decimal

    def evidence(self, fence: Fraction) -> Evidence:
        return (
            ("winning bid", str(self.won_at)),
            ("second lowest valid bid", str(self.second_at)),
            ("difference by the winning bid", percent(self.ratio)),
            ("limit", percent(fence)),
        )


def share(value: Fraction) -> str:
    """Four decimals, for people; decisions are made on the fraction."""
    return f"{Decimal(value.numerator) / Decimal(value.denominator):.4f}"


def percent(value: Fraction) -> str:
    return f"{Decimal(value.numerator * 100) / Decimal(value.denominator):.2f} %"


def amount_text(value: Fraction) -> str:
    """An amount that is a sum of decimals, in full."""
    return f"{Decimal(value.numerator) / Decimal(value.denominator):f}"


class Margins:
    """The margins of all processes; two indicators read one collection."""

    def __init__(self, rules: Thresholds) -> None:
        self._rules = rules
        self._currency = MainCurrency(rules.currency)
        self.found: list[Margin] = []

    def fold(self, process: Process) -> None:
        supplier = process.only_supplier
        if supplier is None or not compares_prices(process, self._rules):
            return
        won: Decimal | None = None
        second: tuple[Decimal, str] | None = None
        for bid in process.valid:
            amount = self._currency.amount(bid) if bid.single else None
            if amount is None:
                continue
            if bid.single == supplier:
                won = amount if won is None else min(won, amount)
            elif second is None or amount < second[0]:
                second = (amount, bid.single or "")
        if won and second and second[0] >= won:
            ratio = Fraction(second[0] - won) / Fraction(won)
            self.found.append(Margin(process.ocid, ratio, supplier, second[1], won, second[0]))

    def fences(self) -> Fences | None:
        ratios = (margin.ratio for margin in self.found)
        return fences(ratios, self._rules.minimum_sample)


class ClosePrice:
    """R024: the second price is so close to the winner's that it may be a courtesy."""

    code, party_value = "R024", 0

    def __init__(self, thresholds: Thresholds, margins: Margins) -> None:
        self._limit, self._margins = thresholds.close_price, margins

    def fold(self, process: Process) -> None:
        """`Margins` has it."""

    def finish(self) -> Iterator[Flag]:
        limit = self._limit
        if limit is None:
            found = self._margins.fences()
            # Without this, most would be flagged where most have no difference at all.
            if found is None or found.q1 <= 0:
                return
            limit = found.lower
        if limit <= 0:
            return
        for row in self._margins.found:
            if row.ratio <= limit:
                told, parties = row.evidence(limit), (row.winner, row.second)
                yield Flag(self.code, OCID, row.ocid, row.ratio, told, parties)

    def examined(self) -> int:
        return len(self._margins.found)


class HeavyDiscount:
    """R058: the winner is so far below the second that it may mean to earn by changes later."""

    code, party_value = "R058", 0

    def __init__(self, thresholds: Thresholds, margins: Margins) -> None:
        self._limit, self._margins = thresholds.heavy_discount, margins

    def fold(self, process: Process) -> None:
        """`Margins` has it."""

    def finish(self) -> Iterator[Flag]:
        limit = self._limit
        if limit is None:
            found = self._margins.fences()
            limit = found.upper if found else Fraction(0)
        if limit <= 0:
            return
        for row in self._margins.found:
            if row.ratio >= limit:
                yield Flag(self.code, OCID, row.ocid, row.ratio, row.evidence(limit), (row.winner,))

    def examined(self) -> int:
        return len(self._margins.found)
