"""Three decided awards, built once a module: two of plain maize, one of graded maize."""

from dataclasses import replace

import pytest
from django.db import transaction

from tests.factories import Market, content, item, tender_at
from tests.operations.gate_world import GRADED


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        market = Market()
        for goods in (item(), item(), GRADED):
            tender_at("standstill", market, lots=(replace(content().lots[0], items=(goods,)),))
        yield market
        transaction.set_rollback(True)


@pytest.fixture
def market(built, db):
    return built
