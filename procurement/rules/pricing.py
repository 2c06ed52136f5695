"""The price of a bid for the whole lot, with arithmetic corrected and its working shown."""

from dataclasses import dataclass
from fractions import Fraction

from procurement.rules.facts import Bid, Case, Line
from procurement.rules.money import rounded
from procurement.rules.result import Correction, Input, Step, amount


@dataclass(frozen=True, slots=True)
class Priced:
    """The corrected price in the lot's currency, its steps, and what was corrected.

    Lines and corrections are in the bid's own currency.
    """

    price: Fraction
    steps: tuple[Step, ...]
    corrections: tuple[Correction, ...]


def price_of(case: Case, bid: Bid) -> Priced:
    """Sum of unit price × quantity over the lines.

    Where the terms allow partial quantities, bids are compared at the full quantity asked for;
    otherwise a bid that offers less would look cheaper for offering less.
    """
    quantities = compared_quantities(case, bid)
    steps, value = [], Fraction(0)
    for line in sorted(bid.lines, key=lambda line: line.item):
        quantity = quantities[line.item]
        value += line.unit_price * quantity
        steps.append(_line_step(case, line, quantity, line.unit_price * quantity))
    steps.append(_total_step(case, steps, value))
    if bid.currency not in (None, case.currency):
        steps.append(_conversion(case, bid, value))
        value = steps[-1].value.exact
    return Priced(value, tuple(steps), _corrections(case, bid))


def compared_quantities(case: Case, bid: Bid) -> dict[str, Fraction]:
    """The quantity of each line at which bids are compared."""
    asked = {item.item: item.quantity for item in case.items}
    return {line.item: asked[line.item] if case.partial else line.quantity for line in bid.lines}


def _conversion(case: Case, bid: Bid, value: Fraction) -> Step:
    """Price · worth / units, at the stated rate of the stated day."""
    rate = next(rate for rate in case.rates if rate.currency == bid.currency)
    units, worth = rate.units or Fraction(1), rate.worth or Fraction(1)
    formula = f"price · worth / units, {rate.currency} of {rate.date} ({rate.source})"
    inputs = (Input("price", value), Input("worth", worth), Input("units", units))
    return Step(
        f"price in {case.currency}", formula, inputs, amount(value * worth / units, case.rounding)
    )


def _line_step(case: Case, line: Line, quantity: Fraction, value: Fraction) -> Step:
    inputs = (Input("unit price", line.unit_price), Input("quantity", quantity))
    formula = "unit price × quantity asked for" if case.partial else "unit price × quantity"
    return Step(f"line {line.item}", formula, inputs, amount(value, case.rounding))


def _total_step(case: Case, lines: list[Step], total: Fraction) -> Step:
    inputs = tuple(Input(line.label, line.value.exact) for line in lines)
    return Step("price", "sum of the lines", inputs, amount(total, case.rounding))


def _corrections(case: Case, bid: Bid) -> tuple[Correction, ...]:
    """The unit price prevails over the total: UNCITRAL and World Bank standard documents."""
    return tuple(
        Correction(
            line.item,
            line.unit_price,
            line.quantity,
            line.stated_total,
            line.unit_price * line.quantity,
            line.unit_price * line.quantity - line.stated_total,
            bid.currency or case.currency,
        )
        for line in sorted(bid.lines, key=lambda line: line.item)
        if line.stated_total is not None and _contradicts(case, line, line.stated_total)
    )


def _contradicts(case: Case, line: Line, stated: Fraction) -> bool:
    total = line.unit_price * line.quantity
    # A total that was only rounded as the terms round is no error.
    return stated not in (total, rounded(total, case.rounding))
