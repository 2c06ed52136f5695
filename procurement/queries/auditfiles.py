"""What an audit file is drawn from, and the auditor's own files."""

from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from marketplace.accounts.models import User
from procurement.models import AuditFile, Award, Lot
from procurement.queries import processes
from procurement.queries.redflags import listed
from procurement.rules.sampling import Candidate


def mine(user: User) -> QuerySet[AuditFile]:
    return AuditFile.objects.filter(made_by=user).annotate(
        drawn=Count("lots", distinct=True),
        findings=Count("notes", filter=Q(notes__kind="finding"), distinct=True),
    )


def population(method: str, now: datetime) -> tuple[dict[str, Lot], list[Candidate]]:
    """Every lot of our own that was awarded, by name, with the number that the method asks."""
    rows = processes.awarded(now).filter(tender__historical_batch=None)
    lots = list(rows.select_related("tender").defer("tender__terms"))
    counts = processes.lots_of(lots)
    named = {processes.ocid(lot, counts[lot.tender_id]): lot for lot in lots}
    measures = {"risk": _flags, "value": _values}.get(method, lambda now: {})(now)
    nothing = Decimal(0)
    return named, [Candidate(name, measures.get(lot.pk, nothing)) for name, lot in named.items()]


def _flags(now: datetime) -> dict[int, Decimal]:
    """Open flags by lot; one about a whole tender counts for its first lot."""
    found: dict[int, Decimal] = {}
    for flag in listed().exclude(lot=None):
        if flag.state == "open":  # type: ignore[attr-defined]
            found[flag.lot_id or 0] = found.get(flag.lot_id or 0, Decimal(0)) + 1
    return found


def _values(now: datetime) -> dict[int, Decimal]:
    """The awards of a lot that stand, added up; currencies are compared by their numbers."""
    found: dict[int, Decimal] = {}
    rows = Award.objects.filter(decided_at__lte=now, cancelled_at=None)
    for lot, price in rows.values_list("lot", "price"):
        found[lot] = found.get(lot, Decimal(0)) + price
    return found
