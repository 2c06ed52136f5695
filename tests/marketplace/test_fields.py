from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Sum

from marketplace.fields import MoneyField, plain, to_decimal
from procurement.models import Lot, Payment
from tests.factories import Market, tender_at

pytestmark = pytest.mark.django_db
LARGEST = Decimal("92233720368547758.07")


@pytest.fixture
def lot():
    return tender_at("draft", Market()).lots.get()


def test_the_largest_amount_reads_back_to_the_cent(lot):
    Lot.objects.filter(pk=lot.pk).update(estimated_value=LARGEST)
    lot.refresh_from_db()
    assert lot.estimated_value == LARGEST


def test_the_amount_that_a_real_column_loses_is_kept(lot):
    Lot.objects.filter(pk=lot.pk).update(estimated_value=Decimal("123456789012345.67"))
    assert Lot.objects.get(estimated_value=Decimal("123456789012345.67")) == lot


def test_amounts_sum_exactly_in_sql():
    contract = tender_at("paid", Market()).lots.get().awards.get().contract
    template = contract.payments.get()
    amounts = [Decimal("30000000000000000.01")] * 3
    Payment.objects.all().delete()
    for amount in amounts:
        template.pk, template.amount = None, amount
        template.save()
    assert Payment.objects.aggregate(total=Sum("amount"))["total"] == sum(amounts)


def test_an_amount_too_large_for_the_column_is_refused_in_words():
    with pytest.raises(ValidationError, match="larger than"):
        MoneyField().get_prep_value(LARGEST + Decimal("0.01"))


def test_a_third_decimal_is_refused_not_rounded():
    with pytest.raises(ValidationError, match="decimals"):
        MoneyField().get_prep_value("1.005")


def test_a_float_is_refused():
    with pytest.raises(ValidationError, match="float"):
        to_decimal(0.1)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "one", ""])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValidationError):
        to_decimal(text)


def test_a_quantity_of_many_digits_reads_back_the_same(lot):
    item = lot.items.get()
    item.quantity = Decimal("123456789012345678901234567890.123456789012")
    item.save()
    item.refresh_from_db()
    assert item.quantity == Decimal("123456789012345678901234567890.123456789012")


@pytest.mark.parametrize(
    ("number", "text"), [("1.50", "1.5"), ("1E+3", "1000"), ("-0", "0"), ("0.000", "0")]
)
def test_numbers_are_written_one_way(number, text):
    assert plain(Decimal(number)) == text
