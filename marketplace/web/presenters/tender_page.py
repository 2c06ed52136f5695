"""Everything that the public page of one tender shows."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from marketplace.fields import plain
from marketplace.web.presenters import sentences
from marketplace.web.presenters.division import published_division
from marketplace.web.presenters.method import published_words
from marketplace.web.presenters.quality import QualityView, quality_view
from procurement import visibility
from procurement.models import Award, Bid, BidLine, BidPart, EvaluatedBid, Item, Lot, Tender
from procurement.queries import facts
from procurement.rules.timeline import TenderStatus
from procurement.rules.visibility import Fact
from produce import queries as produce
from produce.rules.facts import Change
from produce.rules.limits import LimitFact
from produce.rules.specification import Demand, active, differences, summary


@dataclass(frozen=True)
class LimitView:
    """One row of the quality table."""

    name: str
    bound: str
    method: str
    source: str
    remark: str
    safety: bool
    change: str


@dataclass(frozen=True)
class ItemView:
    item: Item
    # What the goods are called in the catalogue, where the description does not say it already.
    commodity: str
    limits: tuple[LimitView, ...]
    plain: tuple[str, ...]
    changes: tuple[str, ...]
    quality: QualityView | None = None


@dataclass(frozen=True)
class LotView:
    lot: Lot
    status: TenderStatus
    items: tuple[ItemView, ...]
    criteria: tuple[dict[str, Any], ...]
    award: Award | None
    ranking: tuple[EvaluatedBid, ...]
    readout: list[dict[str, Any]] = field(default_factory=list)
    # What the method adds to its name, in sentences.
    compared: list[str] = field(default_factory=list)
    # Of a lot that is awarded in parts: how it is divided, and what was awarded to whom.
    divided: list[str] = field(default_factory=list)
    parts: list[Award] = field(default_factory=list)


def lots(tender: Tender, now: datetime) -> list[LotView]:
    """The lots of a tender that `lookups.whole_tender` fetched; one query more when read out."""
    frozen = _frozen(tender)
    readout = _readout(tender)
    return [
        _lot(lot, now, frozen.get(lot.number), readout.get(lot.pk, [])) for lot in tender.lots.all()
    ]


def _lot(
    lot: Lot, now: datetime, terms: dict[str, Any] | None, readout: list[dict[str, Any]]
) -> LotView:
    stand = [a for a in lot.awards.all() if a.decided_at and not a.cancelled_at]
    award = stand[0] if stand else None
    evaluation = next(iter(lot.evaluations.all()), None)
    ranking = tuple(evaluation.bids.all()) if evaluation and award else ()
    items = tuple(_item(item) for item in lot.items.all())
    status = facts.lot_status(lot, now)
    criteria = tuple(terms["criteria"]) if terms else ()
    compared = published_words(terms) if terms else []
    shown = [] if ranking else readout
    divided = published_division(terms, lot.tender.currency) if terms else []
    parts = [a for a in stand if a.is_part]
    return LotView(lot, status, items, criteria, award, ranking, shown, compared, divided, parts)


def _item(item: Item) -> ItemView:
    if item.specification is None:
        return ItemView(item, commodity(item), (), (), ())
    demands = produce.demands_in(item.specification)
    return ItemView(
        item,
        commodity(item),
        tuple(_limit(demand) for demand in demands if demand.binds),
        tuple(_plain(item, active(demands))),
        tuple(differences(demands)),
        _quality(item, active(demands)),
    )


def _quality(item: Item, limits: Sequence[LimitFact]) -> QualityView | None:
    specification = item.specification
    if specification is None or item.commodity is None:
        return None
    return quality_view(
        commodity=item.commodity.name,
        limits=limits,
        quantity=item.quantity,
        unit=item.unit,
        tolerance=specification.quantity_tolerance,
        measuring=produce.measuring_of(specification),
        sampling=specification.sampling,
        schedule=specification.adjustment,
    )


def _plain(item: Item, limits: Sequence[LimitFact]) -> list[str]:
    if item.commodity is None:
        return summary(limits)
    return sentences.must(item.commodity.name, limits)


def commodity(item: Item) -> str:
    name = item.commodity.name if item.commodity else ""
    return "" if name.casefold() in item.description.casefold() else name


def _limit(demand: Demand) -> LimitView:
    limit = demand.limit
    change = "" if demand.change is Change.SAME else demand.change.value
    return LimitView(
        limit.name,
        sentences.bound(limit),
        limit.method,
        limit.source,
        sentences.remark(limit.confidence),
        limit.is_safety,
        change,
    )


def _frozen(tender: Tender) -> dict[int, dict[str, Any]]:
    """By lot number, from the terms as they were frozen: how bids are judged."""
    if not tender.terms or tender.is_historical:
        return {}
    return {lot["lot"]: lot for lot in json.loads(tender.terms)["lots"]}


def _readout(tender: Tender) -> dict[int, list[dict[str, Any]]]:
    """What was read out at the opening, by lot: tenderer and total, cheapest first."""
    if not visibility.sees(AnonymousUser(), Fact.BID, tender):
        return {}
    lines = BidLine.objects.filter(bid__tender=tender)
    totals: dict[int, dict[str, dict[str, Any]]] = {}
    ranges = _ranges(tender)
    for line in lines.select_related("bid__tenderer", "item"):
        bids = totals.setdefault(line.item.lot_id, {})
        row = bids.setdefault(line.bid.public_id, _empty(line.bid))
        row["total"] += line.unit_price * line.quantity
        row["range"] = ranges.get((line.bid_id, line.item.lot_id), "")
    return {lot: sorted(bids.values(), key=_cheapest) for lot, bids in totals.items()}


def _ranges(tender: Tender) -> dict[tuple[int, int], str]:
    """Of lots that are awarded in parts: the least and the most of each bid."""
    if "sharing" not in tender.terms:
        return {}
    rows = BidPart.objects.filter(bid__tender=tender).prefetch_related("lot__items")
    return {
        (row.bid_id, row.lot_id): f"{plain(row.minimum)} – {plain(row.maximum)} "
        f"{row.lot.items.all()[0].unit}"
        for row in rows.select_related("lot")
    }


def _empty(bid: Bid) -> dict[str, Any]:
    return {
        "name": bid.tenderer.name,
        "kind": _(bid.tenderer.get_kind_display()),
        "total": Decimal(0),
    }


def _cheapest(row: dict[str, Any]) -> Decimal:
    total: Decimal = row["total"]
    return total


def timeline(tender: Tender, views: list[LotView], now: datetime) -> list[dict[str, Any]]:
    """What has happened and what comes next, in order."""
    events = sorted(_events(tender, views), key=lambda event: event["at"])
    for event in events:
        event["state"] = "done" if event["at"] <= now else "next"
    if tender.cancelled_at:
        events = [event for event in events if event["state"] == "done"]
    coming = next((event for event in events if event["state"] == "next"), None)
    if coming:
        coming["state"] = "current"
    return events


def _events(tender: Tender, views: list[LotView]) -> Iterator[dict[str, Any]]:
    known = (
        (_("Tender published"), tender.published_at, ""),
        (_("Time for questions ends"), tender.enquiry_deadline, ""),
        (_("Bids close"), tender.deadline, _("A bid at this instant or later is late.")),
        (_("Closed in the record"), tender.closed_at, ""),
        (_("Bids opened and read out"), tender.opened_at, ""),
        (_("Tender cancelled"), tender.cancelled_at, tender.cancelled_reason),
    )
    yield from ({"title": t, "at": at, "text": text} for t, at, text in known if at)
    for view in views:
        yield from _lot_events(view, len(views) > 1)


def _lot_events(view: LotView, several: bool) -> Iterator[dict[str, Any]]:
    lot, award = view.lot, view.award
    label = f"{_('Lot %d') % lot.number}: " if several else ""
    evaluation = next(iter(lot.evaluations.all()), None)
    contract = facts.contract_of(award)
    known = (
        (_("evaluation confirmed"), evaluation and evaluation.confirmed_at, ""),
        (_("awarded to %s") % award.supplier.name if award else "", award and award.decided_at, ""),
        (
            _("standstill ends"),
            award and award.standstill_ends_at,
            _("Until then it may be challenged."),
        ),
        (_("no award"), lot.unsuccessful_at, lot.unsuccessful_reason),
        (_("contract signed"), contract and contract.signed_at, ""),
        (_("delivered"), contract and contract.delivered_at, ""),
        (_("paid"), contract and contract.paid_at, ""),
    )
    for title, at, text in known:
        if at:
            words = label + title
            yield {"title": words[:1].upper() + words[1:], "at": at, "text": text}
