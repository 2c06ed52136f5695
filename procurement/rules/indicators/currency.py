"""The main currency: amounts in another are not compared."""

from decimal import Decimal

from procurement.rules.indicators.process import Bid, Process
from procurement.rules.indicators.thresholds import Thresholds


class MainCurrency:
    """The one that the rules name, else that of the first amount that was met."""

    def __init__(self, told: str = "") -> None:
        self._code = told

    def amount(self, bid: Bid) -> Decimal | None:
        if bid.amount is None or not bid.currency:
            return None
        self._code = self._code or bid.currency
        return bid.amount if bid.currency == self._code else None


def compares_prices(process: Process, rules: Thresholds) -> bool:
    """Whether the lowest price was to win, by what the rules say of the kind of procedure."""
    if rules.price_comparison:
        return process.details in rules.price_comparison
    return process.details not in rules.no_price_comparison
