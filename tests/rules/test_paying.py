"""The payment clock, and which invoice a line of the bank pays."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from procurement.rules import paying
from procurement.rules.paying import Clock, Line, Open

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
FIRST, TWELFTH = "MUS-2026-000001-L1-I1", "MUS-2026-000001-L1-I12"


def line(reference="", amount="100.00", currency="USD", text=""):
    return Line(reference, text, Decimal(amount), currency, date(2026, 6, 1))


def owing(number, owed="100.00", currency="USD"):
    return Open(number, currency, Decimal(owed))


def test_a_line_that_names_an_invoice_pays_it():
    found = paying.match(line(f"pay {FIRST}.", "40.00"), [owing(FIRST), owing(TWELFTH)])
    assert found.invoice == FIRST


def test_i1_is_not_named_by_i12():
    assert paying.match(line(TWELFTH), [owing(FIRST)]).invoice == FIRST
    assert paying.match(line(TWELFTH), [owing(FIRST, "99.00")]).waits


def test_a_line_that_fits_two_invoices_waits_for_a_person():
    found = paying.match(line("maize"), [owing(FIRST), owing(TWELFTH)])
    assert not found.invoice
    assert found.waits == f"It fits several invoices: {FIRST}, {TWELFTH}."


def test_a_line_that_names_two_invoices_waits_as_well():
    found = paying.match(line(f"{FIRST} {TWELFTH}", "200.00"), [owing(FIRST), owing(TWELFTH)])
    assert "several" in found.waits


def test_the_only_invoice_that_owes_just_that_is_matched():
    assert paying.match(line("maize"), [owing(FIRST), owing(TWELFTH, "7.00")]).invoice == FIRST


def test_more_than_is_owed_waits_even_with_the_right_number():
    assert "owes only 100.00" in paying.match(line(FIRST, "100.01"), [owing(FIRST)]).waits


def test_another_currency_fits_nothing():
    assert paying.match(line(FIRST, currency="ZWG"), [owing(FIRST)]).waits


def test_an_invoice_is_overdue_from_its_due_instant_on():
    due, tick = NOW, timedelta(microseconds=1)
    assert not paying.is_overdue(due, Decimal(1), NOW - tick)
    assert paying.is_overdue(due, Decimal(1), NOW)
    assert not paying.is_overdue(due, Decimal(0), NOW)


def test_days_to_pay_count_from_the_note_to_the_money():
    def note(days, paid=None):
        since = NOW - timedelta(days=days)
        return Clock(
            received_at=since,
            due_at=since + timedelta(days=30),
            paid_at=None if paid is None else since + timedelta(days=paid),
        )

    found = paying.days_to_pay([note(50, 10), note(50, 31), note(40), note(5)], NOW)
    assert (found.paid, found.median, found.longest, found.late) == (2, Decimal("20.5"), 31, 1)
    assert (found.waiting, found.overdue) == (2, 1)


def test_without_a_payment_there_is_no_median():
    assert paying.days_to_pay([], NOW).median is None
