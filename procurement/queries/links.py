"""The parties of a tender with their digests, and what was answered about each flag."""

from collections.abc import Iterable

from django.db.models import Q

from marketplace.accounts import personal
from marketplace.accounts.models import Membership, Organization, PersonalDatum, User
from procurement.models import LinkAnswer, Tender
from procurement.rules.links import Link, Party, links


def found(tender: Tender) -> list[Link]:
    """The flags of a tender whose bids are open; of any other there are none."""
    if tender.opened_at is None:
        return []
    bidders = list(Organization.objects.filter(bids__tender=tender).distinct())
    officials = list(User.objects.filter(_in_office(tender)).distinct())
    known = _digests([*(b.public_id for b in bidders), *(o.public_id for o in officials)])
    parties = [
        Party(row.public_id, row.name, False, known.get(row.public_id, {})) for row in bidders
    ]
    return links([*parties, *(_official(user, known) for user in officials)])


def _in_office(tender: Tender) -> Q:
    """Whoever has a role in the buyer, or sits on the committee."""
    rows = Membership.objects.filter(organization=tender.buyer)
    since = rows.filter(Q(revoked_at=None) | Q(revoked_at__gt=tender.published_at))
    return Q(pk__in=since.values("user")) | Q(pk__in=tender.committee.values("user"))


def _official(user: User, known: dict[str, dict[str, frozenset[str]]]) -> Party:
    """With the address of sign-in beside what he stated."""
    told = dict(known.get(user.public_id, {}))
    told["email"] = frozenset({personal.digest("email", user.email)})
    return Party(user.public_id, user.full_name, True, told)


def _digests(holders: Iterable[str]) -> dict[str, dict[str, frozenset[str]]]:
    found: dict[str, dict[str, frozenset[str]]] = {}
    for row in PersonalDatum.objects.filter(holder__in=list(holders)):
        found.setdefault(row.holder, {})[row.kind] = frozenset({row.digest})
    return found


def answers(tender: Tender) -> dict[str, LinkAnswer]:
    """The latest answer to each flag, by its key."""
    rows = LinkAnswer.objects.filter(tender=tender).select_related("answered_by").order_by("id")
    return {row.key: row for row in rows}
