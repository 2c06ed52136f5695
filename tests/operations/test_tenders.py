from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from marketplace.accounts.models import Membership
from marketplace.accounts.roles import Role
from marketplace.errors import Conflict, Invalid, NotPermitted
from marketplace.ledger.models import Entry
from procurement.models import Tender
from procurement.operations import committees, documents, tenders
from procurement.queries.contents import content as stored
from procurement.queries.terms import fingerprint
from procurement.rules.content import LotContent
from procurement.rules.duties import SeparationOfDuties
from procurement.rules.lifecycle import OperationNotAllowed
from produce.models import Standard
from produce.rules.specification import SetLimit
from tests.factories import (
    DEADLINE,
    PASSPHRASE,
    START,
    Market,
    again,
    content,
    item,
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


def places(refused):
    return {problem.where for problem in refused.value.problems}


def test_what_was_drafted_reads_back_the_same(market, draft):
    assert stored(draft) == content()


def test_a_specification_with_a_tightened_limit_reads_back_the_same(market):
    standard = Standard.objects.filter(commodity__code="MAIZE_GRAIN", valid_to=None).first()
    grade = standard.grades.order_by("rank").first()
    limit = grade.limits.select_related("parameter").exclude(maximum=None).first()
    tighter = SetLimit(code=limit.parameter.code, maximum=limit.maximum / 2)
    graded = item(
        standard=standard.code, edition=standard.edition, grade=grade.code, changes=(tighter,)
    )
    said = content(lots=(replace(content().lots[0], items=(graded,)),))
    tender = tenders.draft(buyer=market.buyer, content=said, by=market.officer, now=START)
    assert stored(tender) == said


def test_a_second_person_publishes(market, draft):
    tender = publish(draft, market)
    assert tender.terms_hash and Entry.objects.filter(event="TenderPublished").exists()


def test_who_drafted_does_not_publish(market, draft):
    Membership.objects.create(
        user=market.officer, organization=market.buyer, role=Role.APPROVER, granted_at=START
    )
    with pytest.raises(SeparationOfDuties):
        tenders.publish(
            tender=draft, expected=fingerprint(draft), by=again(market.officer), now=START
        )


def test_the_database_refuses_that_one_person_drafts_and_publishes(market, draft):
    with pytest.raises(IntegrityError), transaction.atomic():
        Tender.objects.filter(pk=draft.pk).update(published_by=market.officer)


def test_without_a_second_factor_nobody_publishes(market, draft):
    market.approver.authenticator_set.all().delete()
    with pytest.raises(NotPermitted) as refused:
        publish(draft, market)
    assert refused.value.code == "second-factor-required"


def test_a_stranger_does_not_draft_for_the_buyer(market):
    user, _ = market.tenderers[0]
    with pytest.raises(NotPermitted):
        tenders.draft(buyer=market.buyer, content=content(), by=user, now=START)


def test_every_missing_part_is_named_at_once(market):
    empty = content(title=" ", deadline=None, lots=(LotContent(title=""),))
    tender = tenders.draft(buyer=market.buyer, content=empty, by=market.officer, now=START)
    with pytest.raises(tenders.NotReady) as refused:
        publish(tender, market)
    assert places(refused) == {"title", "deadline", "lots[0].title", "lots[0].items", "committee"}


def test_a_period_shorter_than_the_rule_set_allows_is_refused(market, draft):
    with pytest.raises(tenders.NotReady) as refused:
        publish(draft, market, now=DEADLINE - timedelta(days=9))
    assert "deadline" in places(refused)


def test_no_organisation_may_hold_a_quorum(market):
    market.openers = [(opener, market.buyer) for opener, _ in market.openers]
    for opener, seat in market.openers[1:]:
        Membership.objects.create(
            user=opener, organization=seat, role=Role.OPENER, granted_at=START
        )
    tender = tender_at("draft", market)
    with pytest.raises(tenders.NotReady) as refused:
        publish(tender, market)
    assert places(refused) == {"committee"}


def test_a_published_tender_is_not_revised(market):
    tender = tender_at("open", market)
    with pytest.raises(OperationNotAllowed):
        tenders.revise(tender=tender, content=content(), by=market.officer, now=START)


def test_revising_replaces_everything(market, draft):
    said = content(title="Sorghum", lots=content().lots * 2)
    tenders.revise(tender=draft, content=said, by=market.officer, now=START)
    draft.refresh_from_db()
    assert stored(draft) == said


def test_an_unknown_commodity_is_named_with_its_place(market):
    wrong = content(lots=(replace(content().lots[0], items=(item(commodity="UNOBTAINIUM"),)),))
    with pytest.raises(Invalid) as refused:
        tenders.draft(buyer=market.buyer, content=wrong, by=market.officer, now=START)
    assert refused.value.where == "lots[0].items[0].commodity"
    assert not Tender.objects.exists()


def test_an_opener_sets_a_passphrase_once(market, draft):
    opener, _ = market.openers[0]
    with pytest.raises(Conflict):
        committees.enrol(tender=draft, passphrase=PASSPHRASE, by=opener, now=START)


def test_the_passphrase_of_an_opener_is_nowhere_in_the_database(market, draft):
    member = draft.committee.first()
    assert PASSPHRASE not in member.locked_private_key
    assert PASSPHRASE not in " ".join(Entry.objects.values_list("body", flat=True))


def test_who_revised_a_draft_does_not_publish_it(market, draft):
    Membership.objects.create(
        user=market.approver,
        organization=market.buyer,
        role=Role.PROCUREMENT_OFFICER,
        granted_at=START,
    )
    both = again(market.approver)
    tenders.revise(tender=draft, content=content(title="Mine"), by=both, now=START)
    with pytest.raises(SeparationOfDuties):
        tenders.publish(tender=draft, expected=fingerprint(draft), by=both, now=START)


def reworded(market, draft):
    said = content(title="Maize for a cousin")
    tenders.revise(tender=draft, content=said, by=market.officer, now=START)


def with_another_estimate(market, draft):
    lot = replace(content().lots[0], estimated_value=Decimal("1"))
    tenders.revise(tender=draft, content=content(lots=(lot,)), by=market.officer, now=START)


def with_another_document(market, draft):
    documents.attach(
        tender=draft,
        title="Conditions",
        filename="c.txt",
        content=b"Pay the cousin.",
        by=market.officer,
        now=START,
    )


def with_another_opener(market, draft):
    church = organization("Council of Churches", "oversight")
    opener = person("Oscar Opener", church, Role.OPENER)
    seat = {"opener": opener, "organization": church}
    committees.appoint(tender=draft, **seat, by=market.officer, now=START)
    committees.enrol(tender=draft, passphrase=PASSPHRASE, by=opener, now=START)


@pytest.mark.parametrize(
    "change", [reworded, with_another_estimate, with_another_document, with_another_opener]
)
def test_what_the_approver_did_not_see_is_not_published(market, draft, change):
    seen = fingerprint(Tender.objects.get(pk=draft.pk))
    change(market, draft)
    with pytest.raises(Conflict) as refused:
        tenders.publish(tender=draft, expected=seen, by=market.approver, now=START)
    assert refused.value.code == "tender-changed"
    assert refused.value.remedy == "Read the draft again, then publish it."
    assert publish(draft, market).published_at == START


def test_who_took_a_document_off_a_draft_does_not_publish_it(market, draft):
    with_another_document(market, draft)
    Membership.objects.create(
        user=market.approver,
        organization=market.buyer,
        role=Role.PROCUREMENT_OFFICER,
        granted_at=START,
    )
    both = again(market.approver)
    documents.detach(document=draft.documents.get(), by=both, now=START)
    with pytest.raises(SeparationOfDuties):
        tenders.publish(tender=draft, expected=fingerprint(draft), by=both, now=START)
