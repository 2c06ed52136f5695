"""The officer chooses the method of a lot on the pages and fills in what it needs."""

from dataclasses import replace

import pytest

from procurement.queries.contents import content as stored
from tests.factories import content, publish, tender_at
from tests.method_lots import FIXED, LOTS, MARGIN, RELATIVE

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client, market):
    client.force_login(market.officer)
    return client


@pytest.fixture
def draft(market):
    return tender_at("draft", market, lots=(replace(content().lots[0], criteria=()),))


def send(client, draft, path, **said):
    answer = client.post(f"/officer/tenders/{draft.reference}/draft/lots/1/{path}/", said)
    assert answer.status_code == 302, answer.content.decode()
    return stored(draft).lots[0]


def method(client, draft, name, tie_break="earliest_submission,draw"):
    said = {"evaluation_method": name, "rounding": "half-up", "rounding_decimals": "2"}
    return send(client, draft, "method", tie_break=tie_break, **said)


def test_a_margin_of_preference_is_filled_in_page_by_page(officer, draft):
    method(officer, draft, "lowest_evaluated_price", ",".join(MARGIN.tie_break))
    send(officer, draft, "criteria/add/gate", title="Tax clearance", source="s.28")
    sacks = {"label_1": "New", "value_1": "0", "label_2": "Used", "value_2": "200"}
    send(officer, draft, "criteria/add/money", title="Sacks", in_margin="on", **sacks)
    for part in MARGIN.components:
        said = {"title": part.title, "per": part.per, "source": part.source}
        send(
            officer,
            draft,
            "components/add",
            **said | ({"in_margin": "on"} if part.in_margin else {}),
        )
    rule = MARGIN.preference
    said = {"title": rule.title, "base": rule.base, "way": rule.way, "source": rule.source}
    assert send(officer, draft, "preference", percent="10", **said) == MARGIN


def test_points_and_marks_are_filled_in_page_by_page(officer, draft):
    method(officer, draft, "fixed_bounds_points")
    send(officer, draft, "criteria/add/gate", title="Tax clearance", source="s.28")
    days = {"label_1": "Up to 7", "value_1": "10", "label_2": "8 to 14", "value_2": "5"}
    send(
        officer,
        draft,
        "criteria/add/points",
        title="Days until delivery",
        source="Notice 4",
        **days,
    )
    taste = {"title": "Taste", "source": "Notice 5", "weight": "30", "highest_mark": "10"}
    send(officer, draft, "criteria/add/rated", combine="mean", minimum="4", **taste)
    price = {"weight": "60", "total": "100", "lowest": "20000", "highest": "60000", "minimum": "8"}
    assert send(officer, draft, "points", **price) == FIXED


def test_a_relative_formula_comes_with_a_warning(officer, market, draft):
    warning = "A losing bid can change the winner"
    page = f"/officer/tenders/{draft.reference}/draft/lots/1/"
    assert warning not in officer.get(page).content.decode()
    assert warning in officer.get(f"{page}method/").content.decode()
    method(officer, draft, "relative_points")
    assert warning in officer.get(page).content.decode()


@pytest.mark.parametrize("part", ["preference", "components/2"])
def test_a_part_can_be_taken_away(officer, market, part):
    tender = tender_at("draft", market, lots=(MARGIN,))
    left = send(officer, tender, f"{part}/remove")
    assert (left.preference is None, len(left.components)) == (
        (True, 2) if part == "preference" else (False, 1)
    )


@pytest.mark.parametrize(
    ("lot", "path", "words"),
    [
        (replace(FIXED, points=None), "points", "how many points the price can earn"),
        (replace(MARGIN, preference=None), "method", "No group is preferred"),
        (
            replace(MARGIN, components=(replace(MARGIN.components[0], title=""),)),
            "components/1",
            "Say what is added to the price",
        ),
    ],
)
def test_the_check_leads_to_the_page_that_mends_it(officer, market, lot, path, words):
    tender = tender_at("draft", market, lots=(lot,))
    found = officer.get(f"/officer/tenders/{tender.reference}/check/").content.decode()
    assert words in found
    assert f"/officer/tenders/{tender.reference}/draft/lots/1/{path}/" in found


def test_the_public_page_says_how_bids_are_compared(client, market):
    tender = tender_at("draft", market, lots=LOTS)
    publish(tender, market)
    told = client.get(f"/tenders/{tender.reference}/").content.decode()
    assert "10 % of the price and the additions marked for it" in told
    assert "for each unit of each item. The margin is reckoned on it too." in told
    assert "a losing bid can change the winner" in told
    assert "The price earns up to 60 of 100 points." in told
    assert "All of them at 20000 or less, none at 60000 or more." in told
    assert "evaluators give marks from 0 to 10, worth up to 30 points" in told


def test_every_part_has_a_page_that_shows_what_was_said(officer, market):
    tender = tender_at("draft", market, lots=(MARGIN, RELATIVE))
    for path, text in (
        ("1/preference", "Grown in the district"),
        ("1/preference", 'value="10"'),
        ("1/components/1", "Transport to the depot"),
        ("1/criteria/2", "Sacks"),
        ("2/criteria/1", "Taste"),
        ("2/points", "70"),
    ):
        page = officer.get(f"/officer/tenders/{tender.reference}/draft/lots/{path}/")
        assert text in page.content.decode()
