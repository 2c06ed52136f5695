"""Marks of evaluators: each alone first, then seen by all and combined by the published rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.errors import Conflict, Invalid, NotFound, NotPermitted
from marketplace.ledger.record import AUDITOR, record
from procurement import permissions
from procurement.models import Bid, Criterion, Lot, Mark, MarksClosure, MarkSheet
from procurement.operations.common import check_lot_allows, lock_lot
from procurement.queries import judging
from procurement.rules.optional_facts import CONSENSUS


class MarksMissing(Invalid):
    """Some marks, signatures or evaluators are missing."""

    code = "marks-missing"


@dataclass(frozen=True)
class GivenMark:
    """A mark for one bid on one criterion, with its reason."""

    bid: Bid
    criterion: Criterion
    mark: Decimal
    reason: str


def _lot(lot: Lot, by: User, now: datetime) -> Lot:
    locked = lock_lot(lot.pk)
    permissions.check_evaluator(by, locked.tender)
    check_lot_allows("evaluations.evaluate", locked, now)
    if locked.evaluations.exclude(confirmed_at=None).exists():
        raise Conflict("The evaluation of this lot is confirmed; its marks stand.")
    return locked


@transaction.atomic
def save(*, lot: Lot, marks: Sequence[GivenMark], by: User, now: datetime) -> MarkSheet:
    """Put these marks on the person's own sheet; what he signed stays, but for a consensus.

    Raises NotPermitted without a declaration, Conflict once signed, Invalid for a mark without
    a reason or above the highest.
    """
    locked = _lot(lot, by, now)
    revealed = judging.panel(locked).revealed
    sheet = _sheet(locked, by, revealed)
    rows = [_mark(one, sheet, locked, revealed) for one in marks]
    _check_each_once(marks)
    if sheet.signed_at:
        _keep_alone(rows, sheet)
    Mark.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["sheet", "bid", "criterion"],
        update_fields=["mark", "reason", "alone", "alone_reason"],
    )
    if sheet.signed_at:
        # After the signature every change is on record, not only what stood at the signature.
        _recorded("MarksChanged", sheet, by, now)
    return sheet


def _check_each_once(marks: Sequence[GivenMark]) -> None:
    """Of two marks of one person nobody could say which one was meant."""
    seen: set[tuple[int, int]] = set()
    for number, one in enumerate(marks):
        pair = one.bid.pk, one.criterion.pk
        if pair in seen:
            raise Invalid(
                "This bid has two marks on this criterion.",
                where=f"marks[{number}]",
                remedy="Send one mark for each bid and criterion.",
            )
        seen.add(pair)


def _keep_alone(rows: Sequence[Mark], sheet: MarkSheet) -> None:
    """What was marked alone stays beside the consensus, however often that changes."""
    before = {(one.bid_id, one.criterion_id): one for one in sheet.marks.all()}
    for row in rows:
        old = before.get((row.bid_id, row.criterion_id))
        if old is None:
            continue
        row.alone, row.alone_reason = old.alone, old.alone_reason
        changed = (row.mark, row.reason) != (old.mark, old.reason)
        if old.alone is None and changed:
            row.alone, row.alone_reason = old.mark, old.reason


def _sheet(lot: Lot, by: User, revealed: bool) -> MarkSheet:
    """The person's sheet. Who has not signed by the closure comes too late: he saw the others."""
    sheet, _made = MarkSheet.objects.get_or_create(lot=lot, evaluator=by)
    if revealed and sheet.signed_at is None:
        raise Conflict("The marks of this lot are closed already.", code="marks-closed")
    return sheet


def _mark(given: GivenMark, sheet: MarkSheet, lot: Lot, revealed: bool) -> Mark:
    criterion = given.criterion
    elsewhere = criterion.lot_id != lot.pk or given.bid.tender_id != lot.tender_id
    if elsewhere or criterion.kind != Criterion.Kind.RATED:
        raise NotFound("There is no such criterion to mark for this bid.")
    agreeing = revealed and criterion.rating.combine == CONSENSUS
    if sheet.signed_at and not agreeing:
        raise Conflict("You have signed your marks; they stand.", code="marks-signed")
    where = f"{criterion.number}, {given.bid.public_id}"
    if not 0 <= given.mark <= criterion.rating.highest_mark:
        raise Invalid(f"Marks run from 0 to {criterion.rating.highest_mark:f}.", where=where)
    if not given.reason.strip():
        raise Invalid("Give the reason for each mark.", where=where)
    return Mark(
        sheet=sheet,
        bid=given.bid,
        criterion=criterion,
        mark=given.mark,
        reason=given.reason.strip(),
    )


@transaction.atomic
def sign(*, lot: Lot, by: User, now: datetime) -> MarkSheet:
    """Sign one's own marks, all of them; the last signature shows the marks to all evaluators."""
    locked = _lot(lot, by, now)
    sheet = _sheet(locked, by, judging.panel(locked).revealed)
    if sheet.signed_at:
        raise Conflict("You have signed your marks; they stand.", code="marks-signed")
    _check_whole(locked, sheet)
    sheet.signed_at = now
    sheet.save(update_fields=["signed_at"])
    _recorded("MarksSigned", sheet, by, now)
    if judging.panel(locked).complete:
        _close(locked, by, now)
    return sheet


def _check_whole(lot: Lot, sheet: MarkSheet) -> None:
    given = set(sheet.marks.values_list("bid", "criterion"))
    missing = [
        f"{bid.tenderer.name}: {criterion.title}"
        for bid in judging.to_mark(lot)
        for criterion in judging.rated(lot)
        if (bid.pk, criterion.pk) not in given
    ]
    if missing or not given:
        first = missing[0] if missing else "there is nothing to mark"
        raise MarksMissing(f"{len(missing)} marks are missing, the first: {first}.")


@transaction.atomic
def close(*, lot: Lot, by: User, now: datetime) -> Lot:
    """The chair ends the wait for those who have not signed; their marks do not count."""
    locked = _lot(lot, by, now)
    panel = judging.panel(locked)
    if panel.chair != by.public_id:
        raise NotPermitted("Only the chair, who declared first, ends the marking.")
    if not panel.quorate:
        raise MarksMissing(
            f"{len(panel.counted)} evaluators have signed, {panel.needed} are needed.",
            remedy="Wait for the others, or ask a colleague to declare and to mark.",
        )
    if panel.closed:
        raise Conflict("The marks of this lot are closed already.", code="marks-closed")
    _close(locked, by, now)
    return locked


def _close(lot: Lot, by: User, now: datetime) -> None:
    # After a quorum that was lost and found again, the first closure stays as it was.
    MarksClosure.objects.get_or_create(lot=lot, defaults={"closed_at": now, "closed_by": by})
    panel = judging.panel(lot)
    record(
        "MarksClosed",
        subject=lot.tender.reference,
        body={
            "lot": lot.number,
            "evaluators": list(panel.counted),
            "without": [name for name in panel.members if name not in panel.signed],
        },
        by=by,
        now=now,
        visibility=AUDITOR,
    )


def check(lot: Lot) -> None:
    """Raise MarksMissing unless the marks that a lot needs are there: quorum and closure."""
    if not judging.rated(lot):
        return
    panel = judging.panel(lot)
    if not panel.quorate:
        raise MarksMissing(
            f"{len(panel.counted)} evaluators without a conflict have signed their marks, "
            f"{panel.needed} are needed.",
            where=f"lot {lot.number}",
            remedy="Ask a colleague to declare, to mark and to sign.",
        )
    if not panel.closed:
        raise MarksMissing(
            "Not every evaluator has signed his marks.",
            where=f"lot {lot.number}",
            remedy="Wait for the others, or let the chair close the marking.",
        )


def _recorded(event: str, sheet: MarkSheet, by: User, now: datetime) -> None:
    rows = sheet.marks.select_related("bid", "criterion").order_by("criterion__number", "bid")
    body = {
        "lot": sheet.lot.number,
        "evaluator": by.public_id,
        "marks": [
            {
                "bid": row.bid.public_id,
                "criterion": row.criterion.number,
                "mark": f"{row.mark:f}",
                "reason": row.reason,
            }
            for row in rows
        ],
    }
    subject = sheet.lot.tender.reference
    record(event, subject=subject, body=body, by=by, now=now, visibility=AUDITOR)
