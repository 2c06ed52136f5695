"""What holds for every address: parameters, pages, versions, media types, methods, times."""

from datetime import timedelta

import pytest

from api import reference
from tests.api import sending
from tests.factories import START, tender_at

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"
READS = sorted(address for method, address, _ in reference.endpoints() if method == "GET")


def refusal(answer):
    assert answer["Content-Type"] == PROBLEM
    told = answer.json()
    return answer.status_code, told["code"], [row["place"] for row in told.get("errors", [])]


# --- parameters and pages ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["tenders", "tenders/facets", "commodities", "organizations", "ledger/checkpoint"]
)
def test_a_parameter_that_is_not_known_is_refused_by_its_name(path, caller):
    assert refusal(caller().get(f"{path}?statsu=open")) == (422, "unknown-parameter", ["?statsu"])


def test_no_reading_address_passes_over_a_parameter(at, market, caller):
    from tests.api.test_access import addressed

    tender = tender_at("open", market, prices=())
    who, passed = caller(), []
    for address in READS:
        answer = who.get(f"{addressed(address, tender, market.buyer)}?statsu=open")
        if answer.status_code not in (401, 422):
            passed.append((address, answer.status_code))
    assert passed == []


@pytest.mark.parametrize("size", ["0", "-1", "201", "1000000000", "9" * 400, "ten", "1.0", "", "١"])
def test_a_page_size_out_of_range_is_refused(size, caller):
    assert refusal(caller().get(f"tenders?page_size={size}")) == (422, "invalid", ["?page_size"])


@pytest.mark.parametrize("cursor", ["x", "cD1hYmM=", "%ff", "cj0xJnA9LTE=", "A" * 4000])
def test_a_cursor_of_nobodys_is_refused(cursor, caller):
    answer = caller().get(f"tenders?cursor={cursor}")
    assert refusal(answer) == (400, "bad-cursor", ["?cursor"])


def test_several_bad_parameters_are_named_together(caller):
    told = refusal(caller().get("tenders?status=opne&deadline_after=tomorrow&value=huge"))
    assert told[:2] == (422, "invalid")
    assert set(told[2]) == {"?status", "?deadline_after", "?value"}


@pytest.mark.parametrize(
    "instant", ["tomorrow", "2026-13-01T00:00:00Z", "2026-03-22T25:00:00Z", "0000-01-01T00:00:00Z"]
)
def test_an_instant_that_there_is_not_is_refused(instant, caller):
    answer = caller().get(f"tenders?deadline_after={instant}")
    assert refusal(answer) == (422, "invalid", ["?deadline_after"])


# --- versions ---------------------------------------------------------------------------------


@pytest.fixture
def draft(at, market, caller):
    made = caller(market.officer).post("tenders", sending.tender())
    return f"tenders/{made.json()['reference']}"


@pytest.mark.parametrize(
    ("tag", "status", "code"),
    [
        ({}, 428, "precondition-required"),
        ({"If_Match": '"0123456789abcdef"'}, 412, "tender-changed"),
        ({"If_Match": "*"}, 400, "bad-precondition"),
        ({"If_Match": "bare"}, 400, "bad-precondition"),
        ({"If_Match": '"a", "b"'}, 400, "bad-precondition"),
        ({"If_Match": ""}, 400, "bad-precondition"),
    ],
)
def test_a_revision_over_another_version_is_refused(tag, status, code, draft, market, caller):
    answer = caller(market.officer).put(draft, sending.tender(), **tag)
    assert refusal(answer)[:2] == (status, code)


def test_a_key_with_another_body_is_refused_by_its_name(at, market, caller):
    officer = caller(market.officer)
    officer.post("tenders", sending.tender(), Idempotency_Key="k1")
    again = officer.post("tenders", sending.tender(title="Other"), Idempotency_Key="k1")
    assert refusal(again) == (422, "idempotency-key-reused", ["Idempotency-Key"])


# --- media types and methods ------------------------------------------------------------------


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "image/*"])
def test_what_cannot_be_given_is_refused(accept, caller):
    answer = caller().get("tenders", Accept=accept)
    assert refusal(answer)[:2] == (406, "not-acceptable")


@pytest.mark.parametrize("media", ["text/plain", "application/xml", "text/json", "nonsense", ""])
def test_what_cannot_be_read_is_refused(media, at, market, caller):
    http = caller(market.officer).http
    answer = http.generic("POST", "/api/v1/tenders", b"x", content_type=media)
    assert refusal(answer)[:2] == (415, "unsupported-media-type")


def test_files_are_taken_as_a_form_alone(draft, market, caller):
    answer = caller(market.officer).post(f"{draft}/documents", {"title": "x"})
    assert refusal(answer)[:2] == (415, "unsupported-media-type")


def test_head_is_get_without_its_body(at, market, caller):
    tender_at("open", market, prices=())
    http = caller().http
    head, whole = http.head("/api/v1/tenders"), http.get("/api/v1/tenders")
    assert head.status_code == 200 and head.content == b""
    assert head["Content-Type"] == whole["Content-Type"] == "application/json"


def test_options_tell_the_methods(caller):
    answer = caller().http.options("/api/v1/tenders")
    assert answer.status_code == 200
    assert set(answer["Allow"].split(", ")) == {"GET", "POST", "HEAD", "OPTIONS"}


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_method_that_is_not_there_is_refused_with_those_that_are(method, caller):
    answer = getattr(caller().http, method)("/api/v1/tenders")
    assert refusal(answer)[:2] == (405, "method-not-allowed")
    assert "GET" in answer["Allow"]


@pytest.mark.parametrize("method", ["get", "post", "put"])
def test_a_slash_at_the_end_is_named_as_what_is_wrong(method, caller):
    answer = getattr(caller().http, method)("/api/v1/tenders/")
    assert refusal(answer)[:2] == (404, "not-found")
    assert "without a slash" in answer.json()["remedy"]


# --- places -----------------------------------------------------------------------------------


def test_a_refusal_with_one_place_lists_it_like_one_with_many(draft, at, market, caller):
    at.now = START + timedelta(days=1)
    one = caller(market.officer).post("tenders", {"title": 5})
    assert one.json()["errors"] == [{"place": "/title", "message": one.json()["detail"]}]


def test_a_body_of_another_kind_is_a_place_too(at, market, caller):
    for body in (b"[]", b'"x"', b"5", b"null", b"true"):
        assert refusal(caller(market.officer).post("tenders", body))[:2] == (422, "invalid")


def test_the_forms_of_a_standard_are_as_the_schema_tells(market, caller):
    answer = caller().get("commodities/MAIZE_GRAIN/standards/EAX_WM/forms")
    assert answer.json()[0]["format"] == "musika-standard-1"


def test_json_is_nowhere_declared_as_bytes(schema):
    for path, methods in schema["paths"].items():
        for method, told in methods.items():
            for answer in told["responses"].values():
                shape = answer.get("content", {}).get("application/json", {}).get("schema", {})
                assert shape.get("format") != "binary", (method, path)
