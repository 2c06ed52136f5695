"""A short run of the generated requests, and that it sees what it is there to see."""

from types import SimpleNamespace

import pytest

from api import endpoint
from api.v1 import figures
from tests.factories import START
from tests.load import fuzz, fuzzworld

pytestmark = pytest.mark.django_db


def operations() -> set[str]:
    return {op.ok().definition.raw["operationId"] for op in fuzz.schema().get_all_operations()}


def test_no_generated_request_breaks_an_operation():
    """One request of each operation; `python -m tests.load.fuzz` is the long form."""
    every = operations()
    found = fuzz.run(len(every), number=1)
    assert not found.failures, found.report()
    assert set(found.operations) == every
    assert set(found.roles) == set(fuzzworld.ROLES)
    assert found.statuses[200] > 20 and found.statuses[422] > 5


@pytest.fixture
def empty() -> fuzzworld.World:
    """Nobody is signed in and nothing is there."""
    stage = fuzzworld.Stage("none", SimpleNamespace(reference="none"), START, {}, {}, {})
    return fuzzworld.World([stage], {role: {} for role in fuzzworld.ROLES})


def told(empty) -> str:
    return fuzz.run(4, number=1, only="getFigures", world=empty).report()


def test_a_sound_operation_has_no_failure(empty):
    assert "failures: 0 in 0 operations" in told(empty)


def test_a_server_error_is_told_with_where_it_came_from(empty, monkeypatch):
    def burst():
        raise RuntimeError("planted")

    monkeypatch.setattr(figures.figures, "every", burst)
    assert "ServerError" in told(empty) and "RuntimeError: planted" in told(empty)


def test_an_answer_of_another_shape_is_told(empty, monkeypatch):
    real = endpoint.json_response
    monkeypatch.setattr(endpoint, "json_response", lambda *_: real([{"name": 7}]))
    assert "JsonSchemaError" in told(empty)
