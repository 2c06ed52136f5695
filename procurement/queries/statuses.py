"""The statuses of a page of tenders by the rule itself, from rows of values().

For lists: the SQL twin (lists.with_status) takes Django longer to write down than the database
needs to answer it, so a list uses the twin only where it must filter by status.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from procurement.models import Award, Evaluation, Lot
from procurement.rules import timeline
from procurement.rules.timeline import LotFacts, TenderFacts, TenderStatus

COLUMNS = (
    "id",
    "published_at",
    "enquiry_deadline",
    "deadline",
    "closed_at",
    "opened_at",
    "cancelled_at",
)
AWARD = (
    "lot_id",
    "decided_at",
    "standstill_ends_at",
    "contract__signed_at",
    "contract__delivered_at",
    "contract__paid_at",
)


def of(rows: Sequence[Mapping[str, Any]], now: datetime) -> dict[int, TenderStatus]:
    """The status of each row, by its id; the rows hold at least COLUMNS."""
    lots = _lots([row["id"] for row in rows if row["closed_at"] and not row["cancelled_at"]])
    return {row["id"]: timeline.status(_facts(row, lots), now) for row in rows}


def _facts(row: Mapping[str, Any], lots: Mapping[int, list[LotFacts]]) -> TenderFacts:
    return TenderFacts(
        published_at=row["published_at"],
        tender_period_start=row["published_at"],
        enquiry_end=row["enquiry_deadline"],
        # Imported histories do not always tell the deadline; they are over all the same.
        deadline=row["deadline"] or row["closed_at"] or row["published_at"],
        drain_seconds=settings.DRAIN_SECONDS,
        cancelled_at=row["cancelled_at"],
        closed_at=row["closed_at"],
        opened_at=row["opened_at"],
        lots=tuple(lots.get(row["id"], ())),
    )


def _lots(tenders: list[int]) -> dict[int, list[LotFacts]]:
    if not tenders:
        return {}
    confirmed = Evaluation.objects.filter(lot__tender__in=tenders).exclude(confirmed_at=None)
    evaluated = dict(confirmed.values_list("lot_id", "confirmed_at"))
    awarded = _awards(tenders)
    found: dict[int, list[LotFacts]] = {}
    rows = Lot.objects.filter(tender__in=tenders).order_by("number")
    for key, tender, unsuccessful in rows.values_list("id", "tender_id", "unsuccessful_at"):
        facts = _lot(evaluated.get(key), unsuccessful, awarded.get(key, ()))
        found.setdefault(tender, []).append(facts)
    return found


def _awards(tenders: list[int]) -> dict[int, list[Sequence[Any]]]:
    """By lot, the awards that stand: several of a lot that is awarded in parts."""
    rows = Award.objects.filter(lot__tender__in=tenders, cancelled_at=None)
    decided: Iterable[Sequence[Any]] = rows.exclude(decided_at=None).values_list(*AWARD)
    found: dict[int, list[Sequence[Any]]] = {}
    for row in decided:
        found.setdefault(row[0], []).append(row[1:])
    return found


def _lot(evaluated: Any, unsuccessful: Any, awards: Sequence[Sequence[Any]]) -> LotFacts:
    columns = list(zip(*awards, strict=True)) or [()] * 5
    decided, standstill, signed, delivered, paid = columns
    return LotFacts(
        evaluated_at=evaluated,
        unsuccessful_at=unsuccessful,
        awarded_at=timeline.once_all(decided),
        standstill_ends_at=timeline.latest(standstill),
        contract_signed_at=timeline.once_all(signed),
        delivered_at=timeline.once_all(delivered),
        paid_at=timeline.once_all(paid),
    )
