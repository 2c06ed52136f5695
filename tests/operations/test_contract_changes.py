"""A contract changes or ends by two people; after a default the next in rank is called up."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from marketplace.errors import Conflict, Invalid, MusikaError, NotNow, NotPermitted
from procurement.operations import callups, contract_changes, contracts, invoices
from procurement.queries import loads
from procurement.rules.slots import OutsideWindow
from tests.factories import GATE, _later, booked, load_at, supplier_of
from tests.operations.gate_world import plain

pytestmark = pytest.mark.django_db
NOW = _later(60)
DAY = timedelta(days=1)


def change(market, contract, quantity="100", **more):
    line = contract.lines.get()
    said = {"starts": line.starts, "ends": line.ends, "reason": "Rain.", "now": GATE, **more}
    return contract_changes.propose_line(
        line=line, quantity=Decimal(quantity), by=market.officer, **said
    )


def ended(market, contract, is_default=True, now=NOW):
    said = {"is_default": is_default, "reason": "No more came.", "now": now}
    proposal = contract_changes.propose_end(contract=contract, by=market.officer, **said)
    return contract_changes.confirm(proposal=proposal, by=market.approver, now=now)


def test_a_line_changes_only_when_a_second_person_confirms(market):
    contract = plain()
    proposal = change(market, contract, "120", ends=date(2026, 7, 31))
    assert contract.lines.get().quantity == 100
    with pytest.raises(MusikaError):
        contract_changes.confirm(proposal=proposal, by=market.officer, now=GATE)
    contract_changes.confirm(proposal=proposal, by=market.approver, now=GATE)
    line = contract.lines.get()
    assert (line.quantity, line.ends) == (120, date(2026, 7, 31))


def test_a_proposal_that_is_declined_changes_nothing(market):
    contract = plain()
    proposal = change(market, contract, "120")
    with pytest.raises(Conflict, match="proposed already"):
        change(market, contract, "130")
    contract_changes.decline(proposal=proposal, by=market.approver, now=GATE)
    assert contract.lines.get().quantity == 100


def test_less_than_is_on_its_way_is_refused(market):
    contract = plain()
    booked(market, contract, "40")
    with pytest.raises(Invalid, match="40 t are received or booked"):
        change(market, contract, "39")


def test_a_shorter_window_holds_at_once(market):
    contract = plain()
    proposal = change(market, contract, ends=(GATE + DAY).date())
    contract_changes.confirm(proposal=proposal, by=market.approver, now=GATE)
    with pytest.raises(OutsideWindow):
        booked(market, contract, day=(GATE + 2 * DAY).date())


def test_a_partial_default_calls_up_the_next_in_rank_for_what_is_missing(market):
    contract = plain()
    load_at("received", market, contract, quantity="40")
    ended(market, contract)
    award = callups.recommend(contract=contract, reason="Next.", by=market.officer, now=NOW)
    line = award.lines.get()
    # The best bid was 300 USD; the next one in rank had offered 310.
    assert (line.quantity, line.unit_price, award.price) == (60, 310, 18_600)
    with pytest.raises(NotPermitted):
        callups.decide(award=award, reason="Yes.", by=market.officer, now=NOW)
    award = callups.decide(award=award, reason="Yes.", by=market.accountant, now=NOW)
    later = award.standstill_ends_at
    second = contracts.sign(award=award, by=market.officer, now=later)
    assert second.number == f"{contract.number}-2"
    assert loads.to_book(second.lines.get()) == 60
    with pytest.raises(Conflict, match="called up for this contract already"):
        callups.recommend(contract=contract, reason="Again.", by=market.officer, now=later)


def test_what_was_received_before_the_end_is_still_paid(market):
    contract = plain()
    load_at("received", market, contract, quantity="40")
    ended(market, contract)
    bill = invoices.issue(contract=contract, by=supplier_of(contract), now=NOW)
    invoices.pay(invoice=bill, amount=bill.total, by=market.accountant, now=NOW + DAY)
    contract.refresh_from_db()
    assert contract.paid_at == NOW + DAY


def test_nothing_is_booked_after_the_end(market):
    contract = plain()
    ended(market, contract, now=GATE)
    with pytest.raises(MusikaError, match="not possible while the status"):
        booked(market, contract)


def test_nobody_is_called_up_where_both_sides_agreed_to_end(market):
    contract = plain()
    ended(market, contract, is_default=False)
    with pytest.raises(NotNow, match="ended by default"):
        callups.recommend(contract=contract, reason="Next.", by=market.officer, now=NOW)


def test_a_contract_does_not_end_over_a_load_at_the_gate(market):
    contract = plain()
    load_at("weighed", market, contract)
    with pytest.raises(Conflict, match="at the gate"):
        ended(market, contract, now=GATE + DAY)
