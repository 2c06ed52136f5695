"""Two people amend a tender over the API as well."""

from datetime import timedelta

import pytest

from tests.factories import DEADLINE, tender_at

pytestmark = pytest.mark.django_db
LATER = (DEADLINE + timedelta(days=2)).isoformat()
MORE = {"reason": "The road was closed.", "deadline": LATER, "notice": "Bags are given."}


def path_of(market):
    return f"tenders/{tender_at('open', market).reference}"


def test_an_amendment_is_proposed_and_published(at, market, caller):
    path = path_of(market)
    before = caller().get(path).json()
    made = caller(market.officer).post(f"{path}/amendment", MORE)
    assert (made.status_code, made["Location"]) == (201, f"/api/v1/{path}/amendment")
    assert caller().get(path).json() == before
    approver, named = caller(market.approver), made.json()["id"]
    assert approver.get(f"{path}/amendment").json()["notice"] == MORE["notice"]
    done = approver.post(f"{path}/amendment/{named}/confirmation").json()
    [told] = done["amendments"]
    assert done["terms_hash"] != before["terms_hash"]
    assert told["notice"] == MORE["notice"] and told["deadline"] == done["timetable"]["deadline"]
    assert told["deadline_before"] == before["timetable"]["deadline"]


def test_one_person_alone_amends_nothing(at, market, caller):
    path = f"{path_of(market)}/amendment"
    officer = caller(market.officer)
    named = officer.post(path, MORE).json()["id"]
    assert officer.post(f"{path}/{named}/confirmation").status_code == 403
    assert caller(market.tenderers[0][0]).get(path).status_code == 404
    assert officer.post(f"{path}/{named}/refusal").json()["declined_at"]


def test_what_takes_time_away_is_refused_at_its_place(at, market, caller):
    earlier = MORE | {"deadline": (DEADLINE - timedelta(days=1)).isoformat()}
    answer = caller(market.officer).post(f"{path_of(market)}/amendment", earlier)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-amendment")
    assert "deadline" in str(
        answer.json()["errors"] if "errors" in answer.json() else answer.json()
    )
