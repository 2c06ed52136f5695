"""What tests send: the same stories as tests.factories, as JSON."""

import json
from typing import Any

from procurement.models import Tender
from procurement.rules import bidding
from tests.factories import offer

PERIOD = {"deadline": "2026-03-22T08:00:00Z", "enquiry_deadline": "2026-03-16T10:00:00+02:00"}


CHANGES = [
    {"action": "set", "code": "MOISTURE", "maximum": "11.5"},
    {"action": "remove", "code": "PEST_DAMAGED"},
    {
        "action": "add",
        "code": "BAG_WEIGHT",
        "name": "Bag weight",
        "unit": "kg",
        "kind": "numeric",
        "direction": "lower_is_better",
        "maximum": "50",
    },
]


def item(**changes: Any) -> dict[str, Any]:
    base = {
        "commodity": "MAIZE_GRAIN",
        "description": "White maize",
        "quantity": "100",
        "unit": "t",
        "delivery_place": "Gwanda depot",
        "province": "Matabeleland South",
        "district": "Gwanda",
        "delivery_starts": "2026-04-20",
        "delivery_ends": "2026-06-30",
    }
    return base | changes


def lot(**changes: Any) -> dict[str, Any]:
    gate = {"title": "Tax clearance", "kind": "gate", "source": "s.28"}
    return {"title": "White maize, Gwanda", "items": [item()], "criteria": [gate]} | changes


def tender(**changes: Any) -> dict[str, Any]:
    return {"title": "Maize for Gwanda", "lots": [lot()], **PERIOD} | changes


def bid(tender: Tender, price: str, lots: tuple[int, ...] | None = None) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(bidding.to_bytes(offer(tender, price, lots)))
    return data
