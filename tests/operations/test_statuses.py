from datetime import timedelta

import pytest

from procurement.models import Tender
from procurement.queries import facts, lists, statuses
from tests.factories import AFTER, DEADLINE, STAGES, START, Market, tender_at

pytestmark = pytest.mark.django_db
INSTANTS = (
    START,
    DEADLINE - timedelta(microseconds=1),
    DEADLINE,
    AFTER,
    AFTER + timedelta(days=90),
)


def test_a_list_by_the_rule_and_its_twin_in_sql_tell_the_same_status():
    market = Market()
    for stage in STAGES:
        tender_at(stage, market)
    for now in INSTANTS:
        by_rule = statuses.of(list(Tender.objects.values(*statuses.COLUMNS)), now)
        in_sql = dict(lists.with_status(Tender.objects.all(), now).values_list("id", "status_now"))
        one_by_one = {row.pk: facts.status(row, now) for row in Tender.objects.all()}
        assert by_rule == in_sql == one_by_one
