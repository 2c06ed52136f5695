"""Golden vectors: what each published schedule pays, worked out by hand."""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from produce.operations.catalogue import DATA
from produce.rules.adjustment import adjust
from produce.rules.adjustmentcase import read_case
from produce.rules.adjustmentfile import read_adjustments
from produce.rules.amounts import exact_text
from tests.reference import adjustment_twin as twin

FOLDER = Path(__file__).parents[1] / "vectors" / "adjustment"
VECTORS = sorted(FOLDER.glob("*.json"))


@pytest.fixture(params=VECTORS, ids=lambda path: path.stem)
def vector(request):
    return json.loads(request.param.read_text(encoding="utf-8"))


def reckoned(case):
    return adjust(*read_case(json.dumps(case)))


def test_a_load_is_paid_as_worked_out_by_hand(vector):
    found = reckoned(vector["case"])
    assert vector["expected"] == {
        "outcome": found.outcome.value,
        "payable_weight": exact_text(found.payable_weight),
        "price_after": exact_text(found.price_after),
        "changes": [exact_text(change.amount) for change in found.changes],
        "payments": [f"{amount.currency} {amount.shown}" for amount in found.payments],
    }


def test_the_literal_twin_pays_the_same(vector):
    outcome, weight, price, paid = twin.pay(vector["case"])
    found = reckoned(vector["case"])
    assert (found.outcome.value, found.payable_weight, found.price_after) == (
        *(outcome, weight, price),
    )
    assert paid == {amount.currency: Fraction(amount.shown) for amount in found.payments}


def test_the_working_ends_in_what_is_paid_or_why_nothing_is(vector):
    found = reckoned(vector["case"])
    assert found.working[0].what == "Delivered"
    assert found.working[-1].value.split()[0] in {*(a.currency for a in found.payments), "nothing"}
    assert bool(found.reasons) == (found.outcome != "accept")


def test_every_published_schedule_has_a_vector():
    text = (DATA / "adjustments.json").read_text(encoding="utf-8")
    used = {json.loads(path.read_text())["case"]["schedule"]["code"] for path in VECTORS}
    assert used == {entry.code for entry in read_adjustments(text, "adjustments.json")}
