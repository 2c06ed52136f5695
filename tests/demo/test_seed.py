"""The seed in miniature: one tender of each stage, told through the operations."""

import json
import stat
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import transaction

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.demo import people, plans, seed, telling, world
from marketplace.demo.plans import Scale
from marketplace.demo.world import Sizes
from marketplace.ledger import export
from marketplace.ledger.models import Entry
from marketplace.notify.models import Message
from procurement.models import Bid, BidDraft, Enquiry, SealedBid, Tender
from procurement.queries import facts
from procurement.verification import verify
from produce.operations import catalogue

pytestmark = pytest.mark.django_db

# Every seed below tells of this world; the first of each kind of tenderer can sign in.
SIZES = Sizes(farmers=14, cooperatives=4, companies=6)
EVERY_STAGE = Scale(per_stage=1, crowds=3, crowd_bids=9)
STATUSES = {
    "draft",
    "open",
    "awaiting_opening",
    "in_evaluation",
    "evaluated",
    "standstill",
    "awarded",
    "contracted",
    "delivered",
    "paid",
    "unsuccessful",
    "cancelled",
}


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker):
    """A seeded database for the whole module, taken back at its end."""
    now = clock.now()
    with django_db_blocker.unblock(), transaction.atomic():
        catalogue.load(now=now)
        seed.seed(now=now, sizes=SIZES, scale=EVERY_STAGE)
        yield now
        transaction.set_rollback(True)


def by_stage(stage, now):
    """The tender that the plan of that stage became: plans and tenders were made in one order."""
    made = plans.plans(world.build(seed.SEED, SIZES), seed.SEED, now, EVERY_STAGE)
    plan = next(plan for plan in made if plan.stage == stage)
    return Tender.objects.get(deadline=plan.deadline, title=plan.content.title)


def test_every_status_is_reached(seeded):
    found = {str(facts.status(tender, seeded)) for tender in Tender.objects.all()}
    assert found == STATUSES


def test_nothing_lies_in_the_future(seeded):
    assert not Entry.objects.filter(recorded_at__gt=seeded).exists()


def test_the_ledger_kept_the_time_at_which_each_thing_happened(seeded):
    bodies = [(e.recorded_at, json.loads(e.body)["at"]) for e in Entry.objects.all()]
    assert all(time.isoformat()[:19] == at[:19] for time, at in bodies)


def test_one_officer_has_acted_in_the_partly_opened_tender(seeded):
    tender = by_stage("partly_opened", seeded)
    assert tender.committee.exclude(acted_at=None).count() == 1
    assert tender.opened_at is None


def test_the_recommended_award_awaits_its_decision(seeded):
    tender = by_stage("recommended", seeded)
    awards = [award for lot in tender.lots.all() for award in lot.awards.all()]
    assert awards and all(award.decided_at is None for award in awards)


def grain(role):
    return next(login for login in people.read_logins() if login.role == role)


def test_a_complete_draft_waits_for_the_approver(seeded):
    tender = by_stage("draft", seeded)
    assert tender.committee.count() == tender.committee.exclude(public_key="").count() == 3
    assert tender.published_at is None


def test_a_draft_without_its_openers_keys_waits_for_the_officer(seeded):
    tender = by_stage("unfinished", seeded)
    assert tender.published_at is None
    assert tender.committee.exclude(public_key="").count() < 3


def test_a_question_waits_for_the_officer(seeded):
    waiting = Enquiry.objects.filter(answered_at=None, tender__deadline__gt=seeded)
    assert waiting.filter(tender__buyer__name=grain("procurement_officer").organization).exists()


def test_a_saved_bid_for_an_open_tender_waits_for_each_tenderer_who_signs_in(seeded):
    mine = [login for login in people.read_logins() if login.role == "tenderer"]
    for login in mine:
        saved = BidDraft.objects.filter(tenderer__name=login.organization)
        assert saved.filter(tender__deadline__gt=seeded).exists()


def test_each_stage_that_waits_for_somebody_is_of_the_buyer_whose_people_sign_in(seeded):
    made = {by_stage(stage, seeded).buyer.name for stage in plans.OURS}
    assert made == {grain("approver").organization}


def test_the_opener_the_evaluator_and_the_inspector_find_something_to_do(seeded):
    found = {
        stage: str(facts.status(by_stage(stage, seeded), seeded))
        for stage in ("awaiting_opening", "in_evaluation", "contracted", "awarded")
    }
    assert all(stage == status for stage, status in found.items()), found


def test_a_letter_waits_for_each_tenderer_who_signs_in():
    """In the whole plan, for a handful of tenders has too few awards."""
    now = clock.now()
    built = world.build(seed.SEED)
    told = [p for p in plans.plans(built, seed.SEED, now) if p.stage in plans.KNOWN]
    bidders = {bid.tenderer for plan in told for bid in plan.bids}
    assert {body.key for body in plans.shown(built)} <= bidders


def test_progress_counts_every_envelope(seeded):
    made = plans.plans(world.build(seed.SEED, SIZES), seed.SEED, seeded, EVERY_STAGE)
    done = seed.Tally(made, seeded).at(seeded)
    assert done.bids == SealedBid.objects.count()
    assert done.tenders == Tender.objects.exclude(published_at=None).count()


def test_an_aged_marketplace_says_so(seeded):
    assert telling.anything_open(seeded)
    assert not telling.anything_open(seeded + timedelta(days=40))


def test_the_logins_fit_a_narrow_terminal(seeded):
    lines = [line for text in telling.logins() for line in text.splitlines()]
    assert max(map(len, lines)) <= 80
    assert all(any(login.password in line for line in lines) for login in people.read_logins())


def test_every_opened_bid_could_be_read(seeded):
    assert not Bid.objects.exclude(failure="").exists()


def test_the_history_of_a_paid_tender_verifies(seeded):
    tender = by_stage("paid", seeded)
    include = ("public", "opening", "auditor")
    with transaction.atomic():
        lines = list(export.as_jsonl(tender.reference, include=include, now=seeded))
    assert verify(b"".join(lines).splitlines()).passed


def test_mails_of_the_past_are_not_sent_again(seeded):
    waiting = Message.objects.filter(sent_at=None)
    assert Message.objects.count() > waiting.count() > 0
    assert not waiting.filter(queued_at__lt=seeded - seed.MAILS).exists()


def test_only_those_who_are_shown_have_a_password(seeded):
    shown = {login.email for login in people.read_logins()}
    assert {u.email for u in User.objects.all() if u.has_usable_password()} == shown


def test_the_logins_are_readable_by_their_owner_alone(seeded):
    path = people.logins_file()
    assert path.parent == settings.VAR_DIR
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_every_role_has_a_login(seeded):
    roles = {login.role for login in people.read_logins()}
    assert roles >= {role.value for role in world.STAFF} | {"auditor", "tenderer", "administrator"}


def test_stories_advance_in_the_order_of_their_instants():
    seen = []

    def story(name, *times):
        for at in times:
            now = yield at
            seen.append((now, name))

    seed.run([story("a", 1, 4, 9), story("b", 2, 3, 11)], until=9)
    assert seen == [(1, "a"), (2, "b"), (3, "b"), (4, "a"), (9, "a")]
