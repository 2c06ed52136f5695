import pytest

from tests.factories import Market


@pytest.fixture
def market(db):
    return Market()
