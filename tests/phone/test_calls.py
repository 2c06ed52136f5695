"""Who may use the address, how long a call lives, what a PIN keeps out, and every language."""

from datetime import timedelta

import pytest

from marketplace.accounts.roles import Role
from marketplace.phone import service
from marketplace.phone.models import UssdSession
from marketplace.registry import phones
from tests.factories import START, organization, person
from tests.phone.conftest import SECRET

pytestmark = pytest.mark.django_db
PIN = "27182"
NUMBER = "+263771234567"


@pytest.fixture
def farmer(db):
    user, _ = phones.register_farmer(
        number=NUMBER,
        name="Tariro Moyo",
        identity_number="63-1234567 A 42",
        province="Midlands",
        district="Gweru",
        pin=PIN,
        language="en",
        now=START,
    )
    return user


@pytest.mark.parametrize("secret", ["", "wrong", "a secret of the test", "ä"])
def test_without_the_secret_nobody_is_answered(client, handset, secret):
    answer = handset().post("s", "", HTTP_X_MUSIKA_SECRET=secret)
    assert (answer.status_code, answer.content) == (403, b"")


def test_the_secret_may_stand_in_the_address(client, at):
    fields = {"sessionId": "s", "phoneNumber": NUMBER, "text": ""}
    answer = client.post("/ussd/a%20secret%20of%20the%20tests/", fields)
    assert answer.content.startswith(b"CON Musika")


def test_an_installation_without_a_secret_answers_nobody(handset, settings):
    settings.USSD_SECRET = ""
    assert handset().post("s", "", HTTP_X_MUSIKA_SECRET="").status_code == 403


def test_secrets_cannot_be_tried_for_long(handset, at):
    phone = handset()
    for number in range(20):
        phone.post("s", "", HTTP_X_MUSIKA_SECRET=f"{number}", REMOTE_ADDR="10.9.9.9")
    assert phone.post("s", "", REMOTE_ADDR="10.9.9.9").status_code == 403
    assert phone.post("s", "").status_code == 200


@pytest.mark.parametrize("fields", [{}, {"phoneNumber": "x"}, {"phoneNumber": NUMBER}])
def test_a_request_that_makes_no_sense_ends_in_plain_words(client, at, fields):
    answer = client.post("/ussd/", fields, **SECRET)
    assert answer.status_code == 200 and answer.content.startswith(b"END ")


def test_a_call_that_stands_still_is_over_and_emptied(handset, at, farmer):
    phone = handset()
    phone.dial()
    phone.type("1")
    at(START + service.IDLE + timedelta(seconds=1))
    assert "call is over" in phone.type("1") and phone.ended
    assert UssdSession.objects.get().sealed is None


def test_the_sweep_empties_calls_that_were_left(handset, at, farmer):
    handset().dial()
    assert service.forget(now=START + service.IDLE) == 0
    assert service.forget(now=START + service.IDLE + timedelta(seconds=1)) == 1


def test_another_telephone_cannot_go_on_with_a_call(handset, at, farmer):
    phone = handset()
    phone.dial()
    thief = handset("+263712345678")
    answer = thief.post(phone.session, "1").content.decode()
    assert answer.startswith("END This call is over")


def test_a_telephone_that_calls_without_end_is_asked_to_wait(handset, at, farmer):
    phone = handset()
    for _ in range(service.CALLS):
        phone.dial()
    assert "Too many calls" in phone.dial()
    at(START + service.WITHIN + timedelta(seconds=1))
    assert "Tariro" in phone.dial()


def test_five_wrong_pins_keep_the_right_one_out(handset, at, farmer):
    phone = handset()
    phone.dial()
    phone.pick("My bids")
    for _ in range(5):
        shown = phone.type("99999")
    assert "Too many wrong PINs" in shown
    assert "Too many wrong PINs" in phone.type(PIN)
    at(START + phones.FIRST_LOCK)
    phone.dial()
    phone.pick("My bids")
    assert "no bid yet" in phone.type(PIN)


def test_a_pin_is_changed_with_the_old_one_given_first(handset, at, farmer):
    phone = handset()
    phone.dial()
    phone.pick("PIN")
    phone.type(PIN, "31415")
    assert "not alike" in phone.type("31416")
    assert "Your PIN is set" in phone.type("31415", "31415")


def test_a_pin_opens_nothing_of_people_who_need_a_second_factor(handset, at):
    buyer = organization("Board", "buyer", buyer_kind="grain_board")
    officer = person("Olga Officer", buyer, Role.PROCUREMENT_OFFICER)
    phones.take(officer, NUMBER, START, how="code")
    phones.set_pin(user=officer, pin=PIN, now=START)
    assert "Register" in handset().dial()


def test_the_menu_speaks_the_language_that_was_chosen(handset, at, farmer):
    phone = handset()
    phone.dial()
    phone.pick("Language")
    assert "Matenda" in phone.pick("chiShona")
    farmer.refresh_from_db()
    assert farmer.language == "sn" and "Matenda" in phone.dial()


def test_a_stranger_can_choose_a_language_too(handset, at):
    phone = handset("+263712345678")
    phone.dial()
    phone.pick("Language")
    assert "Amathenda" in phone.pick("isiNdebele")
