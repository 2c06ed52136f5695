"""A weighbridge and a laboratory post; the supplier reads and agrees."""

import pytest

from procurement.models import WeighbridgeTicket
from tests.factories import AFTER, GATE, PLATE, depot, load_at, supplier_of, tender_at


@pytest.fixture
def contract(market, at):
    made = tender_at("contracted", market).lots.get().awards.get().contract
    at.now = GATE
    return made


def ticket(**changes):
    return {
        "device": "WB-1",
        "number": "7",
        "vehicle": PLATE,
        "gross": "42000",
        "tare": "12000",
        "weighed_at": GATE.isoformat(),
        "calibrated_until": "2026-12-31",
        **changes,
    }


def test_a_load_goes_through_the_gate_by_api(at, market, caller, contract):
    place, path = depot(market), f"contracts/{contract.number}/loads"
    supplier, gate = caller(supplier_of(contract)), caller(market.inspector)
    booking = {"line": 1, "depot": place.name, "quantity": "30", "day": "2026-05-02", "hour": 12}
    made = supplier.post(path, booking)
    assert (made.status_code, made["Location"]) == (201, f"/api/v1/{path}/1")
    gate.post(f"{path}/1/gate", {"vehicle": PLATE, "driver": "Tendai"})
    gate.post(f"{path}/1/tickets", ticket())
    gate.post(f"{path}/1/sample", {"seal": "S1", "duplicate_seal": "S2"})
    tested = gate.post(f"{path}/1/measurements", {"values": []}).json()
    assert (tested["status"], tested["tests"][0]["amount"]["amount"]) == ("conforms", "9000.00")
    price = {"amount": {"amount": "9000.00", "currency": "USD"}}
    assert supplier.post(f"{path}/1/agreement", price).status_code == 201
    done = gate.post(f"{path}/1/acceptance", {}).json()
    assert done["received"]["note"] == f"{contract.number}-G1"
    bill = supplier.post(f"contracts/{contract.number}/invoices").json()
    assert bill["total"] == {"amount": "9000.00", "currency": "USD"}
    paid = caller(market.accountant).post(f"invoices/{bill['number']}/payments", price).json()
    assert paid["state"] == "paid"


@pytest.mark.parametrize(
    "changes, where",
    [({"tare": "50000"}, "tare"), ({"net": "42001"}, "net"), ({"vehicle": "X 1"}, "vehicle")],
)
def test_an_impossible_ticket_names_its_place(at, market, caller, contract, changes, where):
    load_at("arrived", market, contract)
    path = f"contracts/{contract.number}/loads/1/tickets"
    refused = caller(market.inspector).post(path, ticket(**changes))
    told = refused.json()
    assert (refused.status_code, told["code"], told["where"]) == (422, "bad-ticket", where)
    assert not WeighbridgeTicket.objects.exists()


def test_a_device_that_sends_again_with_its_key_weighs_once(at, market, caller, contract):
    load_at("arrived", market, contract)
    at.now = GATE
    path, gate = f"contracts/{contract.number}/loads/1/tickets", caller(market.inspector)
    answers = [gate.post(path, ticket(), Idempotency_Key="t-7") for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[1]["Idempotent-Replayed"] == "true"
    assert WeighbridgeTicket.objects.count() == 1


def test_loads_and_invoices_are_hidden_from_strangers(at, market, caller, contract):
    load_at("arrived", market, contract)
    stranger = caller(market.tenderers[0][0])
    for path in ("loads", "loads/1", "invoices"):
        assert stranger.get(f"contracts/{contract.number}/{path}").status_code == 404
    assert caller().get(f"contracts/{contract.number}").status_code == 200
    assert [c["number"] for c in caller(market.officer).get("contracts").json()] == [
        contract.number
    ]


def test_strangers_neither_book_nor_agree(at, market, caller, contract):
    load_at("tested", market, contract)
    stranger, path = caller(market.tenderers[0][0]), f"contracts/{contract.number}/loads"
    booking = {"line": 1, "depot": "Gwanda depot", "quantity": "1", "day": "2026-05-02", "hour": 9}
    price = {"amount": {"amount": "9000.00", "currency": "USD"}}
    assert stranger.post(path, booking).status_code in (403, 404)
    assert stranger.post(f"{path}/1/agreement", price).status_code in (403, 404)


def test_depots_rejections_and_days_to_pay_are_public(at, market, caller, contract):
    body = {"name": "Filabusi", "daily_capacity": "90000"}
    path = f"organizations/{market.buyer.public_id}/depots"
    assert caller(market.inspector).post(path, body).status_code == 403
    assert caller(market.officer).post(path, body).status_code == 201
    assert [d["name"] for d in caller().get("depots").json()] == ["Filabusi"]
    at.now = AFTER
    assert caller().get("rejected-loads").json() == caller().get("days-to-pay").json() == []


def test_confirmations_are_taken_by_api(at, market, caller, contract):
    path = f"organizations/{market.buyer.public_id}/payment-confirmations"
    csv = "reference,amount,currency,date\nx,1.00,USD,2026-05-01\n"
    taken = caller(market.accountant).post(path, {"csv": csv}).json()
    assert taken == {"matched": 0, "waiting": 1, "known": 0}
    bad = caller(market.accountant).post(path, {"csv": "a,b\n"})
    assert (bad.status_code, bad.json()["code"]) == (422, "bad-bank-file")
