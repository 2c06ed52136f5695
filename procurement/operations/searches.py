"""Saved searches: kept, ended, and told of each tender that is published, once."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.notify import outbox, webhooks
from marketplace.notify.kinds import Kind
from procurement.filters import TenderFilter
from procurement.models import Announcement, SavedSearch, SearchHit, Tender
from procurement.operations.common import at_words
from procurement.queries import lists

MOST = 20
# Order and page say how a list is shown, not what is in it.
LEFT_OUT = ("sort", "page", "csrfmiddlewaretoken", "cursor", "format", "name")


class BadSearch(Invalid):
    """A search that the list of tenders would not understand."""

    code = "bad-search"


class TooManySearches(Conflict):
    """A person keeps as many searches as one may keep."""

    code = "too-many-searches"


def normal(text: str) -> str:
    """The parameters that narrow the list, in one order. Raises BadSearch."""
    given = QueryDict(text.lstrip("?"))
    known = [(k, v) for k in sorted(given) if k not in LEFT_OUT for v in sorted(given.getlist(k))]
    kept = QueryDict(mutable=True)
    for name, value in known:
        if name in TenderFilter.base_filters and value.strip():
            kept.appendlist(name, value.strip())
    query = kept.urlencode()
    if len(query) > 1000:
        raise BadSearch("This search is too long to keep.", where="query")
    return query


def matches(query: str, rows: QuerySet[Tender], now: datetime) -> QuerySet[Tender]:
    """The tenders among `rows` that the search finds. Raises BadSearch."""
    found = TenderFilter(QueryDict(query), queryset=rows, now=now)
    if not found.is_valid():
        raise BadSearch("The list of tenders does not understand this search.", where="query")
    narrowed: QuerySet[Tender] = found.qs
    return narrowed


@transaction.atomic
def save(*, user: User, name: str, query: str, now: datetime) -> SavedSearch:
    """Keep a search; from now on its owner is told of what it finds."""
    query = normal(query)
    matches(query, lists.public(now), now)
    if not name.strip() or len(name) > 100:
        raise Invalid("Give the search a name of at most 100 characters.", where="name")
    User.objects.select_for_update().get(pk=user.pk)
    if held(user).count() >= MOST:
        raise TooManySearches(f"At most {MOST} searches are kept.", remedy="End one first.")
    try:
        with transaction.atomic():
            return SavedSearch.objects.create(
                user=user, name=name.strip(), query=query, created_at=now
            )
    except IntegrityError:
        raise Conflict("You keep this search already.", where="query") from None


def held(user: User) -> QuerySet[SavedSearch]:
    return SavedSearch.objects.filter(user=user, ended_at=None)


@transaction.atomic
def end(*, user: User, search: str, now: datetime) -> SavedSearch:
    row = held(user).select_for_update().filter(public_id=search).first()
    if row is None:
        raise NotFound("There is no such search of yours.")
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    return row


def tell_due(*, now: datetime) -> int:
    """Match every tender that was published and not matched yet; a sweep. Returns how many."""
    rows = lists.public(now).filter(historical_batch=None, announcement=None)
    return sum(_announce(pk, now) for pk in rows.order_by("pk").values_list("pk", flat=True)[:200])


@transaction.atomic
def _announce(tender_id: int, now: datetime) -> int:
    tender = (
        Tender.objects.select_for_update(of=("self",)).select_related("buyer").get(pk=tender_id)
    )
    _row, made = Announcement.objects.get_or_create(tender=tender, defaults={"at": now})
    if not made:
        return 0
    if tender.cancelled_at is None:
        for search in _finding(tender, now):
            _tell(search, tender, now)
    return 1


def _finding(tender: Tender, now: datetime) -> Iterator[SavedSearch]:
    """The searches that were kept before the publication and find the tender."""
    rows = SavedSearch.objects.filter(
        ended_at=None, created_at__lte=tender.published_at, user__is_active=True
    )
    found: dict[str, bool] = {}
    for search in rows.select_related("user").order_by("pk").iterator():
        if search.query not in found:
            found[search.query] = _finds(search.query, tender, now)
        if found[search.query]:
            yield search


def _finds(query: str, tender: Tender, now: datetime) -> bool:
    try:
        return matches(query, Tender.objects.filter(pk=tender.pk), now).exists()
    except BadSearch:  # Kept under words that the list no longer knows.
        return False


def _tell(search: SavedSearch, tender: Tender, now: datetime) -> None:
    _hit, made = SearchHit.objects.get_or_create(
        search=search, tender=tender, defaults={"told_at": now}
    )
    if not made:
        return
    told = {
        "name": search.name,
        "title": tender.title,
        "buyer": tender.buyer.name,
        "place": tender.province or tender.buyer.province,
        "until": at_words(tender.deadline),
        "address": f"{settings.SITE_URL}/tenders/{tender.reference}/",
    }
    # One message about a tender, however many searches of a person found it.
    key = f"alert:{tender.reference}"
    outbox.queue(
        key,
        [search.user],
        subject=lambda: _("New tender for “%(name)s”: %(title)s") % told,
        body=lambda: (
            _(
                "%(title)s\n%(buyer)s\n\nBids close on %(until)s.\n\n%(address)s\n\n"
                "You keep the search “%(name)s”. End it under “Saved searches”."
            )
            % told
        ),
        sms=lambda: _("New tender: %(title)s. %(place)s. Closes %(until)s. %(address)s") % told,
        kind=Kind.ALERT,
        now=now,
    )
    for hook in webhooks.held(search.user):
        webhooks.queue(hook, key, _event(search, tender), now)


def _event(search: SavedSearch, tender: Tender) -> dict[str, str]:
    return {
        "event": "tender.published",
        "search": search.public_id,
        "tender": tender.reference,
        "title": tender.title,
        "buyer": tender.buyer.name,
        "deadline": tender.deadline.isoformat() if tender.deadline else "",
        "href": f"{settings.SITE_URL}/tenders/{tender.reference}/",
    }
