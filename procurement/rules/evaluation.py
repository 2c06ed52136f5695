"""The evaluation of a lot: a pure function from a case to its result.

Gates, price, score, rank, ties, flags, in this order. Ranks compare exact values; rounding only
decides what is shown. The result does not depend on the order in which bids were given.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby

from procurement.rules.case import digests, in_order
from procurement.rules.contested import Ranked, assess, rank
from procurement.rules.facts import Case
from procurement.rules.portions import matched, portions
from procurement.rules.ranking import Standing
from procurement.rules.reading import InvalidCase
from procurement.rules.result import ENGINE_VERSION, Result, TieGroup, amount
from procurement.rules.scoring import METHODS
from procurement.rules.sensitivity import removals, weight_ranges
from procurement.rules.telling import bid_result, ranked_results
from procurement.rules.validation import check_case


class OtherTerms(InvalidCase):
    """The case's rules are not those that were published."""

    code = "other-terms"


def evaluate(case: Case, expected_terms: str | None = None) -> Result:
    """The result of a case.

    `expected_terms` is the digest that was published before bidding (`case.terms_digest`); a case
    with other terms raises OtherTerms. Raises InvalidCase when the case contradicts itself and
    DrawSeedMissing when only the draw could decide and there is no seed.
    """
    check_case(case)
    case = in_order(case)
    names = digests(case)
    _check_terms(names.terms, expected_terms)
    assessed = [assess(case, bid) for bid in case.bids]
    ranked = rank(case, [a for a in assessed if a.qualified and a.priced])
    found = matched(case, ranked.standings, _matching_prices(case, ranked))
    unranked = [bid_result(case, a) for a in assessed if not (a.qualified and a.priced)]
    return Result(
        engine=ENGINE_VERSION,
        case_digest=names.case,
        terms_digest=names.terms,
        technical_digest=names.technical,
        tender=case.tender,
        lot=case.lot,
        method=case.method,
        stage=case.stage,
        currency=case.currency,
        rounding=case.rounding,
        winners=ranked.winners(),
        ties=_ties(case, ranked.standings),
        removals=removals(case, ranked),
        weights=weight_ranges(case, ranked),
        invitations=found.invitations,
        portions=portions(case, ranked.standings, found),
        bids=(*ranked_results(case, ranked), *unranked),
    )


def _check_terms(found: str, expected: str | None) -> None:
    if expected is not None and found != expected:
        raise OtherTerms(
            f"terms: their digest is {found}, published was {expected}",
            where="terms",
            remedy="Evaluate with the rules that were published before bidding.",
        )


def _matching_prices(case: Case, ranked: Ranked) -> dict[str, Fraction | None]:
    """The price with which each bid would be level with the first; only matching needs them."""
    if not case.matching or not ranked.standings:
        return {}
    price_for, best = METHODS[case.method].price_for, ranked.standings[0].value
    return {name: price_for(s.contest, best) for name, s in ranked.scored.items()}


def _ties(case: Case, standings: Sequence[Standing]) -> tuple[TieGroup, ...]:
    grouped = groupby((s for s in standings if s.group), key=lambda s: (s.group, s.value))
    return tuple(
        TieGroup(group or 0, amount(value, case.rounding), tuple(s.placed.bid.bid for s in tied))
        for (group, value), tied in grouped
    )
