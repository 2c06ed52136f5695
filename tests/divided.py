"""A tender with two lots that are awarded in parts, and how it goes on to its awards.

Cheapest for the demand is Mbare Millers, whom the cap stops; a third is reserved for smallholders.
"""

from dataclasses import replace
from decimal import Decimal

from procurement.models import Award, Tender
from procurement.operations import allocation_awards, allocations, assessments, bids, evaluations
from procurement.operations.assessments import Assessment
from procurement.rules.bid_parts import PartOffer
from procurement.rules.bidding import BidContent
from procurement.rules.content import LotContent, TenderContent
from procurement.rules.division import DivisionContent, SharingContent
from tests.factories import AFTER, START, content, go_on, offer, publish, tender_at

DIVISION = DivisionContent(Decimal(5), Decimal(500))
SHARING = SharingContent(
    cap_share=Decimal("0.6"), reserve_group="smallholder", reserve_share=Decimal("0.3")
)
# Price, least and most of each lot, by tenderer in the order of the market.
OFFERS = (("310", "0", "60"), ("300", "10", "80"), ("320", "0", "100"))


def lot(**changes: object) -> LotContent:
    return replace(content().lots[0], **{"division": DIVISION} | changes)  # type: ignore[arg-type]


def divided(lots: int = 1, sharing: SharingContent | None = SHARING) -> TenderContent:
    return content(lots=tuple(lot() for _ in range(lots)), sharing=sharing)


def offered(
    tender: Tender, price: str, least: str, most: str, capacity: str | None = None
) -> BidContent:
    whole = offer(tender, price)
    parts = tuple(
        PartOffer(number, Decimal(least), Decimal(most))
        for number in sorted({line.lot for line in whole.lines})
    )
    return replace(whole, parts=parts, capacity=None if capacity is None else Decimal(capacity))


def divided_at(stage: str, market, offers=OFFERS, groups=(True, False, False), lots=1, **changes):
    """A divided tender at a stage of the factories, or `allocated`, `confirmed`, `recommended`."""
    said = divided(lots, **changes)
    tender = tender_at("draft", market, lots=said.lots, sharing=said.sharing)
    if stage == "draft":
        return tender
    tender = publish(tender, market)
    at = START.replace(day=START.day + 1)
    for (user, firm), said_ in zip(market.tenderers, offers, strict=False):
        bids.submit(
            tender=tender,
            tenderer=firm,
            content=offered(tender, *said_),
            by=user,
            received_at=at,
            now=at,
        )
    if stage == "open":
        return tender
    go_on(tender, market, "open", "opened")
    if stage == "opened":
        return tender
    evaluate(tender, market, groups)
    for step, act in _STEPS.items():
        if stage == "evaluated":
            break
        act(tender, market)
        if step == stage:
            break
    tender.refresh_from_db()
    return tender


def evaluate(tender, market, groups=(True, False, False)):
    by = market.evaluator
    firms = [firm.pk for _, firm in market.tenderers]
    for row in tender.lots.order_by("number"):
        for bid in tender.bids.all():
            for gate in row.criteria.filter(kind="gate"):
                evaluations.decide_gate(
                    bid=bid, criterion=gate, passed=True, reason="", by=by, now=AFTER
                )
            belongs = groups[firms.index(bid.tenderer_id)]
            found = Assessment({}, belongs, "Register of members" if belongs else "")
            assessments.assess(lot=row, bid=bid, found=found, by=by, now=AFTER)
        evaluation = evaluations.evaluate(lot=row, by=by, now=AFTER)
        evaluations.confirm(evaluation=evaluation, by=by, now=AFTER)


def allocate(tender, market):
    row = allocations.request(tender=tender, by=market.evaluator, now=AFTER)
    done = allocations.run(row.pk, now=AFTER)
    assert done is not None and not done.error, done and done.error
    return done


def confirm(tender, market):
    row = tender.allocations.latest("id")
    return allocations.confirm(allocation=row, by=market.evaluator, now=AFTER)


def recommend(tender, market) -> list[Award]:
    return allocation_awards.recommend(
        tender=tender, reason="By the allocation.", by=market.officer, now=AFTER
    )


def decide(tender, market) -> list[Award]:
    return allocation_awards.decide(
        tender=tender, reason="Agreed.", by=market.accountant, now=AFTER
    )


_STEPS = {
    "allocated": allocate,
    "confirmed": confirm,
    "recommended": recommend,
    "standstill": decide,
}
