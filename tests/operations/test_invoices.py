"""Invoices from goods received notes, payments, files of a bank."""

from datetime import timedelta
from decimal import Decimal

import pytest

from marketplace.accounts import personal
from marketplace.errors import Conflict, Invalid, NotNow, NotPermitted
from procurement.models import PaymentConfirmation
from procurement.operations import confirmations, contracts, invoices, payfiles
from procurement.queries import gates
from procurement.queries import invoices as queries
from procurement.rules.bankfile import BadBankFile
from tests.factories import GATE, _later, load_at, supplier_of
from tests.operations.gate_world import plain

pytestmark = pytest.mark.django_db
HEAD = "reference,amount,currency,date,text\n"
NOW = _later(50)


def billed(market, *quantities):
    """An invoice over received loads of these tonnes."""
    contract = plain()
    for n, quantity in enumerate(quantities or ("30",)):
        number = f"{contract.pk}-{n}"
        load_at("received", market, contract, quantity=quantity, number=number, hour=9 + n)
    return invoices.issue(contract=contract, by=supplier_of(contract), now=_later(43))


def take(market, text, now=NOW):
    said = {"buyer": market.buyer, "by": market.accountant, "now": now}
    return confirmations.take(content=(HEAD + text).encode(), **said)


def owed(invoice, now=NOW):
    return queries.view(type(invoice).objects.get(pk=invoice.pk), now).owed


def test_an_invoice_sums_the_notes_to_the_cent_and_names_each_once(market):
    bill = billed(market, "30.333", "10.001")
    notes = [line.amount for line in bill.lines.all()]
    assert (sum(notes), notes) == (bill.total, [Decimal("9099.90"), Decimal("3000.30")])
    with pytest.raises(NotNow, match="nothing to invoice"):
        invoices.issue(contract=bill.contract, by=market.accountant, now=NOW)


def test_the_clock_runs_from_the_goods_received_note(market):
    bill = billed(market)
    received = bill.lines.get().receipt.received_at
    assert bill.due_at == received + timedelta(days=30)
    tick = timedelta(microseconds=1)
    assert not queries.view(bill, bill.due_at - tick).is_overdue
    assert queries.view(bill, bill.due_at).state == "overdue"


def test_a_stranger_makes_no_invoice_and_the_supplier_records_no_payment(market):
    bill = billed(market)
    with pytest.raises(NotPermitted):
        invoices.issue(contract=bill.contract, by=market.tenderers[0][0], now=NOW)
    with pytest.raises(NotPermitted):
        clerk = supplier_of(bill.contract)
        invoices.pay(invoice=bill, amount=Decimal(1), by=clerk, now=NOW)


def test_parts_are_paid_until_nothing_is_owed(market):
    bill = billed(market)
    said = {"invoice": bill, "by": market.accountant, "now": NOW}
    invoices.pay(amount=Decimal(4000), **said)
    with pytest.raises(Invalid, match=r"Only 5000.00 USD are owed"):
        invoices.pay(amount=Decimal("5000.01"), **said)
    invoices.pay(amount=Decimal(5000), **said)
    with pytest.raises(Conflict, match="paid in full"):
        invoices.pay(amount=Decimal(1), **said)


def test_a_contract_paid_before_its_last_word_is_settled_by_it(market):
    bill = billed(market)
    said = {"by": market.accountant, "now": NOW}
    invoices.pay(invoice=bill, amount=bill.total, **said)
    bill.contract.refresh_from_db()
    assert bill.contract.paid_at is None
    contracts.complete(contract=bill.contract, by=market.inspector, now=NOW)
    bill.contract.refresh_from_db()
    assert bill.contract.paid_at == bill.contract.delivered_at == NOW


def test_a_confirmation_that_names_the_invoice_pays_it_once(market):
    bill = billed(market)
    line = f"{bill.number},9000.00,USD,2026-05-10,\n"
    assert vars(take(market, line)) == {"matched": 1, "waiting": 0, "known": 0}
    assert owed(bill) == 0
    assert vars(take(market, line)) == {"matched": 0, "waiting": 0, "known": 1}
    assert bill.payments.count() == 1


def test_a_confirmation_that_fits_two_invoices_waits_for_a_person(market):
    first, second = billed(market), billed(market)
    assert take(market, "maize,9000.00,USD,2026-05-10,\n").waiting == 1
    row = PaymentConfirmation.objects.get()
    assert first.number in row.waits and second.number in row.waits
    said = {"confirmation": row, "by": market.accountant, "now": NOW}
    confirmations.assign(invoice=second, **said)
    assert (owed(first), owed(second)) == (9000, 0)
    with pytest.raises(Conflict, match="matched already"):
        confirmations.assign(invoice=first, **said)


def test_a_file_with_one_bad_line_is_not_taken_at_all(market):
    bill = billed(market)
    with pytest.raises(BadBankFile, match="line 3"):
        take(market, f"{bill.number},9000.00,USD,2026-05-10,\nx,y,z,\n")
    assert owed(bill) == 9000 and not PaymentConfirmation.objects.exists()


def test_orders_are_made_for_suppliers_that_named_an_account(market):
    bill = billed(market)
    said = {"buyer": market.buyer, "by": market.accountant, "now": NOW}
    with pytest.raises(NotNow, match="nothing to order"):
        payfiles.make(kind="csv", **said)
    supplier = bill.contract.award.supplier
    personal.state(supplier.public_id, personal.Kind.BANK_ACCOUNT, "00991122", NOW)
    assert b"00991122,9000.00,USD" in payfiles.make(kind="csv", **said).content
    with pytest.raises(Invalid, match="pays from"):
        payfiles.make(kind="xml", **said)
    payfiles.state_account(account="5544", **said)
    assert b"<CtrlSum>9000.00</CtrlSum>" in payfiles.make(kind="xml", **said).content


def test_days_to_pay_are_counted_by_buyer(market):
    bill = billed(market)
    invoices.pay(invoice=bill, amount=bill.total, by=market.accountant, now=GATE + 12 * DAY)
    found = queries.days_to_pay(NOW)
    assert [(one.buyer, one.days.median, one.days.late) for one in found] == [(market.buyer, 11, 0)]


DAY = timedelta(days=1)


def test_a_depot_is_counted_without_a_name(market):
    billed(market)
    (found,) = gates.counts()
    assert (found.decided, found.rejected, found.share) == (1, 0, "0.0 %")
