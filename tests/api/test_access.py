"""Every address against everybody who has no business there.

Nothing changes in any of these requests, so one tender serves the whole table.
"""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache

from api import reference
from tests.factories import person, tender_at

pytestmark = pytest.mark.django_db

ROWS = [(method.lower(), address, access) for method, address, access in reference.endpoints()]
NAMES = {
    "number": "1",
    "key": "1",
    "bid": "0" * 16,
    "file": "0" * 16,
    "flag": "0" * 16,
    "name": "savings",
    "opener": "0" * 16,
    "sha256": "0" * 64,
    "code": "MAIZE_GRAIN",
    "standard": "EAX_WM",
    "contract": "MUS-2026-000000-L1",
    "load": "1",
    "invoice": "INV-0",
}
# Writing endpoints that are for everybody who is signed in.
FOR_EVERYBODY = {
    "/api/v1/me/erasure",
    "/api/v1/organizations",
    "/api/v1/me/phone",
    "/api/v1/me/phone/proof",
    "/api/v1/me/channels",
    "/api/v1/me/searches",
    "/api/v1/me/webhooks",
    "/api/v1/tenders/<str:reference>/dossier",
    # A calculator: it keeps nothing.
    "/api/v1/grading",
    # The supplier's or the gate's: what is sent is read before whose it is; see test_loads.
    "/api/v1/contracts/<str:contract>/loads",
    "/api/v1/contracts/<str:contract>/loads/<int:load>/agreement",
}
# Open before the second factor is set up: signing up, in and out, and who one is.
BEFORE_SECOND_FACTOR = {
    "/api/v1/accounts",
    "/api/v1/accounts/confirmation",
    "/api/v1/auth/login",
    "/api/v1/auth/logout",
    "/api/v1/auth/logoutall",
    "/api/v1/me",
    "/api/v1/me/identity",
}


def addressed(address, tender, organization):
    names = NAMES | {"reference": tender.reference, "organization": organization.public_id}
    return re.sub(r"<\w+:(\w+)>", lambda found: names[found[1]], address)[len("/api/v1/") :]


def wrong(who, rows, tender, market, right):
    """The rows that were answered in another way than with one of the statuses in `right`."""
    found = []
    for number, (method, address, _) in enumerate(rows):
        if number % 100 == 0:
            cache.clear()  # The limit of requests in a minute is another test's.
        answer = who.send(method, addressed(address, tender, market.buyer), {})
        if answer.status_code not in right:
            found.append((method, address, answer.status_code))
    return found


def test_anonymous_people_are_asked_to_sign_in(at, market, caller):
    closed = [row for row in ROWS if row[2].signed_in]
    assert len(closed) > 40
    assert wrong(caller(), closed, tender_at("draft", market), market, {401}) == []


@pytest.mark.parametrize("stage", ["draft", "open", "opened", "evaluated", "standstill"])
def test_a_person_without_roles_changes_nothing(stage, at, market, caller):
    open_to_all = FOR_EVERYBODY | BEFORE_SECOND_FACTOR
    writing = [row for row in ROWS if row[0] != "get" and row[1] not in open_to_all]
    tender = tender_at(stage, market)
    nobody = caller(person("Nobody At All"))
    assert wrong(nobody, writing, tender, market, {403, 404}) == []


@pytest.mark.parametrize("stage", ["open", "opened", "evaluated", "standstill"])
def test_a_clerk_of_a_tenderer_does_no_duty_of_the_buyer(stage, at, market, caller):
    duties = [row for row in ROWS if row[2].permission and "bid" not in row[2].permission]
    duties = [row for row in duties if row[2].permission != "enquiry.ask"]
    tender = tender_at(stage, market)
    clerk = caller(market.tenderers[0][0])
    assert wrong(clerk, duties, tender, market, {403}) == []


def test_the_buyers_people_do_not_bid(at, market, caller):
    bidding = [row for row in ROWS if row[2].permission == "bid.submit"]
    tender = tender_at("open", market)
    assert wrong(caller(market.officer), bidding, tender, market, {403}) == []


def test_a_draft_cannot_be_told_from_nothing(at, market, caller):
    draft, stranger = tender_at("draft", market), caller(market.tenderers[0][0])
    for method, address, _ in ROWS:
        if method != "get" or "reference" not in address:
            continue
        path = addressed(address, draft, market.buyer)
        seen = stranger.get(path)
        missing = stranger.get(path.replace(draft.reference, "MUS-2026-999999"))
        assert seen.content == missing.content, address
        assert seen.status_code == missing.status_code, address
        assert seen.status_code in (403, 404), address


@pytest.mark.parametrize("who", ["officer", "evaluator", "auditor", "accountant"])
def test_a_role_without_its_second_factor_reads_and_does_nothing(at, market, caller, who):
    user = getattr(market, who)
    tender = tender_at("recommended", market)
    Authenticator.objects.filter(user=user).delete()
    person = caller(user)
    for method, address, access in ROWS:
        if access.first_factor:
            continue
        answer = person.send(method, addressed(address, tender, market.buyer), {})
        assert answer.status_code == 403, address
        assert answer.json()["code"] == "second-factor-required", address


def test_few_addresses_are_open_before_the_second_factor():
    found = {address for _, address, access in ROWS if access.first_factor}
    assert found == BEFORE_SECOND_FACTOR
