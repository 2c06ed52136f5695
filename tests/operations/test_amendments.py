"""A published tender is amended by two people; sealed bids stand, and everything verifies."""

from datetime import timedelta

import pytest

from marketplace.errors import Conflict
from marketplace.ledger import export
from marketplace.ledger.models import Entry
from marketplace.notify.models import Message
from procurement import verification
from procurement.dossier import write
from procurement.dossier.verifier import main as dossier
from procurement.models import SealedBid
from procurement.operations import amendments, bids, drafts, enquiries
from procurement.operations.amendments import BadAmendment
from procurement.operations.bids import LateBid
from procurement.rules import bidding
from procurement.rules.amending import Timetable
from procurement.rules.duties import SeparationOfDuties
from procurement.rules.lifecycle import OperationNotAllowed
from tests import factories
from tests.factories import AFTER, DEADLINE, START, Market, offer, person, tender_at

pytestmark = pytest.mark.django_db
LATER = timedelta(seconds=30)
DAY = timedelta(days=1)
TOLD = "Bags are given at the depot."


@pytest.fixture
def market():
    return Market()


@pytest.fixture
def tender(market):
    return tender_at("open", market)


def propose(tender, market, later=LATER, notice="", now=START + 2 * DAY):
    new = Timetable(DEADLINE + later, tender.enquiry_deadline)
    said = {"new": new, "notice": notice, "reason": "The road was closed."}
    return amendments.propose(tender=tender, by=market.officer, now=now, **said)


def amend(tender, market, now=START + 2 * DAY, **changes):
    proposal = propose(tender, market, now=now, **changes)
    return amendments.confirm(proposal=proposal, by=market.approver, now=now)


def submit(tender, market, who, at, price="295"):
    user, firm = market.tenderers[who]
    arrived = {"received_at": at, "now": at}
    given = offer(tender, price)
    return bids.submit(tender=tender, tenderer=firm, content=given, by=user, **arrived)


def test_until_another_person_confirms_nothing_changes(tender, market):
    hashed = tender.terms_hash
    proposal = propose(tender, market)
    tender.refresh_from_db()
    assert (tender.deadline, tender.terms_hash) == (DEADLINE, hashed)
    with pytest.raises(Conflict):
        propose(tender, market)
    with pytest.raises(SeparationOfDuties):
        both = factories.again(market.officer)
        factories.Membership.objects.create(
            user=both, organization=market.buyer, role="approver", granted_at=START
        )
        amendments.confirm(proposal=proposal, by=factories.again(both), now=START + 2 * DAY)


def test_an_amended_tender_has_new_terms_and_the_bids_that_were_sealed_stand(tender, market):
    before = tender.terms_hash
    amended = amend(tender, market, notice=TOLD)
    assert amended.terms_hash != before and amended.deadline == DEADLINE + LATER
    assert {bid.terms_hash for bid in SealedBid.objects.filter(tender=tender)} == {before}
    replaced = submit(amended, market, 0, START + 3 * DAY)
    assert replaced.terms_hash == amended.terms_hash


def test_the_deadline_is_the_new_one(tender, market):
    amended = amend(tender, market)
    assert submit(amended, market, 1, DEADLINE + LATER / 2)
    with pytest.raises(LateBid):
        submit(amended, market, 1, DEADLINE + LATER)


def test_everything_verifies_with_bids_under_old_and_new_terms(tender, market, tmp_path):
    amend(tender, market, notice=TOLD)
    tender.refresh_from_db()
    submit(tender, market, 0, START + 3 * DAY)
    for step in ("_close", "_open", "_evaluate", "_recommend", "_award"):
        getattr(factories, step)(tender, market, ())
        tender.refresh_from_db()
    assert tender.bids.count() == 3
    classes = {"public", "opening", "auditor"}
    lines = [*export.as_jsonl(tender.reference, include=classes, now=AFTER)]
    report = verification.verify(lines)
    assert report.passed, [check for check in report.checks if not check.passed]
    assert any(check.name == "an amendment changes no question" for check in report.checks)
    file = tmp_path / "dossier.zip"
    with file.open("w+b") as out:
        write.write(out, tender, reader="auditor", exported_at=AFTER, progress=lambda *_: None)
    assert dossier.main([str(file), "--engine", str(verification.engine.ROOT)]) == 0


def test_whoever_has_bid_begun_or_asked_is_told_once(tender, market):
    begun, asked = person("Begun Bidder", market.tenderers[0][1], "tenderer"), market.tenderers[2]
    drafts.save(
        tender=tender,
        tenderer=market.tenderers[0][1],
        data=bidding.to_bytes(offer(tender, "1")),
        by=begun,
        now=START + DAY,
    )
    enquiries.ask(
        tender=tender, organization=asked[1], question="Bags?", by=asked[0], now=START + DAY
    )
    amend(tender, market, notice=TOLD)
    told = Message.objects.filter(key__startswith="amended:")
    people = {begun.pk, *(user.pk for user, _ in market.tenderers)}
    assert sorted(told.values_list("recipient", flat=True)) == sorted(people)
    assert all(TOLD in message.body for message in told)


def test_a_notice_without_time_to_act_on_it_is_refused(tender, market):
    late = DEADLINE - DAY
    with pytest.raises(BadAmendment) as refused:
        propose(tender, market, notice=TOLD, now=late)
    assert refused.value.where == "deadline"
    assert propose(tender, market, later=3 * DAY, notice=TOLD, now=late)


def test_what_has_grown_too_late_meanwhile_is_refused_at_the_confirmation(tender, market):
    proposal = propose(tender, market, notice=TOLD)
    with pytest.raises(BadAmendment):
        amendments.confirm(proposal=proposal, by=market.approver, now=DEADLINE - DAY)


@pytest.mark.parametrize("stage", ["draft", "closed"])
def test_only_what_is_published_and_not_closed_is_amended(stage, market):
    tender = tender_at(stage, market)
    now = START if stage == "draft" else AFTER
    with pytest.raises(OperationNotAllowed):
        propose(tender, market, now=now)


def test_after_the_deadline_nobody_opens_it_again(tender, market):
    proposal = propose(tender, market, later=DAY)
    with pytest.raises(OperationNotAllowed):
        amendments.confirm(proposal=proposal, by=market.approver, now=DEADLINE)


def test_a_proposal_is_declined_or_taken_back_and_is_nobody_elses_business(tender, market):
    amendments.decline(proposal=propose(tender, market), by=market.approver, now=START)
    amendments.decline(proposal=propose(tender, market), by=market.officer, now=START)
    rows = Entry.objects.filter(event__startswith="TenderAmendment").order_by("sequence")
    assert [row.event.removeprefix("TenderAmendment") for row in rows] == [
        "Proposed", "Declined", "Proposed", "TakenBack",
    ]  # fmt: skip
    assert {row.visibility for row in rows} == {"auditor"}
