"""Asks the table of `rules.visibility` about this person, this tender, this lot, now."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser

from marketplace.accounts import queries as people
from marketplace.accounts.models import User
from marketplace.accounts.roles import Permission
from procurement import permissions
from procurement.models import Award, Lot, LotDivision, Tender
from procurement.rules import visibility as table
from procurement.rules.visibility import Fact, Moment, Reader

Person = User | AnonymousUser


def sees(
    user: Person,
    fact: Fact,
    tender: Tender,
    *,
    lot: Lot | None = None,
    now: datetime | None = None,
    own: bool = False,
    come: frozenset[Moment] = frozenset(),
) -> bool:
    """Whether `user` may see `fact` of the tender.

    `lot`: whose decision counts; without it the tender counts as undecided. `own`: it is the
    person's own, or of an organisation of his. `come`: moments that only the caller knows of (an
    answer, a signing). `now`: to tell what is published later from what is published.
    """
    due = table.who_sees(fact, come | moments(tender, lot=lot, now=now))
    if Reader.ANYONE in due or (own and Reader.OWNER in due):
        return True
    return any(_IS[reader](user, tender) for reader in due - {Reader.ANYONE, Reader.OWNER})


def moments(
    tender: Tender, *, lot: Lot | None = None, now: datetime | None = None
) -> frozenset[Moment]:
    """The moments that have come for the tender, and for the lot if one is given."""
    told = tender.published_at
    facts = {
        Moment.ALWAYS: True,
        Moment.PUBLICATION: told is not None and (now is None or told <= now),
        Moment.CLOSE: tender.closed_at is not None,
        Moment.OPENING: tender.opened_at is not None or tender.is_historical,
        Moment.DECISION: lot is not None and _is_decided(lot),
    }
    return frozenset(moment for moment, has_come in facts.items() if has_come)


def entries(user: Person, tender: Tender) -> tuple[str, ...]:
    """The classes of ledger entries about the tender that `user` may read now."""
    return tuple(name for name, fact in table.ENTRIES.items() if sees(user, fact, tender))


def entries_of(reader: Reader, tender: Tender) -> tuple[str, ...]:
    """The same for a kind of reader, for files that are made for it by a worker."""
    come, readers = moments(tender), {Reader.ANYONE, reader}
    return tuple(name for name, fact in table.ENTRIES.items() if table.sees(fact, readers, come))


def _is_decided(lot: Lot) -> bool:
    if lot.unsuccessful_at:
        return True
    decided = Award.objects.exclude(decided_at=None)
    if decided.filter(lot=lot).exists():
        return True
    # Divided lots are decided together, those too that get nothing by it.
    together = LotDivision.objects.filter(lot=lot).exists()
    return together and decided.filter(lot__tender=lot.tender_id, is_part=True).exists()


def _decides(user: Any, tender: Tender) -> bool:
    may = people.has_permission(user, Permission.AWARD_DECIDE, tender.buyer)
    return may and permissions.is_impartial(user, tender)


# Anonymous visitors have no memberships, so that each of these is False for them.
_IS: Mapping[Reader, Callable[[Any, Tender], bool]] = {
    Reader.BUYER: permissions.works_for_buyer,
    Reader.WORKER: permissions.judges_bids,
    Reader.DECIDER: _decides,
    Reader.AUDITOR: lambda user, _: permissions.user_can_read_history(user),
}
