"""Opens a new epoch after a restore that lost signed entries; who may is the caller's business."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.errors import Conflict
from marketplace.ledger import epochs, outside, signer
from marketplace.ledger.checkpoint import Head as Signed
from marketplace.ledger.models import Epoch, Head
from marketplace.ledger.record import PUBLIC, PendingEntry, record_many


class NothingLost(Conflict):
    """The database holds all that was signed: there is nothing to recover from."""

    code = "ledger-nothing-lost"


class EpochMissing(Conflict):
    """The backup is of before an epoch that was opened already."""

    code = "ledger-epoch-missing"


@transaction.atomic
def open_epoch(*, by: Sequence[User], reason: str, now: datetime) -> Epoch:
    """Record the loss as the first entry of a new epoch and sign it; all of it or nothing.

    What is left is read again from its first entry before it is built upon. Raises NothingLost,
    EpochMissing, signer.LedgerAltered, signer.HeadDisagrees.
    """
    head = Head.objects.select_for_update().get(pk=1)
    old = _lost(head.size)
    signer.audit_rows(head, None)
    row = Epoch.objects.create(
        number=epochs.current() + 1,
        kept=head.size,
        lost_size=old.size,
        old_note=outside.head_file().read_text(),
        opened_at=now,
    )
    entry = PendingEntry(epochs.EVENT, epochs.SUBJECT, _body(row, by, reason), by[0], now, PUBLIC)
    record_many([entry], recovering=True)
    signer.sign_checkpoint(now)
    return row


def _lost(size: int) -> Signed:
    """The signed head that the database falls short of."""
    old = outside.known()
    try:
        outside.check_not_ahead(old, size)
    except outside.LedgerShorter:
        assert old is not None
    else:
        raise NothingLost("The database holds all that was signed: nothing was lost.")
    if epochs.number_of(old.origin) != epochs.current():
        raise EpochMissing(
            f"“{old.origin}” was opened after this backup was made.",
            remedy="Restore a backup that was made after that epoch was opened.",
        )
    return old


def _body(row: Epoch, by: Sequence[User], reason: str) -> dict[str, object]:
    return {
        "epoch": row.number,
        "origin": epochs.origin_of(row.number),
        "kept": row.kept,
        "lost": {"first": row.kept, "last": row.lost_size - 1},
        "old_head": row.old_note,
        "reason": reason,
        "approved_by": [person.public_id for person in by],
    }
