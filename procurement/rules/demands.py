"""What a bid must answer, read from the published terms."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from procurement.rules.bid_parts import Divided
from procurement.rules.bidding import Demand


def demand(data: Mapping[str, Any]) -> Demand:
    """The quantities, values and choices that the terms of a tender ask of every bid."""
    items = [(lot["lot"], item) for lot in data["lots"] for item in lot["items"]]
    asked = [(lot["lot"], c) for lot in data["lots"] for c in lot["criteria"] if c["options"]]
    return Demand(
        quantities={(lot, i["item"]): Decimal(i["quantity"]) for lot, i in items},
        parameters={
            (lot, i["item"]): frozenset(p["parameter"] for p in i["specification"])
            for lot, i in items
        },
        numeric={
            (lot, i["item"]): frozenset(
                p["parameter"] for p in i["specification"] if p["kind"] != "equals"
            )
            for lot, i in items
        },
        options={
            (lot, c["criterion"]): frozenset(o["option"] for o in c["options"]) for lot, c in asked
        },
        divided={
            lot["lot"]: Divided(
                Decimal(lot["items"][0]["quantity"]), Decimal(lot["division"]["quantum"])
            )
            for lot in data["lots"]
            if lot.get("division")
        },
    )
