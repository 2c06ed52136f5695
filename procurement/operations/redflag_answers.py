"""What an auditor found out about a red flag."""

from datetime import datetime

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.errors import Invalid, NotFound
from marketplace.ledger.record import record
from procurement import permissions
from procurement.models import RedFlag, RedFlagAnswer
from procurement.queries import redflags


@transaction.atomic
def answer(*, flag: RedFlag, state: str, note: str, by: User, now: datetime) -> RedFlagAnswer:
    """Say that a flag is explained, confirmed, or open again, and why.

    Raises NotPermitted, NotFound, Invalid. A confirmation is the word of an auditor to auditors
    and to those who judge: it publishes nothing and decides about nobody.
    """
    permissions.check_user_can_read_history(by)
    rows = RedFlag.objects.select_for_update(of=("self",))
    locked = rows.select_related("tender", "organization").filter(pk=flag.pk).first()
    if locked is None:
        raise NotFound("There is no such flag.")
    _check(locked, state, note)
    row = RedFlagAnswer.objects.create(
        flag=locked, state=state, note=note.strip(), answered_by=by, answered_at=now
    )
    record(
        "RedFlagAnswered",
        subject=_subject(locked),
        body={
            "flag": locked.public_id,
            "indicator": locked.code,
            "input_digest": locked.input_digest,
            "reason": row.note,
            "state": state,
        },
        by=by,
        now=now,
        visibility="auditor",
    )
    return row


def _check(flag: RedFlag, state: str, note: str) -> None:
    if state not in RedFlagAnswer.State.values:
        raise Invalid("Explained, confirmed, or open again?", where="state")
    if state == redflags.state_of(flag):
        raise Invalid(
            "It is in this state already.",
            where="state",
            remedy="Choose another one, or leave it as it is.",
        )
    if not note.strip():
        raise Invalid("Say what you found out, and from whom.", where="note")


def _subject(flag: RedFlag) -> str:
    if flag.tender:
        return flag.tender.reference
    assert flag.organization  # one of the two, by a constraint
    return f"organization:{flag.organization.public_id}"
