"""Write an opened bid into rows, and read it out for the ledger."""

from typing import Any

from marketplace.errors import Invalid
from marketplace.fields import plain
from procurement.models import (
    Bid,
    BidLine,
    CriterionOption,
    DeclaredValue,
    Item,
    RequirementResponse,
)
from procurement.rules.bidding import BidContent


def write(bid: Bid, content: BidContent) -> None:
    """Rows for what the bid says; names unknown to the tender were refused at submission."""
    items = {
        (item.lot.number, item.number): item
        for item in Item.objects.filter(lot__tender=bid.tender).select_related("lot")
    }
    BidLine.objects.bulk_create(
        BidLine(
            bid=bid,
            item=items[line.lot, line.item],
            unit_price=line.unit_price,
            quantity=line.quantity,
            stated_total=line.stated_total,
        )
        for line in content.lines
    )
    DeclaredValue.objects.bulk_create(
        DeclaredValue(bid=bid, item=items[d.lot, d.item], parameter=d.parameter, value=d.value)
        for d in content.declared
    )
    _write_responses(bid, content)


def _write_responses(bid: Bid, content: BidContent) -> None:
    rows = CriterionOption.objects.filter(criterion__lot__tender=bid.tender)
    options = {
        (o.criterion.lot.number, o.criterion.number, o.number): o
        for o in rows.select_related("criterion__lot")
    }
    try:
        chosen = [options[r.lot, r.criterion, r.option] for r in content.responses]
    except KeyError as error:
        raise Invalid(f"The bid names an option that does not exist: {error}.") from None
    RequirementResponse.objects.bulk_create(
        RequirementResponse(bid=bid, option=option) for option in chosen
    )


def line(bid: Bid) -> dict[str, Any]:
    """The public reading of one bid: who, which envelope, its key, prices and quantities."""
    sealed = bid.sealed_bid
    return {
        "bid": bid.public_id,
        "tenderer": bid.tenderer.public_id,
        "sequence": sealed.sequence if sealed else None,
        "ciphertext_hash": sealed.envelope_hash if sealed else None,
        "dek": bid.dek or None,
        "failure": bid.failure or None,
        "lines": [
            {
                "lot": row.item.lot.number,
                "item": row.item.number,
                "unit_price": plain(row.unit_price),
                "quantity": plain(row.quantity),
            }
            for row in bid.lines.select_related("item__lot").order_by("item__lot__number", "item")
        ],
    }
