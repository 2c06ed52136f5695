"""The first page of each role: what waits for the person stands first, the most urgent on top."""

from datetime import timedelta

import pytest

from marketplace.web.presenters.todo import Todo, split
from tests.factories import AFTER, START, tender_at
from tests.web.buyer_support import text

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def todos(client):
    return [todo.title for todo in client.get("/home/").context["todos"]]


@pytest.mark.parametrize(
    ("stage", "role", "title"),
    [
        ("draft", "officer", "Finish the draft"),
        ("draft", "approver", "Check and publish"),
        ("opened", "evaluator", "Evaluate the bids"),
        ("evaluated", "officer", "Recommend an award"),
        ("recommended", "accountant", "Decide the award"),
        ("contracted", "inspector", "Record deliveries"),
        ("delivered", "accountant", "Record the payment"),
    ],
)
def test_what_waits_for_a_role_is_told_with_its_instant(market, at, signed_in, stage, role, title):
    tender_at(stage, market)
    at(START if stage == "draft" else AFTER + 50 * DAY)
    client = signed_in(getattr(market, role))
    todo = next(t for t in client.get("/home/").context["todos"] if t.title == title)
    assert todo.at is not None and todo.words


def test_an_opener_is_called_first_of_all(market, at, signed_in):
    tender_at("closed", market)
    at(AFTER + DAY)
    page = text(signed_in(market.openers[0][0]).get("/home/"))
    assert page.index("Open the bids") < page.index("Tenders going on") and "overdue" in page


def test_a_standstill_is_told_below_what_is_to_be_done(market, at, signed_in):
    tender_at("standstill", market)
    tender_at("evaluated", market)
    at(AFTER + DAY)
    page = text(signed_in(market.officer).get("/home/"))
    assert page.index("Recommend an award") < page.index("Nothing to do yet")
    assert page.index("Nothing to do yet") < page.index("Standstill: no contract yet")


def test_tasks_stand_before_buttons(market, at, signed_in):
    tender_at("draft", market)
    page = text(signed_in(market.officer).get("/home/"))
    assert page.index("Waiting for you") < page.index("Start a tender")


def test_deadlines_come_first_then_what_has_waited_longest():
    def todo(title, **more):
        return Todo(title, "/", None, **more)

    given = [
        todo("later", at=START + DAY, due=True),
        todo("no instant"),
        todo("standstill", at=START, waits=True),
        todo("since yesterday", at=START - DAY),
        todo("next", at=START, due=True),
        todo("since last week", at=START - 7 * DAY),
    ]
    first, below = split(given)
    wanted = ["next", "later", "since last week", "since yesterday", "no instant"]
    assert [t.title for t in first] == wanted and [t.title for t in below] == ["standstill"]


def test_lots_of_one_tender_that_stand_by_together_are_one_line(market, at):
    tender = tender_at("draft", market)
    waits = {"tender": tender, "at": START, "waits": True}
    given = [Todo("standstill", f"/{n}", lot=f"Lot {n}", **waits) for n in (1, 2, 3)]
    _, below = split([*given, Todo("standstill", "/4", tender, "Lot 4", START + DAY, waits=True)])
    assert [(t.lot, t.at) for t in below] == [("3 lots", START), ("Lot 4", START + DAY)]
    assert below[0].href.endswith(f"{tender.reference}/")
