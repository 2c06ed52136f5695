"""The public list of tenders: what its order may tell."""

from datetime import timedelta
from decimal import Decimal

import pytest

from procurement import filters
from procurement.models import Lot, Tender
from tests.factories import START, Market, tender_at

pytestmark = pytest.mark.django_db


def test_the_order_by_value_does_not_tell_which_estimate_is_the_larger():
    market = Market()
    for number, value in enumerate((12_000, 99_000, 5_000, 13_000)):
        tender = tender_at("open", market, title=f"T{number}")
        Lot.objects.filter(tender=tender).update(estimated_value=Decimal(value))
        Tender.objects.filter(pk=tender.pk).update(published_at=START + timedelta(hours=number))
    rows = filters.annotated(Tender.objects.all(), START)
    titles = filters.TenderFilter({"sort": "value"}, rows, now=START).qs.values_list(
        "title", flat=True
    )
    assert list(titles) == ["T3", "T1", "T0", "T2"]
