"""The allocation case of a tender, and where its work stands."""

import json
from collections.abc import Sequence
from typing import Any

from marketplace.fields import plain
from procurement.models import (
    Allocation,
    Award,
    AwardCancellation,
    Bid,
    Evaluation,
    GroupFinding,
    Lot,
    Tender,
)
from procurement.queries import terms
from procurement.rules.allocation import case as cases
from procurement.rules.allocation.facts import Case
from procurement.rules.allocation.published import Judged, allocation_terms, name, whole_case
from procurement.rules.reading import InvalidCase


def divided_lots(tender: Tender) -> list[Lot]:
    """The lots that are awarded in parts, whatever became of them."""
    rows = tender.lots.filter(division__isnull=False).order_by("number")
    found = list(rows.select_related("division"))
    for lot in found:
        lot.tender = tender
    return found


def latest(tender: Tender) -> Allocation | None:
    """The run that was asked for last."""
    return tender.allocations.order_by("-id").first()


def confirmed(tender: Tender) -> Allocation | None:
    """The run that stands: the one confirmed last."""
    return tender.allocations.exclude(confirmed_at=None).order_by("-id").first()


def decided(tender: Tender) -> Allocation | None:
    """The run whose awards were decided last: the one that everybody may read."""
    rows = tender.allocations.filter(awards__decided_at__isnull=False)
    return rows.distinct().order_by("-id").first()


def parts_of(tender: Tender) -> list[Award]:
    """The awards of parts that stand, in the order of lots and suppliers."""
    rows = Award.objects.filter(lot__tender=tender, is_part=True, cancelled_at=None)
    return list(
        rows.select_related("lot__tender__buyer", "bid__sealed_bid", "supplier")
        .prefetch_related("lines__item")
        .order_by("lot__number", "supplier__name", "id")
    )


def fallen(tender: Tender) -> list[str]:
    """Parts whose award was undone: a later run passes them over."""
    # Those that were taken down along with a refused one may well be awarded again.
    undone = AwardCancellation.objects.exclude(confirmed_at=None)
    rows = Award.objects.filter(lot__tender=tender, is_part=True).exclude(cancelled_at=None)
    rows = rows.filter(pk__in=undone.values("award"))
    pairs = rows.values_list("bid__public_id", "lot__number").distinct()
    return sorted(name(bid, lot) for bid, lot in pairs)


def case(tender: Tender, passed_over: Sequence[str] = ()) -> Case:
    """The rules as published with what the confirmed evaluations found. Raises InvalidCase."""
    data = terms.frozen(tender)
    rules = allocation_terms(data, tender.terms_hash)
    if rules is None:
        raise InvalidCase("no lot of this tender is divided", where="lots")
    judged = judged_lots(tender)
    raw = whole_case(rules, judged, offers(tender), groups(tender), passed_over)
    return cases.from_json(raw)


def judged_lots(tender: Tender) -> list[Judged]:
    """The divided lots with a confirmed evaluation: its bids as they went in and came out."""
    lots = [lot.pk for lot in divided_lots(tender)]
    rows = Evaluation.objects.filter(lot__in=lots).exclude(confirmed_at=None)
    found = rows.select_related("lot").order_by("lot__number")
    return [
        Judged(row.lot.number, json.loads(row.case)["bids"], json.loads(row.result)["bids"])
        for row in found
    ]


def offers(tender: Tender) -> dict[str, dict[str, Any]]:
    """By bid, how much it offers of divided lots: as it was read out."""
    rows = Bid.objects.filter(tender=tender, parts__isnull=False).distinct()
    return {
        bid.public_id: {
            "parts": [
                {"lot": p.lot.number, "minimum": plain(p.minimum), "maximum": plain(p.maximum)}
                for p in bid.parts.all()
            ],
            "capacity": None if bid.capacity is None else plain(bid.capacity),
        }
        for bid in rows.prefetch_related("parts__lot")
    }


def groups(tender: Tender) -> dict[str, list[str]]:
    """By tenderer, the group that the evaluators found it to belong to, in every lot alike."""
    sharing = terms.frozen(tender).get("sharing") or {}
    group = sharing.get("reserve_group")
    if not group:
        return {}
    rows = GroupFinding.objects.filter(lot__tender=tender, lot__division__isnull=False)
    found: dict[str, set[bool]] = {}
    for tenderer, belongs in rows.values_list("bid__tenderer__public_id", "belongs"):
        found.setdefault(tenderer, set()).add(belongs)
    # Who was found to belong in one lot and not in another is not held to belong.
    return {tenderer: [group] for tenderer, said in found.items() if said == {True}}
