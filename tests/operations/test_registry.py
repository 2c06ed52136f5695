import pytest

from marketplace.accounts.models import Membership, User
from marketplace.accounts.queries import has_permission
from marketplace.accounts.roles import PERMISSIONS, Permission, Role
from marketplace.errors import Invalid, NotPermitted
from marketplace.registry import identity, operations
from marketplace.registry.operations import AlreadyRegistered, OrganizationDetails
from tests.factories import START, again, organization, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator():
    return person("Addie Admin", organization("Operator", "operator"), Role.ADMINISTRATOR)


def test_an_identity_number_is_read_however_it_is_spaced():
    assert identity.digest("63-1234567 A 42") == identity.digest("631234567a42")


@pytest.mark.parametrize("text", ["", "63-12345 A 42", "ABC", "63-1234567-A"])
def test_what_is_no_identity_number_is_refused(text):
    with pytest.raises(identity.BadIdentityNumber):
        identity.digest(text)


def test_one_natural_person_has_one_account():
    operations.identify(user=person("First"), identity_number="63-1234567 A 42", now=START)
    with pytest.raises(AlreadyRegistered):
        operations.identify(user=person("Second"), identity_number="631234567A42", now=START)


def test_the_number_itself_is_nowhere_in_the_row():
    user = person("First")
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


def test_an_administrator_grants_and_revokes(administrator):
    buyer, user = organization("Board", "buyer"), person("Olga")
    granted = operations.grant(
        user=user, organization=buyer, role=Role.OPENER, by=administrator, now=START
    )
    assert has_permission(again(user), Permission.BID_OPEN, buyer)
    operations.revoke(membership=granted, by=administrator, now=START)
    assert not has_permission(again(user), Permission.BID_OPEN, buyer)


def test_an_administrator_gives_himself_nothing(administrator):
    buyer = organization("Board", "buyer")
    with pytest.raises(NotPermitted):
        operations.grant(
            user=administrator, organization=buyer, role=Role.OPENER, by=administrator, now=START
        )


def test_an_officer_grants_nothing():
    buyer = organization("Board", "buyer")
    officer = person("Olga", buyer, Role.PROCUREMENT_OFFICER)
    with pytest.raises(NotPermitted):
        operations.grant(
            user=person("X"), organization=buyer, role=Role.OPENER, by=officer, now=START
        )
    assert Membership.objects.count() == 1


def test_an_administrator_has_no_procurement_right():
    assert PERMISSIONS[Role.ADMINISTRATOR] == {Permission.ROLE_GRANT, Permission.ORGANIZATION_EDIT}


def test_a_farmer_is_given_no_buyers_role(administrator):
    farm = organization("Farm", "farmer")
    with pytest.raises(Invalid):
        operations.grant(
            user=person("X"), organization=farm, role=Role.APPROVER, by=administrator, now=START
        )
