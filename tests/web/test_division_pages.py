"""Divided lots on the pages: drafted, bid for, shared, and read by everybody."""

import json

import pytest

from procurement.models import BidDraft
from procurement.queries import allocations as stored
from procurement.queries.contents import content as said_of
from procurement.rules import biddraft
from tests.divided import divided_at
from tests.factories import AFTER, START, content, publish, tender_at

pytestmark = pytest.mark.django_db


def test_a_lot_is_divided_and_made_whole_again_on_the_pages(client, market):
    client.force_login(market.officer)
    draft = tender_at("draft", market, lots=content().lots)
    path = f"/officer/tenders/{draft.reference}/draft/"
    said = {"quantum": "5", "unmet_penalty": "500", "minimum_suppliers": "2"}
    assert client.post(f"{path}lots/1/division/", said).status_code == 302
    shares = {"cap_percent": "60", "cap_of": "demanded", "reserve_of": "awarded"}
    assert client.post(f"{path}sharing/", shares).status_code == 302
    kept = said_of(draft)
    assert kept.lots[0].division.minimum_suppliers == 2 and str(kept.sharing.cap_share) == "0.6"
    assert "At least 2 suppliers." in client.get(f"{path}lots/1/").content.decode()
    assert client.post(f"{path}lots/1/division/remove/").status_code == 302
    assert said_of(draft).lots[0].division is None


def test_the_check_of_a_draft_leads_to_the_page_that_mends_it(client, market):
    client.force_login(market.officer)
    draft = divided_at("draft", market)
    row = draft.lots.get().division
    row.unmet_penalty = None
    row.save()
    told = client.get(f"/officer/tenders/{draft.reference}/check/").content.decode()
    assert "counts as" in told and "lots/1/division/" in told


def test_a_new_division_starts_from_the_estimate(client, market):
    client.force_login(market.officer)
    draft = tender_at("draft", market, lots=content().lots)
    lot = draft.lots.get()
    lot.estimated_value = 30000
    lot.save()
    page = client.get(f"/officer/tenders/{draft.reference}/draft/lots/1/division/")
    assert page.context["form"].initial["unmet_penalty"] == "600"


@pytest.fixture
def desk(market, at, signed_in):
    tender = publish(divided_at("draft", market, lots=2), market)
    at(START)
    user, firm = market.tenderers[0]
    client = signed_in(user)
    client.base = f"/tenders/{tender.reference}/bid/{firm.public_id}"
    client.tender = tender
    client.post(f"{client.base}/lots/", {"lots": ["1"], "version": 0})
    return client


def write(desk, **said):
    row = BidDraft.objects.get()
    typed = {"price-1": "300", "version": row.version}
    return desk.post(
        f"{desk.base}/lots/1/", typed | {k.replace("_", "-"): v for k, v in said.items()}
    )


def test_least_most_and_capacity_are_typed_and_checked_before_submission(desk):
    assert write(desk).status_code == 302
    assert "Say the least and the most" in desk.get(f"{desk.base}/check/").content.decode()
    write(desk, quantity_maximum="1,0", quantity_minimum="x")
    write(desk, quantity_maximum="60", quantity_minimum="10", quantity_capacity="80")
    checked = desk.get(f"{desk.base}/check/").content.decode()
    assert "Say the least" not in checked and "Of all such lots" in checked
    assert desk.post(f"{desk.base}/check/").status_code == 302
    assert desk.tender.sealed_bids.count() == 1


def test_a_quantity_that_is_no_number_is_refused_beside_its_field(desk):
    page = write(desk, quantity_maximum="lots")
    assert page.status_code == 200 and "quantity-maximum" in page.context["form"].errors


def act(client, user, tender, name, **said):
    client.force_login(user)
    return client.post(f"/officer/tenders/{tender.reference}/allocation/{name}/", said)


def test_officers_share_the_lots_from_the_first_run_to_the_decision(client, market, at):
    tender = divided_at("evaluated", market)
    at(AFTER)
    why = {"reason": "It costs least."}
    for user, name, said in (
        (market.evaluator, "run", {}),
        (market.evaluator, "confirm", {}),
        (market.officer, "recommend", why),
        (market.accountant, "decide", why),
    ):
        answer = act(client, user, tender, name, **said)
        assert answer.status_code == 302, answer.content.decode()
    client.logout()
    page = client.get(f"/tenders/{tender.reference}/allocation/").content.decode()
    assert "<svg" in page and "Proven: no award that keeps the rules costs less." in page
    assert "most for one supplier leaves no room" in page and "&lt;span" not in page


def test_a_large_one_waits_for_the_worker_and_tells_how_far_it_is(client, market, at, settings):
    from procurement.operations import allocations

    tender = divided_at("evaluated", market)
    at(AFTER)
    settings.CELERY_TASK_ALWAYS_EAGER = False
    most, allocations.AT_ONCE = allocations.AT_ONCE, 0
    try:
        act(client, market.evaluator, tender, "run")
    finally:
        allocations.AT_ONCE = most
    page = client.get(f"/tenders/{tender.reference}/allocation/").content.decode()
    assert "Step 0 of about" in page and "Stop the allocation" in page
    assert act(client, market.evaluator, tender, "stop").status_code == 302
    assert stored.latest(tender).cancelled_at == AFTER


def test_before_the_decision_the_public_sees_nothing_of_it(client, market):
    tender = divided_at("recommended", market)
    for path in ("allocation/", "allocation.csv", "allocation/case.json", "allocation/result.json"):
        assert client.get(f"/tenders/{tender.reference}/{path}").status_code == 404
    client.force_login(market.tenderers[0][0])
    assert client.get(f"/tenders/{tender.reference}/allocation/").status_code == 404


def test_files_are_exact_and_the_page_of_the_tender_names_every_part(client, market, at):
    tender = divided_at("standstill", market)
    at(AFTER)
    table = client.get(f"/tenders/{tender.reference}/allocation.csv").content.decode()
    assert '1,"White maize, Gwanda",Gwanda depot,Co-op Chengeta,60,t,300,18000,USD' in table
    case = client.get(f"/tenders/{tender.reference}/allocation/case.json")
    assert json.loads(case.content) == json.loads(stored.latest(tender).case)
    page = client.get(f"/tenders/{tender.reference}/").content.decode()
    assert "Awarded in parts" in page and "Farai Farmer" in page and "Co-op Chengeta" in page


def test_the_draft_of_a_bid_from_before_lots_were_divided_is_still_read():
    old = json.loads(biddraft.to_bytes(biddraft.Draft(lots=(1,))))
    del old["quantities"], old["capacity"]
    assert biddraft.from_bytes(json.dumps(old).encode(), 1).lots == (1,)


def test_least_and_most_are_read_out(client, market, at):
    tender = divided_at("opened", market)
    at(AFTER)
    assert "(10 – 80 t)" in client.get(f"/tenders/{tender.reference}/").content.decode()


def test_the_record_tells_in_words_that_parts_were_decided(client, market, at):
    tender = divided_at("standstill", market)
    at(AFTER)
    page = client.get(f"/tenders/{tender.reference}/history/").content.decode()
    assert "The parts of the divided lots were decided together" in page
    assert "Number of the allocation" in page
