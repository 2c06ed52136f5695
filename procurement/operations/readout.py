"""Write an opened bid into rows, and read it out for the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects

from marketplace.errors import Invalid
from marketplace.fields import plain
from procurement.models import (
    Bid,
    BidLine,
    BidPart,
    CriterionOption,
    DeclaredValue,
    Item,
    RequirementResponse,
    Tender,
)
from procurement.rules.bidding import BidContent


@dataclass(frozen=True)
class Names:
    """A tender's items and options by the numbers that bids call them; read once an opening."""

    items: Mapping[tuple[int, int], Item]
    options: Mapping[tuple[int, int, int], CriterionOption]


def names(tender: Tender) -> Names:
    items = Item.objects.filter(lot__tender=tender).select_related("lot")
    options = CriterionOption.objects.filter(criterion__lot__tender=tender)
    return Names(
        {(item.lot.number, item.number): item for item in items},
        {
            (o.criterion.lot.number, o.criterion.number, o.number): o
            for o in options.select_related("criterion__lot")
        },
    )


def write(bid: Bid, content: BidContent, known: Names) -> None:
    """Rows for what the bid says; names unknown to the tender were refused at submission."""
    BidLine.objects.bulk_create(
        BidLine(
            bid=bid,
            item=known.items[line.lot, line.item],
            unit_price=line.unit_price,
            quantity=line.quantity,
            stated_total=line.stated_total,
        )
        for line in content.lines
    )
    DeclaredValue.objects.bulk_create(
        DeclaredValue(
            bid=bid, item=known.items[d.lot, d.item], parameter=d.parameter, value=d.value
        )
        for d in content.declared
    )
    _write_responses(bid, content, known)
    lots = {lot: item.lot for (lot, _), item in known.items.items()}
    BidPart.objects.bulk_create(
        BidPart(bid=bid, lot=lots[part.lot], minimum=part.minimum, maximum=part.maximum)
        for part in content.parts
    )


def _write_responses(bid: Bid, content: BidContent, known: Names) -> None:
    try:
        chosen = [known.options[r.lot, r.criterion, r.option] for r in content.responses]
    except KeyError as error:
        raise Invalid(f"The bid names an option that does not exist: {error}.") from None
    RequirementResponse.objects.bulk_create(
        RequirementResponse(bid=bid, option=option) for option in chosen
    )


def with_lines(bids: Sequence[Bid]) -> None:
    """Have the lines of all of them at hand for `line`, in the order of reading, in one query."""
    rows = BidLine.objects.select_related("item__lot").order_by("item__lot__number", "item")
    parts = BidPart.objects.select_related("lot").order_by("lot__number")
    prefetch_related_objects(bids, Prefetch("lines", rows), Prefetch("parts", parts))


def line(bid: Bid) -> dict[str, Any]:
    """The public reading of one bid: who, which envelope, its key, prices and quantities.

    The bid went through `with_lines`.
    """
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
            for row in bid.lines.all()
        ],
    } | parts(bid)


def parts(bid: Bid) -> dict[str, Any]:
    """How much a bid offers of divided lots; nothing where none is."""
    found = [
        {"lot": row.lot.number, "minimum": plain(row.minimum), "maximum": plain(row.maximum)}
        for row in bid.parts.all()
    ]
    capacity = None if bid.capacity is None else plain(bid.capacity)
    return {"parts": found, "capacity": capacity} if found else {}
