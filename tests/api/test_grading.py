"""“Grade my produce” by API: open to anyone, the same rules as the page."""

import json

import pytest

from produce.models import Standard
from produce.queries import grade_table
from produce.rules.standardfile import read_standard

pytestmark = pytest.mark.django_db


@pytest.fixture
def sample(market):
    row = Standard.objects.get(code="EAS2")
    measured = [
        {"parameter": x.code, "value": x.text or str(x.minimum or 0)}
        for x in grade_table(row)[0].limits
        if not x.components and x.code != "MOISTURE"
    ]
    return {
        "commodity": row.commodity.code,
        "standard": row.code,
        "edition": row.edition,
        "measured": [*measured, {"parameter": "MOISTURE", "value": "13.5"}],
    }


DEAL = {
    "schedule": "DRY_MATTER_WEIGHT",
    "edition": "base 12.5",
    "net_weight": "10000",
    "price": {"amount": "300", "currency": "USD", "per": "t"},
}


def send(client, data):
    return client.post("/api/v1/grading", data, content_type="application/json")


def test_a_sample_is_graded_and_priced_without_an_account(client, sample):
    answer = send(client, sample | {"deal": DEAL})
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert (told["grade"], told["rejected"]) == ("1", False)
    assert told["adjustment"]["payable_weight"] == "69200/7"
    assert told["adjustment"]["payments"][0]["shown"] == "2965.71"


def test_what_is_missing_is_refused_by_name(client, sample):
    answer = send(client, sample | {"measured": sample["measured"][:-1]})
    assert (answer.status_code, answer.json()["where"]) == (422, "MOISTURE")


@pytest.mark.parametrize(
    ("spoil", "status", "code"),
    [
        ({"edition": "never"}, 404, "not-found"),
        ({"deal": DEAL | {"schedule": "KE_MILK_BONUS"}}, 404, "not-found"),
        ({"deal": DEAL | {"price": None}}, 422, "bad-load"),
        ({"deal": DEAL | {"rounding": {"mode": "up", "decimals": 2}}}, 422, "bad-load"),
        ({"deal": DEAL | {"agreed_grade": "9"}}, 404, "not-found"),
        ({"colour": "white"}, 422, None),
    ],
)
def test_bad_input_is_a_problem_with_its_code(client, sample, spoil, status, code):
    answer = send(client, sample | spoil)
    assert answer.status_code == status, answer.content
    assert code is None or answer.json()["code"] == code


def test_a_standard_is_read_in_the_form_in_which_it_can_be_proposed(client, sample):
    path = f"/api/v1/commodities/{sample['commodity']}/standards/EAS2/forms"
    (told,) = client.get(path).json()
    assert read_standard(json.dumps(told), "t").edition == sample["edition"]
    assert client.get(path.replace("EAS2", "NONE")).status_code == 404
