"""Lots by other methods verify offline: marks, amounts and groups are in the case."""

import pytest

from marketplace.accounts.roles import Role
from marketplace.ledger import queries
from procurement.operations import awards, evaluations
from tests.dossier.support import dossier
from tests.dossier.test_verifier import checks
from tests.factories import AFTER, Market, declare, person, tender_at
from tests.method_lots import RELATIVE
from tests.operations import test_judging as judged

pytestmark = pytest.mark.django_db


def rated(market):
    lot = tender_at("opened", market, lots=(RELATIVE,)).lots.get()
    second = person("Enos Evaluator", market.buyer, Role.EVALUATOR)
    declare(lot.tender, second)
    for user in (market.evaluator, second):
        judged.mark_and_sign(lot, user, 5, 8, 6)
    return lot


def margin(market):
    lot = tender_at("opened", market, lots=(judged.WITHOUT_ANSWERS,)).lots.get()
    judged.passed(lot, market.evaluator)
    judged.assess(lot, market.evaluator, belongs=(True, False, False))
    return lot


@pytest.mark.parametrize("made", [rated, margin])
def test_an_awarded_lot_verifies(made, tmp_path):
    market = Market()
    lot = made(market)
    by = market.evaluator
    found = evaluations.evaluate(lot=lot, by=by, now=AFTER)
    evaluations.confirm(evaluation=found, by=by, now=AFTER)
    awards.recommend(lot=lot, reason="First rank.", by=market.officer, now=AFTER)
    award = lot.awards.get()
    awards.decide(award=award, reason="Agreed.", by=market.accountant, now=AFTER)
    told = award.letters.get(bid=award.bid).text
    assert ("you earned 94.00 points" in told) == (made is rated)
    lot.tender.refresh_from_db()
    path = dossier(lot.tender, tmp_path / "dossier.zip", "auditor")
    told = checks(path, "--key", queries.verifier_key())
    assert "FAIL" not in {status for status, _ in told.values()}, told
    assert found.bids.get(rank=1).bid == award.bid
