"""An allocation in plain words."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final

from marketplace.errors import NotFound
from procurement.rules.allocation.facts import Case
from procurement.rules.allocation.result import LotQuantity, Result
from procurement.rules.money import decimal_text, plain
from procurement.rules.result import Amount


class NoSuchTenderer(NotFound):
    """The result has no tenderer of that name."""

    code = "no-such-tenderer"


def change_words(
    case: Case,
    bids: Sequence[str],
    extra: Amount,
    quantities: Mapping[str, Fraction],
    price: Fraction,
) -> str:
    """What a lower price would have done, no more than is proven. `price`: of these bids now."""
    supplied = ", ".join(f"{plain(q)} {case.unit} of lot {lot}" for lot, q in quantities.items())
    named = ", ".join(bids)
    if not extra.exact:
        return (
            f"An award with {supplied} from bid {named} costs exactly as much; the tie-break"
            " (earliest submission) chose another."
        )
    if extra.exact >= price:
        return (
            f"The cheapest award that includes the tenderer takes {supplied} from bid {named} and"
            f" costs {extra.decimal} {case.currency} more. That is not less than the whole price"
            " of this quantity, so a lower price alone would not have changed it."
        )
    each = decimal_text(extra.exact / sum(quantities.values(), Fraction(0)))
    return (
        f"The cheapest award that includes the tenderer takes {supplied} from bid {named} and"
        f" costs {extra.decimal} {case.currency} more. With a price lower by more than that for"
        f" this quantity ({each} {case.currency} for each {case.unit}) it would have been awarded."
    )


def tenderer_words(case: Case, quantity: Fraction, impossible: bool, change: object) -> str:
    """One line about a tenderer as a whole."""
    if quantity:
        return f"Awarded {plain(quantity)} {case.unit}."
    if impossible and case.budget is not None:
        return (
            "Nothing awarded: no award that keeps the rules and the budget can include it at its"
            " price."
        )
    if impossible:
        return "Nothing awarded: no award that keeps the rules can include it, at any price."
    if change is None:
        return "Nothing awarded. What would have changed it was not solved; ask with --explain."
    return "Nothing awarded."


def explain(result: Result, tenderer: str) -> str:
    """The whole story of one tenderer, a few lines of text. Raises NoSuchTenderer."""
    for found in result.tenderers:
        if found.tenderer == tenderer:
            lines = [f"Tenderer {tenderer}: {found.words}", *_bids(result, tenderer)]
            return "\n".join([*lines, *([found.change.words] if found.change else [])]) + "\n"
    names = ", ".join(t.tenderer for t in result.tenderers) or "none"
    raise NoSuchTenderer(f'there is no tenderer "{tenderer}"; there are: {names}', where="tenderer")


def _bids(result: Result, tenderer: str) -> list[str]:
    awarded = [
        f"Bid {a.bid}: {lines_words(a.lines, result.unit)}, cost {a.cost.shown} {result.currency}"
        f" (price {a.price.shown}, transport {a.transport.shown}, quality {a.quality.shown})."
        for a in result.awards
        if a.tenderer == tenderer
    ]
    barred = [f"Bid {r.bid}: {r.words}" for r in result.reasons if r.tenderer == tenderer]
    return [*awarded, *barred]


def lines_words(lines: Sequence[LotQuantity], unit: str) -> str:
    """Quantities by lot: "40 t of lot 1, 10 t of lot 2"."""
    return ", ".join(f"{plain(line.quantity)} {unit} of lot {line.lot}" for line in lines)


STOPPED: Final = {
    "gap": "the solver stopped within the gap that was allowed",
    "time_limit": "the time limit stopped the solver, and another run may end elsewhere",
    "unproven": "the solver's arithmetic could not close the gap",
}


def status_words(result: Result) -> str:
    """What is proven of the award, in one line."""
    if result.status == "optimal":
        settled = "the tie-break is settled" if result.tie_break == "settled" else "ties are open"
        return f"Proven: no award that keeps the rules costs less; {settled}."
    why = STOPPED[result.status]
    if result.bound is None or result.gap is None:
        return f"Not proven to be the cheapest: {why} before it had a bound."
    return (
        f"Not proven to be the cheapest: {why}. No award costs less than {result.bound.shown}"
        f" {result.currency}; the gap is {result.gap.shown}."
    )
