import pytest

from marketplace.accounts.models import User
from marketplace.accounts.queries import has_permission
from marketplace.accounts.roles import PERMISSIONS, Permission, Role
from marketplace.errors import Invalid
from marketplace.ledger.models import Entry
from marketplace.registry import identity, operations
from marketplace.registry.eligible import NotIdentified
from marketplace.registry.operations import (
    AlreadyIdentified,
    AlreadyRegistered,
    OrganizationDetails,
)
from tests.factories import START, again, person

pytestmark = pytest.mark.django_db


def test_an_identity_number_is_read_however_it_is_spaced():
    assert identity.digest("63-1234567 A 42") == identity.digest("631234567a42")


@pytest.mark.parametrize("text", ["", "63-12345 A 42", "ABC", "63-1234567-A"])
def test_what_is_no_identity_number_is_refused(text):
    with pytest.raises(identity.BadIdentityNumber):
        identity.digest(text)


def test_one_natural_person_has_one_account():
    first, second = person("First", identified=False), person("Second", identified=False)
    operations.identify(user=first, identity_number="63-1234567 A 42", now=START)
    with pytest.raises(AlreadyRegistered):
        operations.identify(user=second, identity_number="631234567A42", now=START)


def test_an_identity_number_is_given_once():
    user = person("First", identified=False)
    operations.identify(user=user, identity_number="63-1234567 A 42", now=START)
    before = again(user).identity_digest
    with pytest.raises(AlreadyIdentified):
        operations.identify(user=again(user), identity_number="63-7654321 B 42", now=START)
    assert again(user).identity_digest == before


def test_the_same_identity_number_again_is_harmless():
    user = person("First", identified=False)
    for spelling in ("63-1234567 A 42", "631234567a42"):
        operations.identify(user=again(user), identity_number=spelling, now=START)
    assert Entry.objects.filter(event="PersonIdentified").count() == 1


def test_who_is_nobody_registers_nothing():
    with pytest.raises(NotIdentified):
        operations.register_tenderer(
            details=OrganizationDetails("farmer", "Nobody's farm"),
            by=person("Nobody", identified=False),
            now=START,
        )


def test_the_number_itself_is_nowhere_in_the_row():
    user = person("First", identified=False)
    operations.identify(user=user, identity_number="63-1234567 A 42", now=START)
    assert "1234567" not in str(User.objects.filter(pk=user.pk).values().get())


def test_who_registers_a_farm_bids_for_it():
    user = person("Farai")
    farm = operations.register_tenderer(
        details=OrganizationDetails("farmer", "Farai's farm"), by=user, now=START
    )
    assert has_permission(again(user), Permission.BID_SUBMIT, farm)


def test_nobody_registers_a_buyer_by_himself():
    with pytest.raises(Invalid):
        operations.register_tenderer(
            details=OrganizationDetails("buyer", "My ministry"), by=person("X"), now=START
        )


def test_a_registration_number_is_registered_once():
    details = OrganizationDetails("company", "Millers", registration_number="C 1/2020")
    operations.register_tenderer(details=details, by=person("A"), now=START)
    with pytest.raises(AlreadyRegistered):
        operations.register_tenderer(details=details, by=person("B"), now=START)


def test_an_administrator_has_no_procurement_right():
    assert PERMISSIONS[Role.ADMINISTRATOR] == {Permission.ROLE_GRANT, Permission.ORGANIZATION_EDIT}
