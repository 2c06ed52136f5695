"""Erasing a person: two people, nothing left that reads, and a ledger that still verifies."""

from datetime import timedelta
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from axes.models import AccessAttempt
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, transaction

from marketplace.accounts import personal
from marketplace.accounts.models import PersonalDatum
from marketplace.accounts.roles import Role
from marketplace.errors import NotPermitted
from marketplace.ledger import export, queries, signer, verify
from marketplace.ledger.models import Entry
from marketplace.notify import outbox
from marketplace.registry import operations as registry
from procurement.operations import erasures
from tests.factories import START, Market, cancel, organization, person, tender_at

NOW = START + timedelta(days=1)
PHONE, BANK, NUMBER = "+263 77 555 0199", "CBZ 0190 5550 1234", "63-1234567 A 42"
NAME = "Canaria Chipo"


@pytest.fixture
def operators(db):
    operator = organization("Operator", "operator")
    return [person(name, operator, Role.ADMINISTRATOR) for name in ("Anna One", "Bert Two")]


@pytest.fixture
def farmer(operators):
    """A farmer who left traces wherever the product keeps them."""
    user = person(NAME, identified=False)
    registry.identify(user=user, identity_number=NUMBER, now=START)
    details = registry.OrganizationDetails(
        kind="farmer", name=f"Farm of {NAME}", ward="Ward 7", phone=PHONE, bank_account=BANK
    )
    registry.register_tenderer(details=details, by=user, now=START)
    personal.state(user.public_id, "phone", PHONE, START)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    AccessAttempt.objects.create(
        username=user.email, ip_address="192.0.2.1", failures_since_start=1
    )
    outbox.queue("hello", [user], subject="Hello", body=f"Dear {NAME}", now=START)
    return user


def erased(user, operators, now=NOW):
    row = erasures.propose(user=user, by=operators[0], now=now)
    return erasures.confirm(erasure=row, by=operators[1], now=now)


def plaintext() -> str:
    """Every row of every table as text, and every file of this installation but the log."""
    rows = [
        str({field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields})
        for model in apps.get_models()
        for row in model.objects.all()
    ]
    files = [
        path.read_bytes().decode("latin-1")
        for folder in (settings.KEY_DIR, settings.MEDIA_ROOT)
        for path in Path(folder).rglob("*")
        if path.is_file()
    ]
    return "\n".join(rows + files)


def test_before_the_erasure_telephone_and_account_lie_sealed(farmer):
    text = plaintext()
    assert NAME in text
    for secret in (PHONE, "5550199", BANK, "01905550", NUMBER, "1234567"):
        assert secret not in text
    assert personal.stated(farmer.public_id) == {"phone": PHONE}


def test_after_it_nothing_that_names_the_person_is_left(
    farmer, operators, django_capture_on_commit_callbacks
):
    farmer.refresh_from_db()
    digest = farmer.identity_digest
    with django_capture_on_commit_callbacks(execute=True):
        erased(farmer, operators)
    text = plaintext()
    assert all(word not in text for word in (NAME, "Canaria", "canaria", digest, "192.0.2.1"))
    assert not PersonalDatum.objects.exists()
    assert not list(Path(settings.KEY_DIR, "people").glob(f"{farmer.public_id}*"))


def test_without_its_key_a_row_from_an_old_backup_is_not_read(
    farmer, operators, django_capture_on_commit_callbacks
):
    old = PersonalDatum.objects.get(holder=farmer.public_id)
    with django_capture_on_commit_callbacks(execute=True):
        erased(farmer, operators)
    with pytest.raises(Exception, match="can no longer be read"):
        personal.unseal(old.holder, old.kind, bytes(old.ciphertext))


def test_it_takes_two_and_nobody_decides_about_himself(farmer, operators):
    row = erasures.propose(user=farmer, by=operators[0], now=NOW)
    for by in (operators[0], farmer):
        with pytest.raises(NotPermitted):
            erasures.confirm(erasure=row, by=by, now=NOW)
    own = erasures.propose(user=operators[1], by=operators[1], now=NOW)
    with pytest.raises(NotPermitted):
        erasures.confirm(erasure=own, by=operators[1], now=NOW)


def test_who_still_has_duties_is_not_erased(operators):
    market = Market()
    tender = tender_at("open", market)
    clerk = market.tenderers[0][0]
    row = erasures.propose(user=clerk, by=clerk, now=NOW)
    with pytest.raises(erasures.StillNeeded, match=tender.reference):
        erasures.confirm(erasure=row, by=operators[0], now=NOW)
    cancel(tender, market, now=NOW)
    assert erasures.confirm(erasure=row, by=operators[0], now=NOW).confirmed_at
    officer = erasures.propose(user=market.officer, by=market.officer, now=NOW)
    with pytest.raises(erasures.StillNeeded, match="procurement_officer"):
        erasures.confirm(erasure=officer, by=operators[0], now=NOW)


def history(user):
    every = ("public", "opening", "auditor")
    return b"".join(export.as_jsonl(f"person:{user.public_id}", include=every, now=NOW))


def told(report):
    return next(c for c in report.checks if c.name == "what is not shown is told")


def checked(content):
    return verify.verify_history(content.splitlines(), queries.verifier_key())


def test_the_ledger_verifies_with_the_erased_leaf_in_it(farmer, operators):
    assert checked(history(farmer)).passed
    signer.sign_checkpoint(NOW)
    erased(farmer, operators)
    report = checked(history(farmer))
    assert report.passed
    assert told(report).detail.startswith("2 leaves, 1 shown, 0 withheld, 1 erased")
    signer.audit()


def test_a_body_that_went_without_a_decision_fails(farmer):
    Entry.objects.filter(event="PersonIdentified").update(body="", nonce="")
    report = checked(history(farmer))
    assert not report.passed and "nobody decided to erase it" in told(report).detail


@pytest.mark.parametrize(
    "change", [{"body": ""}, {"body": "", "nonce": "", "event": "X"}, {"subject": "x"}]
)
def test_the_trigger_lets_nothing_through_but_an_erasure(farmer, change):
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.filter(event="PersonIdentified").update(**change)
