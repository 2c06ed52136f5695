"""The evaluators' judgements of a lot as the rules and the shells take them."""

from collections.abc import Iterable

from django.db.models import QuerySet

from marketplace.accounts import queries as people
from marketplace.accounts.models import User
from marketplace.accounts.roles import Permission
from procurement.models import (
    Bid,
    ConflictDeclaration,
    Criterion,
    Lot,
    LotComponent,
    Mark,
    MarksClosure,
    Tender,
    TenderSharing,
)
from procurement.queries import cases
from procurement.rules.optional_facts import CONSENSUS
from procurement.rules.panel import Panel, quorum
from procurement.rules.visibility import Fact, Moment, Reader, who_sees


def rated(lot: Lot) -> list[Criterion]:
    """The criteria that evaluators mark."""
    rows = lot.criteria.filter(kind=Criterion.Kind.RATED)
    return list(rows.select_related("rating"))


def group(lot: Lot) -> str:
    """The group to which evaluators find whether a bid belongs; empty where none is named.

    It is the preferred one, or that of the share reserved among divided lots.
    """
    preference = getattr(lot, "preference", None)
    if preference is not None:
        return str(preference.title)
    if getattr(lot, "division", None) is None:
        return ""
    sharing = TenderSharing.objects.filter(tender=lot.tender_id).first()
    return sharing.get_reserve_group_display() if sharing else ""


def panel(lot: Lot) -> Panel:
    """Who evaluates the lot, who has signed, and whether the marks may be seen."""
    clear = lot.tender.declarations.filter(tenderer=None)
    signed = lot.mark_sheets.exclude(signed_at=None)
    return Panel(
        members=tuple(clear.values_list("evaluator__public_id", flat=True)),
        signed=frozenset(signed.values_list("evaluator__public_id", flat=True)),
        needed=quorum({criterion.rating.combine for criterion in rated(lot)}),
        closed=MarksClosure.objects.filter(lot=lot).exists(),
    )


def declaration(user: User, tender: Tender) -> ConflictDeclaration | None:
    return ConflictDeclaration.objects.filter(tender=tender, evaluator=user).first()


def marks_seen(user: User, lot: Lot) -> QuerySet[Mark]:
    """A person's own marks; everybody's once they are revealed.

    An evaluator who has not signed sees no more than his own before the lot is decided upon: a
    quorum that is lost later may yet need his marks, given alone.
    """
    rows = Mark.objects.filter(sheet__lot=lot).select_related(
        "sheet__evaluator", "bid__tenderer", "criterion"
    )
    found = panel(lot)
    come = {Moment.SIGNING} if found.revealed and _counts(user, lot, found) else set()
    if Reader.WORKER in who_sees(Fact.MARKS, come):
        return rows.filter(sheet__evaluator__public_id__in=found.counted)
    return rows.filter(sheet__evaluator=user)


def _counts(user: User, lot: Lot, found: Panel) -> bool:
    """Whether the signing has come for this person as well."""
    could_mark = people.has_permission(user, Permission.BID_EVALUATE, lot.tender.buyer)
    over = lot.evaluations.exclude(confirmed_at=None).exists()
    return over or not could_mark or user.public_id in found.counted


def may_mark(user: User, lot: Lot) -> bool:
    """Whether a form for marks makes sense: not yet signed, or agreeing on a consensus."""
    found = panel(lot)
    if user.public_id not in found.signed:
        return not found.revealed
    return found.revealed and any(c.rating.combine == CONSENSUS for c in rated(lot))


def to_mark(lot: Lot) -> list[Bid]:
    """The bids that need marks: all but those that a gate has put out already."""
    return [
        bid
        for bid in cases.bids_for(lot)
        if all(decision.passed for decision in bid.gate_decisions.all())
    ]


def places(bid: Bid, components: Iterable[LotComponent]) -> list[tuple[LotComponent, int | None]]:
    """What a bid needs an amount for: each addition with the item (its id), or with none."""
    items = [line.item_id for line in bid.lines.all()]
    return [
        (component, item)
        for component in components
        for item in ([None] if component.per == LotComponent.Per.LOT else items)
    ]
