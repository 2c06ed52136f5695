"""The counts beside the filters: those of the page, and those that the list then has."""

from urllib.parse import urlencode

import pytest

from tests.factories import START, tender_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def several(at, market):
    at.now = START
    for title, reserved in (("Maize for Gwanda", ""), ("Beans", "women"), ("Maize", "women")):
        tender_at("open", market, prices=(), title=title, reserved_for=reserved)


def counts(answer):
    return {
        facet["name"]: {option["value"]: option["count"] for option in facet["options"]}
        for facet in answer.json()["facets"]
    }


def test_each_choice_is_counted(several, caller):
    answer = caller().get("tenders/facets")
    assert answer.json()["total"] == 3
    assert counts(answer)["reserved"] == {"everyone": 1, "women": 2}
    assert counts(answer)["commodity"] == {"MAIZE_GRAIN": 3}


def test_a_facet_counts_its_own_choices_as_if_none_were_made(several, caller):
    answer = caller().get("tenders/facets?reserved=women")
    assert answer.json()["total"] == 2
    assert counts(answer)["reserved"] == {"everyone": 1, "women": 2}
    assert counts(answer)["status"] == {"open": 2}


@pytest.mark.parametrize("query", ["", "reserved=women", "q=maize", "q=maize&reserved=everyone"])
def test_the_counts_are_those_of_the_page(query, several, caller, client):
    page = client.get(f"/tenders/?{query}").context
    shown = {f.name: {o.value: o.count for o in f.options} for f in page["facets"]}
    answer = caller().get(f"tenders/facets?{query}")
    assert (counts(answer), answer.json()["total"]) == (shown, page["total"])


def test_the_list_has_as_many_rows_as_were_counted(several, caller):
    who = caller()
    for name, options in counts(who.get("tenders/facets")).items():
        for value, count in options.items():
            rows = who.get(f"tenders?{urlencode({name: value})}").json()["results"]
            assert (name, value, len(rows)) == (name, value, count)


def test_what_the_page_does_not_know_narrows_the_counts_too(several, caller):
    answer = caller().get("tenders/facets?reserved_for=women&currency=USD")
    assert (answer.json()["total"], counts(answer)["reserved"]) == (2, {"women": 2})
    assert caller().get("tenders/facets?currency=ZAR").json() == {"total": 0, "facets": []}


def test_a_word_that_a_closed_set_does_not_have_is_refused(db, caller):
    assert caller().get("tenders/facets?status=opne").status_code == 422
