"""The committee of a draft can be mended: an opener who never enrols, or must go, is replaced."""

import pytest

from marketplace.accounts.models import Membership
from marketplace.accounts.roles import Role
from marketplace.errors import NotFound, NotPermitted
from marketplace.ledger.models import Entry
from marketplace.notify.models import Message
from procurement.operations import committees, openings, tenders
from procurement.queries.terms import fingerprint
from procurement.rules.duties import SeparationOfDuties
from procurement.rules.lifecycle import OperationNotAllowed
from tests.factories import (
    AFTER,
    PASSPHRASE,
    START,
    Market,
    again,
    organization,
    person,
    publish,
    tender_at,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    return Market()


@pytest.fixture
def draft(market):
    return tender_at("draft", market)


def dismiss(draft, market, seat, by=None):
    member = draft.committee.get(position=seat)
    return committees.dismiss(member=member, by=by or market.officer, now=START)


def names(draft):
    rows = draft.committee.order_by("position").values_list("position", "user__full_name")
    return list(rows)


def test_an_opener_is_dismissed_and_the_seats_move_up(market, draft):
    dismiss(draft, market, 1)
    assert names(draft) == [(1, "Otto Opener"), (2, "Oona Opener")]
    assert Entry.objects.get(event="OpenerDismissed").visibility == "public"
    assert Message.objects.filter(key__startswith="dismissed:").get().recipient.full_name == (
        "Olive Opener"
    )


def test_a_replaced_opener_opens_with_the_others(market, draft):
    dismiss(draft, market, 1)
    church = organization("Council of Churches", "oversight")
    newcomer = person("Nyasha New", church, Role.OPENER)
    seat = {"opener": newcomer, "organization": church}
    committees.appoint(tender=draft, **seat, by=market.officer, now=START)
    committees.enrol(tender=draft, passphrase=PASSPHRASE, by=newcomer, now=START)
    tender = publish(draft, market)
    for opener in (newcomer, market.openers[1][0]):
        openings.release(tender=tender, passphrase=PASSPHRASE, by=opener, now=AFTER)
    tender.refresh_from_db()
    assert tender.opened_at == AFTER


def test_a_dismissed_opener_opens_nothing(market, draft):
    dismiss(draft, market, 3)
    gone, _ = market.openers[2]
    with pytest.raises(NotFound):
        committees.enrol(tender=draft, passphrase=PASSPHRASE, by=gone, now=START)


def test_who_was_dismissed_can_be_appointed_again_and_is_told_again(market, draft):
    opener, seat = market.openers[0]
    dismiss(draft, market, 1)
    committees.appoint(tender=draft, opener=opener, organization=seat, by=market.officer, now=START)
    assert Message.objects.filter(key__startswith="appointed:", recipient=opener).count() == 2


def test_nobody_is_dismissed_after_the_publication(market):
    tender = tender_at("open", market)
    with pytest.raises(OperationNotAllowed):
        dismiss(tender, market, 1)


def test_only_who_drafts_dismisses_and_then_does_not_publish(market, draft):
    with pytest.raises(NotPermitted):
        dismiss(draft, market, 1, by=market.evaluator)
    Membership.objects.create(
        user=market.approver,
        organization=market.buyer,
        role=Role.PROCUREMENT_OFFICER,
        granted_at=START,
    )
    both = again(market.approver)
    dismiss(draft, market, 1, by=both)
    with pytest.raises(SeparationOfDuties):
        tenders.publish(tender=draft, expected=fingerprint(draft), by=both, now=START)


def test_an_opener_whose_role_was_revoked_does_not_open(market):
    tender = tender_at("closed", market)
    opener, _ = market.openers[0]
    Membership.objects.filter(user=opener).update(revoked_at=AFTER)
    with pytest.raises(NotPermitted):
        openings.release(tender=tender, passphrase=PASSPHRASE, by=again(opener), now=AFTER)
    assert not tender.committee.exclude(acted_at=None).exists()
