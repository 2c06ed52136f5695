import pytest

from tests.factories import Market, tender_at

pytestmark = pytest.mark.django_db


def test_a_tender_goes_from_draft_to_paid_through_operations():
    tender = tender_at("paid", Market())
    assert tender.lots.get().awards.get().supplier.name == "Co-op Chengeta"
