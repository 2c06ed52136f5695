import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import encrypt

from marketplace.accounts.models import ApiKey
from tests.factories import person

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"
SECRET = totp.generate_totp_secret()


@pytest.fixture
def farmer(market):
    """A person without a second factor, whose address is verified."""
    user, _ = market.tenderers[0]
    Authenticator.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def officer(market):
    user = market.officer
    Authenticator.objects.filter(user=user).update(data={"secret": encrypt(SECRET)})
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def code() -> str:
    counter = int(time.time()) // 30
    return totp.format_hotp_value(totp.hotp_value(SECRET, counter))


def login(caller, user, **changes):
    body = {"email": user.email, "password": PASSWORD} | changes
    return caller().post("auth/login", body)


def test_a_token_signs_in(caller, farmer):
    token = login(caller, farmer).json()["token"]
    nobody = caller()
    nobody.http.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    assert nobody.get("me").json()["email"] == farmer.email


def test_a_second_factor_is_needed_where_there_is_one(caller, officer):
    assert login(caller, officer).status_code == 401
    assert login(caller, officer, code=code()).status_code == 201


def test_a_code_is_good_once(caller, officer):
    used = code()
    assert login(caller, officer, code=used).status_code == 201
    assert login(caller, officer, code=used).status_code == 401


def test_every_failure_answers_alike(caller, officer, farmer):
    stranger = person("Nobody Known")
    unverified = login(caller, stranger)
    stranger.delete()
    answers = {
        login(caller, farmer, password="wrong").content,
        login(caller, officer).content,
        login(caller, officer, code="000000").content,
        login(caller, stranger).content,
        unverified.content,
    }
    assert len(answers) == 1


@pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"code": "000000"}])
def test_failures_lock_the_account_out(caller, officer, wrong):
    body = {"code": code()} | wrong
    answers = [login(caller, officer, **body).status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]
    assert login(caller, officer, code=code()).json()["code"] == "locked-out"


def test_a_right_sign_in_forgets_earlier_failures(caller, farmer):
    for _ in range(2):
        for _ in range(3):
            login(caller, farmer, password="wrong")
        assert login(caller, farmer).status_code == 201


def test_sign_ins_are_throttled_by_address(caller, farmer):
    answers = [login(caller, farmer).status_code for _ in range(11)]
    assert answers == [201] * 10 + [429]


def test_logging_out_revokes_one_token(caller, farmer):
    first, second = caller(farmer), caller(farmer)
    assert first.post("auth/logout").status_code == 204
    assert (first.get("me").status_code, second.get("me").status_code) == (401, 200)


def test_logging_out_everywhere_revokes_all(caller, farmer):
    first, second = caller(farmer), caller(farmer)
    assert first.post("auth/logoutall").status_code == 204
    assert second.get("me").status_code == 401


def test_tokens_are_limited(caller, farmer):
    for _ in range(20):
        ApiKey.objects.create(user=farmer)
    assert login(caller, farmer).json()["code"] == "too-many-tokens"


def test_an_expired_token_is_refused(caller, farmer):
    late = caller(farmer)
    ApiKey.objects.update(expiry="2020-01-01T00:00:00Z")
    refused = late.get("me")
    assert (refused.status_code, refused["WWW-Authenticate"]) == (401, "Bearer")


def test_oneself_shows_roles_and_what_is_missing(caller, market):
    Authenticator.objects.filter(user=market.officer).delete()
    me = caller(market.officer).get("me").json()
    assert me["roles"][0]["role"] == "procurement_officer"
    assert me["second_factor_needed"]


def test_without_a_second_factor_nobody_acts_for_the_state(caller, market, at):
    from tests.api import sending

    Authenticator.objects.filter(user=market.officer).delete()
    refused = caller(market.officer).post("tenders", sending.tender())
    assert (refused.status_code, refused.json()["code"]) == (403, "second-factor-required")


def test_a_password_never_reaches_a_log(caller, farmer, caplog):
    login(caller, farmer, password="canary in a coal mine")
    assert "canary" not in caplog.text


def test_a_key_has_a_name_and_a_day_of_last_use(at, caller, farmer):
    token = login(caller, farmer, name="Stock program").json()["token"]
    program = caller()
    program.http.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    program.get("me")
    (key,) = program.get("me/keys").json()
    assert (key["name"], key["last_used_on"]) == ("Stock program", at.now.date().isoformat())


def test_a_key_is_removed_by_its_owner_alone(caller, farmer, officer):
    mine, other = caller(farmer), caller(officer)
    key = mine.get("me/keys").json()[0]["id"]
    assert other.delete(f"me/keys/{key}").status_code == 404
    assert mine.delete(f"me/keys/{key}").status_code == 204
    assert mine.get("me").status_code == 401


def test_a_made_up_forwarded_address_does_not_escape_the_throttle(caller, farmer):
    answers = []
    for number in range(11):
        headers = {"x-forwarded-for": f"198.51.100.{number}"}
        body = {"email": farmer.email, "password": PASSWORD}
        answers.append(caller().post("auth/login", body, **headers).status_code)
    assert answers == [201] * 10 + [429]


def test_the_lock_over_many_addresses_holds_for_programs_too(caller, farmer, settings):
    settings.LOCKOUT_ACCOUNT_LIMIT = 6
    for number in range(6):
        stranger = caller()
        stranger.http.defaults["REMOTE_ADDR"] = f"198.51.100.{number}"
        stranger.post("auth/login", {"email": farmer.email, "password": "wrong"})
    assert login(caller, farmer).json()["code"] == "locked-out"
