"""Two people cancel over the API as well; and an opener is taken off a draft."""

import pytest

from tests.factories import AFTER, tender_at

pytestmark = pytest.mark.django_db
WHY = {"reason": "The budget was withdrawn."}


def code(answer):
    return answer.status_code, answer.json()["code"]


def test_a_tender_is_cancelled_by_a_proposal_and_its_confirmation(at, market, caller):
    path = f"tenders/{tender_at('open', market).reference}"
    made = caller(market.officer).post(f"{path}/cancellation", WHY)
    assert (made.status_code, made["Location"]) == (201, f"/api/v1/{path}/cancellation")
    assert caller().get(path).json()["status"] == "open"
    approver, named = caller(market.approver), made.json()["id"]
    assert approver.get(f"{path}/cancellation").json()["reason"] == WHY["reason"]
    done = approver.post(f"{path}/cancellation/{named}/confirmation").json()
    assert (done["status"], done["cancelled_reason"]) == ("cancelled", WHY["reason"])


def test_one_person_alone_cancels_nothing(at, market, caller):
    path = f"tenders/{tender_at('open', market).reference}/cancellation"
    officer = caller(market.officer)
    named = officer.post(path, WHY).json()["id"]
    assert code(officer.post(f"{path}/{named}/confirmation")) == (403, "not-permitted")
    assert officer.post(f"{path}/{named}/refusal").json()["declined_at"]
    assert code(caller(market.approver).post(f"{path}/{named}/confirmation")) == (404, "not-found")


def test_a_proposal_is_nobodys_business_outside_the_buyer(at, market, caller):
    path = f"tenders/{tender_at('open', market).reference}/cancellation"
    named = caller(market.officer).post(path, WHY).json()["id"]
    clerk = caller(market.tenderers[0][0])
    assert clerk.get(path).status_code == 404
    assert clerk.post(f"{path}/{named}/refusal").status_code == 404


def test_the_proposal_of_another_tender_is_not_confirmed_here(at, market, caller):
    here, there = (f"tenders/{tender_at('open', market).reference}" for _ in range(2))
    named = caller(market.officer).post(f"{there}/cancellation", WHY).json()["id"]
    answer = caller(market.approver).post(f"{here}/cancellation/{named}/confirmation")
    assert answer.status_code == 404


def test_a_draft_is_dropped_by_one(at, market, caller):
    path = f"tenders/{tender_at('draft', market).reference}"
    assert caller(market.officer).post(f"{path}/cancellation", WHY).status_code == 409
    assert caller(market.officer).post(f"{path}/dropping", WHY).json()["status"] == "cancelled"


@pytest.mark.parametrize("stage", ["recommended", "standstill"])
def test_an_award_is_cancelled_by_two(at, market, caller, stage):
    at.now = AFTER
    path = f"tenders/{tender_at(stage, market).reference}/lots/1/award/cancellation"
    named = caller(market.accountant).post(path, WHY).json()["id"]
    assert code(caller(market.accountant).post(f"{path}/{named}/confirmation"))[0] == 403
    done = caller(market.approver).post(f"{path}/{named}/confirmation")
    assert done.json()["cancelled_reason"] == WHY["reason"]


def test_an_opener_is_taken_off_a_draft(at, market, caller):
    path = f"tenders/{tender_at('draft', market).reference}/committee"
    officer, opener = caller(market.officer), market.openers[0][0]
    assert officer.delete(f"{path}/{opener.public_id}").status_code == 204
    assert [seat["position"] for seat in officer.get(path).json()] == [1, 2]
    assert officer.delete(f"{path}/{opener.public_id}").status_code == 404
