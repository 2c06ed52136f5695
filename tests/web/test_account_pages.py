"""Sign-in, two-step sign-in and the pages that say no."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.views import defaults

from marketplace import clock
from marketplace.accounts.models import User

PASSWORD = "a long sample phrase"
pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    user = User.objects.create_user(
        "rudo@example.org", PASSWORD, full_name="Rudo Samplewright", date_joined=clock.now()
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def sign_in(client: Client, password: str = PASSWORD) -> HttpResponse:
    return client.post("/accounts/login/", {"login": "rudo@example.org", "password": password})


@pytest.mark.parametrize(
    "path",
    ["login", "signup", "password/reset", "password/reset/done", "confirm-email", "inactive"],
)
def test_entrance_pages_need_neither_script_nor_style_in_line(client: Client, path: str) -> None:
    text = client.get(f"/accounts/{path}/").content.decode()
    assert 'class="skip"' in text
    assert " style=" not in text and "<script" not in text and "placeholder=" not in text


@pytest.mark.parametrize("path", ["email", "password/change", "2fa", "2fa/totp/activate", "logout"])
def test_account_pages_need_neither_script_nor_style_in_line(
    client: Client, person: User, path: str
) -> None:
    sign_in(client)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    text = client.get(f"/accounts/{path}/").content.decode()
    assert "Rudo Samplewright" in text
    assert " style=" not in text and "<script" not in text


def test_the_square_code_is_an_image_that_the_policy_allows(client: Client, person: User) -> None:
    sign_in(client)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    answer = client.get("/accounts/2fa/totp/activate/")
    assert re.search(r'<img src="data:image/svg\+xml', answer.content.decode())
    assert "img-src 'self' data:" in answer["Content-Security-Policy"]


def test_lockout_says_why_and_until_when(client: Client, person: User) -> None:
    for _ in range(6):
        answer = sign_in(client, "wrong")
    text = answer.content.decode()
    assert answer.status_code == 429
    assert "Sign-in is locked for a while" in text and "<time" in text


def test_lockout_holds_against_the_right_password(client: Client, person: User) -> None:
    for _ in range(6):
        sign_in(client, "wrong")
    assert sign_in(client).status_code == 429


def test_a_missing_page_shows_where_to_go(client: Client) -> None:
    answer = client.get("/nowhere/")
    assert answer.status_code == 404 and b"There is no such page" in answer.content


def test_a_refusal_says_its_reason_and_escapes_it(rf: RequestFactory) -> None:
    answer = defaults.permission_denied(rf.get("/"), PermissionDenied("Only <b>openers</b>."))
    assert b"Only &lt;b&gt;openers" in answer.content


def test_a_broken_form_token_says_what_to_do(person: User) -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "x"})
    assert answer.status_code == 403 and b"Load the page again" in answer.content


@pytest.mark.parametrize("view", [defaults.server_error, defaults.bad_request])
def test_the_last_resort_pages_need_nothing(rf: RequestFactory, view: object) -> None:
    request: HttpRequest = rf.get("/")
    arguments = [request] if view is defaults.server_error else [request, Http404()]
    assert b"Go to the first page" in view(*arguments).content  # type: ignore[operator]


def test_lockout_of_one_account_does_not_lock_another_at_the_same_address(
    client: Client, person: User
) -> None:
    for _ in range(6):
        client.post("/accounts/login/", {"login": "somebody@example.org", "password": "wrong"})
    assert sign_in(client).status_code != 429


def test_lockout_counts_one_account_however_it_is_spelt(client: Client, person: User) -> None:
    for name in ("rudo@example.org", "RUDO@example.org", " Rudo@Example.org ") * 2:
        client.post("/accounts/login/", {"login": name, "password": "wrong"})
    assert sign_in(client).status_code == 429
