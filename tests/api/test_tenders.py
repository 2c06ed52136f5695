import pytest

from procurement.models import Tender
from procurement.operations import tenders
from procurement.queries.contents import content as stored
from tests.api import sending
from tests.factories import START, content, publish, tender_at
from tests.method_lots import LOTS

pytestmark = pytest.mark.django_db


def test_a_draft_is_made_and_its_address_is_told(at, market, caller):
    made = caller(market.officer).post("tenders", sending.tender())
    assert made.status_code == 201
    assert made["Location"] == f"/api/v1/tenders/{made.json()['reference']}"
    assert made.json()["status"] == "draft"


def test_an_incomplete_draft_says_what_is_missing(at, market, caller):
    made = caller(market.officer).post("tenders", {"title": "Only a title"})
    places = [row["place"] for row in made.json()["problems"]]
    assert "/deadline" in places and "/lots" in places and "/committee" in places


def test_a_draft_read_and_sent_back_says_the_same(at, market, caller):
    officer = caller(market.officer)
    item = sending.item(standard="EAX_WM", grade="1", changes=sending.CHANGES)
    path = officer.post("tenders", sending.tender(lots=[sending.lot(items=[item])]))["Location"][8:]
    read = officer.get(path)
    again = officer.put(path, read.json()["content"], If_Match=read["ETag"])
    assert again.status_code == 200
    assert again.json()["content"] == read.json()["content"]
    assert len(read.json()["content"]["lots"][0]["items"][0]["changes"]) == 3


def test_a_lost_update_is_refused(at, market, caller):
    officer = caller(market.officer)
    path = officer.post("tenders", sending.tender())["Location"][8:]
    tag = officer.get(path)["ETag"]
    assert officer.put(path, sending.tender(title="First"), If_Match=tag).status_code == 200
    second = officer.put(path, sending.tender(title="Second"), If_Match=tag)
    assert (second.status_code, second.json()["code"]) == (412, "tender-changed")
    assert Tender.objects.get().title == "First"


def test_a_revision_without_if_match_is_refused(at, market, caller):
    officer = caller(market.officer)
    path = officer.post("tenders", sending.tender())["Location"][8:]
    refused = officer.put(path, sending.tender())
    assert (refused.status_code, refused.json()["code"]) == (428, "precondition-required")


def test_what_is_known_already_is_not_sent_again(at, market, caller):
    tender = tender_at("open", market)
    first = caller().get(f"tenders/{tender.reference}")
    second = caller().get(f"tenders/{tender.reference}", If_None_Match=first["ETag"])
    assert (second.status_code, second.content) == (304, b"")


def test_a_compressed_answers_tag_still_matches(at, market, caller):
    tender = tender_at("open", market)
    first = caller().get(f"tenders/{tender.reference}", Accept_Encoding="gzip")
    assert first["ETag"].startswith("W/")
    second = caller().get(f"tenders/{tender.reference}", If_None_Match=first["ETag"])
    assert second.status_code == 304


def test_somebody_elses_draft_is_not_there(at, market, caller):
    draft = tenders.draft(buyer=market.buyer, content=content(), by=market.officer, now=START)
    clerk, _ = market.tenderers[0]
    foreign = caller(clerk).get(f"tenders/{draft.reference}")
    missing = caller(clerk).get("tenders/MUS-2026-999999")
    assert foreign.status_code == missing.status_code == 404
    assert foreign.content == missing.content


def test_the_public_does_not_see_the_estimate_of_a_published_tender(at, market, caller):
    draft = sending.tender(lots=[sending.lot(estimated_value="123456.78")])
    officer = caller(market.officer)
    path = officer.post("tenders", draft)["Location"][8:]
    assert officer.get(path).json()["content"]["lots"][0]["estimated_value"] == "123456.78"
    Tender.objects.update(terms="")
    published = tender_at("open", market)
    assert "estimated_value" not in caller().get(f"tenders/{published.reference}").content.decode()


def test_drafts_are_listed_for_ones_own_buyer_alone(at, market, caller):
    draft = tenders.draft(buyer=market.buyer, content=content(), by=market.officer, now=START)
    own = caller(market.approver).get("tenders/drafts").json()["results"]
    assert [row["reference"] for row in own] == [draft.reference]
    clerk, _ = market.tenderers[0]
    assert caller(clerk).get("tenders/drafts").json()["results"] == []


def test_the_publisher_is_another_person(at, market, caller):
    tender = tender_at("draft", market)
    tender.refresh_from_db()
    path = f"tenders/{tender.reference}/publication"
    seen = caller(market.approver).get(f"tenders/{tender.reference}")["ETag"]
    assert caller(market.officer).post(path, If_Match=seen).status_code == 403
    published = caller(market.approver).post(path, If_Match=seen)
    assert (published.status_code, published.json()["status"]) == (200, "open")
    assert published.json()["terms_hash"]


def test_a_publisher_says_which_version_was_read(at, market, caller):
    tender = tender_at("draft", market)
    refused = caller(market.approver).post(f"tenders/{tender.reference}/publication")
    assert (refused.status_code, refused.json()["code"]) == (428, "precondition-required")


def test_a_draft_that_changed_after_it_was_read_is_not_published(at, market, caller):
    tender = tender_at("draft", market)
    approver, path = caller(market.approver), f"tenders/{tender.reference}"
    seen = approver.get(path)["ETag"]
    tenders.revise(tender=tender, content=content(title="Another"), by=market.officer, now=START)
    refused = approver.post(f"{path}/publication", If_Match=seen)
    assert (refused.status_code, refused.json()["code"]) == (412, "tender-changed")
    assert "Read the draft again" in refused.json()["remedy"]
    again = approver.post(f"{path}/publication", If_Match=approver.get(path)["ETag"])
    assert again.status_code == 200


def test_a_draft_that_is_not_ready_lists_every_place(at, market, caller):
    officer, approver = caller(market.officer), caller(market.approver)
    made = officer.post("tenders", sending.tender(lots=[sending.lot(items=[])]))
    path = made["Location"][8:]
    refused = approver.post(f"{path}/publication", If_Match=approver.get(path)["ETag"])
    assert (refused.status_code, refused.json()["code"]) == (422, "tender-not-ready")
    assert "/lots/0/items" in [row["place"] for row in refused.json()["errors"]]


def test_the_tender_page_costs_at_most_twelve_queries(
    at, market, caller, django_assert_max_num_queries
):
    tender = tender_at("evaluated", market)
    anonymous = caller()
    with django_assert_max_num_queries(12):
        anonymous.get(f"tenders/{tender.reference}")


@pytest.mark.parametrize("lot", LOTS, ids=lambda lot: lot.evaluation_method)
def test_the_method_of_a_lot_goes_in_and_out_and_is_published(at, market, caller, lot):
    draft = tender_at("draft", market, lots=(lot,))
    officer, path = caller(market.officer), f"tenders/{draft.reference}"
    read = officer.get(path)
    sent = officer.put(path, read.json()["content"], If_Match=read["ETag"])
    assert sent.json()["content"]["lots"] == read.json()["content"]["lots"]
    assert stored(draft).lots == (lot,)
    publish(draft, market)
    told = caller().get(path).json()["lots"][0]
    assert told["evaluation_method"] == lot.evaluation_method
    assert [c["title"] for c in told["components"]] == [c.title for c in lot.components]
    assert (told["points"] is None, told["preference"] is None) == (
        lot.points is None,
        lot.preference is None,
    )
