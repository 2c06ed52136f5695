"""The catalogue as the project ships it, and an officer who may specify quality."""

from datetime import UTC, datetime

import pytest

from marketplace.accounts.models import Membership, Organization, User
from produce.models import Commodity, Grade
from produce.operations import catalogue
from tests.factories import Market

NOW = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def market(db):
    return Market()


@pytest.fixture
def loaded(db):
    return catalogue.load(now=NOW)


@pytest.fixture
def maize(loaded):
    return Commodity.objects.get(code="MAIZE_GRAIN")


@pytest.fixture
def eas2_grade_1(loaded):
    return Grade.objects.get(standard__code="EAS2", rank=1)


@pytest.fixture
def officer(db):
    return person("tendai@buyer.example", "procurement_officer")


@pytest.fixture
def stranger(db):
    return person("rudo@farm.example", "tenderer")


def person(email, role):
    buyer = Organization.objects.create(kind="buyer", name=f"House of {email}", created_at=NOW)
    user = User.objects.create(email=email, full_name="Invented Person", date_joined=NOW)
    Membership.objects.create(user=user, organization=buyer, role=role, granted_at=NOW)
    return user
