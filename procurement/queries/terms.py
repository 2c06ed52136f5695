"""The terms of a tender: what bidders answer, frozen and hashed at publication."""

import hashlib
import json
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from marketplace import keys
from marketplace.fields import plain
from procurement.models import (
    CommitteeMember,
    Criterion,
    Item,
    Lot,
    LotDivision,
    Tender,
    TenderSharing,
)
from procurement.queries import contents
from procurement.rules import sealing
from procurement.rules.published import canonical_terms
from procurement.rules.timeline import instant
from produce import queries as produce
from produce.rules.sampling import Scheme
from produce.rules.terms import published_form

FORMAT = "musika-terms/1"
DIVISION = ("quantum", "unmet_penalty", "minimum_suppliers", "maximum_suppliers")
SHARING = (
    *("budget", "cap_share", "cap_of", "reserve_group", "reserve_share", "reserve_of"),
    "tie_break",
)


def _text(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def terms(tender: Tender) -> dict[str, Any]:
    """Everything that a bid answers, as plain data with numbers as text."""
    committee = list(tender.committee.order_by("position"))
    return {**_said(tender), "committee": _committee(tender, committee)}


def _said(tender: Tender) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "tender": tender.reference,
        "buyer": tender.buyer.public_id,
        "title": tender.title,
        "description": tender.description,
        "method": tender.method,
        "reserved_for": tender.reserved_for,
        "jurisdiction": tender.jurisdiction,
        "currency": tender.currency,
        "enquiry_deadline": _instant(tender.enquiry_deadline),
        "deadline": _instant(tender.deadline),
        "standstill_days": tender.standstill_days,
        "lots": lots(tender),
        **sharing(tender),
        "documents": [
            {"title": d.title, "filename": d.filename, "sha256": d.sha256}
            for d in tender.documents.all()
        ],
    }


def fingerprint(tender: Tender) -> str:
    """Of a draft: changes when anything changes that its publication would freeze.

    What the tender says, with its estimates, its documents, and the committee with its keys.
    """
    seats = tender.committee.order_by("position").values_list(
        "user__public_id", "organization__public_id", "public_key", "draw_commitment"
    )
    said = {**_said(tender), "committee": [list(seat) for seat in seats]}
    text = f"{contents.fingerprint(tender)}\n{canonical_terms(said)}"
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def lots(tender: Tender) -> list[dict[str, Any]]:
    """The lots as the terms have them; of a draft too."""
    rows = tender.lots.select_related("points", "preference", "division").prefetch_related(
        "items__commodity", "criteria__options", "criteria__rating", "components"
    )
    return [_lot(lot) for lot in rows]


def sharing(tender: Tender) -> dict[str, Any]:
    """What the divided lots share; nothing at all where none is divided."""
    if not LotDivision.objects.filter(lot__tender=tender).exists():
        return {}
    row = getattr(tender, "sharing", None) or TenderSharing(tender=tender)
    return {"sharing": _said_of(row, *SHARING)}


def _instant(value: datetime | None) -> str | None:
    return None if value is None else instant(value).isoformat(timespec="microseconds")


def _lot(lot: Lot) -> dict[str, Any]:
    return {
        "lot": lot.number,
        "title": lot.title,
        "evaluation_method": lot.evaluation_method,
        "reserve_price": _text(lot.reserve_price),
        "minimum_price": _text(lot.minimum_price),
        "rounding": {"mode": lot.rounding, "decimals": lot.rounding_decimals},
        "items": [_item(item) for item in lot.items.all()],
        "criteria": [_criterion(criterion) for criterion in lot.criteria.all()],
        "components": [
            {"component": c.number} | _said_of(c, "title", "per", "source", "in_margin")
            for c in lot.components.all()
        ],
        "preference": _part(lot, "preference", "title", "margin", "base", "way", "source"),
        "points": _part(lot, "points", "weight", "total", "lowest", "highest", "minimum"),
        "tie_break": lot.tie_break.split(","),
    } | _division(lot)


def _division(lot: Lot) -> dict[str, Any]:
    """Named where the lot is divided only: other terms stay as they always were."""
    found = _part(lot, "division", *DIVISION)
    return {} if found is None else {"division": found}


def _part(row: Lot | Criterion, name: str, *fields: str) -> dict[str, Any] | None:
    """A part that a row has or not, as plain data."""
    part = getattr(row, name, None)
    return None if part is None else _said_of(part, *fields)


def _said_of(row: Any, *fields: str) -> dict[str, Any]:
    return {field: _text(getattr(row, field)) for field in fields}


def _item(item: Item) -> dict[str, Any]:
    return {
        "item": item.number,
        "commodity": item.commodity.code if item.commodity else None,
        "description": item.description,
        "quantity": _text(item.quantity),
        "unit": item.unit,
        "delivery_place": item.delivery_place,
        "province": item.province,
        "district": item.district,
        "delivery_starts": _text(item.delivery_starts),
        "delivery_ends": _text(item.delivery_ends),
        "specification": _specification(item),
        "quality": quality(item),
    }


def _specification(item: Item) -> list[dict[str, Any]]:
    if item.specification is None:
        return []
    requirements = produce.specification_facts(item.specification)
    return [{k: _text(v) for k, v in asdict(r).items()} for r in requirements]


def quality(item: Item) -> dict[str, Any] | None:
    """What the specification says beside its limits; the schedule whole, as it was published."""
    specification = item.specification
    if specification is None:
        return None
    schedule = specification.adjustment
    scheme = produce.sampling_schemes().get(specification.sampling)
    return {
        "adjustment": published_form(produce.schedule_entry(schedule)) if schedule else None,
        "sampling": _scheme(scheme) if scheme else None,
        "quantity_tolerance": _text(specification.quantity_tolerance),
        "measuring": [
            {"parameter": one.code, "place": one.place, "method": one.method}
            for one in produce.measuring_of(specification)
        ],
    }


def _scheme(scheme: Scheme) -> dict[str, Any]:
    said = _said_of(scheme, "code", "edition", "name", "source", "confidence", "note")
    lots = [{"up_to": _text(x.up_to), "increments": str(x.increments)} for x in scheme.lots]
    return {**said, "lots": lots}


def _criterion(criterion: Criterion) -> dict[str, Any]:
    return {
        "criterion": criterion.number,
        "title": criterion.title,
        "kind": criterion.kind,
        "source": criterion.source,
        "options": [
            {"option": o.number, "label": o.label, "value": _text(o.value)}
            for o in criterion.options.all()
        ],
        "rating": _part(criterion, "rating", "weight", "highest_mark", "combine", "minimum"),
        "in_margin": criterion.in_margin,
    }


def _committee(tender: Tender, members: list[CommitteeMember]) -> dict[str, Any]:
    return {
        "quorum": tender.opening_quorum,
        "public_keys": [m.public_key for m in members],
        "draw_commitments": [m.draw_commitment for m in members],
        "gate": keys.gate_public_bytes().hex(),
        "hash": sealing.committee_hash(
            [bytes.fromhex(m.public_key) for m in members], keys.gate_public_bytes()
        ),
    }


def frozen(tender: Tender) -> dict[str, Any]:
    """The terms as published; only published tenders have them."""
    data: dict[str, Any] = json.loads(tender.terms)
    return data


def amendments(tender: Tender) -> list[dict[str, Any]]:
    """What was published after the publication, the first first, with its instants as such."""
    if not tender.terms or tender.is_historical:
        return []
    instants = ("at", "deadline_before", "deadline")
    return [
        one | {name: datetime.fromisoformat(one[name]) for name in instants}
        for one in frozen(tender).get("amendments", [])
    ]
