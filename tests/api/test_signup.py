"""Signing up by a program: as on the page, and no word about who has an account."""

import re

import pytest
from django.core import mail
from django.core.cache import cache

from marketplace.accounts.models import User

pytestmark = pytest.mark.django_db
NEW = {
    "full_name": "Tendai Newcomer",
    "email": "tendai@example.org",
    "identity_number": "63-1234567 A 42",
    "password": "millet and rain 2026",
}
LOGIN = {"email": NEW["email"], "password": NEW["password"]}


def test_an_account_works_once_its_address_is_confirmed(at, caller):
    assert caller().post("accounts", NEW).status_code == 202
    assert caller().post("auth/login", LOGIN).status_code == 401
    key = re.search(r"confirm-email/([^/\s]+)/", mail.outbox[-1].body)[1]
    assert caller().post("accounts/confirmation", {"key": key}).status_code == 204
    assert caller().post("auth/login", LOGIN).status_code == 201


def test_the_person_is_identified_and_joined_now(at, caller):
    caller().post("accounts", NEW)
    user = User.objects.get()
    assert user.identity_digest and user.date_joined == at.now


def test_a_known_address_is_answered_like_a_new_one(at, caller):
    first = caller().post("accounts", NEW)
    cache.clear()  # One letter in three minutes to one address.
    other = NEW | {"identity_number": "63-7654321 B 42", "full_name": "Somebody Else"}
    second = caller().post("accounts", other)
    assert (first.status_code, first.content) == (second.status_code, second.content)
    same = [{k: v for k, v in a.items() if k != "RateLimit"} for a in (first, second)]
    assert same[0] == same[1] and not first.cookies and not second.cookies
    assert (User.objects.count(), len(mail.outbox)) == (1, 2)


@pytest.mark.parametrize(
    ("name", "value"),
    [("password", "short"), ("identity_number", "12"), ("email", "nowhere"), ("full_name", "")],
)
def test_what_is_wrong_is_said_beside_its_field(at, caller, name, value):
    refused = caller().post("accounts", NEW | {name: value})
    assert refused.status_code == 422 and f"/{name}" in str(refused.json())
    assert not User.objects.exists()


def test_a_wrong_key_confirms_nothing(at, caller):
    assert caller().post("accounts/confirmation", {"key": "x"}).status_code == 404


def test_signing_up_is_throttled_by_address(at, caller):
    answers = [caller().post("accounts", NEW).status_code for _ in range(11)]
    assert 429 not in answers[:10] and answers[10] == 429
