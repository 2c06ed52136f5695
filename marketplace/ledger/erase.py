"""Erasing bodies: the body and its nonce go, the leaf and the tree stay.

Of each class of entries about the subject one further entry names what was erased and who decided
it, so that a verifier can tell an erasure from a loss. The triggers let nothing else through.
"""

from datetime import datetime

from marketplace.accounts.models import User
from marketplace.ledger.models import Entry
from marketplace.ledger.record import record

ERASED = "BodiesErased"


def erase(subject: str, *, proposed_by: User, by: User, reason: str, now: datetime) -> int:
    """Erase every body about `subject`, inside the caller's transaction; returns how many."""
    rows = Entry.objects.filter(subject=subject).exclude(body="").exclude(event=ERASED)
    found: dict[str, list[int]] = {}
    for sequence, visibility in rows.order_by("sequence").values_list("sequence", "visibility"):
        found.setdefault(visibility, []).append(sequence)
    for visibility, sequences in sorted(found.items()):
        record(
            ERASED,
            subject=subject,
            body={
                "entries": sequences,
                "proposed_by": proposed_by.public_id,
                "reason": reason,
            },
            by=by,
            now=now,
            visibility=visibility,
        )
        Entry.objects.filter(sequence__in=sequences).update(body="", nonce="")
    return sum(map(len, found.values()))
