"""Many lots from one command, and the same again from what is stored."""

from dataclasses import replace

import pytest

from marketplace.errors import Invalid, NotFound
from procurement.management import evaluations as command
from procurement.models import Evaluation
from procurement.operations import evaluations, many_evaluations
from tests.factories import AFTER, Market, content, tender_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    return Market()


@pytest.fixture
def opened(market):
    """Two lots; the gate of the first is decided for every bid, that of the second for none."""
    lot = content().lots[0]
    tender = tender_at("opened", market, lots=(lot, replace(lot, title="Another")))
    gate = tender.lots.get(number=1).criteria.get(kind="gate")
    for bid in tender.bids.all():
        evaluations.decide_gate(
            bid=bid, criterion=gate, passed=True, reason="", by=market.evaluator, now=AFTER
        )
    return tender


def run(tender, *, check=False):
    lots = many_evaluations.lots([tender.reference], evaluated=check)
    return list(command.run(lots, AFTER, check=check, workers=1))


def test_each_lot_is_evaluated_or_told_why_not(opened):
    done, refused = run(opened)
    assert (done.bids, done.problem) == (3, "")
    assert done.digest == Evaluation.objects.get().result_digest
    assert "3 findings are missing" in refused.problem
    assert refused.lot == f"{opened.reference}, lot 2"


def test_nobody_is_named_and_nothing_is_confirmed(opened):
    run(opened)
    found = Evaluation.objects.get()
    assert (found.evaluated_by, found.confirmed_at) == (None, None)


def test_what_is_stored_comes_out_again(opened):
    run(opened)
    (again,) = run(opened, check=True)
    assert (again.bids, again.problem) == (3, "")


@pytest.mark.parametrize(
    ("field", "old", "new", "words"),
    [
        ("case", '"unit_price":"310"', '"unit_price":"300"', "its case has the digest"),
        ("result", '"rank":"1"', '"rank":"2"', "its stored result does not have the digest"),
        ("case", '"method":"lowest_price"', '"method":"?"', "method"),
    ],
)
def test_what_was_changed_is_told(opened, field, old, new, words):
    run(opened)
    stored = Evaluation.objects.get()
    assert old in getattr(stored, field)
    Evaluation.objects.update(**{field: getattr(stored, field).replace(old, new, 1)})
    (again,) = run(opened, check=True)
    assert words in again.problem


def test_a_result_of_other_rules_is_told_although_its_own_digest_is_right(opened):
    run(opened)
    text = Evaluation.objects.get().result.replace('"rank":"1"', '"rank":"2"', 1)
    digest = many_evaluations.hashlib.sha256(text.encode()).hexdigest()
    Evaluation.objects.update(result=text, result_digest=digest)
    (again,) = run(opened, check=True)
    assert f"on record is {digest}" in again.problem


def test_a_tender_that_is_not_there_is_named(opened):
    with pytest.raises(NotFound, match="no tender TND-0"):
        many_evaluations.lots([opened.reference, "TND-0"], evaluated=False)


def test_without_a_name_only_what_is_stored_can_be_checked(opened):
    with pytest.raises(Invalid):
        many_evaluations.lots([], evaluated=False)
    assert many_evaluations.lots([], evaluated=True) == []
    run(opened)
    assert len(many_evaluations.lots([], evaluated=True)) == 1


def test_the_command_tells_refusals_and_the_sum(opened, capsys):
    assert command.main([opened.reference, "--workers", "1"]) == 1
    out = capsys.readouterr().out
    assert f"{opened.reference}, lot 2: 3 findings are missing" in out
    assert "2 lots, 3 bids, 1 refused" in out
    assert command.main(["--check", "--workers", "1"]) == 0


def test_the_command_ends_with_2_where_nothing_could_be_begun(capsys):
    assert command.main(["TND-0"]) == 2
    assert "There is no tender TND-0." in capsys.readouterr().err
