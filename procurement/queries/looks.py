"""The looks at the bids of a tender, for auditors and for each tenderer about its own."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from marketplace.accounts.models import Organization
from procurement.models import Look, Tender


def at_tender(tender: Tender) -> QuerySet[Look]:
    """Every look at bids of the tender, the latest first; files about all tenders included."""
    about = Q(tender=tender)
    if tender.opened_at:
        about |= Q(tender=None, at__gte=tender.opened_at)
    return Look.objects.filter(about).select_related("user", "organization", "bid__tenderer")


def names_at(tender: Tender) -> set[str]:
    """The names of the pages and addresses that were looked at."""
    return set(at_tender(tender).order_by().values_list("what", flat=True).distinct())


def at_own(tender: Tender, tenderers: Iterable[Organization]) -> QuerySet[Look]:
    """Those that showed a bid of one of `tenderers`: its own pages, and pages of all bids."""
    return at_tender(tender).filter(Q(bid=None) | Q(bid__tenderer__in=list(tenderers)))
