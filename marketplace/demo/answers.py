"""What a tenderer of the demo answers: a whole bid for the lots that its plan prices."""

from decimal import ROUND_HALF_EVEN, Decimal
from random import Random
from typing import Any

from marketplace.demo import methods, papers
from marketplace.demo.planned import BidPlan
from procurement.rules.bidding import Attachment, BidContent, Declaration, LineOffer, Response


def answer(
    terms: dict[str, Any], plan: BidPlan, rng: Random, *, factor: int = 100, paper: str = ""
) -> BidContent:
    """The bid of `plan` under frozen `terms`, at `factor` percent of its prices.

    `paper` is who signs the attached certificate; empty: nothing is attached.
    """
    lots = [lot for lot in terms["lots"] if any(n == lot["lot"] for n, _ in plan.prices)]
    items = [(lot["lot"], item) for lot in lots for item in lot["items"]]
    spoiled = plan.flaw == "quality"
    return BidContent(
        lines=tuple(_line(plan, lot, item, factor) for lot, item in items),
        declared=tuple(
            Declaration(
                lot, item["item"], limit["parameter"], _value(limit, spoiled and i == 0, rng)
            )
            for lot, item in items
            for i, limit in enumerate(item["specification"])
        ),
        responses=tuple(
            Response(lot["lot"], c["criterion"], rng.randrange(len(c["options"])) + 1)
            for lot in lots
            for c in lot["criteria"]
            if c["kind"] == "quality"
        ),
        documents=(_certificate(terms, paper),) if paper else (),
        parts=methods.parts(terms, {lot["lot"] for lot in lots}, rng),
    )


def _line(plan: BidPlan, lot: int, item: dict[str, Any], factor: int) -> LineOffer:
    price = plan.prices[lot, item["item"]] * factor / 100
    price = price.quantize(Decimal("0.01"))
    return LineOffer(lot, item["item"], price, Decimal(item["quantity"]))


def _value(limit: dict[str, Any], spoiled: bool, rng: Random) -> str:
    """A declared value inside the limit, or a little beyond it."""
    if limit["equals"] is not None:
        return str(limit["equals"])
    low, high = (
        Decimal(limit[k]) if limit[k] is not None else None for k in ("minimum", "maximum")
    )
    if low is not None and high is not None:
        return format((low + high) / 2, "f")
    bound = high if high is not None else low
    assert bound is not None  # A limit that binds has a bound.
    inside = high is not None
    percent = rng.randrange(55, 100) if inside else rng.randrange(101, 112)
    if spoiled:
        percent = 118 if inside else 88
    value = bound * percent / 100
    if bound == 0:
        value = Decimal(2) if spoiled and inside else bound
    return (
        format(value.quantize(_step(bound), ROUND_HALF_EVEN), "f")
        if value != bound
        else format(bound, "f")
    )


def _step(bound: Decimal) -> Decimal:
    """One decimal more than the limit has, so that no rounding reaches it; whole for counts."""
    exponent = bound.as_tuple().exponent
    assert isinstance(exponent, int)
    return Decimal(1).scaleb(min(exponent, 0) - 1)


def _certificate(terms: dict[str, Any], name: str) -> Attachment:
    lines = ["TAX CLEARANCE CERTIFICATE (invented, for the Musika demo)", "", name]
    lines.append(f"Shown with a bid for {terms['tender']}.")
    return Attachment(
        title="Tax clearance certificate",
        filename="tax-clearance.pdf",
        media_type="application/pdf",
        content=papers.pdf(lines),
    )
