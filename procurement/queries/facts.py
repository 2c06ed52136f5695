"""The recorded facts of a tender, in the shape that timeline and duties take."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.db.models import Prefetch, Q

from marketplace.accounts.models import User
from procurement.models import (
    Award,
    CommitteeMember,
    Contract,
    Evaluation,
    GateDecision,
    GroupFinding,
    Lot,
    MarkSheet,
    PriceAddition,
    Tender,
)
from procurement.rules import timeline
from procurement.rules.duties import Duty
from procurement.rules.timeline import LotFacts, TenderFacts, TenderStatus

LOTS_WITH_FACTS = Lot.objects.select_related("division").prefetch_related(
    Prefetch("evaluations", Evaluation.objects.defer("case", "result")),
    Prefetch("awards", Award.objects.select_related("contract")),
)
FACTS_PREFETCH = Prefetch("lots", LOTS_WITH_FACTS)


def tender_facts(tender: Tender) -> TenderFacts:
    """Facts of `tender`; prefetch with FACTS_PREFETCH when there is more than one."""
    return replace(timetable(tender), lots=tuple(lot_facts(lot) for lot in _lots(tender)))


def _lots(tender: Tender) -> Iterable[Lot]:
    """What was prefetched, or three queries, however many lots there are."""
    if "lots" in getattr(tender, "_prefetched_objects_cache", {}):
        return tender.lots.all()
    return LOTS_WITH_FACTS.filter(tender=tender)


def timetable(tender: Tender) -> TenderFacts:
    """The facts of the tender itself without its lots: enough to say whether it accepts bids."""
    return TenderFacts(
        published_at=tender.published_at,
        tender_period_start=tender.published_at,
        enquiry_end=tender.enquiry_deadline,
        deadline=tender.deadline,
        drain_seconds=settings.DRAIN_SECONDS,
        cancelled_at=tender.cancelled_at,
        closed_at=tender.closed_at,
        opened_at=tender.opened_at,
    )


def lot_facts(lot: Lot) -> LotFacts:
    """Facts of one lot: its confirmed evaluation, its standing awards, their contracts.

    A lot that is awarded in parts has come as far as the part that is furthest behind.
    """
    stand = [a for a in lot.awards.all() if a.decided_at and not a.cancelled_at]
    return _facts(lot, stand)


def award_facts(award: Award) -> LotFacts:
    """The same for one award alone: a supplier of a part need not wait for the others."""
    stands = award.decided_at is not None and award.cancelled_at is None
    return _facts(award.lot, [award] if stands else [])


def _facts(lot: Lot, stand: Sequence[Award]) -> LotFacts:
    confirmed = [e.confirmed_at for e in lot.evaluations.all() if e.confirmed_at]
    contracts = [contract_of(award) for award in stand]
    return LotFacts(
        lot=str(lot.number),
        evaluated_at=confirmed[0] if confirmed else None,
        awarded_at=timeline.once_all([award.decided_at for award in stand]),
        standstill_ends_at=timeline.latest([award.standstill_ends_at for award in stand]),
        unsuccessful_at=lot.unsuccessful_at,
        contract_signed_at=timeline.once_all([c.signed_at if c else None for c in contracts]),
        delivered_at=timeline.once_all([c.delivered_at if c else None for c in contracts]),
        paid_at=timeline.once_all([c.paid_at if c else None for c in contracts]),
    )


def contract_of(award: Award | None) -> Contract | None:
    try:
        return award.contract if award else None
    except Contract.DoesNotExist:
        return None


def status(tender: Tender, now: datetime) -> TenderStatus:
    return timeline.status(tender_facts(tender), now)


def lot_status(lot: Lot, now: datetime) -> TenderStatus:
    return timeline.lot_status(lot_facts(lot), now)


def award_status(award: Award, now: datetime) -> TenderStatus:
    """Where one decided award stands: a lot that is divided has several, at different places."""
    return timeline.lot_status(award_facts(award), now)


def acts(tender: Tender) -> Mapping[Duty, frozenset[str]]:
    """Who has done which duty in this tender, by public id."""
    deciders = Award.objects.filter(lot__tender=tender, decided_by__isnull=False)
    openers = CommitteeMember.objects.filter(tender=tender)
    heads = User.objects.filter(pk__in=[tender.created_by_id, tender.published_by_id])
    known = dict(heads.values_list("pk", "public_id"))
    drafters = frozenset(tender.drafters.values_list("public_id", flat=True))
    evaluators = _evaluators(tender)
    return {
        Duty.DRAFT: _known(known, tender.created_by_id) | drafters,
        Duty.PUBLISH: _known(known, tender.published_by_id),
        Duty.OPEN: frozenset(openers.values_list("user__public_id", flat=True)),
        Duty.EVALUATE: evaluators,
        Duty.AWARD: frozenset(deciders.values_list("decided_by__public_id", flat=True)),
    }


def _evaluators(tender: Tender) -> frozenset[str]:
    """Who judged, marked, evaluated or confirmed: each of them decided who ranks where."""
    judged = Q(pk__in=GateDecision.objects.filter(bid__tender=tender).values("decided_by"))
    rounds = Evaluation.objects.filter(lot__tender=tender)
    took_part = judged | Q(pk__in=rounds.values("evaluated_by"))
    took_part |= Q(pk__in=rounds.values("confirmed_by"))
    took_part |= Q(pk__in=MarkSheet.objects.filter(lot__tender=tender).values("evaluator"))
    stated = PriceAddition.objects.filter(bid__tender=tender)
    took_part |= Q(pk__in=stated.values("decided_by"))
    grouped = GroupFinding.objects.filter(bid__tender=tender)
    took_part |= Q(pk__in=grouped.values("decided_by"))
    return frozenset(User.objects.filter(took_part).values_list("public_id", flat=True))


def _known(public_ids: Mapping[int, str], pk: int | None) -> frozenset[str]:
    return frozenset() if pk is None else frozenset({public_ids[pk]})
