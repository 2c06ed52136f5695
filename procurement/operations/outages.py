"""The pulse of the service: what it missed is recorded as an outage, by nobody's choice."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from marketplace.accounts import queries as people
from marketplace.accounts.roles import Permission
from marketplace.ledger.record import record
from marketplace.notify import outbox
from procurement.models import Pulse, ServiceOutage, Tender
from procurement.operations.common import at_words
from procurement.queries import outages
from procurement.rules.timeline import instant

SUBJECT = "service"


@transaction.atomic
def beat(*, now: datetime) -> ServiceOutage | None:
    """The service works at `now`; whatever lies between this and the last beat was an outage.

    Gives the outage that was recorded, if any. A beat earlier than the last one changes nothing.
    """
    pulse, first = Pulse.objects.select_for_update().get_or_create(pk=1, defaults={"at": now})
    if first or now <= pulse.at:
        return None
    since, pulse.at = pulse.at, now
    pulse.save(update_fields=["at"])
    longest = settings.OUTAGE_SECONDS
    if longest is None or now - since < timedelta(seconds=longest):
        return None
    return _recorded(since, now)


def _recorded(since: datetime, until: datetime) -> ServiceOutage:
    outage = ServiceOutage.objects.create(since=since, until=until)
    body = {"since": instant(since).isoformat(), "until": instant(until).isoformat()}
    record("ServiceOutage", subject=SUBJECT, body=body, by=None, now=until)
    standing = Tender.objects.exclude(published_at=None).filter(
        historical_batch=None, cancelled_at=None, closed_at=None
    )
    for tender in standing.select_related("buyer"):
        if (later := outages.due(tender)) is not None:
            _tell(tender, outage, later, until)
    return outage


def _tell(tender: Tender, outage: ServiceOutage, later: datetime, now: datetime) -> None:
    outbox.queue(
        f"outage:{outage.pk}:{tender.reference}",
        people.people_with(Permission.TENDER_DRAFT, tender.buyer),
        subject=f"{tender.reference}: the service was down before the deadline",
        body=f"{tender.title}\n\nFrom {at_words(outage.since)} to {at_words(outage.until)} nobody "
        f"could submit a bid. By rule, propose to move the deadline to {at_words(later)}; another "
        f"person confirms.\n\n{settings.SITE_URL}/tenders/{tender.reference}/amend/",
        now=now,
    )
