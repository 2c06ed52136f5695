"""The list of a draft's parts and the check before publication say the same."""

from datetime import timedelta

import pytest
from django.urls import reverse

from marketplace.web import mending
from marketplace.web.presenters import draft as presenters
from procurement.models import Tender
from procurement.operations import tenders
from procurement.rules.content import CriterionContent, LotContent, TenderContent
from tests.factories import START, content, item, tender_at

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
GATE = CriterionContent(title="", kind="gate")
DRAFTS = {
    "blank": TenderContent(title=""),
    "only a title": TenderContent(title="Maize"),
    "too soon": content(deadline=START + DAY, enquiry_deadline=START - DAY),
    "a lot without an item": content(lots=(LotContent(title=""),)),
    "an item without a place": content(
        lots=(LotContent(title="Maize", items=(item(delivery_place=""),), criteria=(GATE,)),)
    ),
    "a currency that is none": content(currency="usd"),
}


@pytest.fixture(params=sorted(DRAFTS))
def draft(request, market):
    return tenders.draft(
        buyer=market.buyer, content=DRAFTS[request.param], by=market.officer, now=START
    )


def belongs(tender, now):
    found = mending.mendings(tender, tenders.problems(tender, now))
    return found, presenters.tasks(tender, found, editable=True)


def test_a_part_is_done_if_and_only_if_no_problem_of_the_check_belongs_to_it(draft):
    found, rows = belongs(draft, START)
    for (step, _title), row in zip(presenters.STEPS, rows, strict=True):
        assert (row["status"] == "todo") == any(m.step == step for m in found)


def test_every_problem_belongs_to_a_part_so_that_the_counts_agree(draft):
    found, rows = belongs(draft, START)
    told = [int(row["word"].split()[0]) for row in rows if row["status"] == "todo"]
    assert sum(told) == len(found) == len(tenders.problems(draft, START))


def test_the_pages_tell_one_number(draft, market, at, signed_in):
    client = signed_in(market.officer)
    counts = {
        len(client.get(reverse(name, args=[draft.reference])).context["problems"])
        for name in ("tender_manage", "draft_check")
    }
    assert counts == {len(tenders.problems(draft, START))}


def test_a_part_is_no_longer_done_when_time_has_passed(market):
    tender = tender_at("draft", market)
    timetable = [step for step, _title in presenters.STEPS].index("draft_timetable")
    assert belongs(tender, START)[1][timetable]["status"] == "done"
    assert belongs(tender, START + 15 * DAY)[1][timetable]["status"] == "todo"
    assert Tender.objects.get().deadline == tender.deadline
