"""The smaller resources, one behaviour each."""

import csv
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.accounts.models import Membership
from marketplace.accounts.roles import Role
from marketplace.ledger.verify import verify_history
from procurement.operations import exports
from procurement.rules import case as cases
from procurement.rules.evaluation import evaluate
from tests.factories import AFTER, START, _later, again, organization, person, tender_at

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


# --- produce ----------------------------------------------------------------------------------


def test_commodities_carry_where_their_codes_were_read(market, caller):
    rows = {row["code"]: row for row in caller().get("commodities").json()}
    assert rows["MAIZE_GRAIN"]["hs6"] == "100590" and rows["MAIZE_GRAIN"]["hs6_source"]


def test_a_standard_shows_its_grades_and_limits(at, market, caller):
    listed = caller().get("commodities/MAIZE_GRAIN/standards").json()
    assert "EAX_WM" in {row["code"] for row in listed}
    (whole,) = caller().get("commodities/MAIZE_GRAIN/standards/EAX_WM").json()
    best = whole["grades"][0]
    assert best["code"] == "1" and best["limits"][0]["confidence"]


# --- accounts ---------------------------------------------------------------------------------


def test_who_registers_a_farm_may_bid_for_it(at, market, caller):
    farmer = caller(person("Fadzai Farmer"))
    made = farmer.post("organizations", {"kind": "farmer", "name": "Fadzai's farm"})
    assert made.status_code == 201
    assert farmer.get("me").json()["roles"][0]["organization"]["id"] == made.json()["id"]


def test_one_person_has_one_account(at, market, caller):
    body = {"identity_number": "63-1234567 A 42"}
    assert (
        caller(person("First Account", identified=False))
        .post("me/identity", body)
        .json()["identified"]
    )
    refused = caller(person("Second Account", identified=False)).post("me/identity", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "already-registered")


def test_two_administrators_give_a_role_and_one_ends_it(at, market, caller):
    operator = organization("Musika", "operator")
    boss, other = (
        caller(person(name, operator, Role.ADMINISTRATOR)) for name in ("Adam Admin", "Ben Admin")
    )
    newcomer = person("Nia New")
    path = f"organizations/{market.buyer.public_id}/role-proposals"
    waiting = boss.post(path, {"person": newcomer.email, "role": "evaluator"})["Location"][8:]
    assert boss.post(f"{waiting}/confirmation").json()["code"] == "separation-of-duties"
    assert [row["role"] for row in other.get("role-proposals").json()] == ["evaluator"]
    made = other.post(f"{waiting}/confirmation")
    assert made.status_code == 201
    assert boss.delete(made["Location"][8:]).status_code == 204
    assert Membership.objects.get(user=newcomer).revoked_at == START


def test_an_administrator_has_no_part_in_buying(at, market, caller):
    administrator = person("Adam Admin", organization("Musika", "operator"), Role.ADMINISTRATOR)
    tender = tender_at("open", market)
    assert caller(administrator).get(f"tenders/{tender.reference}/bid").status_code == 403


# --- documents and enquiries ------------------------------------------------------------------


def _attach(who, tender, content=PDF, **headers):
    file = SimpleUploadedFile("rules.pdf", content)
    data = {"title": "Rules", "file": file}
    return who.http.post(
        f"/api/v1/tenders/{tender.reference}/documents", data, format="multipart", headers=headers
    )


def test_a_file_is_attached_read_back_and_taken_off(at, market, caller):
    tender, officer = tender_at("draft", market), caller(market.officer)
    made = _attach(officer, tender)
    assert made.status_code == 201, made.content
    path = made["Location"][8:]
    assert b"".join(officer.get(path).streaming_content) == PDF
    assert officer.delete(path).status_code == 204
    assert officer.get(path).status_code == 404


def test_a_file_sent_twice_with_one_key_is_attached_once(at, market, caller):
    tender, officer = tender_at("draft", market), caller(market.officer)
    first = _attach(officer, tender, **{"Idempotency-Key": "k1"})
    second = _attach(officer, tender, **{"Idempotency-Key": "k1"})
    assert (first.status_code, first.content) == (second.status_code, second.content)


def test_a_file_that_is_not_what_its_name_says_is_refused(at, market, caller):
    refused = _attach(caller(market.officer), tender_at("draft", market), b"MZ not a pdf")
    assert (refused.status_code, refused.json()["code"]) == (422, "bad-document")


def test_a_question_is_public_once_answered_and_without_its_author(at, market, caller):
    tender = tender_at("open", market, prices=())
    path = f"tenders/{tender.reference}/enquiries"
    clerk, firm = market.tenderers[0]
    asked = caller(clerk).post(path, {"question": "Are bags included?"})
    assert asked.status_code == 201 and caller().get(path).json() == []
    answered = f"{path}/{asked.json()['id']}/answer"
    assert caller(market.officer).post(answered, {"answer": "Yes."}).status_code == 200
    public = caller().get(path)
    assert public.json()[0]["answer"] == "Yes."
    assert firm.public_id not in public.content.decode()


# --- evaluation and award ---------------------------------------------------------------------


def test_an_evaluation_is_seen_by_the_buyer_first_and_by_all_after_the_award(at, market, caller):
    evaluated = tender_at("evaluated", market)
    path = f"tenders/{evaluated.reference}/lots/1/evaluations"
    assert len(caller(market.officer).get(path).json()) == 1
    assert caller().get(path).status_code == 404
    awarded = tender_at("standstill", market)
    assert len(caller().get(f"tenders/{awarded.reference}/lots/1/evaluations").json()) == 1


def test_anybody_recomputes_the_stored_evaluation(at, market, caller):
    tender = tender_at("standstill", market)
    path = f"tenders/{tender.reference}/lots/1/evaluations"
    (row,) = caller().get(path).json()
    whole = caller().get(f"{path}/{row['id']}").json()
    again = evaluate(cases.from_json(whole["case"]))
    assert again.case_digest == whole["case_digest"]
    assert json.loads(json.dumps(again.to_json())) == whole["result"]


def test_a_missing_finding_is_named(at, market, caller):
    tender = tender_at("opened", market)
    at.now = AFTER
    refused = caller(market.evaluator).post(f"tenders/{tender.reference}/lots/1/evaluations")
    assert (refused.status_code, refused.json()["code"]) == (422, "findings-missing")


def test_a_failed_gate_needs_its_reason(at, market, caller):
    tender = tender_at("opened", market)
    at.now = AFTER
    body = {"bid": tender.bids.first().public_id, "criterion": 1, "passed": False}
    refused = caller(market.evaluator).post(f"tenders/{tender.reference}/lots/1/gates", body)
    assert refused.json()["errors"][0]["place"] == "/reason"


def test_findings_on_many_bids_are_all_recorded_or_none(at, market, caller):
    tender = tender_at("opened", market)
    at.now = AFTER
    path, who = f"tenders/{tender.reference}/lots/1/gates", caller(market.evaluator)
    good = [{"bid": b.public_id, "criterion": 1, "passed": True} for b in tender.bids.all()]
    bad = [*good, {"bid": "0" * 16, "criterion": 1, "passed": True}]
    assert who.put(path, {"findings": bad}).status_code == 404
    assert who.get(path).json() == []
    assert len(who.put(path, {"findings": good}).json()) == len(who.get(path).json()) == 3


def test_a_recommended_award_is_not_public_yet(at, market, caller):
    tender = tender_at("recommended", market)
    path = f"tenders/{tender.reference}/lots/1/award"
    assert caller().get(path).status_code == 404
    assert caller(market.accountant).get(path).json()["supplier"]["name"] == "Co-op Chengeta"


def test_who_recommended_an_award_does_not_decide_it(at, market, caller):
    lot = tender_at("evaluated", market).lots.get()
    for role in (Role.PROCUREMENT_OFFICER, Role.ACCOUNTING_OFFICER):
        Membership.objects.create(
            user=market.inspector, organization=market.buyer, role=role, granted_at=START
        )
    at.now, both = AFTER, caller(again(market.inspector))
    path = f"tenders/{lot.tender.reference}/lots/1/award"
    assert both.post(path, {"reason": "The lowest."}).status_code == 201
    refused = both.post(f"{path}/decision", {"reason": "Agreed."})
    assert (refused.status_code, refused.json()["code"]) == (403, "separation-of-duties")


def test_each_tenderer_reads_its_own_letter(at, market, caller):
    tender = tender_at("standstill", market)
    path = f"tenders/{tender.reference}/letters"
    kinds = [[row["kind"] for row in caller(user).get(path).json()] for user, _ in market.tenderers]
    assert kinds == [["regret"], ["award"], ["regret"]]
    assert len(caller(market.officer).get(path).json()) == 3
    assert caller(person("Passer By")).get(path).json() == []


def test_a_lot_without_bids_is_unsuccessful(at, market, caller):
    tender = tender_at("closed", market, prices=())
    at.now = AFTER
    path = f"tenders/{tender.reference}/lots/1/unsuccessful"
    done = caller(market.accountant).post(path, {"reason": "Nobody bid."})
    assert done.status_code == 200
    assert caller().get(f"tenders/{tender.reference}").json()["status"] == "unsuccessful"


def test_a_payment_in_another_currency_is_refused(at, market, caller):
    contract = tender_at("delivered", market).lots.get().awards.get().contract
    at.now = _later(45)
    clerk = contract.award.supplier.memberships.first().user
    made = caller(clerk).post(f"contracts/{contract.number}/invoices").json()
    body = {"amount": {"amount": "1.00", "currency": "ZWG"}}
    refused = caller(market.accountant).post(f"invoices/{made['number']}/payments", body)
    assert (refused.status_code, refused.json()["where"]) == (422, "amount.currency")


def test_a_paid_contract_shows_what_was_delivered_and_paid(at, market, caller):
    tender = tender_at("paid", market)
    contract = caller().get(f"tenders/{tender.reference}/lots/1/contract").json()
    assert contract["received"][0]["quantity"] == "100"
    assert contract["payments"][0]["amount"] == {"amount": "30000.00", "currency": "USD"}


# --- records ----------------------------------------------------------------------------------


def _history(who, tender, ending="jsonl", query=""):
    answer = who.get(f"tenders/{tender.reference}/history.{ending}{query}")
    return b"".join(answer.streaming_content)


def test_before_the_opening_no_history_tells_who_bid(at, market, caller):
    none, some = tender_at("open", market, prices=()), tender_at("open", market)
    for who in (caller(), caller(market.auditor), caller(market.officer)):
        counts = {len(_history(who, tender).splitlines()) for tender in (none, some)}
        assert len(counts) == 1
        assert b"BidSubmitted" not in _history(who, some)


def test_the_public_history_verifies_and_withholds_what_is_for_auditors(at, market, caller):
    tender = tender_at("opened", market)
    public, whole = _history(caller(), tender), _history(caller(market.auditor), tender)
    assert verify_history(public.splitlines()).passed
    assert b'"event":"OpenerAppointed"' in whole and b"OpenerAppointed" not in public
    assert _history(caller(market.auditor), tender, query="?entries=public").count(b"\n") > 1


def test_the_whole_history_is_for_auditors(at, market, caller):
    tender = tender_at("open", market)
    refused = caller(market.officer).get(f"tenders/{tender.reference}/history.jsonl?entries=all")
    assert (refused.status_code, refused.json()["code"]) == (403, "not-permitted")


def test_the_history_is_read_as_csv(at, market, caller):
    raw = _history(caller(), tender_at("opened", market), "csv").decode()
    rows = list(csv.DictReader(io.StringIO(raw)))
    assert "BidsOpened" in {row["event"] for row in rows}


def test_an_export_is_asked_for_made_and_downloaded(at, market, caller):
    tender, auditor = tender_at("opened", market), caller(market.auditor)
    made = auditor.post("exports", {"kind": "bids_csv", "tender": tender.reference})
    path = made["Location"][8:]
    assert auditor.get(f"{path}/file").status_code == 404
    exports.run(exports.waiting(AFTER)[0], now=AFTER)
    assert auditor.get(path).json()["sha256"]
    assert b"Co-op Chengeta" in b"".join(auditor.get(f"{path}/file").streaming_content)


def test_an_export_is_seen_by_who_asked(at, market, caller):
    made = caller(market.auditor).post("exports", {"kind": "bids_csv"})
    other = person("Aude Auditor", market.office, Role.AUDITOR)
    assert caller(other).get(made["Location"][8:]).status_code == 404


def test_anybody_reads_the_signed_head(at, market, caller):
    tender_at("open", market)
    head = caller().get("ledger/checkpoint").json()
    assert head["note"].splitlines()[1] == str(head["size"])
    note = caller().get("ledger/checkpoint.note")
    assert note.content.decode() == head["note"]
