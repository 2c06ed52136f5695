"""From the award to the paid farmer: loads accepted, adjusted, rejected and tested again."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from marketplace.accounts.roles import Role
from marketplace.errors import Conflict, Invalid, NotFound, NotNow, NotPermitted
from marketplace.ledger.models import Entry
from procurement.models import Delivery, LoadTest, WeighbridgeTicket
from procurement.operations import contracts, deliveries, inspections, invoices
from procurement.queries import loads as queries
from procurement.rules.inspecting import BadMeasurement, NotMeasured
from procurement.rules.loads import LoadNotThere, LoadStatus
from procurement.rules.slots import OutsideWindow, SlotTaken
from procurement.rules.weighing import BadTicket
from tests.factories import (
    GATE,
    PLATE,
    _later,
    booked,
    depot,
    good_values,
    load_at,
    person,
    supplier_of,
    ticket,
)
from tests.operations.gate_world import graded, plain

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ON = GATE + DAY


def events(contract, *names):
    """The bodies of the ledger's entries of these kinds about the contract's tender."""
    rows = Entry.objects.filter(subject=contract.award.lot.tender.reference, event__in=names)
    return [(row.event, row.visibility, json.loads(row.body)) for row in rows.order_by("sequence")]


def again(load):
    return queries.with_parts(Delivery.objects.filter(pk=load.pk)).get()


# --- the journey ------------------------------------------------------------------------------


def test_from_the_award_to_the_paid_farmer(market):
    contract = graded(code="DRY_MATTER_WEIGHT")
    good = load_at("received", market, contract, quantity="40", number="1")
    bad = load_at("tested", market, contract, quantity="30", number="2", hour=13, values=BROKEN)
    deliveries.reject(load=bad, reasons="Broken grains.", by=market.inspector, now=ON)
    second = person("Ida Inspector", market.buyer, Role.INSPECTOR)
    inspections.again(load=bad, measured=good_values(bad, ON), by=second, now=ON)
    test = again(bad).sample.tests.last()
    deliveries.agree(load=bad, amount=test.amount, by=supplier_of(contract), now=ON)
    deliveries.accept(load=bad, by=market.inspector, now=ON)
    contracts.complete(contract=contract, by=market.inspector, now=_later(42))
    bill = invoices.issue(contract=contract, by=supplier_of(contract), now=_later(43))
    assert bill.total == good.receipt.amount + again(bad).receipt.amount
    invoices.pay(invoice=bill, amount=bill.total, by=market.accountant, now=_later(50))
    contract.refresh_from_db()
    assert contract.paid_at == _later(50)
    kinds = [event for event, _, _ in events(contract, "GoodsReceived", "LoadRejected")]
    assert kinds == ["GoodsReceived", "LoadRejected", "GoodsReceived"]


BROKEN = {"BROKEN": "90"}


def test_a_wetter_load_is_paid_by_its_dry_weight_with_the_working(market):
    contract = graded(code="DRY_MATTER_WEIGHT")
    load = load_at("tested", market, contract, values={"MOISTURE": "14"})
    test = again(load).sample.tests.get()
    assert test.conforms and test.is_adjusted
    # 30 t × (100 − 14) ÷ (100 − 12.5) at 300 USD, to the cent.
    assert test.amount == Decimal("8845.71")
    assert any("14" in step.formula for step in test.steps.all())


def test_what_no_schedule_prices_still_has_to_conform(market):
    contract = graded(code="DRY_MATTER_WEIGHT")
    load = load_at("tested", market, contract, values={"MOISTURE": "14", **BROKEN})
    assert not again(load).sample.tests.get().conforms


def test_a_schedule_that_prices_what_is_not_measured_is_refused_at_the_signing(market):
    with pytest.raises(Invalid, match="does not measure"):
        graded(code="KE_MILK_BONUS")


# --- booking ----------------------------------------------------------------------------------


def test_a_full_day_is_refused_with_the_next_free_slot(market):
    contract = plain()
    small = depot(market, daily_capacity=Decimal(40_000))
    booked(market, contract, "30", depot=small)
    with pytest.raises(SlotTaken, match="room for 10000 kg more") as refused:
        booked(market, contract, "30", depot=small, hour=13)
    assert "The next free slot is 2026-05-01, 11:00" in refused.value.remedy


def test_two_contracts_share_the_room_of_a_depot(market):
    small = depot(market, daily_capacity=Decimal(40_000))
    booked(market, plain(), "30", depot=small)
    with pytest.raises(SlotTaken):
        booked(market, plain(), "30", depot=small)


def test_a_cancelled_booking_frees_the_slot_and_the_quantity(market):
    contract = plain()
    load = booked(market, contract, "100")
    with pytest.raises(Invalid, match="above the contracted quantity"):
        booked(market, contract, "1", hour=13)
    deliveries.cancel(load=load, by=supplier_of(contract), now=GATE)
    assert booked(market, contract, "100").number == 2


def test_a_day_outside_the_window_is_refused(market):
    with pytest.raises(OutsideWindow, match="2026-04-20 to 2026-06-30"):
        booked(market, plain(), day=date(2026, 7, 1))


def test_a_stranger_books_nothing_and_another_buyers_depot_is_none(market):
    contract = plain()
    with pytest.raises(NotPermitted):
        booked(market, contract, by=market.tenderers[0][0])
    elsewhere = depot(market)
    elsewhere.buyer = market.union
    elsewhere.save()
    with pytest.raises(NotFound):
        booked(market, contract, depot=elsewhere)


# --- the gate ---------------------------------------------------------------------------------


def test_a_load_that_comes_after_its_window_is_flagged_not_lost(market):
    contract = plain()
    load = booked(market, contract)
    said = {"vehicle": PLATE, "by": market.inspector, "now": _later(120)}
    deliveries.arrive(load=load, **said)
    assert again(load).flags.get().code == "outside-window"


def test_the_ledger_keeps_no_name_of_a_driver(market):
    contract = plain()
    load_at("received", market, contract)
    kinds = ("LoadArrived", "LoadWeighed", "GoodsReceived")
    told = events(contract, *kinds)
    assert [event for event, _, _ in told] == list(kinds)
    assert "Tendai" not in json.dumps([body for _, _, body in told])


def test_the_public_is_told_what_was_received_and_auditors_the_rest(market):
    contract = plain()
    load_at("received", market, contract)
    public = {event for event, seen, _ in events(contract, *EVENTS) if seen == "public"}
    assert public == {"GoodsReceived"}
    assert {event for event, _, _ in events(contract, *EVENTS)} == set(EVENTS)


EVENTS = (
    *("DeliveryBooked", "LoadArrived", "LoadWeighed", "SampleTaken", "MeasurementsRecorded"),
    *("PriceAgreed", "LoadAccepted", "GoodsReceived"),
)


def test_the_tare_of_another_vehicle_is_refused(market):
    load = load_at("arrived", market, plain())
    with pytest.raises(BadTicket, match="is at the gate"):
        weigh(market, load, vehicle="XYZ 9")
    assert not WeighbridgeTicket.objects.exists()


def weigh(market, load, **changes):
    given = ticket(at=ON, **changes)
    return deliveries.weigh(load=load, ticket=given, by=market.inspector, now=ON)


def test_the_same_ticket_sent_twice_is_one_and_for_another_load_refused(market):
    contract = plain()
    first = load_at("arrived", market, contract)
    other = load_at("arrived", market, contract, hour=13)
    assert weigh(market, first) == weigh(market, first)
    with pytest.raises(Conflict, match="recorded already, for the load") as refused:
        weigh(market, other)
    assert refused.value.code == "ticket-taken"


def test_an_expired_calibration_is_kept_and_stops_the_load_until_it_is_weighed_again(market):
    load = load_at("arrived", market, plain())
    weigh(market, load, calibrated_until=date(2026, 1, 1))
    assert queries.status(again(load)) is LoadStatus.ARRIVED
    assert again(load).flags.get().stops
    weigh(market, load, number="2", device="WB-2")
    assert queries.ticket_of(again(load)).number == "2"


def test_a_device_clock_in_the_future_is_flagged_and_the_ticket_counts(market):
    load = load_at("arrived", market, plain())
    weigh(market, load, weighed_at=ON + DAY)
    assert again(load).flags.get().code == "device-clock-ahead"
    assert queries.status(again(load)) is LoadStatus.WEIGHED


def test_more_than_was_contracted_is_flagged_and_not_paid(market):
    load = load_at("arrived", market, plain(), quantity="100")
    weigh(market, load, net="104000")
    assert "4 t would not be paid" in again(load).flags.get().said
    said = {"load": load, "by": market.inspector, "now": ON}
    deliveries.sample(seal="S-1", duplicate_seal="S-2", **said)
    test = inspections.record(measured=[], **said)
    assert (test.payable, test.amount) == (100, 30_000)


def test_a_seal_is_on_one_bag_only(market):
    contract = plain()
    load_at("sampled", market, contract)
    used = Delivery.objects.get().sample.duplicate_seal
    other = load_at("weighed", market, contract, number="2", hour=13)
    with pytest.raises(Conflict, match="another bag"):
        said = {"by": market.inspector, "now": ON}
        deliveries.sample(load=other, seal=used, duplicate_seal="new", **said)


# --- the test and the price -------------------------------------------------------------------


def test_measurements_sent_twice_with_one_key_count_once(market):
    load = load_at("sampled", market, graded())
    said = {"load": load, "measured": good_values(load, ON), "by": market.inspector, "now": ON}
    first = inspections.record(key="abc", **said)
    assert inspections.record(key="abc", **said) == first
    assert LoadTest.objects.count() == 1
    with pytest.raises(LoadNotThere):
        inspections.record(key="other", **said)


@pytest.mark.parametrize("changes", [{"method": ""}, {"unit": "kg"}])
def test_a_value_without_a_method_or_in_another_unit_leaves_nothing_behind(market, changes):
    load = load_at("sampled", market, graded())
    values = good_values(load, ON)
    with pytest.raises(BadMeasurement):
        wrong = [replace(values[0], **changes), *values[1:]]
        inspections.record(load=load, measured=wrong, by=market.inspector, now=ON)
    with pytest.raises(NotMeasured):
        inspections.record(load=load, measured=values[1:], by=market.inspector, now=ON)
    assert not LoadTest.objects.exists()


def test_the_duplicate_is_tested_by_somebody_else_and_both_results_stay(market):
    load = load_at("tested", market, graded(), values=BROKEN)
    deliveries.reject(load=load, reasons="Broken.", by=market.inspector, now=ON)
    said = {"load": load, "measured": good_values(load, ON), "now": ON}
    with pytest.raises(NotPermitted, match="first bag"):
        inspections.again(by=market.inspector, **said)
    second = person("Ida Inspector", market.buyer, Role.INSPECTOR)
    inspections.again(by=second, **said)
    assert [test.conforms for test in queries.tests_of(again(load))] == [False, True]
    assert queries.status(again(load)) is LoadStatus.CONFORMS
    with pytest.raises(Conflict, match="no third bag"):
        inspections.again(by=person("Ian", market.buyer, Role.INSPECTOR), **said)


def test_nothing_is_received_before_the_farmer_agreed_to_the_price_shown(market):
    load = load_at("tested", market, plain())
    with pytest.raises(LoadNotThere):
        deliveries.accept(load=load, by=market.inspector, now=ON)
    with pytest.raises(Conflict, match=r"9000.00 USD now, not 9001"):
        deliveries.agree(load=load, amount=Decimal(9001), by=market.inspector, now=ON)


def test_who_does_not_work_at_the_gate_records_nothing_there(market):
    load = load_at("tested", market, plain())
    for by in (supplier_of(load.contract), market.officer, market.accountant):
        with pytest.raises(NotPermitted):
            deliveries.reject(load=load, reasons="x", by=by, now=ON)


def test_everything_is_delivered_only_when_nothing_stands_at_the_gate(market):
    contract = plain()
    with pytest.raises(NotNow, match="No delivery"):
        contracts.complete(contract=contract, by=market.inspector, now=ON)
    load_at("received", market, contract)
    load_at("weighed", market, contract, number="2", hour=13)
    with pytest.raises(Conflict, match="is at the gate"):
        contracts.complete(contract=contract, by=market.inspector, now=ON)
