"""A bid draft as its writer checks it: answers, totals, what is missing, what misses a limit."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from marketplace.accounts.models import Organization
from marketplace.web.presenters import sentences
from marketplace.web.templatetags.musika import money, quantity
from procurement.models import Criterion, Item, Lot, Tender
from procurement.queries import terms
from procurement.rules import bidding
from procurement.rules.bidding import Demand, Gap
from procurement.rules.biddraft import LEAST, MOST, Draft
from procurement.rules.demands import demand
from produce import queries as produce
from produce.rules.limits import LimitFact, holds, read_value, with_unit
from produce.rules.specification import active


@dataclass(frozen=True)
class Step:
    name: str
    title: str
    href: str


@dataclass(frozen=True)
class LotAnswers:
    """One chosen lot on the page “check your answers”."""

    lot: Lot
    href: str
    rows: list[dict[str, Any]]
    total: Decimal | None
    warnings: list[str]


def demand_of(tender: Tender) -> Demand:
    return demand(terms.frozen(tender))


def gaps(draft: Draft, tender: Tender, lots: list[Lot]) -> list[Gap]:
    """What the bid lacks, parameters told by their names; empty when it may be submitted."""
    asked = demand_of(tender)
    found = bidding.gaps(draft.content(asked), asked)
    priced = {lot for lot, _ in draft.prices}
    if priced:
        found += [
            Gap(f"lot {lot}", _("You chose this lot: give its prices, or take it off your list."))
            for lot in draft.lots
            if lot not in priced
        ]
    names = {limit.code: limit.name for lot in lots for i in lot.items.all() for limit in limits(i)}
    return [_named(gap, names) for gap in found]


def _named(gap: Gap, names: dict[str, str]) -> Gap:
    if gap.where == "lines":
        return Gap(sentences.place("prices"), _(gap.message))
    *place, last = gap.where.split(", ")
    where = ", ".join([*place, names.get(last, last)])
    return Gap(sentences.place(where), _(gap.message))


def requirements(draft: Draft, lots: list[Lot]) -> list[Criterion]:
    """What must be met in the lots that were chosen, each title once."""
    gates = [c for lot in lots if lot.number in draft.lots for c in lot.criteria.all()]
    return list({gate.title: gate for gate in reversed(gates) if gate.kind == "gate"}.values())[
        ::-1
    ]


def missing(draft: Draft, lots: list[Lot]) -> list[Criterion]:
    """Requirements that no document of the draft is about: told, not refused."""
    asked = requirements(draft, lots)
    open_ = set(bidding.unproved([gate.title for gate in asked], draft.documents))
    return [gate for gate in asked if gate.title in open_]


def address(name: str, tender: Tender, tenderer: Organization, *more: object) -> str:
    return reverse(name, args=[tender.reference, tenderer.public_id, *more])


def steps(draft: Draft, tender: Tender, tenderer: Organization, here: str) -> list[dict[str, str]]:
    """The stepper: lots, one step a chosen lot, documents, check."""
    found = [Step("lots", _("Lots"), address("bid_lots", tender, tenderer))]
    found += [
        Step(f"lot-{n}", _("Lot %d") % n, address("bid_lot", tender, tenderer, n))
        for n in draft.lots
    ]
    found += [
        Step("documents", _("Documents"), address("bid_documents", tender, tenderer)),
        Step("check", _("Check and submit"), address("bid_check", tender, tenderer)),
    ]
    names = [step.name for step in found]
    at = names.index(here) if here in names else 0
    return [{"title": s.title, "href": s.href, "state": _state(i, at)} for i, s in enumerate(found)]


def _state(position: int, at: int) -> str:
    return "done" if position < at else ("current" if position == at else "next")


def after(draft: Draft, tender: Tender, tenderer: Organization, here: str) -> str:
    """Where a saved step leads."""
    hrefs = [step["href"] for step in steps(draft, tender, tenderer, here)]
    state = [step["state"] for step in steps(draft, tender, tenderer, here)]
    return hrefs[min(state.index("current") + 1, len(hrefs) - 1)]


def answers(
    draft: Draft, tender: Tender, tenderer: Organization, lots: list[Lot]
) -> list[LotAnswers]:
    """What was answered for each chosen lot, in words."""
    return [
        _answers(draft, lot, tender.currency, address("bid_lot", tender, tenderer, lot.number))
        for lot in lots
        if lot.number in draft.lots
    ]


def _answers(draft: Draft, lot: Lot, currency: str, href: str) -> LotAnswers:
    rows: list[dict[str, Any]] = []
    total: Decimal | None = Decimal(0)
    for item in lot.items.all():
        price = draft.prices.get((lot.number, item.number))
        sum_ = Decimal(price) * item.quantity if price else None
        total = None if total is None or sum_ is None else total + sum_
        rows.append(_price_row(item, price, sum_, currency))
        rows += _part_rows(draft, lot, item)
        rows += _quality_rows(draft, lot, item)
    rows += _option_rows(draft, lot)
    for row in rows:
        row["href"] = href
    return LotAnswers(lot, href, rows, total, warnings(draft, lot))


def _price_row(
    item: Item, price: str | None, total: Decimal | None, currency: str
) -> dict[str, Any]:
    if price is None:
        return {"key": item.description, "value": _("No price yet")}
    value = format_html(
        "{} × {} = {}",
        money(price, currency),
        quantity(item.quantity, item.unit),
        money(total, currency),
    )
    return {"key": item.description, "value": value}


def _part_rows(draft: Draft, lot: Lot, item: Item) -> list[dict[str, Any]]:
    """Of a lot that is awarded in parts: from the least to the most that is offered."""
    if getattr(lot, "division", None) is None:
        return []
    most = draft.quantities.get((lot.number, MOST))
    least = draft.quantities.get((lot.number, LEAST), "0")
    said = (
        f"{quantity(least, item.unit)} – {quantity(most, item.unit)}" if most else _("Not said yet")
    )
    rows = [{"key": _("Least and most of it"), "value": said}]
    if draft.capacity:
        rows.append({"key": _("Of all such lots"), "value": quantity(draft.capacity, item.unit)})
    return rows


def _quality_rows(draft: Draft, lot: Lot, item: Item) -> list[dict[str, Any]]:
    rows = []
    for limit in limits(item):
        text = draft.declared.get((lot.number, item.number, limit.code))
        shown = with_unit(limit, read_value(limit, text)) if text else _("Not said yet")
        rows.append({"key": limit.name, "value": shown})
    return rows


def limits(item: Item) -> tuple[LimitFact, ...]:
    if item.specification is None:
        return ()
    return active(produce.demands_in(item.specification))


def _option_rows(draft: Draft, lot: Lot) -> list[dict[str, Any]]:
    rows = []
    for criterion in lot.criteria.all():
        if criterion.options.all():
            chosen = draft.options.get((lot.number, criterion.number))
            labels = {str(option.number): option.label for option in criterion.options.all()}
            rows.append(
                {"key": criterion.title, "value": labels.get(chosen or "", _("Not chosen"))}
            )
    return rows


def warnings(draft: Draft, lot: Lot) -> list[str]:
    """Declared values that miss the limit: told gently, for the tenderer may know better."""
    found = []
    for item in lot.items.all():
        for limit in limits(item):
            text = draft.declared.get((lot.number, item.number, limit.code))
            if text and not holds(limit, read_value(limit, text)):
                value = with_unit(limit, read_value(limit, text))
                found.append(
                    _(
                        "%(name)s: you declare %(value)s, asked is %(limit)s. "
                        "A bid that misses a limit is disqualified when bids are judged."
                    )
                    % {"name": limit.name, "value": value, "limit": sentences.bound(limit)}
                )
    return found
