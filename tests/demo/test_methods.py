"""The demo shows a margin of preference and marks while they are judged."""

import pytest

from marketplace import clock
from marketplace.demo import methods, plans, seed
from marketplace.demo.world import Sizes
from procurement.models import Lot
from procurement.queries import judging
from produce.operations import catalogue


@pytest.mark.django_db
def test_a_margin_and_marks_wait_in_evaluation(monkeypatch):
    monkeypatch.setattr(plans, "AGES", {"in_evaluation": (methods.MARGIN_AT, methods.MARKS_AT)})
    monkeypatch.setattr(plans, "CROWDS", ())
    now = clock.now()
    catalogue.load(now=now)
    seed.seed(now=now, sizes=Sizes(farmers=14, cooperatives=4, companies=6))
    margin = Lot.objects.get(evaluation_method="lowest_evaluated_price")
    stated = [bid.group_findings.get().belongs for bid in judging.to_mark(margin)]
    assert True in stated and False in stated
    marked = Lot.objects.get(evaluation_method="relative_points")
    panel = judging.panel(marked)
    assert (len(panel.signed), panel.needed, panel.revealed) == (1, 2, False)


@pytest.mark.django_db
def test_a_lot_is_divided_to_bid_for_and_another_to_read_about(monkeypatch):
    ages = {stage: (hours,) for stage, hours in methods.DIVIDED_AT}
    monkeypatch.setattr(plans, "AGES", ages)
    monkeypatch.setattr(plans, "CROWDS", ())
    now = clock.now()
    catalogue.load(now=now)
    seed.seed(now=now, sizes=Sizes(farmers=14, cooperatives=4, companies=6))
    waiting, decided = Lot.objects.exclude(division=None).order_by("tender__deadline").reverse()
    assert waiting.tender.opened_at is None
    parts = [award for award in decided.awards.all() if award.is_part and award.decided_at]
    assert len(parts) > 1 and len({award.supplier for award in parts}) == len(parts)
