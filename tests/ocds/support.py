"""A paid tender that a whole module of tests shares, published; each test's own changes go."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from procurement.models import Tender
from procurement.operations import ocds
from tests.factories import AFTER, Market, tender_at


@pytest.fixture(scope="module")
def shared(django_db_setup, django_db_blocker) -> Iterator[tuple[Market, Tender]]:
    """The market and its paid tender; all of it is taken back at the end of the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        market = Market()
        tender = tender_at("paid", market)
        ocds.publish(now=AFTER)
        yield market, tender
        transaction.set_rollback(True)
