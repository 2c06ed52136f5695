"""Every kind of page can be used by everyone: axe finds nothing, and a small phone is enough."""

from datetime import timedelta

from procurement.operations import award_cancellations, cancellations
from tests.browser.looking import faults
from tests.factories import AFTER, START, tender_at

DAY = timedelta(days=1)
PUBLIC = ("/", "/tenders/", "/results/", "/prices/", "/help/", "/accessibility/", "/verify/",
          "/checkpoint/", "/accounts/login/", "/accounts/signup/")  # fmt: skip


def test_the_looking_finds_what_is_planted(page, live_server):
    page.goto("/help/")
    planted = "<main style='width:900px'><img src='x'><p style='color:#ddd'>pale</p></main>"
    page.route("**/help/", lambda route: route.fulfill(body=planted, content_type="text/html"))
    found = " ".join(faults(page, ["/help/"]))
    assert "image-alt" in found and "color-contrast" in found and "wider than 360" in found


def test_public_pages_of_an_empty_market_are_free_of_faults(page, at, market):
    assert faults(page, PUBLIC) == []


def test_public_pages_of_a_full_market_are_free_of_faults(page, at, market):
    decided, open_ = tender_at("paid", market), tender_at("open", market)
    at(START + DAY)
    paths = [f"/tenders/{open_.reference}/", f"/tenders/{open_.reference}/history/"]
    assert faults(page, paths) == []
    at(AFTER + 60 * DAY)
    history = f"/tenders/{decided.reference}/history/"
    result = f"/tenders/{decided.reference}/lots/1/result/"
    paths = [*PUBLIC, f"/tenders/{decided.reference}/", history, result]
    assert faults(page, paths) == []


def test_a_buyers_pages_are_free_of_faults(signed_in, at, market):
    draft = tender_at("draft", market)
    page = signed_in(market.officer)
    assert faults(page, ["/officer/", f"/officer/tenders/{draft.reference}/"]) == []


def test_the_evaluation_matrix_is_free_of_faults(signed_in, at, market):
    tender = tender_at("opened", market)
    at(AFTER + DAY)
    page = signed_in(market.evaluator)
    assert faults(page, [f"/officer/tenders/{tender.reference}/lots/1/evaluation/"]) == []


def test_the_pages_of_a_bid_are_free_of_faults(signed_in, at, market):
    tender = tender_at("open", market, prices=())
    at(START + DAY)
    user, firm = market.tenderers[0]
    page = signed_in(user)
    bid = f"/tenders/{tender.reference}/bid/{firm.public_id}/"
    page.goto(f"{bid}lots/")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Save and continue").click()
    assert faults(page, [f"{bid}lots/", f"{bid}lots/1/", f"{bid}documents/", f"{bid}check/"]) == []


def test_the_pages_of_the_second_person_are_free_of_faults(signed_in, at, market):
    draft, live = tender_at("draft", market), tender_at("standstill", market)
    at(AFTER + DAY)
    award = live.lots.get().awards.get()
    said = {"reason": "The supplier withdrew its bid in writing.", "now": AFTER}
    cancellations.propose(tender=live, by=market.officer, **said)
    award_cancellations.propose(award=award, by=market.accountant, **said)
    desk = f"/officer/tenders/{live.reference}/"
    answers = [f"{desk}cancellation/", f"{desk}lots/1/award/cancellation/"]
    page = signed_in(market.approver)
    publish = f"/officer/tenders/{draft.reference}/publish/"
    assert faults(page, ["/officer/", publish, desk, f"{desk}lots/1/award/", *answers]) == []
    committee = f"/officer/tenders/{draft.reference}/draft/committee/"
    page = signed_in(market.officer)
    assert faults(page, [committee, f"{committee}1/remove/", answers[0]]) == []
