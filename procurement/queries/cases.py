"""The evaluation case of a lot: published terms and opened bids, as the rules take them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from marketplace.accounts.models import Debarment
from marketplace.fields import plain
from procurement.models import (
    Bid,
    BidLine,
    DeclaredValue,
    GateDecision,
    GroupFinding,
    Lot,
    Mark,
    PriceAddition,
    RequirementResponse,
)
from procurement.queries import terms
from procurement.rules import case as rules
from procurement.rules.facts import Case
from procurement.rules.published import ELIGIBLE, PREFERRED, case_terms, component_name
from procurement.rules.timeline import instant


def case(lot: Lot, bids: Iterable[Bid] | None = None) -> Case:
    """The whole case of an opened lot; `bids`: those of `bids_for`, if they were read already."""
    data = terms.frozen(lot.tender)
    raw = case_terms(data, lot.tender.terms_hash, lot.number)
    raw["draw_seed"] = lot.tender.draw_seed or None
    debarred = _debarred(lot)
    counted, prefers = _counted(lot), bool(raw.get("groups"))
    rows = _read(lot, bids)
    raw["bids"] = [_bid(bid, debarred) | _judged(bid, counted, prefers) for bid in rows]
    return rules.from_json(raw)


def _read(lot: Lot, bids: Iterable[Bid] | None) -> Iterable[Bid]:
    return bids_for(lot) if bids is None else bids


def bids_for(lot: Lot) -> QuerySet[Bid]:
    """The opened bids that priced this lot, each with what it says about it."""
    return (
        Bid.objects.filter(tender=lot.tender, failure="", lines__item__lot=lot)
        .distinct()
        .select_related("tenderer", "sealed_bid")
        .prefetch_related(
            Prefetch("lines", BidLine.objects.filter(item__lot=lot).prefetch_related("item")),
            Prefetch(
                "declared_values",
                DeclaredValue.objects.filter(item__lot=lot).prefetch_related("item"),
            ),
            Prefetch(
                "responses",
                RequirementResponse.objects.filter(option__criterion__lot=lot).prefetch_related(
                    "option__criterion"
                ),
            ),
            Prefetch(
                "additions",
                PriceAddition.objects.filter(component__lot=lot).select_related(
                    "component", "item"
                ),
            ),
            Prefetch("group_findings", GroupFinding.objects.filter(lot=lot)),
            Prefetch(
                "gate_decisions",
                GateDecision.objects.filter(criterion__lot=lot).prefetch_related("criterion"),
            ),
        )
        .order_by("id")
    )


def _debarred(lot: Lot) -> dict[int, str]:
    """Reasons by organisation for those debarred at the deadline."""
    at: datetime | None = lot.tender.deadline
    rows = Debarment.objects.filter(Q(starts_at__lte=at) & Q(ends_at__gt=at))
    return {row.organization_id: f"Debarred: {row.reason} ({row.source})" for row in rows}


def _bid(bid: Bid, debarred: Mapping[int, str]) -> dict[str, Any]:
    submitted = bid.submitted_at or bid.opened_at
    return {
        "bid": bid.public_id,
        "tenderer": bid.tenderer.public_id,
        "submitted_at": instant(submitted)
        .isoformat(timespec="microseconds")
        .replace("+00:00", "Z"),
        "revision": str(bid.sealed_bid.revision if bid.sealed_bid else 1),
        "lines": [_line(line) for line in bid.lines.all()],
        "declared": [
            {"item": str(d.item.number), "parameter": d.parameter, "value": d.value}
            for d in bid.declared_values.all()
        ],
        "responses": [
            {"criterion": str(r.option.criterion.number), "option": str(r.option.number)}
            for r in bid.responses.all()
        ],
        "gates": [_eligible(bid, debarred), *(_finding(g) for g in bid.gate_decisions.all())],
    }


def _counted(lot: Lot) -> dict[int, list[dict[str, Any]]]:
    """By bid: the marks that were signed by evaluators who have no conflict."""
    clear = lot.tender.declarations.filter(tenderer=None).values("evaluator")
    rows = Mark.objects.filter(sheet__lot=lot, sheet__evaluator__in=clear)
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows.exclude(sheet__signed_at=None).select_related("sheet__evaluator", "criterion"):
        mark = {
            "criterion": str(row.criterion.number),
            "evaluator": row.sheet.evaluator.public_id,
            "mark": plain(row.mark),
            "reason": row.reason,
        }
        found.setdefault(row.bid_id, []).append(mark)
    return found


def _judged(bid: Bid, marks: Mapping[int, list[dict[str, Any]]], prefers: bool) -> dict[str, Any]:
    """What the evaluators stated besides gates; what a method does not use is left out."""
    out = any(not decision.passed for decision in bid.gate_decisions.all())
    found = {
        "additions": [_addition(row) for row in bid.additions.all()],
        "groups": [
            {"group": PREFERRED, "evidence": row.evidence}
            for row in bid.group_findings.all()
            # Without a preference the group is that of a reserved share: the allocation's.
            if row.belongs and prefers
        ],
        # A bid that a gate has put out since it was marked needs no marks of those after it.
        "marks": [] if out else marks.get(bid.pk, []),
    }
    return {name: value for name, value in found.items() if value}


def _addition(row: PriceAddition) -> dict[str, Any]:
    return {
        "component": component_name(row.component.number),
        "item": str(row.item.number) if row.item else None,
        "amount": plain(row.amount),
        "reason": row.reason,
    }


def _line(line: BidLine) -> dict[str, Any]:
    stated = line.stated_total
    return {
        "item": str(line.item.number),
        "unit_price": plain(line.unit_price),
        "quantity": plain(line.quantity),
        "stated_total": None if stated is None else plain(stated),
    }


def _eligible(bid: Bid, debarred: Mapping[int, str]) -> dict[str, Any]:
    reason = debarred.get(bid.tenderer_id, "")
    return {
        "criterion": ELIGIBLE,
        "passed": not reason,
        "reason": reason,
        "source": "Register of debarments of this installation",
    }


def _finding(decision: GateDecision) -> dict[str, Any]:
    return {
        "criterion": str(decision.criterion.number),
        "passed": decision.passed,
        "reason": decision.reason,
        "source": decision.criterion.source,
    }
