"""National tables: one officer proposes with the source, an approver confirms.

What the project's own files hold is corrected there, because the next load would undo it here.
"""

import hashlib
from datetime import datetime
from functools import cache

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from marketplace.accounts.models import User
from marketplace.accounts.queries import has_permission, needs_second_factor
from marketplace.accounts.roles import Permission
from marketplace.errors import Conflict, Invalid, NotFound, NotPermitted
from marketplace.ledger.record import record
from produce.models import Commodity, StandardProposal
from produce.operations import catalogue
from produce.operations.sync import Tally
from produce.rules.standardcsv import csv_to_json
from produce.rules.standardfile import StandardEntry, read_standard

MOST_BYTES = 1_000_000


class OneOfOurs(Conflict):
    """The edition is in the project's own files."""

    code = "standard-in-project-files"


class StillUsed(Conflict):
    """A grade that the correction drops is demanded somewhere."""

    code = "grade-still-used"


@transaction.atomic
def propose(*, data: bytes, reason: str, by: User, now: datetime) -> StandardProposal:
    """Propose a table, or the correction of one that was added here, as JSON or CSV.

    Raises NotPermitted, Invalid, BadDataFile with its place, OneOfOurs, UnknownCommodity, Conflict.
    """
    _check_may(by, Permission.TENDER_DRAFT, "A procurement officer proposes a table.")
    text = published_text(data)
    entry = read_standard(text, "table")
    _check(entry)
    if not reason.strip():
        raise Invalid("Say why the table is added or corrected.", where="reason")
    try:
        with transaction.atomic():
            row = StandardProposal.objects.create(
                code=entry.code,
                edition=entry.edition,
                title=entry.title,
                text=text,
                sha256=hashlib.sha256(text.encode()).hexdigest(),
                reason=reason.strip(),
                proposed_by=by,
                proposed_at=now,
            )
    except IntegrityError:
        raise Conflict(
            "This edition is proposed already and waits for an answer.",
            remedy="Take the proposal back, or let it be answered first.",
        ) from None
    _recorded("StandardProposed", row, by, now)
    return row


@transaction.atomic
def confirm(*, proposal: StandardProposal, by: User, now: datetime) -> StandardProposal:
    """Make the table what somebody else proposed; everything is checked again as it is now."""
    row = _waiting(proposal)
    _check_may(by, Permission.TENDER_PUBLISH, "An approver confirms a table.")
    if row.proposed_by_id == by.pk:
        raise NotPermitted(
            "A table takes two people.",
            code="separation-of-duties",
            remedy="Another approver confirms what you proposed; you may take it back.",
        )
    entry = read_standard(row.text, "table")
    _write(entry, _check(entry))
    row.confirmed_by, row.confirmed_at = by, now
    row.save(update_fields=["confirmed_by", "confirmed_at"])
    _recorded("StandardConfirmed", row, by, now)
    return row


@transaction.atomic
def decline(*, proposal: StandardProposal, by: User, now: datetime) -> StandardProposal:
    """End a proposal without a table; whoever made it may take it back this way."""
    row = _waiting(proposal)
    if row.proposed_by_id != by.pk:
        _check_may(by, Permission.TENDER_PUBLISH, "An approver declines a table.")
    row.declined_by, row.declined_at = by, now
    row.save(update_fields=["declined_by", "declined_at"])
    _recorded("StandardDeclined", row, by, now)
    return row


def published_text(data: bytes) -> str:
    """The upload as text of the published form; a CSV is turned into it."""
    if len(data) > MOST_BYTES:
        raise Invalid("The table is larger than 1 MB.", where="file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(
            "The table is not text in UTF-8.",
            where="file",
            remedy="Save it as CSV (UTF-8) or as JSON.",
        ) from error
    if "\x00" in text:
        raise Invalid("The table holds a null byte.", where="file", remedy="Save it as text.")
    return text if text.lstrip().startswith("{") else csv_to_json(text, "table")


@cache
def project_editions() -> frozenset[tuple[str, str]]:
    """The editions of the project's own files."""
    entries = catalogue.read_standards(catalogue.DATA / "standards")
    return frozenset((entry.code, entry.edition) for entry in entries)


def _check(entry: StandardEntry) -> dict[str, Commodity]:
    if (entry.code, entry.edition) in project_editions():
        raise OneOfOurs(
            f"{entry.code}, {entry.edition} is in the project's own files.",
            where="edition",
            remedy="Give a new edition with its own name, or correct the file of the project.",
        )
    wanted = [code for code, _ in entry.tables]
    found = {row.code: row for row in Commodity.objects.filter(code__in=wanted)}
    for code in wanted:
        catalogue.find(found, code, entry.code)
    return found


def _write(entry: StandardEntry, commodities: dict[str, Commodity]) -> None:
    try:
        with transaction.atomic():
            catalogue.write_standards([entry], commodities, Tally())
    except ProtectedError as error:
        raise StillUsed(
            "A tender demands a grade that the correction drops.",
            where="grades",
            remedy="Keep the grade, or give the table as a new edition.",
        ) from error


def _waiting(proposal: StandardProposal) -> StandardProposal:
    rows = StandardProposal.objects.select_for_update(of=("self",)).select_related("proposed_by")
    row = rows.get(pk=proposal.pk)
    if row.confirmed_by_id or row.declined_by_id:
        raise NotFound("This proposal has been answered already.")
    return row


def _check_may(by: User, permission: Permission, who: str) -> None:
    if not has_permission(by, permission) or needs_second_factor(by):
        raise NotPermitted(who, remedy="Ask somebody of the buyer who holds this role.")


def _recorded(event: str, row: StandardProposal, by: User, now: datetime) -> None:
    body = {"edition": row.edition, "title": row.title, "sha256": row.sha256, "reason": row.reason}
    record(event, subject=f"standard:{row.code}", body=body, by=by, now=now)
