"""What ends when a person changes how he signs in, and who is locked out by whose attempts."""

import re
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import Client

from marketplace import clock, lockout
from marketplace.accounts.models import ApiKey, User
from marketplace.lockout import client_address

PASSWORD, NEW = "a long sample phrase", "another long sample phrase"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_counts_from_another_test():
    cache.clear()


@pytest.fixture
def rudo():
    user = User.objects.create_user(
        "rudo@example.org", PASSWORD, full_name="Rudo", date_joined=clock.now()
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    ApiKey.objects.create(user=user)
    return user


def sign_in(password=PASSWORD, **meta):
    client = Client(**meta)
    client.answer = client.post(
        "/accounts/login/", {"login": "rudo@example.org", "password": password}
    )
    return client


def is_in(client):
    return client.get("/account/keys/").status_code == 200


def change_password(client, user):
    fields = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    client.post("/accounts/password/change/", fields)


def reset_password(client, user):
    stranger = Client()
    stranger.post("/accounts/password/reset/", {"email": user.email})
    path = re.search(r"/accounts/password/reset/key/\S+", mail.outbox[-1].body)[0]
    form = stranger.get(path, follow=True).redirect_chain[-1][0]
    stranger.post(form, {"password1": NEW, "password2": NEW})


def add_factor(client, user):
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.get("/accounts/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]
    code = totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))
    client.post("/accounts/2fa/totp/activate/", {"code": code})
    assert Authenticator.objects.filter(user=user, type="totp").exists()


def remove_factor(client, user):
    Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(user=user).exists()


# With real transactions: the second factor is told of at its commit.
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", [change_password, reset_password, add_factor, remove_factor])
def test_keys_and_other_sessions_end_with_what_they_were_made_under(rudo, change):
    here, elsewhere = sign_in(), sign_in()
    assert is_in(here) and is_in(elsewhere)
    change(here, rudo)
    assert not ApiKey.objects.filter(user=rudo).exists()
    assert not is_in(elsewhere)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", [change_password, add_factor, remove_factor])
def test_who_changes_it_stays_signed_in(rudo, change):
    here = sign_in()
    change(here, rudo)
    assert is_in(here)


# --- lockout ----------------------------------------------------------------------------------


def guess(count, first=1):
    """Wrong passwords, each from another address."""
    for number in range(first, first + count):
        last = sign_in("wrong", REMOTE_ADDR=f"198.51.100.{number}")
    return last


def test_one_account_is_locked_over_many_addresses(rudo):
    guess(settings.LOCKOUT_ACCOUNT_LIMIT)
    refused = sign_in(REMOTE_ADDR="203.0.113.9")
    assert refused.answer.status_code == 429 and not is_in(refused)


def test_below_the_limit_the_account_is_open(rudo):
    guess(settings.LOCKOUT_ACCOUNT_LIMIT - 1)
    assert is_in(sign_in(REMOTE_ADDR="203.0.113.9"))


def test_a_stranger_does_not_lock_the_owner_out_where_he_signs_in(rudo):
    sign_in(REMOTE_ADDR="203.0.113.9")
    guess(settings.LOCKOUT_ACCOUNT_LIMIT)
    assert is_in(sign_in(REMOTE_ADDR="203.0.113.9"))


def test_what_is_tried_while_locked_does_not_count(rudo):
    guess(settings.LOCKOUT_ACCOUNT_LIMIT)
    before = AccessAttempt.objects.count()
    guess(5, first=100)
    assert AccessAttempt.objects.count() == before


def test_the_lock_ends_by_itself(rudo):
    guess(settings.LOCKOUT_ACCOUNT_LIMIT)
    AccessAttempt.objects.update(attempt_time=clock.now() - settings.AXES_COOLOFF_TIME)
    assert is_in(sign_in(REMOTE_ADDR="203.0.113.9"))


def test_a_new_password_opens_the_lock(rudo):
    guess(settings.LOCKOUT_ACCOUNT_LIMIT)
    reset_password(Client(), rudo)
    assert is_in(sign_in(NEW, REMOTE_ADDR="203.0.113.9"))


def test_a_made_up_forwarded_address_is_not_believed(rudo):
    for number in range(6):
        last = sign_in("wrong", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}")
    assert last.answer.status_code == 429


@pytest.mark.parametrize(
    ("proxies", "header", "found"),
    [
        (0, "198.51.100.7", "10.0.0.1"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "1.1.1.1, 198.51.100.7", "198.51.100.7"),
        (2, "1.1.1.1, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        (1, "", "10.0.0.1"),
    ],
)
def test_of_forwarded_addresses_only_our_proxies_count(rf, settings, proxies, header, found):
    settings.PROXIES = proxies
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=header)
    assert client_address(request) == found


@pytest.mark.parametrize("path", ["/account/keys/", "/home/", "/accounts/email/"])
def test_a_private_page_is_kept_by_nobody(rudo, path):
    kept = sign_in().get(path)["Cache-Control"]
    assert "no-store" in kept and "private" in kept


def test_who_signed_in_from_where_is_forgotten_when_nothing_reads_it_any_more(rudo):
    sign_in()
    sign_in("wrong", REMOTE_ADDR="198.51.100.7")
    assert AccessLog.objects.count() == AccessAttempt.objects.count() == 1
    assert lockout.forget(clock.now()) == 0
    assert lockout.forget(clock.now() + settings.AXES_COOLOFF_TIME * 2) == 1
    assert AccessLog.objects.exists() and not AccessAttempt.objects.exists()
    assert lockout.forget(clock.now() + settings.LOCKOUT_KNOWN_ADDRESS * 2) == 1
