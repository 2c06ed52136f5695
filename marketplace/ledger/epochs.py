"""Epochs: what the ledger is called after entries that were signed have been lost.

A database put back from a backup may be shorter than what was signed. Nobody can make the lost
entries again, and two trees under one name would be two truths. So the ledger goes on under
another name, `ORIGIN/epoch-2`: the entries that are left keep their places and proofs, and the
first new one, `LedgerRecovered`, names the old signed head and the range that was lost.
"""

import re

from django.conf import settings

from marketplace.ledger.models import Epoch

EVENT = "LedgerRecovered"
# What the entries about the ledger itself are filed under.
SUBJECT = "ledger"
_LATER = re.compile(r"/epoch-([1-9][0-9]{0,5})")


def origin_of(number: int) -> str:
    """The origin that checkpoints of this epoch carry; the first has the plain one."""
    base = str(settings.LEDGER_ORIGIN)
    return base if number == 1 else f"{base}/epoch-{number}"


def number_of(origin: str) -> int | None:
    """The epoch whose origin this is, None for the origin of another ledger."""
    base = str(settings.LEDGER_ORIGIN)
    if origin == base:
        return 1
    found = _LATER.fullmatch(origin.removeprefix(base)) if origin.startswith(base) else None
    return int(found[1]) if found and int(found[1]) > 1 else None


def current() -> int:
    """The number of the epoch that the database is in; 1 as long as nothing was lost."""
    return Epoch.objects.order_by("-number").values_list("number", flat=True).first() or 1


def that_lost(sequence: int, epoch: int) -> Epoch | None:
    """The recovery in which the entry of that place, recorded in `epoch`, was lost."""
    rows = Epoch.objects.filter(number__gt=epoch, kept__lte=sequence)
    return rows.order_by("number").first()
