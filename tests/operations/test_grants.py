"""Giving a role takes two administrators; taking one takes one, at once."""

import pytest
from django.db import IntegrityError, transaction
from knox.models import get_token_model

from marketplace.accounts.models import Membership, RoleProposal
from marketplace.accounts.queries import has_permission
from marketplace.accounts.roles import Permission, Role
from marketplace.errors import Conflict, Invalid, NotFound, NotPermitted
from marketplace.ledger.models import Entry
from marketplace.registry import founders, grants, operations
from marketplace.registry.eligible import NotIdentified, RolesExclude
from procurement.operations import openings
from tests.factories import (
    AFTER,
    PASSPHRASE,
    START,
    Market,
    again,
    organization,
    person,
    tender_at,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def admins():
    first, second = person("Addie Admin"), person("Bongi Admin")
    founders.found(first=first, second=second, now=START)
    return first, second


@pytest.fixture
def buyer():
    return organization("Board", "buyer")


def proposed(user, body, by, role=Role.OPENER):
    return grants.propose(user=user, organization=body, role=role, by=by, now=START)


def given(user, body, admins, role=Role.OPENER):
    proposal = proposed(user, body, admins[0], role)
    return grants.confirm(proposal=proposal, by=admins[1], now=START)


def test_a_role_begins_when_the_second_administrator_confirms(admins, buyer):
    user = person("Olga")
    proposal = proposed(user, buyer, admins[0])
    assert not has_permission(again(user), Permission.BID_OPEN, buyer)
    grants.confirm(proposal=proposal, by=admins[1], now=START)
    assert has_permission(again(user), Permission.BID_OPEN, buyer)


def test_nobody_confirms_what_he_proposed(admins, buyer):
    proposal = proposed(person("Olga"), buyer, admins[0])
    with pytest.raises(NotPermitted) as refused:
        grants.confirm(proposal=proposal, by=admins[0], now=START)
    assert refused.value.code == "separation-of-duties"


def test_both_hands_are_in_the_record(admins, buyer):
    user = person("Olga")
    given(user, buyer, admins)
    rows = Entry.objects.filter(event__in=["RoleProposed", "RoleGranted"]).order_by("sequence")
    assert [row.event for row in rows][-2:] == ["RoleProposed", "RoleGranted"]
    assert admins[0].public_id in rows.last().body and admins[1].public_id in rows.last().body


def test_a_role_is_for_an_identified_person(admins, buyer):
    with pytest.raises(NotIdentified):
        proposed(person("Nobody", identified=False), buyer, admins[0])


def test_an_administrator_gets_no_other_role(admins, buyer):
    third = person("Chipo Admin")
    given(third, Membership.objects.first().organization, admins, Role.ADMINISTRATOR)
    with pytest.raises(RolesExclude):
        proposed(third, buyer, admins[0])
    with pytest.raises(RolesExclude):
        operations.register_tenderer(
            details=operations.OrganizationDetails("farmer", "A farm"), by=third, now=START
        )


@pytest.mark.parametrize(
    ("kind", "role"), [("buyer", Role.OPENER), ("oversight", Role.AUDITOR), ("farmer", "tenderer")]
)
def test_who_has_another_role_becomes_no_administrator(admins, kind, role):
    user = person("Olga", organization("Other", kind), Role(role))
    with pytest.raises(RolesExclude):
        proposed(user, Membership.objects.first().organization, admins[0], Role.ADMINISTRATOR)


def test_a_role_given_meanwhile_is_seen_at_the_confirmation(admins, buyer):
    user = person("Olga")
    operator = Membership.objects.first().organization
    waiting = proposed(user, operator, admins[0], Role.ADMINISTRATOR)
    given(user, buyer, admins)
    with pytest.raises(RolesExclude):
        grants.confirm(proposal=waiting, by=admins[1], now=START)


def test_nobody_has_a_hand_in_his_own_role(admins, buyer):
    with pytest.raises(NotPermitted):
        proposed(admins[0], buyer, admins[0])


def test_an_officer_grants_nothing(buyer):
    officer = person("Olga", buyer, Role.PROCUREMENT_OFFICER)
    with pytest.raises(NotPermitted):
        proposed(person("X"), buyer, officer)


def test_a_farmer_is_given_no_buyers_role(admins):
    with pytest.raises(Invalid):
        proposed(person("X"), organization("Farm", "farmer"), admins[0], Role.APPROVER)


def test_the_same_role_waits_once(admins, buyer):
    user = person("Olga")
    proposed(user, buyer, admins[0])
    with pytest.raises(Conflict):
        proposed(user, buyer, admins[1])


def test_a_declined_role_never_begins(admins, buyer):
    proposal = proposed(person("Olga"), buyer, admins[0])
    grants.decline(proposal=proposal, by=admins[0], now=START)
    with pytest.raises(NotFound):
        grants.confirm(proposal=proposal, by=admins[1], now=START)


def test_one_administrator_ends_a_role_at_once(admins, buyer):
    user = person("Olga")
    row = given(user, buyer, admins)
    grants.revoke(membership=row, by=admins[0], now=START)
    assert not has_permission(again(user), Permission.BID_OPEN, buyer)


@pytest.mark.parametrize("change", ["given", "taken"])
def test_keys_end_when_a_role_changes(admins, buyer, change):
    user = person("Olga")
    row = given(user, buyer, admins) if change == "taken" else None
    get_token_model().objects.create(user=user)
    grants.revoke(membership=row, by=admins[0], now=START) if row else given(user, buyer, admins)
    assert not get_token_model().objects.filter(user=user).exists()


@pytest.mark.parametrize(
    "facts",
    [
        {"confirmed_by": "first", "confirmed_at": START, "membership": True},
        {"confirmed_by": "user", "confirmed_at": START, "membership": True},
        {"proposed_by": "user"},
        {"confirmed_by": "second", "confirmed_at": START},
        {"declined_by": "second"},
    ],
)
def test_the_database_refuses_what_no_operation_does(admins, buyer, facts):
    user = person("Olga")
    people = {"first": admins[0], "second": admins[1], "user": user}
    proposal = proposed(user, buyer, admins[0])
    fields = {name: people.get(value, value) for name, value in facts.items()}
    if fields.pop("membership", None):
        fields["membership"] = Membership.objects.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleProposal.objects.filter(pk=proposal.pk).update(**fields)


def test_the_first_administrators_are_two_and_recorded(admins):
    entries = Entry.objects.filter(event="RoleGranted")
    assert entries.count() == 2 and all("named at the server" in row.body for row in entries)


def test_administrators_are_founded_once(admins):
    with pytest.raises(founders.AdministratorsExist):
        founders.found(first=person("X"), second=person("Y"), now=START)
    with pytest.raises(founders.AdministratorsExist):
        founders.found(first=admins[0], second=person("Z"), now=START)


def test_one_person_founds_nothing():
    alone = person("X")
    with pytest.raises(Invalid):
        founders.found(first=alone, second=alone, now=START)


def test_an_administrator_left_alone_gets_a_second_from_the_server(admins):
    row = Membership.objects.get(user=admins[1])
    grants.revoke(membership=row, by=admins[0], now=START)
    with pytest.raises(founders.AdministratorsExist):
        founders.found(first=person("X"), second=person("Y"), now=START)
    made = founders.found(first=admins[0], second=person("Z"), now=START)
    assert [m.user.full_name for m in made] == ["Z"]


def test_the_command_names_two_by_their_address(capsys):
    person("Addie Admin"), person("Bongi Admin")
    assert founders.main(["addie.admin@example.org", "nobody@example.org"]) == 1
    assert founders.main(["addie.admin@example.org", "Bongi.Admin@example.org"]) == 0
    assert Membership.objects.filter(role="administrator").count() == 2
    assert founders.main(["addie.admin@example.org", "bongi.admin@example.org"]) == 1
    assert "already" in capsys.readouterr().out


def test_an_opener_whose_role_ended_does_not_open(admins):
    market = Market()
    tender = tender_at("closed", market)
    opener = market.openers[0][0]
    grants.revoke(membership=opener.memberships.get(), by=admins[0], now=AFTER)
    with pytest.raises(NotPermitted):
        openings.release(tender=tender, passphrase=PASSPHRASE, by=again(opener), now=AFTER)
