"""The buyer's work through the pages: draft, publish, open, evaluate, award, contract."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from marketplace import clock
from marketplace.accounts.models import Membership
from marketplace.accounts.roles import Role
from procurement.models import Tender
from procurement.operations import committees, tenders
from tests.factories import AFTER, PASSPHRASE, START, Market, content, tender_at
from tests.web.buyer_support import send, signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    return Market()


@pytest.fixture
def now(monkeypatch):
    def move(instant):
        monkeypatch.setattr(clock, "now", lambda: instant)

    move(START)
    return move


def date(name, day):
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


ITEM = {
    "commodity": "MAIZE_GRAIN",
    "description": "White maize",
    "quantity": "100",
    "unit": "t",
    "delivery_place": "Gwanda depot",
    "province": "Matabeleland South",
    "district": "Gwanda",
    **date("delivery_starts", START.date() + timedelta(days=50)),
    **date("delivery_ends", START.date() + timedelta(days=90)),
}


def drafted(client) -> str:
    """A draft with a lot, an item and a timetable, made page by page; returns its reference."""
    send(client, "tender_new", title="Maize for Gwanda", description="In bags.")
    reference = Tender.objects.get().reference
    day = START.date() + timedelta(days=20)
    times = {"deadline_time": "10:00", "enquiry_time": "", "standstill_days": "14"}
    send(client, "draft_timetable", reference, **date("deadline", day), **times)
    send(client, "draft_lot_new", reference, title="White maize", estimated_value="")
    send(client, "draft_item_new", reference, 1, **ITEM)
    return reference


def test_a_tender_is_drafted_page_by_page_and_published_by_a_second_person(market, now):
    officer = signed_in(market.officer)
    reference = drafted(officer)
    tender = Tender.objects.get()
    for opener, seat in market.openers:
        committees.appoint(
            tender=tender, opener=opener, organization=seat, by=market.officer, now=START
        )
        words = {"passphrase": PASSPHRASE, "again": PASSPHRASE}
        send(signed_in(opener), "opener_passphrase", reference, **words)
    assert "You may not publish tenders" in text(send(officer, "tender_publish", reference))
    approver = signed_in(market.approver)
    answer = send(approver, "tender_publish", reference, seen=seen_by(approver, reference))
    assert "The tender is published" in text(answer)


def seen_by(client, reference):
    """The print that the page of publication carries in its form."""
    page = text(client.get(reverse("tender_publish", args=[reference])))
    return re.search(r'name="seen" value="(\w{24})"', page)[1]


def test_a_draft_that_changed_under_the_approvers_eyes_is_not_published(market, now):
    tender = tender_at("draft", market)
    approver = signed_in(market.approver)
    seen = seen_by(approver, tender.reference)
    tenders.revise(tender=tender, content=content(title="Mine"), by=market.officer, now=START)
    refused = send(approver, "tender_publish", tender.reference, seen=seen)
    assert "This draft was changed after you had read it" in text(refused)
    again = seen_by(approver, tender.reference)
    assert again != seen and again in text(refused)


def test_who_drafted_is_told_why_somebody_else_publishes(market, now):
    tender = tender_at("draft", market)
    Membership.objects.create(
        user=market.officer, organization=market.buyer, role=Role.APPROVER, granted_at=START
    )
    page = send(signed_in(market.officer), "tender_publish", tender.reference)
    assert "somebody else has to do this" in text(page)


def test_the_deadline_is_read_in_the_services_zone(market, now):
    drafted(signed_in(market.officer))
    assert Tender.objects.get().deadline.isoformat() == "2026-03-22T08:00:00+00:00"


def test_the_list_of_problems_leads_to_the_page_that_mends_each(market, now):
    officer = signed_in(market.officer)
    reference = drafted(officer)
    send(officer, "draft_item", reference, 1, 1, **ITEM | {"delivery_place": ""})
    page = text(officer.get(reverse("draft_check", args=[reference])))
    assert f'href="{reverse("draft_item", args=[reference, 1, 1])}"' in page
    assert f'href="{reverse("draft_committee", args=[reference])}"' in page


def limits_as_shown(officer, reference) -> dict[str, str]:
    """What the page about the first item's limits would send back unchanged."""
    officer.post(
        reverse("draft_quality", args=[reference, 1, 1]),
        {"grade": "EAS2|2011 to 2017 values|1"},
    )
    form = officer.get(reverse("draft_limits", args=[reference, 1, 1])).context["form"]
    return {
        f.name: str(f.initial)
        for f in form
        if f.initial not in (None, "") and f.name[:5] != "drop_"
    }


def test_a_limit_tighter_than_the_grade_is_saved_and_named(market, now):
    officer = signed_in(market.officer)
    reference = drafted(officer)
    shown = limits_as_shown(officer, reference)
    page = send(
        officer, "draft_limits", reference, 1, 1, **shown | {"maximum_MOISTURE": "12", "look": "1"}
    )
    assert "Moisture: at most 12 %, stricter than the grade" in text(page)


def test_a_limit_that_cannot_be_is_refused_beside_its_box(market, now):
    officer = signed_in(market.officer)
    reference = drafted(officer)
    shown = limits_as_shown(officer, reference) | {"maximum_MOISTURE": "120"}
    page = send(officer, "draft_limits", reference, 1, 1, **shown)
    assert "maximum_MOISTURE" in page.context["form"].errors


def test_a_lot_is_renamed_and_removed(market, now):
    officer = signed_in(market.officer)
    reference = drafted(officer)
    send(officer, "draft_lot_edit", reference, 1, title="Maize, Plumtree", estimated_value="5")
    assert Tender.objects.get().lots.get().title == "Maize, Plumtree"
    send(officer, "draft_lot_remove", reference, 1)
    assert not Tender.objects.get().lots.exists()


def test_an_earlier_tender_gives_a_new_draft_its_lots_but_not_its_dates(market, now):
    earlier = tender_at("open", market)
    officer = signed_in(market.officer)
    send(officer, "tender_new_from", earlier.reference, title="Again", description="")
    tender = Tender.objects.order_by("-id").first()
    assert (tender.title, tender.deadline, tender.lots.count()) == ("Again", None, 1)


def test_a_file_that_is_not_what_its_name_says_is_refused_beside_its_box(market, now):
    tender = tender_at("draft", market)
    file = SimpleUploadedFile("plan.pdf", b"not a PDF")
    page = send(signed_in(market.officer), "draft_documents", tender.reference, file=file, title="")
    assert "does not contain what its name says" in page.context["form"].errors["file"][0]


def test_two_openers_open_the_bids_and_everyone_reads_the_prices(market, now, client):
    tender = tender_at("closed", market)
    now(AFTER)
    address = reverse("tender_opening", args=[tender.reference])
    for opener, _ in market.openers[:2]:
        assert "310.00" not in text(client.get(address))
        send(signed_in(opener), "opening_act", tender.reference, passphrase=PASSPHRASE)
    assert "310.00" in text(client.get(address))


def test_a_wrong_passphrase_opens_nothing_and_says_so(market, now):
    tender = tender_at("closed", market)
    now(AFTER)
    opener = signed_in(market.openers[0][0])
    page = send(opener, "opening_act", tender.reference, passphrase="wrong wrong wrong")
    assert "does not unlock the key" in page.context["form"].errors["passphrase"][0]


def test_the_opening_page_tells_no_number_of_bids_before_the_close(market, now, client):
    tender = tender_at("open", market)
    page = client.get(reverse("tender_opening", args=[tender.reference]))
    assert "sealed" not in page.context


@pytest.mark.parametrize("who", [None, "officer", "evaluator"])
@pytest.mark.parametrize("name", ["tender_opening", "tender_manage", "lot_award"])
def test_pages_look_alike_before_the_opening_with_and_without_bids(market, now, who, name):
    client = signed_in(getattr(market, who)) if who else Client()
    now(AFTER)
    pages = []
    for prices in ((), ("310", "300", "320")):
        tender = tender_at("closed", market, prices=prices)
        address = reverse(name, args=[tender.reference, *([1] if name == "lot_award" else [])])
        page = text(client.get(address)).replace(tender.reference, "R")
        pages.append(re.sub(r"csrf\w+\" value=\"\w+", "", page))
    assert pages[0] == pages[1]


def test_the_accounting_officer_is_told_that_nobody_bid(market, now):
    tender = tender_at("closed", market, prices=())
    address = reverse("lot_award", args=[tender.reference, 1])
    assert "No bid was submitted" in text(signed_in(market.accountant).get(address))


def test_an_evaluator_finds_evaluates_and_confirms(market, now):
    tender = tender_at("opened", market)
    now(AFTER)
    evaluator, reference = signed_in(market.evaluator), tender.reference
    assert "findings are missing" in text(send(evaluator, "lot_evaluation", reference, 1))
    for bid in tender.bids.all():
        send(evaluator, "bid_findings", reference, 1, bid.public_id, met_1="yes", reason_1="")
    send(evaluator, "lot_evaluation", reference, 1)
    assert "is confirmed" in text(send(evaluator, "evaluation_confirm", reference, 1))


def test_a_requirement_that_is_not_met_needs_a_reason(market, now):
    tender = tender_at("opened", market)
    now(AFTER)
    bid = tender.bids.first()
    page = send(
        signed_in(market.evaluator), "bid_findings", tender.reference, 1, bid.public_id, met_1="no"
    )
    assert "reason_1" in page.context["form"].errors


def test_the_result_is_hidden_until_the_award_and_then_public(market, now, client):
    tender = tender_at("evaluated", market)
    now(AFTER)
    address = reverse("lot_result", args=[tender.reference, 1])
    assert client.get(address).status_code == 404
    assert signed_in(market.evaluator).get(address).status_code == 200
    send(signed_in(market.officer), "lot_award_recommend", tender.reference, 1, reason="First.")
    send(signed_in(market.accountant), "lot_award_decide", tender.reference, 1, reason="Agreed.")
    assert "Co-op Chengeta" in text(client.get(address))


def test_each_bid_of_a_public_result_shows_its_working(market, now, client):
    tender = tender_at("standstill", market)
    for bid in tender.bids.all():
        args = [tender.reference, 1, bid.public_id]
        page = client.get(reverse("lot_result_bid", args=args))
        assert "unit price × quantity" in text(page)


def test_the_downloaded_result_is_the_stored_one_byte_for_byte(market, now, client):
    tender = tender_at("standstill", market)
    answer = client.get(reverse("lot_result_file", args=[tender.reference, 1]))
    assert text(answer) == tender.lots.get().evaluations.get().result


def test_who_recommended_does_not_decide(market, now):
    tender = tender_at("recommended", market)
    page = signed_in(market.officer).post(
        reverse("lot_award_decide", args=[tender.reference, 1]), {"reason": "Me too."}
    )
    assert page.status_code == 403 and "You may not decide awards" in text(page)


def test_a_contract_before_the_end_of_the_standstill_is_refused_with_the_reason(market, now):
    tender = tender_at("standstill", market)
    now(AFTER)
    award = tender.lots.get().awards.get().pk
    page = send(signed_in(market.officer), "contract_sign", tender.reference, 1, award)
    assert "not possible while the status is standstill" in text(page)


def answer(client, name, proposal, how, *args):
    return send(client, name, *args, proposal=proposal.pk, answer=how)


def test_a_tender_is_cancelled_by_two_people_with_a_reason(market, now):
    tender = tender_at("open", market)
    officer, approver = signed_in(market.officer), signed_in(market.approver)
    assert "reason" in send(officer, "tender_cancel", tender.reference).context["form"].errors
    page = send(officer, "tender_cancel", tender.reference, reason="The budget was withdrawn.")
    assert "waits for an approver" in text(page) and "A cancellation is proposed" in text(page)
    assert "Confirm or decline" not in text(officer.get(reverse("officer_home")))
    assert "Confirm or decline the cancellation" in text(approver.get(reverse("officer_home")))
    answer(approver, "tender_cancellation", tender.cancellations.get(), "confirm", tender.reference)
    tender.refresh_from_db()
    assert tender.cancelled_reason == "The budget was withdrawn."


def test_who_proposed_a_cancellation_can_only_take_it_back(market, now):
    tender = tender_at("open", market)
    officer = signed_in(market.officer)
    send(officer, "tender_cancel", tender.reference, reason="Why.")
    page = text(officer.get(reverse("tender_cancellation", args=[tender.reference])))
    assert "Take the proposal back" in page and 'value="confirm"' not in page
    proposal = tender.cancellations.get()
    refused = answer(officer, "tender_cancellation", proposal, "confirm", tender.reference)
    assert "You may not publish tenders" in text(refused)
    answer(officer, "tender_cancellation", proposal, "decline", tender.reference)
    proposal.refresh_from_db()
    assert proposal.declined_by == market.officer and not proposal.confirmed_at


def test_an_award_is_cancelled_by_two_people(market, now):
    tender = tender_at("standstill", market)
    now(AFTER)
    approver, reference = signed_in(market.approver), tender.reference
    send(signed_in(market.accountant), "lot_award_cancel", reference, 1, reason="He withdrew.")
    award = tender.lots.get().awards.get()
    assert award.cancelled_at is None
    assert "A cancellation is proposed" in text(
        approver.get(reverse("lot_award", args=[reference, 1]))
    )
    assert "Confirm or decline the cancellation" in text(approver.get(reverse("officer_home")))
    answer(approver, "lot_award_cancellation", award.cancellations.get(), "confirm", reference, 1)
    award.refresh_from_db()
    assert award.cancelled_by == market.approver


def test_an_opener_is_taken_off_the_committee(market, now):
    tender = tender_at("draft", market)
    officer, opener = signed_in(market.officer), market.openers[0][0]
    assert "Take off" in text(officer.get(reverse("draft_committee", args=[tender.reference])))
    send(officer, "draft_opener_remove", tender.reference, 1, opener=opener.public_id)
    assert not tender.committee.filter(user=opener).exists()
    # The seats moved up: a page that was read before takes nobody else off.
    stale = send(officer, "draft_opener_remove", tender.reference, 1, opener=opener.public_id)
    assert "The committee changed meanwhile" in text(stale)
    assert tender.committee.count() == 2
