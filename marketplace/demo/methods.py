"""Lots of the demo that are compared on more than their price, and what evaluators say of them."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any, Final

from marketplace.accounts.models import User
from procurement.models import Lot, Tender
from procurement.operations import allocations, assessments, marks
from procurement.operations.assessments import Assessment
from procurement.operations.marks import GivenMark
from procurement.queries import allocations as stored
from procurement.queries import cases, judging
from procurement.rules.bid_parts import PartOffer
from procurement.rules.content import CriterionContent, LotContent
from procurement.rules.division import DivisionContent, SharingContent
from procurement.rules.method_parts import (
    PREFERRED_FIRST,
    ComponentContent,
    PointsContent,
    PreferenceContent,
    RatingContent,
)

BUYERS: Final = "Set by the buyer for this tender"
# By the hours since the deadline of a tender in evaluation: what its first lot is compared on.
MARGIN_AT: Final = 36
MARKS_AT: Final = 40
# Status and age of tenders whose first lot is awarded in parts: one to bid for, one to read.
DIVIDED_AT: Final = (("open", -24 * 5), ("standstill", 24 * 11))
STEPS: Final = 20

SAMPLE: Final = CriterionContent(
    title="Sample: taste, smell and cleanness",
    kind="rated",
    source=BUYERS,
    rating=RatingContent(Decimal(30), Decimal(10), "mean", Decimal(4)),
)


def with_method(lots: tuple[LotContent, ...], stage: str, hours: int) -> tuple[LotContent, ...]:
    """The first lot by another method where the age of the tender says so."""
    if (stage, hours) in DIVIDED_AT:
        return (_divided(lots[0]), *lots[1:])
    if stage != "in_evaluation" or hours not in (MARGIN_AT, MARKS_AT):
        return lots
    made = _margin(lots[0]) if hours == MARGIN_AT else _marked(lots[0])
    return (made, *lots[1:])


def sharing(lots: tuple[LotContent, ...]) -> SharingContent | None:
    """What divided lots keep together; None where none is."""
    if all(lot.division is None for lot in lots):
        return None
    return SharingContent(
        cap_share=Decimal("0.5"), reserve_group="smallholder", reserve_share=Decimal("0.3")
    )


def _divided(lot: LotContent) -> LotContent:
    """In twenty steps; a unit that nobody delivers counts as four times the estimate."""
    item = lot.items[0]
    estimate = lot.estimated_value or Decimal(1000) * item.quantity
    penalty = (4 * estimate / item.quantity).quantize(Decimal("0.01"))
    return replace(
        lot,
        evaluation_method="lowest_price",
        items=(item,),
        criteria=tuple(c for c in lot.criteria if c.kind == "gate"),
        division=DivisionContent(item.quantity / STEPS, penalty),
    )


def parts(terms: Mapping[str, Any], lots: Collection[int], rng: Random) -> tuple[PartOffer, ...]:
    """How much a tenderer offers of each divided lot: some a lorry load, some nearly all."""
    return tuple(
        PartOffer(
            lot["lot"],
            Decimal(lot["division"]["quantum"]) * rng.choice((0, 0, 2)),
            Decimal(lot["division"]["quantum"]) * rng.randrange(4, STEPS),
        )
        for lot in terms["lots"]
        if lot.get("division") and lot["lot"] in lots
    )


def share(tender: Tender, by: User, now: datetime) -> None:
    """Run and confirm the allocation, where a lot of the tender is divided."""
    if stored.divided_lots(tender):
        row = allocations.request(tender=tender, by=by, now=now)
        allocations.run(row.pk, now=now)
        row.refresh_from_db()
        allocations.confirm(allocation=row, by=by, now=now)


def _margin(lot: LotContent) -> LotContent:
    return replace(
        lot,
        evaluation_method="lowest_evaluated_price",
        criteria=lot.criteria[:1],
        components=(ComponentContent("Transport to the depot", "lot", BUYERS, in_margin=True),),
        preference=PreferenceContent(
            "Grown in the province of delivery",
            Decimal("0.1"),
            "price_and_components",
            source=BUYERS,
        ),
        tie_break=PREFERRED_FIRST,
    )


def _marked(lot: LotContent) -> LotContent:
    return replace(
        lot,
        evaluation_method="relative_points",
        criteria=(lot.criteria[0], SAMPLE),
        points=PointsContent(Decimal(70)),
    )


def judge(lot: Lot, by: User, now: datetime) -> None:
    """The amounts, the group and the first evaluator's signed marks; the second one's wait."""
    if lot.components.exists():
        _assess(lot, by, now)
    elif judging.group(lot):
        _belong(lot, by, now)
    if judging.rated(lot):
        _mark(lot, by, now)


def _assess(lot: Lot, by: User, now: datetime) -> None:
    for place, bid in enumerate(cases.bids_for(lot)):
        kilometres = 40 + 35 * place
        found = Assessment(
            {(1, None): (Decimal(kilometres * 2), f"{kilometres} km by the table of rates")},
            belongs=place % 2 == 0,
            evidence="Letter of the extension officer" if place % 2 == 0 else "",
        )
        assessments.assess(lot=lot, bid=bid, found=found, by=by, now=now)


def _belong(lot: Lot, by: User, now: datetime) -> None:
    """Farmers and their co-operatives are of the group for which a share is reserved."""
    for bid in cases.bids_for(lot):
        small = bid.tenderer.kind in ("farmer", "cooperative")
        found = Assessment({}, small, "Register of smallholders" if small else "")
        assessments.assess(lot=lot, bid=bid, found=found, by=by, now=now)


def _mark(lot: Lot, by: User, now: datetime) -> None:
    said = ("A little dusty.", "Clean, no smell.", "Clean, sweet, even grain.")
    given = [
        GivenMark(bid, criterion, Decimal(6 + place % 3), said[place % 3])
        for place, bid in enumerate(judging.to_mark(lot))
        for criterion in judging.rated(lot)
    ]
    marks.save(lot=lot, marks=given, by=by, now=now)
    marks.sign(lot=lot, by=by, now=now)
