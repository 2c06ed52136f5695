"""The rules of a country as data: periods, quorums, each with its source and effective date."""

from dataclasses import dataclass
from datetime import date, timedelta

from marketplace.errors import NotFound
from procurement.rules.outages import OutageRules


@dataclass(frozen=True, kw_only=True)
class RuleSet:
    """One version of a jurisdiction's rules. Periods are minima."""

    code: str
    name: str
    effective: date
    minimum_tender_period: timedelta
    standstill_days: int
    # How long bids stay open after an amendment that tells bidders something.
    after_amendment: timedelta
    # How often one tenderer may submit in one tender, replacements and withdrawn ones included.
    maximum_revisions: int
    # From a goods received note to the day by which it is to be paid.
    payment_days: int
    outage: OutageRules
    sources: tuple[str, ...]


# What is not in the Act itself is a default of the product, and says so.
RULESETS = {
    "zw": RuleSet(
        code="zw",
        name="Zimbabwe",
        effective=date(2018, 1, 1),
        minimum_tender_period=timedelta(days=10),
        standstill_days=14,
        after_amendment=timedelta(days=3),
        maximum_revisions=30,
        payment_days=30,
        outage=OutageRules(
            window=timedelta(hours=24), extension=timedelta(hours=24), hold=timedelta(hours=48)
        ),
        sources=(
            "Public Procurement and Disposal of Public Assets Act [Chapter 22:23]",
            "Standstill: section 55 of the Act (fourteen days after the notice)",
            "Shortest time from a notice of amendment to the deadline: a default of this product",
            "More time after an outage of the service: a default of this product",
            "Most revisions of a bid: a default of this product",
            "Days from a goods received note to its payment: a default of this product",
            "Shortest tender period: a default of this product, to be set by the installation",
        ),
    )
}


def ruleset(code: str) -> RuleSet:
    """The rule set in force for a jurisdiction; raises NotFound."""
    try:
        return RULESETS[code]
    except KeyError:
        raise NotFound(f"There is no rule set “{code}”.", where="jurisdiction") from None
