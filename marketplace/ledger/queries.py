"""What the shells ask of the ledger."""

from django.db.models import QuerySet

from marketplace import keys
from marketplace.ledger import checkpoint, epochs
from marketplace.ledger.models import Checkpoint, Entry


def entries_for(subject: str) -> QuerySet[Entry]:
    """The entries about a subject, oldest first. What a reader may see is the caller's business."""
    return Entry.objects.filter(subject=subject).order_by("sequence")


def latest_checkpoint() -> Checkpoint | None:
    """The largest signed checkpoint, or None before the first."""
    return Checkpoint.objects.order_by("-size").first()


def first_checkpoint_over(sequence: int) -> Checkpoint | None:
    """The first signed checkpoint that holds the entry, or None while none does."""
    return Checkpoint.objects.filter(size__gt=sequence).order_by("size").first()


def cosigned(signed: Checkpoint) -> str:
    """The signed note with the lines of its witnesses."""
    return signed.note + "".join(signed.cosignatures.values_list("line", flat=True))


def latest_cosigned() -> Checkpoint | None:
    """The largest checkpoint that a witness has cosigned."""
    return Checkpoint.objects.exclude(cosignatures=None).order_by("-size").first()


def origin() -> str:
    """What the ledger is called now, in the epoch that it is in."""
    return epochs.origin_of(epochs.current())


def verifier_key() -> str:
    """The public key of this ledger as a vkey, to be published wherever people can compare it.

    The key stays the same in every epoch; the name before it, and so the vkey, does not.
    """
    return checkpoint.vkey_of(origin(), keys.load("ledger"))
