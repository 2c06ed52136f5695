"""An outage is measured, holds the close, and gives more time only through two people."""

from datetime import timedelta

import pytest

from marketplace.errors import NotNow
from marketplace.ledger import queries
from marketplace.notify.models import Message
from procurement import tasks
from procurement.models import ServiceOutage
from procurement.operations import amendments, bids, openings, outages
from procurement.queries import facts, lists
from procurement.queries import outages as found
from procurement.rules.amending import Timetable
from procurement.rules.lifecycle import OperationNotAllowed
from procurement.rules.timeline import TenderStatus
from tests.factories import AFTER, DEADLINE, PASSPHRASE, Market, offer, tender_at

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def market():
    return Market()


@pytest.fixture
def tender(market):
    return tender_at("open", market)


@pytest.fixture
def down(settings, tender):
    """The service was down from an hour before the deadline to an hour after it."""
    settings.OUTAGE_SECONDS = 600
    outages.beat(now=DEADLINE - HOUR)
    return outages.beat(now=DEADLINE + HOUR)


def extend(tender, market, now, later):
    new = Timetable(later, tender.enquiry_deadline)
    said = {"new": new, "notice": "", "reason": "The service was down."}
    proposal = amendments.propose(tender=tender, by=market.officer, now=now, **said)
    return amendments.confirm(proposal=proposal, by=market.approver, now=now)


def test_only_a_gap_between_beats_is_an_outage(settings):
    settings.OUTAGE_SECONDS = 600
    for minutes in (0, 5, 14, 13, 14):
        assert outages.beat(now=DEADLINE + timedelta(minutes=minutes)) is None
    made = outages.beat(now=DEADLINE + timedelta(minutes=24))
    assert (made.since, made.until) == (DEADLINE + timedelta(minutes=14), DEADLINE + 24 * HOUR / 60)
    body = queries.entries_for("service").get().body
    assert made.since.isoformat() in body and made.until.isoformat() in body


def test_where_no_outage_is_wanted_none_is_recorded(settings):
    settings.OUTAGE_SECONDS = None
    outages.beat(now=DEADLINE)
    assert outages.beat(now=DEADLINE + 30 * HOUR) is None
    assert not ServiceOutage.objects.exists()


def test_the_officers_are_told_once(down, tender, market):
    letters = Message.objects.filter(subject__contains="the service was down")
    assert {letter.recipient for letter in letters} == {market.officer}


def test_the_close_waits_and_says_why(down, tender, market):
    assert lists.to_close(DEADLINE + 2 * HOUR) == []
    with pytest.raises(NotNow, match="service was down"):
        openings.close(tender=tender, now=DEADLINE + 2 * HOUR)
    with pytest.raises(NotNow, match="service was down"):
        user = market.openers[0][0]
        openings.release(tender=tender, passphrase=PASSPHRASE, by=user, now=DEADLINE + 2 * HOUR)
    assert lists.to_close(DEADLINE + 49 * HOUR) == [tender]
    assert openings.close(tender=tender, now=DEADLINE + 49 * HOUR).closed_at


def test_two_people_give_more_time_and_bids_are_taken_again(down, tender, market):
    now, later = DEADLINE + 2 * HOUR, found.due(tender)
    assert later == DEADLINE + 25 * HOUR
    extended = extend(tender, market, now, later)
    assert facts.status(extended, now) is TenderStatus.OPEN
    assert found.held_until(extended) is None
    user, firm = market.tenderers[0]
    content = offer(extended, "290")
    kept = {"received_at": now, "now": now, "by": user}
    assert bids.submit(tender=extended, tenderer=firm, content=content, **kept)


def test_not_after_the_hold_nor_after_the_close(down, tender, market):
    with pytest.raises(OperationNotAllowed):
        extend(tender, market, DEADLINE + 49 * HOUR, DEADLINE + 80 * HOUR)
    openings.close(tender=tender, now=DEADLINE + 49 * HOUR)
    with pytest.raises(OperationNotAllowed):
        extend(tender, market, DEADLINE + 49 * HOUR, DEADLINE + 80 * HOUR)


def test_without_an_outage_the_deadline_is_the_end(tender, market):
    with pytest.raises(OperationNotAllowed):
        extend(tender, market, DEADLINE + timedelta(seconds=5), DEADLINE + 30 * HOUR)
    assert openings.close(tender=tender, now=AFTER).closed_at


def test_the_new_deadline_must_lie_ahead(down, tender, market):
    with pytest.raises(amendments.BadAmendment, match="ahead"):
        extend(tender, market, DEADLINE + 2 * HOUR, DEADLINE + HOUR)


def test_a_service_whose_pages_do_not_answer_does_not_beat(settings, live_server):
    settings.HEALTH_URL = f"{live_server.url}/checkpoint/note.txt"
    assert tasks.beat()
    settings.HEALTH_URL = f"{live_server.url}/no-such-page/"
    assert not tasks.beat()
