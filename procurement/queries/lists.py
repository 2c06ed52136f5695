"""Lists of tenders for the shells."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When

from procurement.models import Award, Evaluation, Lot, Tender
from procurement.queries import outages
from procurement.rules.timeline import TenderStatus


def to_close(now: datetime) -> list[Tender]:
    """Tenders without CLOSE whose deadline, drain time and any hold have passed."""
    drained = now - timedelta(seconds=settings.DRAIN_SECONDS)
    rows = Tender.objects.filter(
        historical_batch=None, closed_at=None, cancelled_at=None, deadline__lte=drained
    )
    due = rows.exclude(published_at=None).order_by("deadline")
    return [tender for tender in due if outages.closes_at(tender) <= now]


def public(now: datetime) -> QuerySet[Tender]:
    """Every tender that the public may see, the latest first."""
    return Tender.objects.filter(published_at__lte=now).select_related("buyer")


def with_status(tenders: QuerySet[Tender], now: datetime) -> QuerySet[Tender]:
    """Annotate `status_now`, the SQL twin of `rules.timeline.status`; a test compares the two."""
    S = TenderStatus
    not_failed = Q(unsuccessful_at=None) | Q(unsuccessful_at__gt=now)
    live = Lot.objects.filter(not_failed, tender=OuterRef("pk"))
    any_lot = Lot.objects.filter(tender=OuterRef("pk"))
    return tenders.annotate(
        status_now=Case(
            When(cancelled_at__lte=now, then=Value(S.CANCELLED)),
            When(Q(published_at=None) | Q(published_at__gt=now), then=Value(S.DRAFT)),
            When(deadline__gt=now, then=Value(S.OPEN)),
            When(Q(closed_at=None) | Q(closed_at__gt=now), then=Value(S.CLOSING)),
            When(Exists(any_lot) & ~Exists(live), then=Value(S.UNSUCCESSFUL)),
            When(Q(opened_at=None) | Q(opened_at__gt=now), then=Value(S.AWAITING_OPENING)),
            When(_lot_without(live, _evaluated(now)), then=Value(S.IN_EVALUATION)),
            When(_lot_without(live, _awarded(now)), then=Value(S.EVALUATED)),
            When(_lot_in_standstill(live, now), then=Value(S.STANDSTILL)),
            When(_lot_behind(live, now, "signed_at"), then=Value(S.AWARDED)),
            When(_lot_behind(live, now, "delivered_at"), then=Value(S.CONTRACTED)),
            When(_lot_behind(live, now, "paid_at"), then=Value(S.DELIVERED)),
            default=Value(S.PAID),
            output_field=CharField(),
        )
    )


def _lot_without(lots: QuerySet[Lot], facts: QuerySet) -> Exists:
    return Exists(lots.filter(~Exists(facts)))


def _evaluated(now: datetime) -> QuerySet[Evaluation]:
    return Evaluation.objects.filter(lot=OuterRef("pk"), confirmed_at__lte=now)


def _awarded(now: datetime) -> QuerySet[Award]:
    return Award.objects.filter(lot=OuterRef("pk"), cancelled_at=None, decided_at__lte=now)


def _lot_with(lots: QuerySet[Lot], facts: QuerySet) -> Exists:
    return Exists(lots.filter(Exists(facts)))


def _lot_in_standstill(lots: QuerySet[Lot], now: datetime) -> Exists:
    waits = Q(standstill_ends_at__gt=now) & _not_yet(now, "signed_at")
    return _lot_with(lots, _awarded(now).filter(waits))


def _lot_behind(lots: QuerySet[Lot], now: datetime, fact: str) -> Exists:
    """A lot is as far as the part of it that is furthest behind."""
    return _lot_with(lots, _awarded(now).filter(_not_yet(now, fact)))


def _not_yet(now: datetime, fact: str) -> Q:
    return Q(**{f"contract__{fact}": None}) | Q(**{f"contract__{fact}__gt": now})


LATEST = (F("published_at").desc(), F("pk").desc())
