"""A telephone is somebody's once he has read a code that was sent to it."""

from datetime import timedelta

import pytest

from marketplace.accounts import phones
from marketplace.accounts.models import Phone, User
from marketplace.ledger.models import Entry
from marketplace.notify import outbox, sms
from marketplace.registry import phones as proving
from marketplace.registry.operations import AlreadyRegistered
from tests.factories import START, person

pytestmark = pytest.mark.django_db
NUMBER = "+263771234567"
FARMER = {
    "number": NUMBER,
    "name": "Tariro Moyo",
    "identity_number": "63-1234567 A 42",
    "province": "Midlands",
    "district": "Gweru",
    "pin": "27182",
    "language": "sn",
    "now": START,
}


def code_for(user, number="077 123 4567", now=START) -> str:
    proving.ask(user=user, number=number, now=now)
    for pk in outbox.waiting(now):
        outbox.deliver(pk, now=now)
    words = sms.inbox(phones.number(number))[0][1].split()
    return next(word for word in words if word[:1].isdigit())[:6]


@pytest.fixture
def farai():
    return person("Farai")


def test_the_code_that_was_sent_proves_the_telephone(farai):
    proving.confirm(user=farai, code=code_for(farai), now=START)
    assert phones.of(farai) == NUMBER
    assert phones.owner(NUMBER).user == farai


def test_no_number_stands_in_the_ledger(farai):
    proving.confirm(user=farai, code=code_for(farai), now=START)
    entry = Entry.objects.get(event="PhoneProved")
    assert "77123" not in entry.body


def test_a_wrong_code_proves_nothing_and_five_spoil_the_right_one(farai):
    code = code_for(farai)
    for _ in range(5):
        with pytest.raises(proving.CodeWrong):
            proving.confirm(user=farai, code="000000" if code != "000000" else "1", now=START)
    with pytest.raises(proving.CodeWrong):
        proving.confirm(user=farai, code=code, now=START)
    assert phones.of(farai) is None


def test_a_code_lives_ten_minutes_and_counts_once(farai):
    code = code_for(farai)
    with pytest.raises(proving.CodeWrong):
        proving.confirm(user=farai, code=code, now=START + proving.CODE_LIFE)
    proving.confirm(user=farai, code=code, now=START + timedelta(minutes=9))
    with pytest.raises(proving.CodeWrong):
        proving.confirm(user=farai, code=code, now=START + timedelta(minutes=9))


def test_one_cannot_make_a_telephone_ring_all_night(farai):
    for _ in range(proving.CODES_AN_HOUR):
        proving.ask(user=farai, number=NUMBER, now=START)
    with pytest.raises(proving.TooManyCodes):
        proving.ask(user=person("Another"), number=NUMBER, now=START)


def test_forgetting_a_telephone_gives_no_new_tries_at_anothers_number(farai):
    """Else: prove one's own, guess at another's, forget, and begin again, all night."""
    proving.confirm(user=farai, code=code_for(farai, "071 234 5678"), now=START)
    for _ in range(proving.CODES_AN_HOUR - 1):
        code = code_for(farai)
    proving.forget(user=farai, now=START)
    with pytest.raises(proving.TooManyCodes):
        proving.ask(user=farai, number=NUMBER, now=START)
    with pytest.raises(proving.CodeWrong):
        proving.confirm(user=farai, code=code, now=START)


def test_a_number_with_a_new_owner_leaves_the_old_account(farai):
    proving.confirm(user=farai, code=code_for(farai), now=START)
    new = person("New Owner")
    proving.confirm(user=new, code=code_for(new), now=START)
    assert phones.of(farai) is None and phones.owner(NUMBER).user == new


@pytest.mark.parametrize("pin", ["1234", "12345", "54321", "77777", "abcde", "1234567", "²2222"])
def test_a_pin_that_others_try_first_is_refused(farai, pin):
    proving.take(farai, NUMBER, START, how="code")
    with pytest.raises(phones.WeakPin):
        proving.set_pin(user=farai, pin=pin, now=START)


def test_five_wrong_pins_lock_and_each_further_one_locks_longer(farai):
    phone = proving.take(farai, NUMBER, START, how="code")
    for _ in range(proving.PIN_TRIES):
        proving.tried(phone=phone, right=False, now=START)
    assert not proving.tried(phone=phone, right=True, now=START + timedelta(minutes=29))
    later = START + proving.FIRST_LOCK
    proving.tried(phone=phone, right=False, now=later)
    assert Phone.objects.get().pin_locked_until == later + timedelta(hours=1)
    assert proving.tried(phone=phone, right=True, now=later + timedelta(hours=1))


def test_a_farmer_registers_with_a_telephone_alone():
    user, farm = proving.register_farmer(**FARMER)
    assert (farm.kind, farm.district) == ("farmer", "Gweru")
    assert phones.pin_matches(phones.owner(NUMBER), "27182") and user.language == "sn"


def test_one_natural_person_registers_once():
    proving.register_farmer(**FARMER)
    with pytest.raises(AlreadyRegistered):
        proving.register_farmer(**FARMER | {"number": "+263712345678"})
    assert User.objects.count() == 1


@pytest.mark.parametrize("text", ["12", "hello", "+1 000", "", "077 123 456 789 000"])
def test_what_is_no_telephone_is_refused_with_an_example(text):
    with pytest.raises(phones.BadNumber) as refused:
        phones.number(text)
    assert "077 123 4567" in refused.value.remedy
