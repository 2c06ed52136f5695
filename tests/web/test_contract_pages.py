"""Contracts, loads and payments on the pages: what each sees, and the walk through the gate."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from marketplace.accounts import personal
from procurement.models import Delivery, LoadTest
from procurement.operations import deliveries, invoices
from tests.factories import AFTER, GATE, PLATE, depot, load_at, supplier_of, tender_at
from tests.web.buyer_support import send, signed_in, text

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def contract_of(market, stage="contracted"):
    return tender_at(stage, market).lots.get().awards.get().contract


def date(name, day):
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def test_a_load_goes_through_the_gate_on_the_pages(market, at):
    contract = contract_of(market)
    place = depot(market)
    at(GATE)
    supplier, gate = signed_in(supplier_of(contract)), signed_in(market.inspector)
    slot = {"line": 1, "depot": place.pk, "quantity": "30", "hour": 12}
    page = send(supplier, "load_book", contract.number, **slot, **date("day", GATE + DAY))
    assert "The slot is booked" in text(page)
    at(GATE + DAY)
    where = (contract.number, 1)
    send(gate, "load_gate", *where, vehicle=PLATE, driver="Tendai")
    weights = {"device": "WB-1", "number": "7", "vehicle": PLATE, "gross": 42000, "tare": 12000}
    send(gate, "load_weigh", *where, **weights, **date("calibrated_until", GATE + 90 * DAY))
    send(gate, "load_sample", *where, seal="S1", duplicate_seal="S2")
    send(gate, "load_measure", *where, key="k1", device="M-1")
    page = send(supplier, "load_agree", *where, shown="9000.00")
    assert "The agreement is recorded" in text(page)
    page = send(gate, "load_accept", *where, note="")
    assert f"{contract.number}-G1" in text(page)
    paper = Client().get(reverse("goods_received_pdf", args=[f"{contract.number}-G1"]))
    assert paper.content.startswith(b"%PDF")


def test_what_is_wrong_with_a_ticket_stands_beside_the_number_that_was_typed(market, at):
    load = load_at("arrived", market, contract_of(market))
    at(GATE + DAY)
    weights = {"device": "W", "number": "7", "vehicle": PLATE, "gross": 12000, "tare": 42000}
    page = send(
        signed_in(market.inspector),
        "load_weigh",
        load.contract.number,
        1,
        **weights,
        **date("calibrated_until", GATE + DAY),
    )
    assert "swapped" in page.context["form"].errors["tare"][0]
    assert 'value="42000"' in text(page) and not load.tickets.exists()


def test_a_full_slot_names_the_next_free_one_on_the_page(market, at):
    contract = contract_of(market)
    place = depot(market, daily_capacity=40_000)
    at(GATE)
    slot = {"line": 1, "depot": place.pk, "quantity": "30", "hour": 12, **date("day", GATE + DAY)}
    supplier = signed_in(supplier_of(contract))
    send(supplier, "load_book", contract.number, **slot)
    page = send(supplier, "load_book", contract.number, **slot)
    assert "The next free slot is" in page.context["form"].errors["day"][0]


def test_measurements_posted_twice_after_a_lost_answer_count_once(market, at):
    load = load_at("sampled", market, contract_of(market))
    at(GATE + DAY)
    gate = signed_in(market.inspector)
    for _ in range(2):
        page = send(gate, "load_measure", load.contract.number, 1, key="same", device="")
        assert "The measurements are recorded" in text(page)
    assert LoadTest.objects.count() == 1


def test_the_price_that_was_shown_is_the_one_agreed_to(market, at):
    load = load_at("tested", market, contract_of(market))
    at(GATE + DAY)
    supplier = signed_in(supplier_of(load.contract))
    shown = supplier.get(reverse("load_agree", args=[load.contract.number, 1]))
    assert 'name="shown" value="9000.00"' in text(shown)
    send(supplier, "load_agree", load.contract.number, 1, shown="9500.00")
    assert Delivery.objects.get().agreed_at is None


def test_everybody_reads_the_contract_and_only_those_concerned_its_loads(market, at):
    load = load_at("tested", market, contract_of(market))
    deliveries.reject(load=load, reasons="Too wet.", by=market.inspector, now=GATE + DAY)
    at(GATE + 2 * DAY)
    number = load.contract.number
    address = reverse("load", args=[number, 1])
    readers = (supplier_of(load.contract), market.inspector, market.officer, market.auditor)
    assert [signed_in(user).get(address).status_code for user in readers] == [200] * 4
    assert signed_in(market.tenderers[0][0]).get(address).status_code == 404
    public = text(Client().get(reverse("contract", args=[number])))
    assert "Co-op Chengeta" in public and "ABC1234" not in public and "Too wet" not in public


def test_rejections_are_public_by_depot_without_anybody_s_name(market, at, client):
    load = load_at("tested", market, contract_of(market))
    deliveries.reject(load=load, reasons="Too wet.", by=market.inspector, now=GATE + DAY)
    for name in ("rejected_loads", "rejected_loads_csv"):
        page = text(client.get(reverse(name)))
        assert "Gwanda depot" in page and "Too wet." in page
        for word in ("Chengeta", "Tendai", "ABC1234", load.contract.number, "Ivan"):
            assert word not in page


def test_the_accounting_officer_pays_and_takes_the_banks_file(market, at):
    contract = contract_of(market, "delivered")
    at(AFTER + 43 * DAY)
    accountant = signed_in(market.accountant)
    send(accountant, "invoice_issue", contract.number)
    bill = contract.invoices.get()
    send(accountant, "invoice_pay", bill.number, amount="10000", reference="r")
    lines = f"reference,amount,currency,date\n{bill.number},20000.00,USD,2026-05-04\n"
    file = SimpleUploadedFile("bank.csv", lines.encode())
    page = send(accountant, "confirmations", market.buyer.public_id, file=file)
    assert "The file is taken" in text(page) and "Nothing is to be paid" in text(page)
    contract.refresh_from_db()
    assert contract.paid_at is not None


def test_a_payment_file_is_for_those_who_pay(market, at):
    contract = contract_of(market, "delivered")
    at(AFTER + 43 * DAY)
    invoices.issue(contract=contract, by=market.accountant, now=AFTER + 42 * DAY)
    kind = personal.Kind.BANK_ACCOUNT
    for holder in (contract.award.supplier, market.buyer):
        personal.state(holder.public_id, kind, "001122", AFTER)
    address = reverse("payment_file", args=[market.buyer.public_id, "xml"])
    assert b"pain.001.001.09" in signed_in(market.accountant).get(address).content
    for user in (market.officer, supplier_of(contract)):
        assert signed_in(user).get(address).status_code == 403


def test_the_contract_of_a_lot_leads_to_its_number(market, at):
    contract = contract_of(market)
    address = reverse("lot_contract", args=[contract.award.lot.tender.reference, 1])
    page = signed_in(market.officer).get(address)
    assert page["Location"] == reverse("contract", args=[contract.number])


def test_a_change_waits_for_the_approver_and_a_bill_for_the_accounting_officer(market, at):
    contract = contract_of(market)
    load_at("received", market, contract)
    at(AFTER + 43 * DAY)
    send(signed_in(supplier_of(contract)), "invoice_issue", contract.number)
    page = send(
        signed_in(market.officer), "contract_end", contract.number, kind="default", reason="Late."
    )
    assert "waits for an approver" in text(page)
    approver = signed_in(market.approver)
    assert "the change of a contract" in text(approver.get(reverse("officer_home")))
    proposal = contract.changes.get()
    said = {"proposal": proposal.pk, "answer": "confirm"}
    assert "Ended early" in text(send(approver, "contract_change", contract.number, **said))
    home = text(signed_in(market.accountant).get(reverse("officer_home")))
    assert "Pay the invoice of Co-op Chengeta" in home
    page = send(signed_in(market.officer), "contract_call_up", contract.number, reason="Next.")
    home = text(signed_in(market.accountant).get(reverse("officer_home")))
    assert "Decide on the call-up" in home
    page = send(signed_in(market.accountant), "call_up_decide", contract.number, reason="Yes.")
    assert "The standstill runs" in text(page) and "Farai Farmer" in text(page)
