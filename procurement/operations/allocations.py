"""The allocation of divided lots: asked for in a row, worked out, confirmed by a person."""

import hashlib
import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, Q

from marketplace.accounts.models import User
from marketplace.errors import Conflict, MusikaError, NotFound, NotNow
from marketplace.ledger.queries import entries_for
from marketplace.ledger.record import AUDITOR, record
from procurement import permissions
from procurement.models import Allocation, Tender
from procurement.operations.common import check_lot_allows, lock_tender, new_public_id
from procurement.queries import allocations as stored
from procurement.rules.allocation import case as cases
from procurement.rules.allocation.facts import Case
from procurement.rules.canonical import canonical

STALE: Final = timedelta(minutes=30)
# Seconds of solving in all; a result that the clock stopped says so, with its gap.
TIME_LIMIT: Final = 600
# Up to so many bids whoever asks gets the answer at once: it takes about a second.
AT_ONCE: Final = 40
logger = logging.getLogger(__name__)


class OtherRules(Conflict):
    """The rules of the case are not those that were published."""

    code = "other-allocation-terms"


class Cancelled(Exception):
    """The run has been given up meanwhile."""


@transaction.atomic
def request(*, tender: Tender, by: User, now: datetime) -> Allocation:
    """Ask for the allocation of all divided lots; their evaluations are confirmed by now.

    The sweep finds the row even when no message reaches a worker. May be repeated until confirmed.
    Raises NotPermitted, OperationNotAllowed, Conflict.
    """
    locked = lock_tender(tender.pk)
    permissions.check_evaluator(by, locked)
    _check_ready(locked, now)
    passed_over = stored.fallen(locked)
    case = stored.case(locked, passed_over)
    case_digest, terms_digest = cases.digests(case)
    if terms_digest != _published(locked):
        raise OtherRules("The rules of this allocation are not those that were published.")
    return Allocation.objects.create(
        public_id=new_public_id(),
        tender=locked,
        case=canonical(cases.to_json(case)).decode(),
        case_digest=case_digest,
        fallen="\n".join(passed_over),
        requested_at=now,
        requested_by=by,
        steps_expected=_steps(case),
    )


def _published(tender: Tender) -> str:
    """The digest of the rules that the ledger took in at publication, or the last amendment."""
    entries = entries_for(tender.reference).filter(event__in=("TenderPublished", "TenderAmended"))
    last = entries.order_by("-sequence").first()
    assert last is not None  # A tender whose bids were opened was published.
    return str(json.loads(last.body)["allocation_terms"])


def _check_ready(tender: Tender, now: datetime) -> None:
    lots = stored.divided_lots(tender)
    if not lots:
        raise NotFound("No lot of this tender is divided.")
    live = [lot for lot in lots if lot.unsuccessful_at is None]
    if not live:
        raise NotNow("Every divided lot of this tender has ended without an award.")
    for lot in live:
        check_lot_allows("allocations.run", lot, now)
    if stored.parts_of(tender):
        raise Conflict(
            "Awards by an earlier allocation stand.",
            remedy="Have them refused or cancelled first; their bids are then passed over.",
        )
    last = stored.latest(tender)
    if last is not None and last.in_work:
        raise Conflict("An allocation is in work already.", remedy="Wait for it, or stop it.")


def _steps(case: Case) -> int:
    """About how many solves it takes: the award, its ties, each policy, each bidder without."""
    rules = len(case.owner_caps) + len(case.reserves) + (case.budget is not None)
    return 4 + rules + min(len(case.tenderers), 20)


def is_small(allocation: Allocation) -> bool:
    """Whether it is solved within the request that asks for it."""
    return len(json.loads(allocation.case)["bids"]) <= AT_ONCE


def waiting(now: datetime) -> list[int]:
    """Runs not yet worked out, and those whose worker seems to have died."""
    free = Q(started_at=None) | Q(started_at__lt=now - STALE)
    rows = Allocation.objects.filter(free, finished_at=None, cancelled_at=None, error="")
    return list(rows.order_by("id").values_list("pk", flat=True))


def run(allocation_id: int, *, now: datetime) -> Allocation | None:
    """Work one out; safe to repeat. Returns it, or None if another worker has it."""
    with transaction.atomic():
        rows = Allocation.objects.select_for_update(of=("self",)).filter(pk=allocation_id)
        free = Q(started_at=None) | Q(started_at__lt=now - STALE)
        row = rows.filter(free, finished_at=None, cancelled_at=None, error="").first()
        if row is None:
            return None
        row.started_at, row.steps_done = now, 0
        row.save(update_fields=["started_at", "steps_done"])
    try:
        result = _solved(row)
    except Cancelled:
        pass
    except MusikaError as error:
        logger.warning("allocation %s refused: %s", row.public_id, error.code)
        _failed(row, f"{error.message} {error.remedy or ''}".strip())
    except Exception as error:  # Whatever it was, whoever asked is told and may ask again.
        logger.exception("allocation %s failed", row.public_id)
        _failed(row, f"It could not be worked out: {type(error).__name__}. Ask for it again.")
    else:
        _finish(row, result, now)
    row.refresh_from_db()
    return row


def _solved(row: Allocation) -> str:
    """The result as canonical text; the engine has it re-checked exactly before it gives it."""
    # Here, because the solver is loaded with it: pages and endpoints need none.
    from procurement.rules.allocation.engine import allocate

    case = cases.read_case(row.case)
    result = allocate(case, time_limit=TIME_LIMIT, watch=_watch(row))
    return result.to_bytes().decode()


def _watch(row: Allocation) -> Callable[[], None]:
    """Tell how far it is, and see whether it is still wanted."""

    def watch() -> None:
        wanted = Allocation.objects.filter(pk=row.pk, cancelled_at=None)
        if not wanted.update(steps_done=F("steps_done") + 1):
            raise Cancelled

    return watch


def _failed(row: Allocation, words: str) -> None:
    Allocation.objects.filter(pk=row.pk, cancelled_at=None).update(error=words)


@transaction.atomic
def _finish(row: Allocation, result: str, now: datetime) -> None:
    """Keep the result and tell the ledger, unless it was given up in the last moment."""
    digest = hashlib.sha256(result.encode()).hexdigest()
    lock_tender(row.tender_id)
    wanted = Allocation.objects.filter(pk=row.pk, cancelled_at=None, finished_at=None)
    if not wanted.update(finished_at=now, result=result, result_digest=digest):
        return
    record(
        "LotsAllocated",
        subject=row.tender.reference,
        body={
            "allocation": row.public_id,
            "case_digest": row.case_digest,
            "result_digest": digest,
        },
        by=row.requested_by,
        now=now,
        visibility=AUDITOR,
    )


@transaction.atomic
def cancel(*, allocation: Allocation, by: User, now: datetime) -> Allocation:
    """Stop a run that is in work; the worker drops it before its next step."""
    tender = lock_tender(allocation.tender_id)
    permissions.check_evaluator(by, tender)
    row = Allocation.objects.select_for_update(of=("self",)).get(pk=allocation.pk)
    if row.cancelled_at is None:
        if not row.in_work:
            raise Conflict("It is finished, or has failed: there is nothing to stop.")
        row.cancelled_at = now
        row.save(update_fields=["cancelled_at"])
    return row


@transaction.atomic
def confirm(*, allocation: Allocation, by: User, now: datetime) -> Allocation:
    """Make the latest run the one that stands. Raises Conflict when anything changed since."""
    tender = lock_tender(allocation.tender_id)
    permissions.check_evaluator(by, tender)
    row = stored.latest(tender)
    if row is None or row.pk != allocation.pk:
        raise Conflict("There is a later allocation: read that one first.")
    if row.finished_at is None:
        raise NotNow("This allocation is not worked out.", remedy="Wait for it, or run it again.")
    if row.confirmed_at is not None:
        raise Conflict("This allocation is confirmed already.")
    for lot in stored.divided_lots(tender):
        if lot.unsuccessful_at is None:
            check_lot_allows("allocations.run", lot, now)
    _check_unchanged(tender, row)
    row.confirmed_at, row.confirmed_by = now, by
    row.save(update_fields=["confirmed_at", "confirmed_by"])
    body = {
        "allocation": row.public_id,
        "case_digest": row.case_digest,
        "result_digest": row.result_digest,
        "allocation_case": json.loads(row.case),
        "fallen": row.fallen.split(),
    }
    subject = tender.reference
    record("AllocationConfirmed", subject=subject, body=body, by=by, now=now, visibility=AUDITOR)
    return row


def _check_unchanged(tender: Tender, row: Allocation) -> None:
    passed_over = stored.fallen(tender)
    if cases.digests(stored.case(tender, passed_over))[0] != row.case_digest:
        raise Conflict(
            "The findings or awards changed after this allocation.",
            remedy="Run it again, then confirm.",
        )


def standing(tender: Tender) -> Allocation:
    """The confirmed run that awards follow; raises NotNow."""
    row = stored.confirmed(tender)
    if row is None or row.awards.exclude(cancelled_at=None).exists():
        raise NotNow(
            "No allocation of this tender is confirmed.",
            remedy="Run the allocation and confirm it; then recommend.",
        )
    return row
