"""The seed in miniature: one tender of each stage, told through the operations."""

import json
import stat

import pytest
from django.conf import settings
from django.db import transaction

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.demo import people, plans, seed, world
from marketplace.demo.plans import Scale
from marketplace.demo.world import Sizes
from marketplace.ledger import export
from marketplace.ledger.models import Entry
from marketplace.notify.models import Message
from procurement.models import Bid, Tender
from procurement.queries import facts
from procurement.verification import verify
from produce.operations import catalogue

pytestmark = pytest.mark.django_db

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
